package adapter_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sink"
)

// eventIDs gives the ids of what a kund is answered, oldest first.
func eventIDs(t *testing.T, b *bench, name adapter.Key) (ids []adapter.ID) {
	t.Helper()
	kund := adapter.Identity{Typ: adapter.Personnummer, Identifierare: kunder[name]}
	err := b.store.Events(t.Context(), sink.Query{Kund: &kund}, func(e *sink.Event) error {
		ids = append(ids, e.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(ids)
	return ids
}

const delay = 15 * time.Minute

// delayed is a bench whose changes are held for a quarter of an hour, with a case A1
// at status a that was published before.
func delayed(t *testing.T, mode adapter.Mode) *bench {
	def := definition(mode)
	def.Delay, def.Overlap = delay, time.Hour
	b := newBench(t, def)
	b.party("A1", "alva")
	b.put(1, "A1", "a", day(7, 0))
	b.poll(t)
	want(t, b.events(t, "alva"), ">a")
	return b
}

// bubble runs a test in which our own clock stands still.
func bubble(t *testing.T, name string, test func(*testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// pass lets time go by, with a poll every minute.
func (b *bench) pass(t *testing.T, d time.Duration) {
	t.Helper()
	for end := b.now.Add(d); b.now.Before(end); {
		b.now = b.now.Add(min(time.Minute, end.Sub(b.now)) - 15*time.Second)
		b.poll(t)
	}
}

// move gives the only row of a case another status, as in net mode.
func (b *bench) move(status string) {
	row := &b.rows[0]
	row.id, row.status = row.id+1, status
}

func TestPoint29_DelayHoldsAcrossARestart(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		bubble(t, string(mode), func(t *testing.T) {
			b := delayed(t, mode)
			if mode == adapter.History {
				b.put(2, "A1", "b", day(9, 0))
			} else {
				b.move("b")
			}
			b.poll(t)
			since := b.now
			for b.now.Before(since.Add(delay - time.Minute)) {
				b.pass(t, time.Minute)
				b.open(t)
				want(t, b.events(t, "alva"), ">a")
			}
			b.now = since.Add(delay - 15*time.Second - time.Nanosecond)
			b.poll(t)
			want(t, b.events(t, "alva"), ">a")
			b.open(t)
			b.now = since.Add(delay - 15*time.Second)
			b.poll(t)
			want(t, b.events(t, "alva"), ">a", "a>b")
			b.pass(t, time.Hour)
			want(t, b.events(t, "alva"), ">a", "a>b")
			if got := b.outcomes(); got != "map[held:1 published:2]" {
				t.Errorf("outcomes %s", got)
			}
		})
	}
}

func TestPoint29_UndoneWithinTheDelay(t *testing.T) {
	for _, step := range []struct {
		name  string
		moves []string
		want  []string
	}{
		{"back", []string{"b", "a"}, []string{">a"}},
		{"on", []string{"b", "c"}, []string{">a", "a>c"}},
		{"to and fro", []string{"b", "a", "b", "a", "b"}, []string{">a", "a>b"}},
		{"on and back", []string{"b", "c", "a"}, []string{">a"}},
		{"unmapped", []string{"b", "unknown"}, []string{">a"}},
	} {
		t.Run(step.name, func(t *testing.T) {
			b := delayed(t, adapter.Net)
			for i, status := range step.moves {
				b.move(status)
				b.pass(t, delay-time.Minute)
				want(t, b.events(t, "alva"), ">a")
				if i%2 == 0 {
					b.open(t)
				}
			}
			b.pass(t, 2*delay)
			want(t, b.events(t, "alva"), step.want...)
		})
	}
}

// A change that was undone leaves no trace: when it comes again it has the id that
// it would have had.
func TestPoint29_UndoneLeavesNoTrace(t *testing.T) {
	b := delayed(t, adapter.Net)
	for range 3 {
		b.move("b")
		b.poll(t)
		b.move("a")
		b.poll(t)
	}
	_, known, err := b.store.Known("sim", nil, []adapter.Key{"A1"})
	if err != nil {
		t.Fatal(err)
	}
	if c := known[0]; c.Status != "a" || c.Change != 1 || len(c.Past) != 1 || !c.Tidpunkt.Equal(day(7, 0)) {
		t.Errorf("the case stands at %s since %s, change %d, after %d", c.Status, c.Tidpunkt, c.Change, len(c.Past))
	}
	b.move("b")
	b.pass(t, 2*delay)
	want(t, b.events(t, "alva"), ">a", "a>b")
	never := b.log[len(b.log)-1].StatusChange
	never.N = 0
	if got := eventIDs(t, b, "alva")[1]; got != b.store.IDKey().Event(adapter.Net, &never, "SIM", "alva", 0) {
		t.Error("the change has another id than without its slips")
	}
}

// A row that is deleted within the delay is not published, and the rows of its case
// that came after it follow on what was before. Should it come again, it is judged.
func TestPoint29_DeletedWithinTheDelay(t *testing.T) {
	b := delayed(t, adapter.History)
	b.put(2, "A1", "b", day(9, 0))
	b.put(3, "A1", "c", day(9, 1))
	b.poll(t)
	b.put(4, "A1", "d", day(9, 2))
	b.poll(t)
	slip := b.rows[1:3]
	for i := range slip {
		slip[i].committed = false
	}
	b.pass(t, 2*delay)
	want(t, b.events(t, "alva"), ">a", "a>d")
	ck, err := b.store.Checkpoint("sim")
	if err != nil || ck.Totals.Undone != 2 || ck.Totals.Held != 3 {
		t.Errorf("%d undone of %d held, %v", ck.Totals.Undone, ck.Totals.Held, err)
	}
	slip[1].committed = true
	b.put(5, "A1", "e", day(9, 3))
	b.pass(t, 2*delay)
	want(t, b.events(t, "alva"), ">a", ">c", "a>d", "d>e")
}

// The newest row is undone: what comes next follows on the one before.
func TestPoint29_NewestDeletedWithinTheDelay(t *testing.T) {
	b := delayed(t, adapter.History)
	b.put(2, "A1", "b", day(9, 0))
	b.put(3, "B1", "x", day(9, 0))
	b.poll(t)
	b.rows[1].committed, b.rows[2].committed = false, false
	b.pass(t, 2*delay)
	b.put(4, "A1", "c", day(8, 0))
	b.pass(t, 2*delay)
	want(t, b.events(t, "alva"), ">a", "a>c")
}

func TestPoint26_DraftBecomesFinalWithinTheDelay(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		b := delayed(t, mode)
		row := &b.rows[0]
		if mode == adapter.History {
			row = b.put(2, "A1", "b", day(9, 0))
		} else {
			b.move("b")
		}
		row.hemlig = nil
		b.pass(t, delay/2)
		row.hemlig = false
		b.pass(t, delay-2*time.Minute) // the delay counts from when it could be published
		want(t, b.events(t, "alva"), ">a")
		b.pass(t, 4*time.Minute)
		want(t, b.events(t, "alva"), ">a", "a>b")
	}
}

// A row that becomes secret is not published, whether a poll finds it or only the
// look at the row when its time has come.
func TestPoint27_SecretWithinTheDelay(t *testing.T) {
	for _, hemlig := range []any{true, nil} {
		for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
			for _, overlap := range []time.Duration{time.Hour, 0} {
				b := delayed(t, mode)
				b.def.Overlap = overlap
				row := 0
				if mode == adapter.History {
					b.put(2, "A1", "b", day(9, 0))
					row = 1
				} else {
					b.move("b")
				}
				b.poll(t)
				for id := 3; id <= 10; id++ { // for polls to begin behind the row
					b.put(id, "C1", "x", day(9, 0)).arende += string(rune('a' + id))
					b.pass(t, time.Minute)
				}
				b.rows[row].hemlig = hemlig
				b.pass(t, 2*delay)
				for _, e := range b.events(t, "alva") {
					if e != ">a" {
						t.Errorf("%s, %v, %s: event %s", mode, hemlig, overlap, e)
					}
				}
				if last := b.log[len(b.log)-1]; overlap == 0 && last.Outcome != adapter.Withheld && last.Outcome != adapter.Waiting {
					t.Errorf("%s, %v: the last change is %s", mode, hemlig, last.Outcome)
				}
			}
		}
	}
}

// A row that is corrected within the delay is published as it is then, and when the
// first version of it would have been.
func TestPoint28_CorrectedWithinTheDelay(t *testing.T) {
	b := delayed(t, adapter.History)
	b.put(2, "A1", "b", day(9, 0))
	b.put(3, "A1", "c", day(9, 1))
	b.poll(t)
	b.pass(t, delay-time.Minute)
	b.rows[1].status = "corrected"
	b.poll(t)
	want(t, b.events(t, "alva"), ">a")
	b.pass(t, time.Minute)
	want(t, b.events(t, "alva"), ">a", "a>corrected", "b>c")
	id := eventIDs(t, b, "alva")[1]
	b.rows[1].status = "again"
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", "a>again", "b>c")
	if got := eventIDs(t, b, "alva")[1]; got != id {
		t.Error("the corrected row should replace its event under the same id")
	}
}
