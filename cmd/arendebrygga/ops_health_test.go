package main

import (
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// TestReadiness holds when a source is not ready, and what is said then. The source
// is polled every 15 s, from 06:00 to 22:00 in Sweden where the case says so; five
// intervals are 75 s.
func TestReadiness(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04:05", s, stockholm)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	day := adapter.Hours{From: 6 * 60, To: 22 * 60}
	night := adapter.Hours{From: 22 * 60, To: 6 * 60}
	following := func(polled string) adapter.Status {
		return adapter.Status{Phase: adapter.Following, Doing: adapter.Resting, Polled: at(polled)}
	}
	with := func(st adapter.Status, change func(*adapter.Status)) adapter.Status {
		change(&st)
		return st
	}
	failing := func(st *adapter.Status) {
		st.Doing, st.Failures, st.Failing, st.Error = adapter.Retrying, 4, at("2026-05-04 11:58:00"), "connection refused"
	}
	resyncing := func(st *adapter.Status) {
		st.Doing, st.Phase, st.CaughtUp = adapter.Walking, adapter.Resyncing, st.Polled
	}
	for _, c := range []struct {
		name   string
		hours  adapter.Hours
		status adapter.Status
		now    string
		want   []string // see checkReasons
	}{
		{"polled", adapter.Hours{}, following("2026-05-04 11:59:00"), "2026-05-04 12:00:00", nil},
		{"exactly five intervals", adapter.Hours{}, following("2026-05-04 11:58:45"), "2026-05-04 12:00:00", nil},
		{"failing, but not for long", adapter.Hours{}, with(following("2026-05-04 11:58:50"), failing), "2026-05-04 12:00:00", nil},
		{"failing", adapter.Hours{}, with(following("2026-05-04 11:58:00"), failing), "2026-05-04 12:00:00",
			[]string{"byggr: no-poll since 2026-05-04T11:58:00+02:00: no complete poll for 5 intervals of 15s: 4 failures since …connection refused"}},
		{"never polled since the start", adapter.Hours{}, with(adapter.Status{Phase: adapter.Following}, failing), "2026-05-04 12:00:00",
			[]string{"byggr: no-poll since 2026-05-04T10:00:00+02:00: …connection refused"}},
		{"a poll that takes long", adapter.Hours{}, with(following("2026-05-04 11:00:00"), func(st *adapter.Status) { st.Doing, st.Progress = adapter.Walking, 5000 }), "2026-05-04 12:00:00",
			[]string{"byggr: no-poll since 2026-05-04T11:00:00+02:00: …under way and has read 5000 rows"}},
		{"a resync", adapter.Hours{}, with(following("2026-05-04 11:00:00"), resyncing), "2026-05-04 12:00:00", []string{"byggr: no-poll …a resync is under way"}},
		{"a resync that has just begun", adapter.Hours{}, with(following("2026-05-04 11:59:30"), resyncing), "2026-05-04 12:00:00", nil},
		{"a resync of an empty store", adapter.Hours{}, with(adapter.Status{}, resyncing), "2026-05-04 10:00:01",
			[]string{"byggr: first-run since 2026-05-04T10:00:00+02:00: …a resync is under way"}},
		{"in the night", day, with(following("2026-05-03 21:59:50"), func(st *adapter.Status) { st.Doing = adapter.Closed }), "2026-05-04 03:00:00", nil},
		{"soon after the morning", day, following("2026-05-03 21:59:50"), "2026-05-04 06:01:00", nil},
		{"long after the morning", day, with(following("2026-05-03 21:59:50"), failing), "2026-05-04 06:01:06", []string{"byggr: no-poll since 2026-05-03T21:59:50"}},
		{"stopped polling before the night", day, with(following("2026-05-03 21:58:00"), failing), "2026-05-04 03:00:00", []string{"byggr: no-poll"}},
		{"a month ago", day, following("2026-04-03 21:58:00"), "2026-05-04 03:00:00", []string{"byggr: no-poll"}},
		{"hours over midnight, by day", night, following("2026-05-04 05:59:50"), "2026-05-04 15:00:00", nil},
		{"hours over midnight, by night", night, following("2026-05-04 23:58:00"), "2026-05-05 00:00:00", []string{"byggr: no-poll"}},
		{"hours over midnight, after it", night, following("2026-05-04 05:59:50"), "2026-05-04 22:01:06", []string{"byggr: no-poll"}},
		{"the night that has an hour more", day, following("2026-10-24 21:59:50"), "2026-10-25 06:01:00", nil},
		{"the night that has an hour less", day, following("2026-03-28 21:59:50"), "2026-03-29 06:01:06", []string{"byggr: no-poll"}},
		{"first run", adapter.Hours{}, adapter.Status{Phase: adapter.FirstPass, Doing: adapter.Walking, Progress: 1}, "2026-05-04 10:00:01",
			[]string{"byggr: first-run since 2026-05-04T10:00:00+02:00: …has read 1 row"}},
		{"database down at start", adapter.Hours{}, with(adapter.Status{}, failing), "2026-05-04 10:00:01", []string{"byggr: first-run …4 failures since …connection refused"}},
		{"stopped", adapter.Hours{}, with(following("2026-05-04 12:00:00"), func(st *adapter.Status) {
			st.Doing, st.Halted = adapter.Stopped, &adapter.Halt{Reason: "another-database", Detail: "point it to the right one", At: at("2026-05-04 11:00:00")}
		}), "2026-05-04 12:00:00", []string{"byggr: stopped since 2026-05-04T11:00:00+02:00: another-database: point it to the right one"}},
		{"stopped before it was ever polled", adapter.Hours{}, adapter.Status{Halted: &adapter.Halt{Reason: haltRenamed}}, "2026-05-04 12:00:00", []string{"byggr: stopped: renamed"}},
		{"a transaction held open", adapter.Hours{}, with(following("2026-05-04 12:00:00"), func(st *adapter.Status) { st.Overhold, st.Opened = true, at("2026-05-04 10:59:00") }), "2026-05-04 12:00:00",
			[]string{"byggr: overhold since 2026-05-04T10:59:00+02:00: …longer than maxHold, 1h…the next sweep"}},
		{"a transaction that blocks", adapter.Hours{}, with(following("2026-05-04 12:00:00"), func(st *adapter.Status) { st.Overhold, st.Blocks = true, true }), "2026-05-04 12:00:00",
			[]string{"byggr: overhold: …longer than maxHold, 1h…before it has ended"}},
		{"two at once", adapter.Hours{}, with(following("2026-05-04 11:00:00"), func(st *adapter.Status) { st.Overhold = true }), "2026-05-04 12:00:00",
			[]string{"byggr: no-poll", "byggr: overhold"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			def := &adapter.Definition{Name: "byggr", Location: stockholm, Poll: 15 * time.Second, MaxHold: time.Hour, Limits: adapter.Limits{AllowedHours: c.hours}}
			checkReasons(t, unready(def, &c.status, at("2026-05-04 10:00:00"), at(c.now)), c.want)
		})
	}
}

// checkReasons compares lines with what each begins with, and after … also says.
func checkReasons(t *testing.T, reasons []reason, want []string) {
	t.Helper()
	if len(reasons) != len(want) {
		t.Fatalf("got %v, want %q", reasons, want)
	}
	for i, want := range want {
		parts := strings.Split(want, "…")
		line := reasons[i].String()
		found := strings.HasPrefix(line, parts[0])
		for _, part := range parts[1:] {
			found = found && strings.Contains(line, part)
		}
		if !found {
			t.Errorf("got  %s\nwant %s", line, want)
		}
	}
}

// TestShortPollsAreNotOverdueAtOnce holds that a poll every 100 ms may take a second
// now and then.
func TestShortPollsAreNotOverdueAtOnce(t *testing.T) {
	now := time.Now()
	def := &adapter.Definition{Poll: 100 * time.Millisecond, Location: time.UTC}
	if overdue(def, now.Add(-4*time.Second), now) || !overdue(def, now.Add(-6*time.Second), now) {
		t.Error("five intervals of less than a second are not five seconds")
	}
}

// TestHanging holds when a loop counts as hanging: it polls every 15 s, and a
// statement may take 30 s, so that it has 150 s for a sign of life.
func TestHanging(t *testing.T) {
	begun := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	def := &adapter.Definition{Poll: 15 * time.Second, Limits: adapter.Limits{QueryTimeout: 30 * time.Second}}
	for _, c := range []struct {
		name   string
		status adapter.Status
		poll   time.Duration
		after  time.Duration
		want   bool
	}{
		{"polling", adapter.Status{Doing: adapter.Walking}, 15 * time.Second, 150 * time.Second, false},
		{"polling without an end", adapter.Status{Doing: adapter.Walking}, 15 * time.Second, 151 * time.Second, true},
		{"sweeping without an end", adapter.Status{Doing: adapter.Sweeping}, 15 * time.Second, 151 * time.Second, true},
		{"waiting for long", adapter.Status{Doing: adapter.Resting, Next: begun.Add(time.Hour)}, time.Hour, 61 * time.Minute, false},
		{"never waking up", adapter.Status{Doing: adapter.Resting, Next: begun.Add(time.Minute)}, 15 * time.Second, 4 * time.Minute, true},
		{"rarely polled", adapter.Status{Doing: adapter.Walking}, time.Hour, 4 * time.Hour, false},
		{"outside hours", adapter.Status{Doing: adapter.Closed, Next: begun.Add(8 * time.Hour)}, 15 * time.Second, 8 * time.Hour, false},
		{"stopped", adapter.Status{Doing: adapter.Stopped}, 15 * time.Second, 100 * time.Hour, false},
	} {
		def.Poll = c.poll
		if got := hangs(def, &c.status, begun, begun.Add(c.after)); got != c.want {
			t.Errorf("%s for %s: %t, want %t", c.name, c.after, got, c.want)
		}
	}
}
