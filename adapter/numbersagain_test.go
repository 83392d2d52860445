package adapter_test

import (
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// tenRows has a case with ten rows of which the last is deleted.
func tenRows(b *bench) {
	b.party("A1", "alva")
	b.party("B", "bo")
	for id := 1; id <= 10; id++ {
		b.put(id, "A1", "a", day(9, id))
	}
}

// Who leaves a case loses also what was shown of a row that is gone and whose number
// another case's has got, as after a restart of a database that gives the last number again.
func TestPoint30_RowsWhoseNumbersWereGivenAgain(t *testing.T) {
	def := definition(adapter.History)
	def.Recipients.Changes.Removed = adapter.Hide
	b := newBench(t, def)
	tenRows(b)
	b.poll(t)
	b.rows = b.rows[:9]
	b.poll(t)
	b.put(10, "B", "b", day(11, 1))
	b.poll(t)
	if n := len(b.events(t, "alva")); n != 10 {
		t.Errorf("%d events are kept, want 10", n)
	}
	b.party("A1")
	b.sweep(t)
	want(t, b.events(t, "alva"))
	want(t, b.events(t, "bo"), ">b")
}

// What is taken back of a row that is gone leaves the row alone that has its number.
func TestPoint12_TheNumberIsAnotherRows(t *testing.T) {
	def := definition(adapter.History)
	def.OnMissing = adapter.MissingRule{Do: adapter.Withdraw, After: 2}
	b := newBench(t, def)
	tenRows(b)
	b.poll(t)
	b.rows = b.rows[:9]
	b.poll(t)
	b.put(10, "B", "b", day(11, 1))
	for range 6 {
		b.poll(t)
		b.sweep(t)
	}
	if s := b.loop.Status().Totals; s.Changes != 11 || s.Missing != 1 {
		t.Errorf("%d changes, %d taken back; want 11 and 1", s.Changes, s.Missing)
	}
	want(t, b.events(t, "bo"), ">b")
}

// oneKey has events get the ids that another store would give them.
type oneKey struct{ adapter.Store }

func (oneKey) IDKey() adapter.IDKey { return adapter.IDKey("the same for each of the stores") }

// A row whose number a row of another case had before gets the same id whether that was
// seen, and its deletion, or not.
func TestPoint24_NumbersGivenAgain(t *testing.T) {
	ids := map[adapter.ID]bool{}
	for _, seen := range []string{"nothing", "the row", "the row and that it is gone"} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, definition(adapter.History))
			b.loop.Store = oneKey{b.store}
			tenRows(b)
			if seen != "nothing" {
				b.poll(t)
			}
			if b.rows = b.rows[:9]; seen == "the row and that it is gone" {
				b.poll(t)
			}
			b.put(10, "B", "b", day(11, 1))
			b.poll(t)
			ids[b.log[len(b.log)-1].Events[0].ID] = true
		})
	}
	if len(ids) != 1 {
		t.Errorf("one change has %d ids", len(ids))
	}
}

// In the case that had the number before, and is shown what was under it, it makes
// another event.
func TestANumberComesBackToItsCase(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	tenRows(b)
	for i, arende := range []string{"A1", "B", "A1"} {
		b.rows = b.rows[:9]
		b.poll(t)
		b.put(10, arende, "c", day(11, i))
		b.poll(t)
	}
	if n := len(b.events(t, "alva")); n != 11 {
		t.Errorf("%d events, want 11", n)
	}
	want(t, b.events(t, "bo"), ">c")
}

// Two of them may come at once, and the case that had them goes on.
func TestTwoNumbersAreGivenAgain(t *testing.T) {
	def := definition(adapter.History)
	for _, do := range []string{adapter.Keep, adapter.Withdraw} {
		def.OnMissing = adapter.MissingRule{Do: do, After: 1}
		b := newBench(t, def)
		tenRows(b)
		b.poll(t)
		b.rows = b.rows[:8]
		b.poll(t)
		if b.sweep(t); do == adapter.Withdraw {
			want(t, b.events(t, "alva")[7:], "a>a")
		}
		b.put(9, "B", "b", day(11, 1))
		b.put(10, "B", "c", day(11, 2))
		b.poll(t)
		want(t, b.events(t, "bo"), ">b", "b>c")
	}
}

