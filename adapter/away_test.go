package adapter_test

import "testing"

// pollAndSweep has everything be read twice, by polls and by sweeps.
func (b *bench) pollAndSweep(t *testing.T) {
	t.Helper()
	for range 2 {
		b.poll(t)
		b.sweep(t)
	}
}

// A change waits for a recipient, its row is gone, and somebody comes who is none: polls do
// not read the row again and again.
func TestIdleWhileAWaitingCaseIsAway(t *testing.T) {
	for _, mode := range bothModes {
		b := newBench(t, definition(mode))
		b.party("A1")
		b.put(1, "A1", "a", day(9, 0))
		b.put(9, "other", "x", day(9, 0))
		b.poll(t)
		b.rows[0].committed = false
		b.give("A1", party("bo", "neighbour"))
		b.poll(t)
		reads := 0
		b.beforeRows = func() { reads++ }
		for range 5 {
			b.poll(t)
		}
		if reads > 0 {
			t.Errorf("%s: rows are read %d times in five polls", mode, reads)
		}
	}
}
