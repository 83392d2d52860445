package adapter_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// TestPoint16_LogicalRestore: rows are deleted and loaded from a backup while the
// adapter stays connected. What gets the lost numbers is not published.
func TestPoint16_LogicalRestore(t *testing.T) {
	for _, mode := range bothModes {
		t.Run(string(mode), func(t *testing.T) {
			onLive(t, allKinds, mode, func(t *testing.T, l *live) {
				l.def.Overlap = time.Hour
				for id := 1; id <= 10; id++ {
					l.insert(t, id, fmt.Sprint("A", id), "alva", "a")
				}
				l.poll(t, 0)
				for range 5 {
					l.poll(t, 5*time.Second)
				}
				for id := 3; id <= 10; id++ { // the backup does not have them
					l.exec(t, fmt.Sprintf("DELETE FROM rad WHERE id = %d", id), fmt.Sprintf("DELETE FROM part WHERE arende = 'A%d'", id))
				}
				before := len(l.log)
				for id := 3; id <= 5; id++ {
					l.insert(t, id, fmt.Sprint("B", id), "alva", "b")
					l.source.ahead += 5 * time.Second
					if err := l.loop.Poll(t.Context()); err == nil {
						t.Error("a poll notices nothing")
					}
				}
				if len(l.log) != before {
					t.Errorf("%d changes were committed, and alva is shown %s", len(l.log)-before, l.statuses(t))
				}
			})
		})
	}
}

// insert writes a row with a number, and who its case's party is.
func (l *live) insert(t *testing.T, id int, arende, namn, status string) {
	t.Helper()
	l.exec(t, fmt.Sprintf("INSERT INTO part VALUES ('%s', '%s')", arende, namn),
		fmt.Sprintf("INSERT INTO rad (id, arende, status, tid) VALUES (%d, '%s', '%s', %s)", id, arende, status, stamp(0)))
}

// TestPoint30_CaseLostInARestore: a case of alva's is lost, and its number given to one
// of bo's, and nobody is asked anything: bo is shown his own.
func TestPoint30_CaseLostInARestore(t *testing.T) {
	onLive(t, allKinds, adapter.History, func(t *testing.T, l *live) {
		l.insert(t, 1, "A2", "cilla", "x")
		l.poll(t, 0)
		for i, status := range []string{"in", "begard", "avslag"} {
			l.insert(t, 2+i, "A1", "alva", status)
			l.exec(t, "DELETE FROM part WHERE arende = 'A1'", alva)
		}
		l.poll(t, time.Second)
		want(t, l.events(t), ">in", "in>begard", "begard>avslag")
		l.exec(t, "DELETE FROM rad WHERE arende = 'A1'", "DELETE FROM part WHERE arende = 'A1'")
		for range 20 {
			l.source.ahead += 5 * time.Second
			if err := l.loop.Poll(t.Context()); errors.As(err, new(*adapter.Halt)) {
				t.Fatal(err)
			}
		}
		l.insert(t, 2, "A1", "bo", "in")
		for range 3 {
			l.source.ahead += 5 * time.Second
			_ = l.loop.Poll(t.Context())
			_ = l.loop.Sweep(t.Context())
		}
		b := bench{store: l.store}
		for _, e := range b.events(t, "bo") {
			if e != ">in" {
				t.Errorf("bo is shown %q, which happened in alva's case", e)
			}
		}
	})
}
