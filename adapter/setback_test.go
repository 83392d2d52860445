package adapter_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// set back: the rows behind an id are gone, as after a restore.
func (s *sim) setBack(id int) {
	var rows []simRow
	for _, r := range s.rows {
		if r.id <= id {
			rows = append(rows, r)
		}
	}
	s.rows = rows
}

func isHalt(t *testing.T, err error, reason string) {
	t.Helper()
	var halt *adapter.Halt
	if !errors.As(err, &halt) || halt.Reason != reason {
		t.Fatalf("error %v, want a halt for %s", err, reason)
	}
}

// forty is a source of forty rows of alva's that have been read; bo is in another case.
func forty(t *testing.T) *bench {
	t.Helper()
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.party("B", "bo")
	for id := 1; id <= 40; id++ {
		b.put(id, "A1", "a", day(9, id))
	}
	b.poll(t)
	return b
}

// A database that was set back is noticed before anything is published, also when it
// has given the lost numbers again; a resync publishes true differences only.
func TestPoint16_DatabaseSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := forty(t)
		b.fail = errors.New("the database is being restored")
		_ = b.loop.Poll(t.Context())
		b.setBack(30)
		b.log = nil
		for range 3 {
			if err := b.loop.Poll(t.Context()); err == nil || errors.As(err, new(*adapter.Halt)) {
				t.Fatalf("error %v: it could still be a replica that lags behind", err)
			}
			time.Sleep(time.Minute)
		}
		for id := 31; id <= 45; id++ { // the lost numbers are given again
			b.put(id, "B", "b", day(10, id%60))
		}
		if err := b.loop.Poll(t.Context()); err == nil {
			t.Fatal("the lost rows are forgotten as there are new ones")
		}
		time.Sleep(10 * time.Minute)
		err := b.loop.Poll(t.Context())
		isHalt(t, err, "database-set-back")
		if !strings.Contains(err.Error(), "if there is one, and then choose: arendebrygga resync") { // it does not go on by itself
			t.Error(err)
		}
		if len(b.log) != 0 {
			t.Fatalf("committed %s", b.outcomes())
		}
		b.open(t) // a restart does not make it forget
		isHalt(t, b.loop.Poll(t.Context()), "database-set-back")
		totals, err := b.loop.Resync(t.Context(), true)
		if err != nil || totals.Events != 15 || totals.Rewrites != 10 {
			t.Errorf("a dry resync: %+v, %v", totals, err)
		}
		if _, err := b.loop.Resync(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		b.poll(t)
		if a, bo := len(b.events(t, "alva")), len(b.events(t, "bo")); a != 30 || bo != 15 {
			t.Errorf("%d and %d events, want 30 that are as they were and 15", a, bo)
		}
		if n := len(b.log); n != 15 {
			t.Errorf("%d changes were committed, want the 15 that differ", n)
		}
	})
}

// A replica that lags behind catches up, and nobody has to do anything.
func TestLaggingReplicaIsWaitedFor(t *testing.T) {
	b := forty(t)
	for i := 30; i < 40; i++ {
		b.rows[i].committed = false
	}
	b.open(t)
	if err := b.loop.Poll(t.Context()); err == nil {
		t.Fatal("nothing was noticed")
	}
	for i := 30; i < 40; i++ {
		b.rows[i].committed = true
	}
	b.put(41, "A1", "new", day(10, 0))
	b.poll(t)
	if n := len(b.events(t, "alva")); n != 41 {
		t.Errorf("%d events, want 41", n)
	}
}

// The newest row may be deleted.
func TestNewestRowDeleted(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	for id := 1; id <= 40; id++ {
		b.put(id, "A1", "a", day(9, id))
		b.poll(t)
	}
	b.setBack(38)
	b.open(t)
	b.poll(t)
	b.put(39, "A1", "new", day(10, 0)) // a database that gives numbers again
	b.poll(t)
	if got := b.events(t, "alva"); got[len(got)-1] != "a>new" {
		t.Errorf("events end with %s", got[len(got)-1])
	}
}

// Rows that are known and now belong to other cases are not published as theirs.
func TestNumbersGivenAgain(t *testing.T) {
	b := forty(t)
	for i := 30; i < 40; i++ {
		b.rows[i].arende, b.rows[i].tid = "B", day(10, i)
	}
	b.open(t)
	isHalt(t, b.loop.Poll(t.Context()), "rows-reused")
	want(t, b.events(t, "bo"))
}

func TestAnotherDatabase(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.place = "one"
	b.put(1, "A1", "a", day(9, 0))
	b.poll(t)
	b.place = "two"
	b.open(t)
	isHalt(t, b.loop.Poll(t.Context()), "another-database")
	if err := b.loop.Baseline(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.put(2, "A1", "b", day(9, 1))
	b.poll(t)
	want(t, b.events(t, "alva"), ">a")
	b.put(3, "A1", "c", day(9, 2))
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", "b>c")
}

// Where ids are used again, a column tells the cases apart.
func TestPoint17_NewCaseUnderAReusedID(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		t.Run(string(mode), func(t *testing.T) {
			b := newBench(t, reusing(definition(mode)))
			b.give("A1", party("alva", 1))
			b.put(1, "A1", "a", day(9, 0)).skapad = 1
			b.poll(t)
			b.give("A1", party("bo", 2))
			b.rows[0].skapad = 2
			b.poll(t)
			want(t, b.events(t, "alva"), ">a")
			want(t, b.events(t, "bo"), ">a")
			if b.log[0].Events[0].ID == b.log[1].Events[0].ID {
				t.Error("two cases have one id")
			}
		})
	}
}

// On a database that can tell, polls begin as far back as an open transaction; not
// for longer than maxHold.
func TestPoint04_MaxHold(t *testing.T) {
	def := definition(adapter.History)
	def.MaxHold = time.Hour
	b := newBench(t, def)
	b.party("A1", "alva")
	b.party("B", "bo")
	now := 1000
	step := func() {
		now++
		b.put(len(b.rows)+1, "A1", "a", day(9, 0))
		b.snapshot = adapter.Key(strconv.Itoa(now))
		b.poll(t)
	}
	b.oldest = 1 << 30
	for range 100 {
		step()
	}
	b.put(len(b.rows)+1, "B", "late", day(9, 0)).committed = false
	late := len(b.rows) - 1
	b.oldest = now
	for range 4 * 40 { // forty minutes, four overlaps
		step()
	}
	if st := b.loop.Status(); st.Hold < 30*time.Minute || st.Overhold {
		t.Errorf("hold %v, over %v", st.Hold, st.Overhold)
	}
	b.rows[late].committed = true
	b.oldest = 1 << 30
	step()
	want(t, b.events(t, "bo"), ">late")
	b.oldest = now
	for range 4 * 90 {
		step()
	}
	if st := b.loop.Status(); !st.Overhold || st.Totals.Overholds != 1 {
		t.Errorf("status %+v", st)
	}
	b.oldest = 1 << 30
	step()
	if st := b.loop.Status(); st.Overhold || st.Hold != 0 {
		t.Errorf("status %+v", st)
	}
}
