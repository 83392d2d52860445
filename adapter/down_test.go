package adapter_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// down is a database that answers nothing for a while.
type down struct {
	*sim
	up    time.Time
	tries atomic.Int64
	last  time.Time
	waits map[time.Duration]bool // between two tries
}

func (d *down) Place(ctx context.Context) (string, error) {
	d.tries.Add(1)
	d.waits[time.Since(d.last)], d.last = true, time.Now()
	if time.Now().Before(d.up) {
		return "", errors.New("connection refused")
	}
	return d.sim.Place(ctx)
}

// A database that is down when the loop starts and for an hour is asked ever more
// seldom, the status says since when it fails and why, and the loop catches up at
// once when it is there, or ends at once when it is to.
func TestPoint15_DownForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, definition(adapter.History))
		b.party("A1", "alva")
		b.put(1, "A1", "a", day(9, 0))
		start := time.Now()
		source := &down{sim: b.sim, up: start.Add(time.Hour), waits: map[time.Duration]bool{}}
		b.loop.Source = source
		ctx, stop := context.WithCancel(t.Context())
		go b.loop.Run(ctx)
		time.Sleep(59 * time.Minute)
		synctest.Wait()
		st := b.loop.Status()
		if st.Doing != adapter.Retrying || !st.Failing.Equal(start) || st.Error == "" || !st.Polled.IsZero() || time.Until(st.Next) > time.Minute+6*time.Second {
			t.Errorf("status %+v", st)
		}
		if n := source.tries.Load(); n < 55 || n > 80 {
			t.Errorf("%d tries in an hour, want about one a minute", n)
		}
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		want(t, b.events(t, "alva"), ">a")
		if st := b.loop.Status(); st.Failures != 0 || st.Error != "" || st.Doing != adapter.Resting {
			t.Errorf("status %+v", st)
		}
		before := time.Now()
		stop()
		synctest.Wait()
		if err := b.loop.Do(t.Context(), func(context.Context) error { return nil }); !errors.Is(err, adapter.ErrEnded) || time.Since(before) > 0 {
			t.Errorf("the loop has not ended at once: %v", err)
		}
		if len(source.waits) < 20 {
			t.Errorf("only %d different waits: many sources would try in step", len(source.waits))
		}
	})
}
