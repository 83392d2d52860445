package adapter_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// Our own clock may be wrong by any amount, and may be set while a change is held.
// In a bubble it stands at the year 2000, and moves only as the test says.
func TestPoint08_OwnClockIsOff(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		for _, drift := range []time.Duration{0, 10 * time.Minute} {
			t.Run(fmt.Sprint(mode, drift), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { ownClock(t, mode, drift) })
			})
		}
	}
}

// ownClock has our clock go on by a drift between two polls, while the database's
// goes on by a quarter of a minute.
func ownClock(t *testing.T, mode adapter.Mode, drift time.Duration) {
	def := definition(mode)
	def.Delay, def.Time.IfFuture = delay, adapter.Hold
	b := newBench(t, def)
	for _, name := range []string{"alva", "bo"} {
		b.party(name, name)
	}
	poll := func() {
		time.Sleep(drift)
		b.poll(t)
	}
	poll()
	start := b.now
	b.put(1, "alva", "a", start.Add(-time.Hour).In(stockholm))
	b.put(2, "bo", "a", start.Add(time.Hour).In(stockholm))
	b.put(3, "late", "a", start.Add(-time.Hour).In(stockholm)).committed = false
	b.party("late", "cilla")
	for b.now.Before(start.Add(delay)) { // seen at the first of these polls
		poll()
		if len(b.events(t, "alva")) > 0 {
			t.Fatalf("published %s after the row was written", b.now.Sub(start))
		}
		if b.now.Equal(start.Add(9 * time.Minute)) {
			b.rows[2].committed = true // inside the overlap
		}
	}
	poll()
	want(t, b.events(t, "alva"), ">a")
	want(t, b.events(t, "bo"))
	for b.now.Before(start.Add(time.Hour - 15*time.Second)) {
		poll()
	}
	want(t, b.events(t, "bo"))
	want(t, b.events(t, "cilla"), ">a")
	poll()
	want(t, b.events(t, "bo"), ">a")
}

func TestPoint09_TouchPublishesNothing(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		b := newBench(t, definition(mode))
		b.party("A1", "alva")
		b.put(1, "A1", "a", day(9, 0))
		b.poll(t)
		for i := range 5 {
			b.rows[0].tid = day(9, 1+i)
			if mode == adapter.Net {
				b.rows[0].id++ // its cursor
			}
			b.poll(t)
			b.open(t)
		}
		want(t, b.events(t, "alva"), ">a")
		if len(b.log) != 1 {
			t.Errorf("%s: %s", mode, b.outcomes())
		}
	}
}

// What happens between two polls is seen step by step in history mode; in net mode
// only where the case stands.
func TestPoint11_SkippedStates(t *testing.T) {
	for _, c := range []struct {
		mode  adapter.Mode
		steps string
		want  []string
	}{
		{adapter.Net, "bc", []string{">a", "a>c"}},
		{adapter.Net, "ba", []string{">a"}},
		{adapter.History, "bc", []string{">a", "a>b", "b>c"}},
		{adapter.History, "ba", []string{">a", "a>b", "b>a"}},
	} {
		b := newBench(t, definition(c.mode))
		b.party("A1", "alva")
		b.put(1, "A1", "a", day(9, 0))
		b.poll(t)
		for i, status := range c.steps {
			if c.mode == adapter.History {
				b.put(2+i, "A1", string(status), day(9, 1+i))
				continue
			}
			b.move(string(status))
		}
		b.poll(t)
		b.poll(t)
		want(t, b.events(t, "alva"), c.want...)
	}
}

// TestPoint13_KilledAtEveryPoint ends the loop at each labelled point, each time that
// it passes one, and goes on from what the store then has.
func TestPoint13_KilledAtEveryPoint(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		undisturbed, passed := killed(t, mode, "", 0)
		for _, point := range []adapter.Point{adapter.AfterQuery, adapter.MidRows, adapter.BeforeCommit, adapter.AfterCommit} {
			for n := range passed[point] {
				if got, _ := killed(t, mode, point, n); !slices.Equal(got, undisturbed) {
					t.Fatalf("%s, killed %s for the %d. time: events %v, want %v", mode, point, n+1, got, undisturbed)
				}
			}
		}
	}
}

// killed runs the same work always, and kills the loop when it passes a point for the
// n. time. It tells the events and how often each point was passed.
func killed(t *testing.T, mode adapter.Mode, at adapter.Point, n int) ([]string, map[adapter.Point]int) {
	def := definition(mode)
	def.Delay = time.Minute
	b := newBench(t, def)
	b.party("A1", "alva")
	passed := map[adapter.Point]int{}
	poll := func() (dead bool) {
		defer func() { dead = recover() != nil }()
		b.loop.At = func(p adapter.Point) {
			if passed[p]++; p == at && passed[p] == n+1 {
				panic("killed")
			}
		}
		return b.loop.Poll(t.Context()) != nil
	}
	row := b.put(1, "A1", "a", day(9, 0))
	for i, status := range []string{"a", "b", "c", "b", "hidden", "d"} {
		if mode == adapter.History && i > 0 {
			row = b.put(1+i, "A1", status, day(9, i))
		} else {
			row.id, row.status = 1+i, status
		}
		row.hemlig = status == "hidden"
		for range 3 {
			b.now = b.now.Add(31 * time.Second)
			for poll() {
				b.open(t)
			}
		}
	}
	return b.events(t, "alva"), passed
}