// Nor does a held change wait for a row whose number is another's now.
func TestPoint29_TheNumberIsAnotherRows(t *testing.T) {
	def := definition(adapter.History)
	b := newBench(t, def)
	tenRows(b)
	b.rows = b.rows[:9]
	b.poll(t)
	def.Delay = time.Minute
	b.put(10, "A1", "b", day(9, 10))
	b.poll(t)
	b.rows = b.rows[:9]
	b.poll(t)
	b.put(10, "B", "c", day(11, 1))
	for range 10 {
		b.poll(t)
	}
	if held, err := b.store.Open("sim", adapter.Held, 0, 10); err != nil || len(held) > 0 {
		t.Errorf("%d changes are held, error %v", len(held), err)
	}
	if n := len(b.events(t, "alva")); n != 9 {
		t.Errorf("%d events, want 9", n)
	}
	want(t, b.events(t, "bo"), ">c")
}

// A row that a baseline settled is rewritten: the next change still follows on it.
func TestWhatABaselineSettledIsRewritten(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.put(1, "A1", "a", day(9, 1))
	b.party("A1", "alva")
	b.poll(t)
	b.party("A1")
	b.put(2, "A1", "b", day(9, 2))
	b.poll(t)
	b.baseline(t)
	b.rows[1].status = "c"
	b.poll(t)
	b.party("A1", "alva")
	b.put(3, "A1", "d", day(9, 3))
	b.poll(t)
	want(t, b.events(t, "alva"), "b>d")
}

// A row is moved to another case by the page that also brings a new one of its case.
func TestMovedBesideANewRow(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	tenRows(b)
	b.rows[4].committed = false
	b.poll(t)
	b.rows[4].committed, b.rows[4].tid = true, day(9, 30)
	b.rows[9].arende = "B"
	b.poll(t)
	b.put(11, "A1", "b", day(10, 1))
	b.poll(t)
	if n := len(b.events(t, "alva")); n != 10 {
		t.Errorf("%d events, want 10", n)
	}
	want(t, b.events(t, "bo"), ">a")
}

// A row was taken back for ever, and then deleted. Another case's row that gets its number is
// none of it, and is published. The row itself, as cases are merged, is not.
func TestNumberOfWhatWasTakenBackForEver(t *testing.T) {
	for _, how := range []string{"by hand", "withdrawWhen"} {
		for _, do := range []string{adapter.Keep, adapter.Withdraw} {
			def := definition(adapter.History)
			def.OnMissing = adapter.MissingRule{Do: do, After: 1}
			b := newBench(t, def)
			b.party("A1", "alva")
			b.party("B1", "bo")
			b.put(1, "A1", "a", day(9, 0))
			b.put(9, "other", "x", day(9, 0))
			b.poll(t)
			if how == "by hand" {
				if err := b.loop.Withdraw(t.Context(), []uint64{1}); err != nil {
					t.Fatal(err)
				}
			} else {
				b.rows[0].hemlig = true
			}
			b.pollAndSweep(t)
			b.rows[0].committed = false
			b.pollAndSweep(t)
			row := &b.rows[0]
			row.committed, row.hemlig, row.arende = true, false, "B1"
			b.pollAndSweep(t)
			want(t, b.events(t, "bo"))
			row.status, row.tid, row.arende = "b", day(11, 0), "C1"
			b.party("C1", "cilla")
			b.pollAndSweep(t)
			want(t, b.events(t, "alva"))
			want(t, b.events(t, "cilla"), ">b")
		}
	}
}
