package adapter_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// ticking is a database whose clock goes as ours does, and in which things happen.
type ticking struct {
	*sim
	happens func(after time.Duration)
	begun   time.Time
}

func (s *ticking) Clock(context.Context) (time.Time, error) {
	now := time.Now()
	s.happens(now.Sub(s.begun))
	return now, nil
}

// A sweep that failed between two polls breaks the row of complete ones, as one does that
// was asked for.
func TestPoint12_SweepThatFailsBetweenPolls(t *testing.T) {
	for _, mode := range bothModes {
		bubble(t, string(mode), func(t *testing.T) {
			def := definition(mode)
			def.Sweep, def.OnMissing = 10*time.Minute, adapter.MissingRule{Do: adapter.Withdraw, After: 3}
			b := newBench(t, def)
			b.aCaseEach(1, 12, "a", "alva")
			failing := false
			b.loop.Source = &ticking{b.sim, func(after time.Duration) {
				b.rows[4].committed = after < 5*time.Minute // the first sweep has met all rows
				if after > 25*time.Minute && !failing {     // two have not met this one
					failing, b.failSweep = true, errors.New("cut")
				}
			}, time.Now()}
			ctx, stop := context.WithCancel(t.Context())
			go b.loop.Run(ctx)
			time.Sleep(45 * time.Minute)
			synctest.Wait()
			early := len(b.events(t, "alva"))
			time.Sleep(10 * time.Minute)
			synctest.Wait()
			if late := len(b.events(t, "alva")); early != 12 || late != 11 {
				t.Errorf("%d events after two complete sweeps since one failed, and %d after the third", early, late)
			}
			stop()
			synctest.Wait()
			if sweeps := b.sweeps.Load(); b.failSweep != nil || sweeps < 13 {
				t.Errorf("%d pages were swept, and none failed", sweeps)
			}
		})
	}
}

// Where polls count as sweeps, one that failed breaks the row, too.
func TestPoint12_PollThatFails(t *testing.T) {
	def := definition(adapter.Net)
	def.Cursor, def.OnMissing = adapter.CursorRule{Kind: adapter.CursorNone}, adapter.MissingRule{Do: adapter.Withdraw, After: 2}
	b := newBench(t, def)
	b.aCaseEach(1, 12, "a", "alva")
	b.poll(t)
	b.rows[4].committed = false
	for range 3 {
		b.poll(t)
		b.failSweep = errors.New("cut")
		if b.loop.Poll(t.Context()) == nil {
			t.Fatal("the poll did not fail")
		}
	}
	b.poll(t)
	if n := len(b.events(t, "alva")); n != 12 {
		t.Errorf("%d events though no two polls in a row were complete, want 12", n)
	}
	b.poll(t)
	if n := len(b.events(t, "alva")); n != 11 {
		t.Errorf("%d events after two, want 11", n)
	}
}
