package adapter_test

import (
	"testing"
	"testing/synctest"

	"arendebrygga/adapter"
)

// A row was away while another case's had its number, and is there again just as it was: it
// is shown once, under the id that it had. So it is if the other one was first moved to its
// case, or if nobody noticed that the other one went.
func TestARowComesBackToItsNumber(t *testing.T) {
	for _, between := range []string{"deleted", "moved", "unnoticed"} {
		b := newBench(t, definition(adapter.History))
		tenRows(b)
		b.poll(t)
		row := b.rows[9]
		id := b.log[9].Events[0].ID
		b.rows = b.rows[:9]
		b.poll(t)
		b.put(10, "B", "b", day(11, 1))
		b.poll(t)
		events := 10
		if between == "moved" {
			b.rows[9].arende = "A1"
			b.poll(t)
			want(t, b.events(t, "bo"))
			want(t, b.events(t, "alva")[9:], "a>a", "a>b")
			if b.log[len(b.log)-1].Events[0].ID == id {
				t.Error("the moved row has the id of another")
			}
		}
		if b.rows = b.rows[:9]; between != "unnoticed" {
			b.poll(t)
		}
		if between == "moved" {
			events++ // what is gone is kept
		}
		b.rows = append(b.rows, row)
		b.poll(t)
		if n := len(b.events(t, "alva")); n != events {
			t.Errorf("%s: %d events, want %d", between, n, events)
		}
		if last := b.log[len(b.log)-1]; last.Events[0].ID != id {
			t.Errorf("%s: the same row has another id", between)
		}
		b.party("A1")
		b.sweep(t)
		want(t, b.events(t, "alva"))
	}
}

// Whose number is corrected while a row is away gets it when it is back.
func TestPoint30_CorrectedWhileARowIsAway(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	tenRows(b)
	b.poll(t)
	b.rows[4].committed = false
	b.give("A1", adapter.Row{ID: "alva", Values: []any{"doris"}})
	b.sweep(t)
	want(t, b.events(t, "alva"))
	b.rows[4].committed = true
	b.sweep(t)
	b.poll(t)
	if n := len(b.events(t, "doris")); n != 10 {
		t.Errorf("%d events, want 10", n)
	}
}

// A case begins anew as all its rows were gone when an operator went on with a database that
// was set back. One of them comes back later, and is its recipients' again.
func TestPoint30_ARowOfACaseThatBeganAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		def := definition(adapter.History)
		def.Recipients.Changes.Removed = adapter.Hide
		b := lostCase(t, def)
		b.resync(t)
		b.party("NEW", "bo")
		b.put(44, "NEW", "in", day(12, 0))
		b.poll(t)
		want(t, b.events(t, "bo"), ">in")
		b.put(41, "NEW", "in", day(10, 0)) // as it was
		b.poll(t)
		want(t, b.events(t, "alva"), "in>begard", "begard>avslag") // of rows that are gone
		want(t, b.events(t, "bo"), ">in", ">in")
		b.party("NEW", "cilla")
		b.sweep(t)
		want(t, b.events(t, "bo"))
	})
}

// The page that gives a number again, and so takes from a case what a change of it followed
// on, has the row of that change, too: it can be judged.
func TestRewrittenBesideANumberGivenAgain(t *testing.T) {
	def := withdrawing(definition(adapter.History))
	b := newBench(t, def)
	b.party("A1", "alva")
	b.put(1, "A1", "a", day(9, 1))
	b.put(2, "B", "b", day(9, 1))
	b.poll(t)
	row := b.rows[0]
	b.rows[0].committed = false
	b.party("A1")
	b.sweep(t)
	b.put(3, "A1", "c", day(9, 3))
	b.poll(t)
	row.status, row.tid = "d", day(9, 2)
	b.rows[0] = row
	b.rows[2].status = "e"
	b.poll(t)
	b.party("A1", "alva")
	b.poll(t)
	want(t, b.events(t, "alva"), ">d", ">e")
}

// The newest row of a case is moved away: what comes next follows on the one before it in
// time, though that was late when it came.
func TestPoint11_ALateRowIsTheLastThatIsLeft(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.party("B", "bo")
	b.put(1, "A1", "c", day(9, 3))
	b.poll(t)
	b.put(2, "A1", "a", day(9, 1))
	b.put(3, "A1", "b", day(9, 2))
	b.poll(t)
	b.rows[0].arende = "B"
	b.poll(t)
	b.put(4, "A1", "d", day(9, 4))
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", ">b", "b>d")
	want(t, b.events(t, "bo"), ">c")
}
