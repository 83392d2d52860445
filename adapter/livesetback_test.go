package adapter_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// cases inserts a row of a case of its own for each of these numbers, a second apart.
func (l *live) cases(t *testing.T, prefix, status string, first, last int, ago time.Duration) {
	t.Helper()
	var rows []string
	for id := first; id <= last; id++ {
		rows = append(rows, fmt.Sprintf("(%d, '%s%d', '%s', %s)", id, prefix, id, status, stamp(ago-time.Duration(id)*time.Second)))
	}
	l.exec(t, "INSERT INTO rad (id, arende, status, tid) VALUES "+strings.Join(rows, ", "))
}

// alvas makes alva the party of cases.
func (l *live) alvas(t *testing.T, prefix string, first, last int) {
	t.Helper()
	var rows []string
	for id := first; id <= last; id++ {
		rows = append(rows, fmt.Sprintf("('%s%d', 'alva')", prefix, id))
	}
	l.exec(t, "INSERT INTO part VALUES "+strings.Join(rows, ", "))
}

// stopped polls twice, and wants nothing published and the source stopped, or still in
// doubt where the database could be a replica that lags behind.
func (l *live) stopped(t *testing.T, doubt bool) {
	t.Helper()
	for range 2 {
		l.open(t)
		err := l.loop.Poll(t.Context())
		if halt := (*adapter.Halt)(nil); errors.As(err, &halt) {
			if doubt || halt.Reason != "database-set-back" && halt.Reason != "rows-reused" {
				t.Fatalf("stopped for %s", halt.Reason)
			}
		} else if !doubt || err == nil || !strings.Contains(err.Error(), "set back") {
			t.Fatalf("error %v", err)
		}
	}
	if len(l.log) != 0 {
		t.Fatal("something was published before anybody chose")
	}
}

func (l *live) resync(t *testing.T) {
	t.Helper()
	if _, err := l.loop.Resync(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	l.poll(t, time.Second)
}

// TestPoint16_LiveSetBackAfterABaseline restores a database of which nothing was
// published yet. It has given some of the lost numbers to other cases before the
// adapter looks, or all of them and more.
func TestPoint16_LiveSetBackAfterABaseline(t *testing.T) {
	for _, mode := range bothModes {
		for _, last := range []int{31, 65} {
			t.Run(fmt.Sprint(mode, last), func(t *testing.T) {
				onLive(t, allKinds, mode, func(t *testing.T, l *live) {
					l.def.FirstRun.Kind = adapter.Baseline
					l.cases(t, "A", "a", 1, 30, time.Hour)
					l.exec(t, "CREATE TABLE backup_rad AS SELECT * FROM rad")
					l.cases(t, "A", "a", 31, 60, time.Hour)
					l.alvas(t, "B", 31, 70)
					l.poll(t, 0)
					l.poll(t, time.Second)
					l.exec(t, "DELETE FROM rad", "INSERT INTO rad SELECT * FROM backup_rad")
					l.cases(t, "B", "b", 31, last, time.Minute)
					l.stopped(t, last == 31)
					l.resync(t)
					if n := len(l.events(t)); n != last-30 || len(l.log) != n {
						t.Errorf("%d events of %d changes, want %d", n, len(l.log), last-30)
					}
					l.cases(t, "B", "c", last+1, 70, time.Minute)
					l.poll(t, time.Second)
					l.open(t)
					l.poll(t, time.Second)
					l.sweep(t)
					if n := len(l.events(t)); n != 40 || len(l.log) != n {
						t.Errorf("%d events of %d changes, want 40", n, len(l.log))
					}
				})
			})
		}
	}
}

// TestPoint16_LiveCasesSetBack restores cases to what they were before a baseline took
// them, and others are written before the adapter looks.
func TestPoint16_LiveCasesSetBack(t *testing.T) {
	onLive(t, allKinds, adapter.Net, func(t *testing.T, l *live) {
		l.def.Cursor.Column, l.def.Cursor.Kind, l.def.FirstRun.Kind = "tid", adapter.CursorTime, adapter.Baseline
		l.cases(t, "A", "a", 1, 30, time.Hour)
		l.alvas(t, "A", 1, 30)
		l.exec(t, "CREATE TABLE backup_rad AS SELECT * FROM rad")
		update := func(id int, status string, ago time.Duration) {
			l.exec(t, fmt.Sprintf("UPDATE rad SET status = '%s', tid = %s WHERE arende = 'A%d'", status, stamp(ago), id))
		}
		for id := 21; id <= 30; id++ {
			update(id, "b", 20*time.Minute-time.Duration(id)*time.Second)
		}
		l.poll(t, 0)
		l.poll(t, time.Second)
		l.exec(t, "DELETE FROM rad", "INSERT INTO rad SELECT * FROM backup_rad")
		for id := 1; id <= 3; id++ {
			update(id, "c", time.Minute)
		}
		l.stopped(t, false)
		l.resync(t)
		if got := l.statuses(t); got != strings.Repeat("a ", 10)+"c c c" {
			t.Errorf("events %s", got)
		}
		l.open(t)
		l.poll(t, time.Second)
		if len(l.log) != 13 {
			t.Errorf("%d changes were committed, want 13", len(l.log))
		}
	})
}
