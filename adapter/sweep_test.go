package adapter_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"arendebrygga/adapter"
)

func (b *bench) sweep(t *testing.T) {
	t.Helper()
	if err := b.loop.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// aged puts so many rows and polls until they lie behind the overlap.
func (b *bench) aged(t *testing.T, n int) {
	t.Helper()
	for id := 1; id <= n; id++ {
		b.party("A"+strconv.Itoa(id), "alva")
		b.put(id, "A"+strconv.Itoa(id), "a", day(9, id%60))
	}
	for range 4 * 30 {
		b.poll(t)
		b.put(n+1, "LAST", "a", day(10, 0)) // so that the ring moves on
		n++
	}
	b.poll(t)
	b.log = nil
}

// A row that changes without its cursor moving is found by the sweep, marked and
// counted; what polls have seen is not.
func TestPoint10_ChangeWithoutTouchIsFoundBySweep(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		t.Run(string(mode), func(t *testing.T) {
			b := newBench(t, definition(mode))
			if mode == adapter.Net {
				for id := 1; id <= 60; id++ {
					b.party("A"+strconv.Itoa(id), "alva")
					b.put(id, "A"+strconv.Itoa(id), "a", nil)
					for range 4 {
						b.poll(t)
					}
				}
				b.log = nil
			} else {
				b.aged(t, 30)
			}
			b.rows[4].status = "silent"
			b.poll(t)
			if len(b.log) != 0 {
				t.Fatalf("the poll found %s: the test needs a row behind the overlap", b.outcomes())
			}
			b.sweep(t)
			if got := b.outcomes(); got != "map[published:1]" {
				t.Errorf("outcomes %s", got)
			}
			if totals := b.loop.Status().Totals; mode == adapter.Net && (totals.Missed != 1 || !b.log[0].Missed) || mode == adapter.History && totals.Rewrites != 1 {
				t.Errorf("totals %+v", totals)
			}
			b.sweep(t)
			if len(b.log) != 1 {
				t.Errorf("a second sweep found %s", b.outcomes())
			}
		})
	}
}

// A row that commits after the overlap is found by the sweep.
func TestSweepFindsWhatCommittedTooLate(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("B", "bo")
	late := b.put(10, "B", "late", day(8, 0))
	late.committed = false
	for id := 11; id <= 40; id++ {
		b.put(id, "A1", "a", day(9, 0))
	}
	b.party("A1", "alva")
	for id := 41; id < 200; id++ {
		b.put(id, "A1", "a", day(9, 0))
		b.poll(t)
	}
	b.rows[0].committed = true
	b.poll(t)
	want(t, b.events(t, "bo"))
	b.put(1000, "A1", "new", day(11, 0)) // left to the next poll
	var said bytes.Buffer
	b.loop.Log = zerolog.New(&said)
	b.sweep(t)
	want(t, b.events(t, "bo"), ">late")
	if n := b.loop.Status().Totals.Missed; n != 1 {
		t.Errorf("%d missed, want 1: what the next poll finds was not missed", n)
	}
	b.poll(t)
	if got := b.events(t, "alva"); !strings.HasSuffix(got[len(got)-1], ">new") {
		t.Errorf("events end with %s", got[len(got)-1])
	}
	b.sweep(t)
	if one, none := strings.Count(said.String(), `"missed_by_poll":1`), strings.Count(said.String(), `"missed_by_poll":0`); one != 1 || none != 1 {
		t.Errorf("each sweep tells what it found itself: %s", &said)
	}
}

// Sweeps go on between polls, and begin anew after a failure.
func TestSweepBetweenPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		def := definition(adapter.History)
		def.Sweep = time.Hour
		b := newBench(t, def)
		b.party("A1", "alva")
		for id := 1; id <= 35; id++ {
			b.put(id, "A1", "a", day(9, 0))
		}
		b.failSweep = errors.New("cut")
		ctx, stop := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer stop()
		go b.loop.Run(ctx)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if st := b.loop.Status(); st.Swept.IsZero() == false || b.sweeps.Load() != 1 {
			t.Errorf("swept %v after a failure, %d pages", st.Swept, b.sweeps.Load())
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if st := b.loop.Status(); st.Swept.IsZero() || st.Doing != adapter.Resting {
			t.Errorf("status %+v", st)
		}
		if b.sweeps.Load() != 5 {
			t.Errorf("%d pages were swept, want one that failed and four", b.sweeps.Load())
		}
	})
}

