package adapter_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// A time in the future holds a change until that time has come, and not a fraction
// of a second less.
func TestHoldsTheFuture(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		for _, delay := range []time.Duration{0, time.Hour} {
			bubble(t, fmt.Sprint(mode, delay), func(t *testing.T) {
				def := definition(mode)
				def.Time.IfFuture, def.Delay = adapter.Hold, delay
				b := newBench(t, def)
				b.party("A1", "alva")
				b.poll(t)
				start := b.now.Add(15 * time.Second)
				b.put(1, "A1", "a", start.Add(30*time.Minute+time.Nanosecond).In(stockholm))
				b.poll(t)
				due := max(30*time.Minute+time.Nanosecond, delay)
				b.now = start.Add(due - 15*time.Second - time.Nanosecond)
				b.open(t)
				b.poll(t)
				want(t, b.events(t, "alva"))
				b.now = start.Add(due - 15*time.Second)
				b.poll(t)
				want(t, b.events(t, "alva"), ">a")
			})
		}
	}
}

// A time that is corrected moves the day on which the change is published.
func TestFutureIsCorrected(t *testing.T) {
	def := definition(adapter.History)
	def.Time.IfFuture = adapter.Hold
	b := newBench(t, def)
	b.loop.Rules = rules{columns: []int{colTid}}
	b.party("A1", "alva")
	b.poll(t)
	b.put(1, "A1", "a", b.now.AddDate(0, 0, 1).In(stockholm))
	b.put(2, "A1", "b", b.now.AddDate(0, 0, 2).In(stockholm))
	b.poll(t)
	b.rows[0].tid = b.now.AddDate(0, 0, 3).In(stockholm)
	b.rows[1].tid = b.now.Add(-time.Hour).In(stockholm)
	b.poll(t)
	want(t, b.events(t, "alva"), "a>b")
	b.now = b.now.AddDate(0, 0, 2)
	b.poll(t)
	want(t, b.events(t, "alva"), "a>b")
	b.now = b.now.AddDate(0, 0, 1)
	b.poll(t)
	want(t, b.events(t, "alva"), "a>b", ">a")
}

// In the first run the delay counts from the time that the row gives.
func TestDelayInTheFirstRun(t *testing.T) {
	def := definition(adapter.History)
	def.Delay = delay
	b := newBench(t, def)
	b.party("A1", "alva")
	b.put(1, "A1", "old", day(7, 0))
	b.put(2, "A1", "recent", b.now.Add(-delay+time.Minute).In(stockholm))
	b.put(3, "A1", "new", b.now.In(stockholm))
	b.poll(t)
	want(t, b.events(t, "alva"), ">old")
	b.pass(t, 2*time.Minute)
	want(t, b.events(t, "alva"), ">old", "old>recent")
	b.pass(t, delay)
	want(t, b.events(t, "alva"), ">old", "old>recent", "recent>new")
}

// A held change that has no recipient yet waits for one when its time has come.
func TestHeldThenWaiting(t *testing.T) {
	b := delayed(t, adapter.History)
	b.put(2, "B1", "b", day(9, 0))
	b.pass(t, 2*delay)
	if got := b.outcomes(); got != "map[held:1 published:1 waiting:1]" {
		t.Errorf("outcomes %s", got)
	}
	b.party("B1", "bo")
	b.poll(t)
	want(t, b.events(t, "bo"), ">b")
}

// More changes than a page are due at once, and their rows cannot be read at first.
func TestManyAreDue(t *testing.T) {
	b := delayed(t, adapter.History)
	for id := 2; id <= 50; id++ {
		b.put(id, "A1", "x", day(9, 0))
	}
	b.poll(t)
	b.now = b.now.Add(delay + time.Second)
	cut := errors.New("cut")
	b.failRows = cut
	if err := b.loop.Poll(t.Context()); !errors.Is(err, cut) {
		t.Fatal(err)
	}
	b.poll(t)
	if got := len(b.events(t, "alva")); got != 50 {
		t.Errorf("%d events of 50", got)
	}
}

// The delay is shortened, and the clock of the database stood wrong by a year: in
// neither case is a change held for longer than a new one.
func TestNeverHeldForLongerThanTheDelay(t *testing.T) {
	b := delayed(t, adapter.History)
	b.now = b.now.AddDate(1, 0, 0)
	b.put(2, "A1", "b", day(9, 0))
	b.poll(t)
	b.now = b.now.AddDate(-1, 0, 0)
	b.pass(t, delay-time.Minute)
	want(t, b.events(t, "alva"), ">a")
	b.pass(t, 3*time.Minute)
	want(t, b.events(t, "alva"), ">a", "a>b")
	b.put(3, "A1", "c", day(9, 1))
	b.poll(t)
	b.def.Delay = 0
	b.open(t)
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", "a>b", "b>c")
}

// What only a sweep finds is held as well, and is still known as missed by the polls
// when it is published.
func TestHeldBySweep(t *testing.T) {
	b := delayed(t, adapter.Net)
	b.def.Overlap = 0
	b.put(5, "B1", "x", day(9, 0))
	b.pass(t, 5*time.Minute)
	b.rows[0].status = "b" // without a new cursor
	b.pass(t, delay)
	if err := b.loop.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.pass(t, delay-time.Minute)
	want(t, b.events(t, "alva"), ">a")
	b.pass(t, 3*time.Minute)
	want(t, b.events(t, "alva"), ">a", "a>b")
	if last := b.log[len(b.log)-1]; !last.Missed || b.loop.Status().Totals.Missed != 1 {
		t.Errorf("missed by polls: %t, counted %d", last.Missed, b.loop.Status().Totals.Missed)
	}
}

// scanning counts how often a store is asked for open changes that are held.
type scanning struct {
	faltering
	scans int
}

func (s *scanning) Open(source string, outcome adapter.Outcome, after uint64, limit int) ([]adapter.Change, error) {
	if outcome == adapter.Held {
		s.scans++
	}
	return s.faltering.Open(source, outcome, after, limit)
}

// However many changes are held, a poll at which none is due looks at none of them.
func TestHeldCostNothing(t *testing.T) {
	b := delayed(t, adapter.History)
	for id := 2; id <= 300; id++ {
		b.put(id, "A1", "x", day(9, 0))
	}
	b.poll(t)
	b.open(t)
	b.poll(t)
	store := &scanning{faltering: faltering{Store: b.store}}
	b.loop.Store = store
	b.pass(t, delay/2)
	if store.scans+store.fetched > 0 {
		t.Errorf("polls looked %d times for what is held, and at %d changes", store.scans, store.fetched)
	}
	b.pass(t, delay)
	if got := len(b.events(t, "alva")); got != 300 {
		t.Errorf("%d events of 300", got)
	}
}
