package adapter_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// slow is a source whose windows take long. It counts what is asked of it.
type slow struct {
	*sim
	takes time.Duration
	asked int
}

func (s *slow) take(ctx context.Context) {
	s.asked++
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
	}
}

func (s *slow) Read(ctx context.Context, w adapter.Walk) (adapter.Page, error) {
	s.take(ctx)
	return s.sim.Read(ctx, w)
}

func (s *slow) Sweep(ctx context.Context, w adapter.Walk) (adapter.Page, error) {
	s.take(ctx)
	return s.sim.Sweep(ctx, w)
}

func (s *slow) Rows(ctx context.Context, ids []adapter.Key) ([]adapter.Row, error) {
	s.take(ctx)
	return s.sim.Rows(ctx, ids)
}

func (s *slow) Parties(ctx context.Context, w adapter.Walk) (adapter.Page, error) {
	s.take(ctx)
	return s.sim.Parties(ctx, w)
}

func (s *slow) Place(ctx context.Context) (string, error) {
	s.asked++
	return s.sim.Place(ctx)
}

// openHour allows the hour that begins now.
func openHour(def *adapter.Definition) {
	now := time.Now().In(stockholm)
	from := now.Hour()*60 + now.Minute()
	def.Limits.AllowedHours = adapter.Hours{From: from, To: from + 60}
}

// What takes longer than the hours allow stops between two pages, is not gone on with
// before they begin again, and then goes on where it was.
func TestWorkStopsWithTheHours(t *testing.T) {
	const rows = 450 // 45 windows of two minutes
	for name, begin := range map[string]func(*testing.T, *bench){
		"first run": func(*testing.T, *bench) {},
		"poll": func(t *testing.T, b *bench) {
			b.put(0, "A1", "first", day(8, 0))
			b.poll(t)
		},
		"without a cursor": func(_ *testing.T, b *bench) { b.def.Cursor = adapter.CursorRule{Kind: adapter.CursorNone} },
		"resync": func(t *testing.T, b *bench) {
			b.put(0, "A1", "first", day(8, 0))
			b.poll(t)
			if _, err := b.loop.Resync(t.Context(), false); err != nil {
				t.Fatal(err)
			}
		},
		"held": func(t *testing.T, b *bench) {
			b.def.Delay, b.def.Overlap = time.Hour, 0
			b.poll(t)
			for id := 1; id <= rows; id++ {
				b.put(id, "A1", "a", day(9, 0))
			}
			b.poll(t)
			want(t, b.events(t, "alva"))
			b.now = b.now.Add(2 * time.Hour)
		},
	} {
		bubble(t, name, func(t *testing.T) {
			b := newBench(t, definition(adapter.History))
			b.party("A1", "alva")
			begin(t, b)
			for id := len(b.rows) + 1; id <= rows; id++ {
				b.put(id, "A1", "a", day(9, 0))
			}
			openHour(b.def)
			s := &slow{sim: b.sim, takes: 2 * time.Minute}
			b.loop.Source = s
			ctx, stop := context.WithCancel(t.Context())
			defer synctest.Wait()
			defer stop()
			go b.loop.Run(ctx)
			pass := func(d time.Duration) int {
				before := s.asked
				time.Sleep(d)
				synctest.Wait()
				return s.asked - before
			}
			if n := pass(time.Hour + time.Minute); n < 25 || n > 35 {
				t.Errorf("asked %d times in the first hour", n)
			}
			if n := pass(22*time.Hour + 58*time.Minute); n > 0 || b.loop.Status().Doing != adapter.Closed {
				t.Errorf("asked %d times outside the hours; doing %s", n, b.loop.Status().Doing)
			}
			pass(59 * time.Minute)
			if n := len(b.events(t, "alva")); n < rows {
				t.Errorf("%d events of %d after the second hour", n, rows)
			}
		})
	}
}

