package adapter_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// A stopped source takes orders, and goes on as soon as an operator has chosen.
func TestStoppedSourceTakesOrders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, definition(adapter.History))
		b.party("A1", "alva")
		b.put(1, "A1", "a", day(9, 0))
		b.poll(t)
		changed := *b.def
		changed.Query = "SELECT another"
		b.def, b.sim.def = &changed, &changed
		b.open(t)
		b.put(2, "A1", "b", day(9, 1))
		ctx, stop := context.WithCancel(t.Context())
		go b.loop.Run(ctx)
		time.Sleep(time.Hour)
		synctest.Wait()
		if st := b.loop.Status(); st.Doing != adapter.Stopped || st.Halted == nil || !strings.Contains(st.Halted.Detail, "events.query changed") {
			t.Fatalf("status %+v", st)
		}
		want(t, b.events(t, "alva"), ">a")
		err := b.loop.Do(t.Context(), func(ctx context.Context) error {
			_, err := b.loop.Resync(ctx, false)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if st := b.loop.Status(); st.Doing != adapter.Resting || st.Halted != nil || st.Phase != adapter.Following {
			t.Errorf("status %+v", st)
		}
		want(t, b.events(t, "alva"), ">a", "a>b")
		stop()
		synctest.Wait()
		if err := b.loop.Do(t.Context(), func(context.Context) error { return nil }); !errors.Is(err, adapter.ErrEnded) {
			t.Errorf("an order to a loop that has ended: %v", err)
		}
	})
}

// An order whose giver has gone is not carried out, or ends early.
func TestOrderOfWhoHasGone(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	if err := b.loop.Do(ctx, func(context.Context) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestReplayDiscardWithdraw(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.put(1, "A1", "unknown", day(9, 0))
	b.put(2, "A1", "poison", day(9, 1))
	b.put(3, "A1", "poison", day(9, 2))
	b.put(4, "A1", "c", day(9, 3))
	b.poll(t)
	want(t, b.events(t, "alva"), "poison>c")

	b.rows[1].status = "b" // mended in the source, without its cursor moving
	all := []uint64{1, 2, 3, 4}
	dry, err := b.loop.Replay(t.Context(), all, true)
	if err != nil || dry.Published != 1 || dry.Events != 1 {
		t.Errorf("a dry replay: %+v, %v", dry, err)
	}
	want(t, b.events(t, "alva"), "poison>c")
	for range 2 {
		if _, err := b.loop.Replay(t.Context(), all, false); err != nil {
			t.Fatal(err)
		}
	}
	want(t, b.events(t, "alva"), "unknown>b", "poison>c")

	if n, err := b.loop.Discard(t.Context(), []uint64{3, 4}); err != nil || n != 1 {
		t.Errorf("%d were discarded, %v; a published one cannot be", n, err)
	}
	if n, err := b.loop.Discard(t.Context(), []uint64{3, 4}); err != nil || n != 0 {
		t.Errorf("discarded %d once more, %v", n, err)
	}
	open, err := b.store.Open("sim", adapter.Parked, 0, 10)
	if err != nil || len(open) != 0 {
		t.Errorf("%d are still parked, %v", len(open), err)
	}
	for range 2 {
		if err := b.loop.Withdraw(t.Context(), []uint64{4}); err != nil {
			t.Fatal(err)
		}
	}
	want(t, b.events(t, "alva"), "unknown>b")
	b.rows[3].status = "again"
	b.poll(t)
	want(t, b.events(t, "alva"), "unknown>b")
	if _, err := b.loop.Replay(t.Context(), []uint64{99}, false); err == nil {
		t.Error("a change that does not exist was replayed")
	}
}

func TestAllowedHours(t *testing.T) {
	at := func(clock string) time.Time {
		c, err := time.Parse("15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		return time.Date(2026, 3, 28, c.Hour(), c.Minute(), 0, 0, stockholm)
	}
	for _, c := range []struct {
		hours adapter.Hours
		now   string
		wait  time.Duration
	}{
		{adapter.Hours{}, "03:00", 0},
		{adapter.Hours{From: 6 * 60, To: 22 * 60}, "06:00", 0},
		{adapter.Hours{From: 6 * 60, To: 22 * 60}, "21:59", 0},
		{adapter.Hours{From: 6 * 60, To: 22 * 60}, "05:30", 30 * time.Minute},
		{adapter.Hours{From: 6 * 60, To: 22 * 60}, "22:00", 7 * time.Hour}, // the night in which the clocks go forward
		{adapter.Hours{From: 22 * 60, To: 6 * 60}, "23:00", 0},
		{adapter.Hours{From: 22 * 60, To: 6 * 60}, "05:59", 0},
		{adapter.Hours{From: 22 * 60, To: 6 * 60}, "06:00", 16 * time.Hour},
	} {
		if got := c.hours.Closed(at(c.now)); got != c.wait {
			t.Errorf("%v at %s: closed for %v, want %v", c.hours, c.now, got, c.wait)
		}
	}
}

// A source is not asked outside of its hours.
func TestClosedOutsideHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the clock begins at midnight UTC
		def := definition(adapter.History)
		def.Limits.AllowedHours = adapter.Hours{From: 6 * 60, To: 7 * 60}
		b := newBench(t, def)
		ctx, stop := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer stop()
		go b.loop.Run(ctx)
		time.Sleep(time.Minute)
		synctest.Wait()
		if st := b.loop.Status(); st.Doing != adapter.Closed || b.reads != 0 || st.Next.IsZero() {
			t.Errorf("%d reads, status %+v", b.reads, st)
		}
		time.Sleep(time.Until(b.loop.Status().Next) + time.Second)
		synctest.Wait()
		if b.reads == 0 {
			t.Error("the source was not asked within its hours")
		}
	})
}

// A program that is started outside of the hours tells how far the source had come, not
// that it has never been read.
func TestStartedOutsideHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		def := definition(adapter.History)
		def.Limits.AllowedHours = adapter.Hours{From: 6 * 60, To: 7 * 60}
		b := newBench(t, def)
		time.Sleep(5*time.Hour + 30*time.Minute) // half past six in Sweden
		b.aged(t, 20)
		time.Sleep(2 * time.Hour)
		b.open(t)
		reads := b.reads
		ctx, stop := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer stop()
		go b.loop.Run(ctx)
		synctest.Wait()
		if st := b.loop.Status(); st.Phase != adapter.Following || st.CaughtUp.IsZero() || st.Doing != adapter.Closed || b.reads != reads {
			t.Errorf("%d reads, status %+v", b.reads-reads, st)
		}
		for _, dry := range []bool{true, false} {
			err := b.loop.Do(t.Context(), func(ctx context.Context) error {
				_, err := b.loop.Resync(ctx, dry)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if st := b.loop.Status(); st.Phase != adapter.Resyncing || st.Progress != 0 || st.Doing != adapter.Closed {
			t.Errorf("an order that waits: %+v", st)
		}
	})
}

// Other rules, also ones that use other columns, publish nothing of the past.
func TestPoint22_OtherRulesRepublishNothing(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.aged(t, 20)
	b.loop.Rules = rules{columns: []int{colTid, colHemlig}} // the time column now counts
	b.open(t)
	b.loop.Rules = rules{columns: []int{colTid, colHemlig}}
	b.poll(t)
	b.sweep(t)
	b.sweep(t)
	if len(b.log) != 0 {
		t.Errorf("committed %s", b.outcomes())
	}
	b.rows[0].tid = day(11, 11)
	b.sweep(t)
	if len(b.log) != 1 {
		t.Errorf("%d changes for a row whose time changed, now that the rules use it", len(b.log))
	}
}
