package adapter_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// TestPoint08_LiveOwnClockIsOff: the adapter's clock is ten minutes before or behind the
// database's, or is set while changes are held. What is published, and at which of the
// database's times, is the same.
func TestPoint08_LiveOwnClockIsOff(t *testing.T) {
	const off = 10 * time.Minute
	for name, clock := range map[string]func(turn int) time.Duration{
		"right":  func(int) time.Duration { return 0 },
		"before": func(int) time.Duration { return off },
		"behind": func(int) time.Duration { return -off },
		"set":    func(turn int) time.Duration { return []time.Duration{off, -off}[turn%2] },
	} {
		for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
			t.Run(fmt.Sprint(name, " ", mode), func(t *testing.T) {
				onLive(t, allKinds, mode, func(t *testing.T, l *live) { liveClock(t, l, clock) })
			})
		}
	}
}

func liveClock(t *testing.T, l *live, clock func(turn int) time.Duration) {
	l.def.Cursor.Column, l.def.Cursor.Kind = "tid", adapter.CursorTime
	l.def.Delay, l.def.Time.IfFuture = delay, adapter.Hold
	turn := 0
	step := func(after time.Duration, wanted map[adapter.Key][]string) {
		t.Helper()
		l.ownClock(t, clock(turn), func(t *testing.T) {
			l.poll(t, after)
			b := bench{store: l.store}
			for _, name := range []adapter.Key{"alva", "bo", "cilla"} {
				want(t, b.events(t, name), wanted[name]...)
			}
		})
		turn++
	}
	other := func(arende, tid string) string {
		return "INSERT INTO rad (arende, status, tid) VALUES ('" + arende + "', 'x', " + tid + ")"
	}
	l.exec(t, alva, "INSERT INTO part VALUES ('B1', 'bo')", "INSERT INTO part VALUES ('C1', 'cilla')", row("a", stamp(time.Hour)))
	old := []string{">a"}
	step(0, map[adapter.Key][]string{"alva": old}) // of a first run, whose delay is over
	l.move(t, "b")
	l.exec(t, other("B1", stamp(-time.Hour)))
	step(time.Second, map[adapter.Key][]string{"alva": old})
	l.exec(t, other("C1", stamp(10*time.Second))) // committed late, inside the overlap
	step(10*time.Second, map[adapter.Key][]string{"alva": old})
	step(delay-30*time.Second, map[adapter.Key][]string{"alva": old})
	now := map[adapter.Key][]string{"alva": {">a", "a>b"}, "cilla": {">x"}}
	step(time.Minute, now)
	step(time.Hour-delay-2*time.Minute, now)
	now["bo"] = []string{">x"} // whose time has come
	step(2*time.Minute, now)
	step(time.Minute, now)
}

// ownClock has the adapter begin anew with a clock of its own that is so far off, and
// stands still while it works.
func (l *live) ownClock(t *testing.T, off time.Duration, work func(t *testing.T)) {
	t.Helper()
	shown := time.Now().Add(off)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(shown)) // it begins with the year 2000
		l.open(t)
		defer l.close(t)
		work(t)
	})
}
