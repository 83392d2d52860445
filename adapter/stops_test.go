package adapter_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// A connection to the wrong database, mended: the source goes on by itself.
func TestBackAtTheRightDatabase(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.place = "one"
	b.put(1, "A1", "a", day(9, 0))
	b.poll(t)
	b.place = "two"
	b.open(t)
	isHalt(t, b.loop.Poll(t.Context()), "another-database")
	b.open(t)
	isHalt(t, b.loop.Poll(t.Context()), "another-database")
	b.place = "one"
	b.put(2, "A1", "b", day(9, 1))
	b.open(t)
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", "a>b")
}

// elsewhere is a connection that leads to another database until a time.
type elsewhere struct {
	*sim
	until time.Time
}

func (e elsewhere) Place(context.Context) (string, error) {
	if time.Now().Before(e.until) {
		return "two", nil
	}
	return "one", nil
}

// It does so without a restart, too.
func TestLedBackWhileItStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, definition(adapter.History))
		b.party("A1", "alva")
		b.place = "one"
		b.put(1, "A1", "a", day(9, 0))
		b.poll(t)
		b.open(t)
		b.put(2, "A1", "b", day(9, 1))
		b.loop.Source = elsewhere{b.sim, time.Now().Add(time.Hour)}
		go b.loop.Run(t.Context())
		time.Sleep(time.Hour - time.Second)
		synctest.Wait()
		if st := b.loop.Status(); st.Doing != adapter.Stopped {
			t.Fatalf("it is %s", st.Doing)
		}
		want(t, b.events(t, "alva"), ">a")
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		want(t, b.events(t, "alva"), ">a", "a>b")
	})
}

// An office merges a case into another: its rows move, as they are.
func TestCasesAreMerged(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.party("B", "bo")
	for id := 1; id <= 9; id++ {
		b.put(id, "A1", "a", day(9, id))
	}
	b.poll(t)
	for i := range b.rows {
		b.rows[i].arende = "B"
	}
	b.poll(t)
	want(t, b.events(t, "alva"))
	if n := len(b.events(t, "bo")); n != 9 {
		t.Errorf("%d events, want 9", n)
	}
}

// A clerk deletes the newest drafts at the end of the day, and a restart comes then.
func TestNewestDraftsDeleted(t *testing.T) {
	for _, restarts := range []int{0, 1, 4} {
		t.Run(strconv.Itoa(restarts), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := forty(t)
				b.setBack(35)
				b.open(t)
				for range 30 {
					time.Sleep(time.Minute)
					b.now = b.now.Add(time.Minute)
					if err := b.loop.Poll(t.Context()); errors.As(err, new(*adapter.Halt)) {
						t.Fatal(err)
					}
				}
				for range restarts {
					b.open(t)
					b.poll(t)
				}
				b.put(41, "A1", "new", day(10, 0))
				b.poll(t)
				if got := b.events(t, "alva"); got[len(got)-1] != "a>new" {
					t.Errorf("events end with %s", got[len(got)-1])
				}
			})
		})
	}
}

// stops before anything of it is shown.
func TestLittleSetBackIsSeenByItsNumbers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := forty(t)
		b.setBack(35)
		b.open(t)
		for range 30 {
			time.Sleep(time.Minute)
			b.now = b.now.Add(time.Minute)
			_ = b.loop.Poll(t.Context())
		}
		b.open(t)
		b.put(36, "B", "b", day(11, 0))
		isHalt(t, b.loop.Poll(t.Context()), "database-set-back")
		want(t, b.events(t, "bo"))
	})
}

// The same in net mode, where the number of a case is given again: nobody is shown the
// case that had it before.
func TestLittleSetBackOfCases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		def := definition(adapter.Net)
		def.Cursor.Kind = adapter.CursorRowversion
		b := newBench(t, def)
		for id := 1; id <= 40; id++ {
			b.party("A"+strconv.Itoa(id), "alva")
			b.put(id, "A"+strconv.Itoa(id), "a", day(9, id))
		}
		b.poll(t)
		b.setBack(35)
		b.open(t)
		for range 30 {
			time.Sleep(time.Minute)
			b.now = b.now.Add(time.Minute)
			if err := b.loop.Poll(t.Context()); errors.As(err, new(*adapter.Halt)) {
				t.Fatal(err)
			}
		}
		b.party("A38", "bo")
		b.put(45, "A38", "b", day(11, 0))
		isHalt(t, b.loop.Poll(t.Context()), "database-set-back")
		want(t, b.events(t, "bo"))
	})
}
