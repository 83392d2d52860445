package adapter_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// maxHold: when it has ended, that is over.
func TestOverholdOfTheFirstRunEnds(t *testing.T) {
	def := definition(adapter.History)
	def.MaxHold = time.Hour
	b := newBench(t, def)
	b.party("A1", "alva")
	b.snapshot, b.oldest = "1001", 1000
	for range 4 * 120 {
		b.put(len(b.rows)+1, "A1", "a", day(9, 0))
		b.poll(t)
	}
	if !b.loop.Status().Overhold {
		t.Fatal("there is no overhold")
	}
	b.oldest = 1 << 30
	b.poll(t)
	if st := b.loop.Status(); st.Overhold || st.Hold != 0 {
		t.Errorf("hold %v, over %t", st.Hold, st.Overhold)
	}
}

// The database's clock stood a year ahead while a sweep was complete.
func TestSweepAfterClockWasSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		def := definition(adapter.History)
		def.Sweep = time.Hour
		b := newBench(t, def)
		b.now = b.now.AddDate(1, 0, 0)
		b.put(1, "A1", "a", day(9, 0))
		b.poll(t)
		b.sweep(t)
		b.now = b.now.AddDate(-1, 0, 0)
		sweeps := b.sweeps.Load()
		b.loop.Polled = func(time.Duration, error) { b.now = b.now.Add(time.Second) }
		go b.loop.Run(t.Context())
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if b.sweeps.Load() == sweeps {
			t.Error("no sweep came by")
		}
	})
}

// A failure in the middle of a walk, and then the newest rows are gone.
func TestNewestRowsDeletedAfterAFailedWalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, definition(adapter.History))
		b.party("A1", "alva")
		later := func(d time.Duration) {
			time.Sleep(d)
			b.now = b.now.Add(d)
		}
		for id := 1; id <= 40; id++ {
			b.put(id, "A1", "a", day(9, id))
			later(time.Minute)
			b.poll(t)
		}
		later(time.Hour)
		b.poll(t)
		b.fail = errors.New("cut")
		if b.loop.Poll(t.Context()) == nil {
			t.Fatal("the read did not fail")
		}
		b.setBack(38)
		b.beforeRows = func() { // after the end of the rows was looked at
			b.beforeRows = nil
			b.put(41, "A1", "new", day(10, 0))
		}
		b.poll(t)
		b.poll(t)
		if got := b.events(t, "alva"); got[len(got)-1] != "a>new" {
			t.Errorf("events end with %s", got[len(got)-1])
		}
	})
}