// A sweep rests outside the hours and is one sweep all the same.
func TestSweepStopsWithTheHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		def := definition(adapter.History)
		def.Sweep, def.Poll, def.Limits.PageSize = time.Hour, time.Minute, 1
		b := newBench(t, def)
		for id := 1; id <= 300; id++ {
			b.put(id, "A1", "a", day(9, 0))
		}
		b.poll(t)
		openHour(def)
		s := &slow{sim: b.sim, takes: 10 * time.Second}
		ctx, stop := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer stop()
		b.now = b.now.Add(2 * time.Hour)
		b.loop.Source = sweeping{s}
		go b.loop.Run(ctx)
		time.Sleep(time.Hour + time.Minute)
		synctest.Wait()
		asked := s.asked
		time.Sleep(22 * time.Hour)
		synctest.Wait()
		if s.asked != asked || asked == 0 {
			t.Errorf("asked %d times within the hours, and %d outside", asked, s.asked-asked)
		}
		if !b.loop.Status().Swept.IsZero() {
			t.Fatal("the sweep was through in an hour, so the test shows nothing")
		}
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if b.loop.Status().Swept.IsZero() {
			t.Error("the sweep did not go on where it was")
		}
	})
}

// sweeping is slow only where it sweeps.
type sweeping struct{ *slow }

func (s sweeping) Read(ctx context.Context, w adapter.Walk) (adapter.Page, error) {
	return s.sim.Read(ctx, w)
}

// While a source is stopped as its connection leads elsewhere, it is not asked outside
// its hours either, and is found to be led back when they begin.
func TestStoppedOutsideHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, definition(adapter.History))
		b.place = "one"
		b.put(1, "A1", "a", day(9, 0))
		b.poll(t)
		b.place = "two"
		b.open(t)
		openHour(b.def)
		s := &slow{sim: b.sim}
		b.loop.Source = s
		ctx, stop := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer stop()
		go b.loop.Run(ctx)
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		asked := s.asked
		time.Sleep(21 * time.Hour)
		synctest.Wait()
		if s.asked > asked || asked < 30 {
			t.Errorf("asked %d times within the hours, and %d outside", asked, s.asked-asked)
		}
		b.place = "one"
		time.Sleep(time.Hour + 2*time.Minute)
		synctest.Wait()
		if st := b.loop.Status(); st.Halted != nil {
			t.Errorf("led back, and still stopped: %s", st.Halted.Reason)
		}
	})
}

// An order to walk through everything waits for the hours; what an operator asks to be
// counted is read at once.
func TestOrdersOutsideHours(t *testing.T) {
	for _, order := range []string{"resync", "baseline"} {
		bubble(t, fmt.Sprint(order), func(t *testing.T) {
			b := newBench(t, definition(adapter.History))
			b.party("A1", "alva")
			b.put(1, "A1", "a", day(9, 0))
			b.poll(t)
			b.rows[0].status = "b"
			openHour(b.def)
			ctx, stop := context.WithCancel(t.Context())
			defer synctest.Wait()
			defer stop()
			go b.loop.Run(ctx)
			time.Sleep(2 * time.Hour)
			reads, sweeps := b.reads, b.sweeps.Load()
			give := func(do func(context.Context) error) {
				t.Helper()
				if err := b.loop.Do(ctx, do); err != nil {
					t.Fatal(err)
				}
			}
			give(func(ctx context.Context) error {
				totals, err := b.loop.Resync(ctx, true)
				if totals.Rows != 1 {
					t.Errorf("a dry one counted %d rows", totals.Rows)
				}
				return err
			})
			if b.sweeps.Load() == sweeps {
				t.Error("nothing was read to be counted")
			}
			sweeps = b.sweeps.Load()
			give(func(ctx context.Context) error {
				if order == "baseline" {
					return b.loop.Baseline(ctx)
				}
				_, err := b.loop.Resync(ctx, false)
				return err
			})
			time.Sleep(20 * time.Hour)
			synctest.Wait()
			if b.reads != reads || b.sweeps.Load() != sweeps || b.loop.Status().Doing != adapter.Closed {
				t.Errorf("it did not wait for the hours: %d and %d windows", b.reads-reads, b.sweeps.Load()-sweeps)
			}
			time.Sleep(3 * time.Hour)
			synctest.Wait()
			if st := b.loop.Status(); st.Phase != adapter.Following || b.reads == reads {
				t.Errorf("it did not begin with the hours: %s", st.Phase)
			}
		})
	}
}
