package adapter_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// counting has rows read that are as they were, which is written only now and then.
func counting(t *testing.T) (b *bench, before adapter.Status) {
	b = newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	for id := 1; id <= 40; id++ {
		b.put(id, "A1", "a", day(9, 0))
	}
	for range 4 {
		b.poll(t)
	}
	return b, b.loop.Status()
}

// What has been counted, and how far the source has been read, goes on with other rules.
func TestCountersGoOnWithOtherRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, before := counting(t)
		b.loop.SetRules(rules{columns: []int{colTid}})
		if after := b.loop.Status(); after.Totals != before.Totals || after.CaughtUp != before.CaughtUp {
			t.Errorf("counted %+v, then %+v; caught up to %v, then %v", before.Totals, after.Totals, before.CaughtUp, after.CaughtUp)
		}
		b.poll(t)
		if after := b.loop.Status(); after.Totals.Rows <= before.Totals.Rows || !after.CaughtUp.After(before.CaughtUp) {
			t.Errorf("counted %d rows, and %d after the next poll", before.Totals.Rows, after.Totals.Rows)
		}
	})
}

// And after the program was stopped.
func TestCountersGoOnAfterAStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, before := counting(t)
		ctx, stop := context.WithCancel(t.Context())
		go b.loop.Run(ctx)
		time.Sleep(b.def.Poll / 2)
		synctest.Wait()
		stop()
		synctest.Wait()
		ck, err := b.store.Checkpoint("sim")
		if err != nil {
			t.Fatal(err)
		}
		if ck.Totals.Rows <= before.Totals.Rows || ck.CaughtUp().Before(before.CaughtUp) {
			t.Errorf("counted %d rows, and %d are in the store after the stop", before.Totals.Rows, ck.Totals.Rows)
		}
	})
}
