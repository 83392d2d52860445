package adapter_test

import (
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
)

const alva = "INSERT INTO part VALUES ('A1', 'alva')"

// TestPoint01_LateCommitIDCursor: a transaction takes a lower number than another
// and commits after it.
func TestPoint01_LateCommitIDCursor(t *testing.T) {
	onLive(t, servers, adapter.History, func(t *testing.T, l *live) {
		l.exec(t, alva)
		for range 10 { // polls begin later and later
			l.exec(t, row("a", stamp(time.Minute)))
			l.poll(t, 5*time.Second)
		}
		tx1 := l.begin(t, row("late", stamp(0)))
		tx2 := l.begin(t, row("b", stamp(0)))
		commit(t, tx2)
		l.poll(t, 5*time.Second)
		if got := l.statuses(t); got != "a a a a a a a a a a b" {
			t.Fatal(got)
		}
		commit(t, tx1)
		l.poll(t, 5*time.Second)
		l.poll(t, 5*time.Second)
		l.open(t)
		l.poll(t, 5*time.Second)
		if got := l.statuses(t); got != "a a a a a a a a a a b late" || len(l.log) != 12 {
			t.Errorf("%s, %d changes", got, len(l.log))
		}
	})
}

// TestPoint02_LateCommitTimeCursor: a row that was stamped before others commits
// after they were polled; inside the overlap the next poll finds it, beyond it the
// sweep does. PostgreSQL tells which transactions are open, so that the poll does.
func TestPoint02_LateCommitTimeCursor(t *testing.T) {
	onLive(t, allKinds, adapter.History, func(t *testing.T, l *live) {
		l.def.Cursor.Column, l.def.Cursor.Kind = "tid", adapter.CursorTime
		l.exec(t, alva, row("a", stamp(2*time.Minute)))
		l.poll(t, 0)
		late := func(status string, before time.Duration, polls int, found string) {
			var tx interface{ Commit() error }
			statement := row(status, stamp(before))
			if l.kind != "sqlite" { // which has one writer at a time: there the row only has an older stamp
				tx = l.begin(t, statement)
			}
			for range polls {
				l.exec(t, row("x", stamp(before-10*time.Second)))
				l.poll(t, 15*time.Second)
			}
			if tx == nil {
				l.exec(t, statement)
			} else if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			l.poll(t, time.Second)
			byPoll := strings.Contains(l.statuses(t), status)
			l.sweep(t)
			l.poll(t, time.Second)
			l.sweep(t)
			if n := strings.Count(l.statuses(t), status); n != 1 || byPoll != (found == "poll") {
				t.Errorf("%s: %d events, by a poll %v", status, n, byPoll)
			}
			if last := l.log[len(l.log)-1]; last.Ny != status || last.Missed != (found == "sweep") {
				t.Errorf("%s: the last change is %s, missed %v", status, last.Ny, last.Missed)
			}
		}
		late("inside", 50*time.Second, 1, "poll")
		beyond := "sweep"
		if l.kind == "postgres" {
			beyond = "poll"
		}
		late("beyond", 30*time.Second, 6, beyond)
		missed := l.loop.Status().Totals.Missed
		if want := map[string]uint64{"poll": 0, "sweep": 1}[beyond]; missed != want {
			t.Errorf("%d were missed by polls, want %d", missed, want)
		}
	})
}

// TestPoint04_HeldLongerThanMaxHold: a transaction stays open for longer than polls
// wait for it. That is counted, said and shown; all else goes on, and what it writes
// is left to the sweep.
func TestPoint04_HeldLongerThanMaxHold(t *testing.T) {
	onLive(t, []string{"postgres"}, adapter.History, func(t *testing.T, l *live) {
		l.def.MaxHold = 2 * time.Minute
		l.exec(t, alva, row("a", stamp(time.Minute)))
		l.poll(t, 0)
		l.poll(t, 30*time.Second)
		tx := l.begin(t, row("late", stamp(0)))
		for i := range 12 {
			l.exec(t, row("b", stamp(0)))
			l.poll(t, 30*time.Second)
			s := l.loop.Status()
			if over := s.Overhold; over != (s.Hold > l.def.MaxHold) || over != (s.Totals.Overholds == 1) || i == 0 && over || i == 11 && !over {
				t.Errorf("poll %d: hold %v, over %v, %d times", i, s.Hold, over, s.Totals.Overholds)
			}
			if open := time.Since(s.Opened); s.Opened.IsZero() != (s.Hold == 0) || s.Overhold && (open < s.Hold || open > s.Hold+time.Minute) {
				t.Errorf("poll %d: hold %v, opened %v ago", i, s.Hold, open)
			}
		}
		if got := l.statuses(t); got != "a"+strings.Repeat(" b", 12) {
			t.Errorf("what others wrote: %s", got)
		}
		if strings.Count(l.said.String(), "longer than maxHold") != 1 {
			t.Error("the log does not say so, or again and again")
		}
		commit(t, tx)
		l.poll(t, 30*time.Second)
		l.poll(t, 30*time.Second)
		l.sweep(t)
		l.poll(t, 30*time.Second)
		if got := l.statuses(t); strings.Count(got, "late") != 1 {
			t.Error(got)
		}
		if s := l.loop.Status(); s.Overhold || s.Hold != 0 || s.Totals.Overholds != 1 || s.Totals.Missed != 1 {
			t.Errorf("afterwards: over %v, hold %v, %d times, %d missed", s.Overhold, s.Hold, s.Totals.Overholds, s.Totals.Missed)
		}
	})
}