// onMissing takes events back after so many complete sweeps in a row, and never after
// one that failed.
func TestPoint12_MissingAfterCompleteSweepsOnly(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		t.Run(string(mode), func(t *testing.T) {
			def := definition(mode)
			def.OnMissing = adapter.MissingRule{Do: adapter.Withdraw, After: 3}
			b := newBench(t, def)
			for id := 1; id <= 25; id++ {
				b.party("A"+strconv.Itoa(id), "alva")
				b.put(id, "A"+strconv.Itoa(id), "a", day(9, id))
			}
			b.poll(t)
			b.rows[4].committed = false
			n := func() int { return len(b.events(t, "alva")) }
			b.sweep(t)
			b.sweep(t)
			b.failSweep = errors.New("cut")
			if b.loop.Sweep(t.Context()) == nil {
				t.Fatal("the sweep did not fail")
			}
			b.sweep(t)
			b.sweep(t)
			if n() != 25 {
				t.Fatalf("%d events after two complete sweeps since the failure, want 25", n())
			}
			b.open(t) // what was counted is stored, a sweep under way is not
			b.poll(t)
			b.sweep(t)
			if n() != 24 {
				t.Fatalf("%d events after the third, want 24", n())
			}
			b.rows[4].committed = true
			b.poll(t)
			b.sweep(t)
			if n() != 25 || b.loop.Status().Totals.Missing != 1 {
				t.Errorf("%d events, totals %+v", n(), b.loop.Status().Totals)
			}
		})
	}
}

// Without a cursor every poll walks all.
func TestCursorNone(t *testing.T) {
	def := definition(adapter.Net)
	def.Cursor = adapter.CursorRule{Kind: adapter.CursorNone}
	def.OnMissing = adapter.MissingRule{Do: adapter.Withdraw, After: 2}
	b := newBench(t, def)
	for id := 1; id <= 25; id++ {
		b.party(fmt.Sprintf("A%02d", id), "alva")
		b.put(id, fmt.Sprintf("A%02d", id), "a", day(9, id))
	}
	b.poll(t)
	b.rows[3].status = "b"
	b.poll(t)
	if got := b.outcomes(); got != "map[published:26]" {
		t.Errorf("outcomes %s", got)
	}
	b.rows[3].committed = false
	b.poll(t)
	b.poll(t)
	if n := len(b.events(t, "alva")); n != 24 {
		t.Errorf("%d events, want 24: both of the case that is gone are taken back", n)
	}
}

// So many rows gone at once are no deletions.
func TestManyRowsGoneStopsTheSource(t *testing.T) {
	def := definition(adapter.History)
	def.OnMissing = adapter.MissingRule{Do: adapter.Withdraw, After: 1}
	def.Limits.PageSize = 500
	b := newBench(t, def)
	b.party("A1", "alva")
	for id := 1; id <= 3000; id++ {
		b.put(id, "A1", "a", day(9, 0))
	}
	b.poll(t)
	for i := range 1500 {
		b.rows[i].committed = false
	}
	var halt *adapter.Halt
	if err := b.loop.Sweep(t.Context()); !errors.As(err, &halt) || halt.Reason != "rows-gone" {
		t.Fatalf("error %v", err)
	}
	if n := len(b.events(t, "alva")); n != 3000 {
		t.Errorf("%d events are left", n)
	}
	totals, err := b.loop.Resync(t.Context(), true)
	if err != nil || totals.Missing != 1500 {
		t.Errorf("a dry resync: %+v, %v", totals, err)
	}
	if _, err := b.loop.Resync(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	b.poll(t)
	if n := len(b.events(t, "alva")); n != 1500 {
		t.Errorf("%d events after a resync, want 1500", n)
	}
}
