package adapter_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

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

// Each thing that becomes of a row is counted once, over several pages and a restart.
func TestCompletenessIsANumber(t *testing.T) {
	def := definition(adapter.History)
	def.Limits.PageSize, def.Overlap = 3, 0
	b := newBench(t, def)
	b.party("A1", "alva")
	for i, status := range []string{"a", "skipped", "unknown", "poison", "secret", "b", "early", "waits", "missed", "c"} {
		b.put(i+1, "A1", status, day(9, i)).hemlig = status == "secret"
	}
	b.rows[6].tid = day(8, 0) // comes late
	b.rows[7].arende = "B1"
	b.rows[8].committed = false
	b.poll(t)
	want := adapter.Totals{Rows: 10, Reread: 1, // the last one again, when what was written meanwhile is looked for
		Changes: 9, Published: 4, Events: 4, Ignored: 1, Unmapped: 1, Parked: 1, Withheld: 1, Waiting: 1, Late: 1}
	check := func() {
		t.Helper()
		if diff := cmp.Diff(want, b.loop.Status().Totals); diff != "" {
			t.Error(diff)
		}
	}
	check()
	b.rows[8].committed = true
	b.rows[1].status = "unknown"
	b.rows[9].status = "d"
	b.sweep(t) // one row is new, one another, one left to the next poll, and seven are as they were
	want.Rows, want.Reread = want.Rows+10, want.Reread+7
	want.Changes, want.Missed, want.Published, want.Events, want.Late = 10, 1, 5, 5, 2
	want.Unmapped, want.Rewrites = 2, 1
	check()
	b.poll(t)
	want.Rows, want.Rewrites, want.Published, want.Events = want.Rows+1, 2, 6, 6
	check()
	b.open(t)
	b.poll(t)
	want.Rows, want.Reread = want.Rows+1, want.Reread+1
	check()
}
