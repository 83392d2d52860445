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

// What an operator takes back while its row is away is that row's: another one that gets its
// number is new, and the row itself stays taken back, also when it is written again.
func TestWithdrawnByHandWhileAwayIsThatRow(t *testing.T) {
	for _, mode := range bothModes {
		for _, arende := range []string{"A1", "B1", ""} {
			if mode == adapter.Net && arende == "B1" { // its row is its case
				continue
			}
			b := newBench(t, withdrawing(definition(mode)))
			b.party("A1", "alva")
			b.put(1, "A1", "a", day(9, 0))
			b.put(9, "other", "x", day(9, 0))
			b.poll(t)
			row := &b.rows[0]
			row.committed = false
			b.pollAndSweep(t)
			if err := b.loop.Withdraw(t.Context(), []uint64{1}); err != nil {
				t.Fatal(err)
			}
			row.committed = true
			if arende == "" {
				for _, hemlig := range []any{false, nil, false} {
					row.hemlig = hemlig
					b.pollAndSweep(t)
				}
				if row.tid = day(9, 5); mode == adapter.History {
					row.status = "b"
				}
				b.pollAndSweep(t)
				want(t, b.events(t, "alva"))
				continue
			}
			b.party(arende, "bo")
			row.arende, row.status, row.tid = arende, "a", day(11, 0)
			if mode == adapter.Net {
				row.id = 10
			}
			b.pollAndSweep(t)
			want(t, b.events(t, "alva"))
			want(t, b.events(t, "bo"), ">a")
		}
	}
}

// Who comes to a case that must not be shown now has nothing of it, also when its row was away.
func TestPoint30_ComesToAHiddenCaseThatWasAway(t *testing.T) {
	b := newBench(t, withdrawing(definition(adapter.Net)))
	b.party("A1", "alva")
	b.put(1, "A1", "a", day(9, 0))
	b.put(9, "other", "x", day(9, 0))
	b.poll(t)
	b.rows[0].id, b.rows[0].status, b.rows[0].hemlig = 2, "b", nil
	b.poll(t)
	b.party("A1", "alva", "bo")
	b.pollAndSweep(t)
	for _, there := range []bool{true, false, true} {
		b.rows[0].committed = there
		b.pollAndSweep(t)
		want(t, b.events(t, "bo"))
	}
	want(t, b.events(t, "alva"), ">a")
	b.rows[0].id, b.rows[0].hemlig = 3, false
	b.pollAndSweep(t)
	want(t, b.events(t, "alva"), ">a", "a>b")
	want(t, b.events(t, "bo"), ">a", "a>b")
}

// An operator takes a database as it is that was set back, when a case must not be shown. What
// that case comes to afterwards is published, although the number that it is written under is
// less than the one that the case had before.
func TestPoint16_WithheldCaseIsTakenAsItIs(t *testing.T) {
	b := newBench(t, definition(adapter.Net))
	b.aCaseEach(1, 10, "a", "alva")
	b.poll(t)
	for i := range 5 {
		b.rows[i].id, b.rows[i].status = 11+i, "b"
	}
	b.poll(t)
	for i := range 5 {
		b.rows[i].id, b.rows[i].status = 1+i, "a"
	}
	b.rows[4].hemlig = nil
	if err := b.loop.Poll(t.Context()); err == nil {
		t.Error("nobody has noticed")
	}
	b.baseline(t)
	changes := len(b.log)
	b.rows[4].id, b.rows[4].status, b.rows[4].hemlig = 11, "c", false
	b.poll(t)
	if got := b.log[changes:]; len(got) != 1 || got[0].Ny != "c" || got[0].Outcome != adapter.Published {
		t.Errorf("%d changes after the baseline", len(got))
	}
}
