package adapter_test

import (
	"testing"

	"arendebrygga/adapter"
)

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

// An operator has taken back the change that a case stands at. Who comes to the case has the
// others of it, unless the row must not be shown now.
func TestPoint30_ComesToACaseWithdrawnByHand(t *testing.T) {
	for _, hemlig := range []any{false, nil} {
		b := newBench(t, definition(adapter.Net))
		b.party("A1", "alva")
		b.put(1, "A1", "a", day(9, 0))
		b.poll(t)
		b.rows[0].id, b.rows[0].status = 2, "b"
		b.poll(t)
		if err := b.loop.Withdraw(t.Context(), []uint64{2}); err != nil {
			t.Fatal(err)
		}
		b.rows[0].id, b.rows[0].hemlig = 3, hemlig
		b.poll(t)
		b.party("A1", "alva", "bo")
		b.pollAndSweep(t)
		if hemlig == false {
			want(t, b.events(t, "bo"), ">a")
		} else {
			want(t, b.events(t, "bo"))
		}
	}
}
