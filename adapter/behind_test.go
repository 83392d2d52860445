package adapter_test

import (
	"testing"
	"time"

	"arendebrygga/adapter"
)

// byTime has a source follow a column that says when a row was written.
func byTime(l *live, overlap time.Duration) {
	l.def.Cursor.Column, l.def.Cursor.Kind, l.def.Overlap = "tid", adapter.CursorTime, overlap
}

// TestPoint18_StampAheadHidesNothing: a row was written with a stamp a day ahead, as a
// clock stood wrong. What is written with the right one after it is no older.
func TestPoint18_StampAheadHidesNothing(t *testing.T) {
	onLive(t, allKinds, adapter.Net, func(t *testing.T, l *live) {
		byTime(l, 10*time.Minute)
		l.exec(t, alva, row("a", stamp(time.Hour)))
		l.poll(t, 0)
		l.exec(t, "UPDATE rad SET status = 'b', tid = "+stamp(-24*time.Hour)+" WHERE arende = 'A1'")
		l.poll(t, time.Second)
		for _, status := range []string{"c", "d"} {
			l.exec(t, "UPDATE rad SET status = '"+status+"', tid = "+stamp(0)+" WHERE arende = 'A1'")
			l.poll(t, time.Minute)
			l.sweep(t)
		}
		want(t, l.events(t), ">a", "b>c", "c>d", "a>b") // in the order of their times
		l.exec(t, "UPDATE rad SET status = 'e', tid = "+stamp(-24*time.Hour)+" WHERE arende = 'A1'")
		l.poll(t, time.Second)
		l.exec(t, "UPDATE rad SET hemlig = "+l.truth(true)+", tid = "+stamp(0)+" WHERE arende = 'A1'")
		l.poll(t, time.Minute)
		want(t, l.events(t))
		if n := l.loop.Status().Totals.Behind; n != 0 {
			t.Errorf("%d rows were behind", n)
		}
	})
}

// TestPoint18_BehindTakesAway: a row that is read older than it was takes away what must
// not be shown of it, and shows nothing; as it was, or newer, it has all back. In history
// mode a row that was secret is not shown again by an older reading.
func TestPoint18_BehindTakesAway(t *testing.T) {
	for _, mode := range bothModes {
		onLive(t, allKinds, mode, func(t *testing.T, l *live) {
			byTime(l, 12*time.Hour)
			write := func(status, hemlig string, before time.Duration) {
				t.Helper()
				l.exec(t, "UPDATE rad SET status = '"+status+"', hemlig = "+hemlig+", tid = "+stamp(before)+" WHERE arende = 'A1'")
				for range 2 {
					l.poll(t, time.Second)
					l.sweep(t)
				}
			}
			open, secret := l.truth(false), l.truth(true)
			l.exec(t, alva, "INSERT INTO rad (arende, status, tid) VALUES ('B1', 'x', "+stamp(time.Minute)+")", row("a", stamp(3*time.Hour)))
			l.poll(t, 0)
			write("b", open, time.Hour)
			shown := map[adapter.Mode][]string{adapter.Net: {">a", "a>b"}, adapter.History: {">b"}}[mode]
			want(t, l.events(t), shown...)
			changes := len(l.log)
			write("b", open, 2*time.Hour) // says the same
			write("a", open, 2*time.Hour) // an older state shows nothing
			want(t, l.events(t), shown...)
			if len(l.log) != changes || l.loop.Status().Totals.Behind == 0 {
				t.Errorf("%d changes, want %d; %d rows behind", len(l.log), changes, l.loop.Status().Totals.Behind)
			}
			write("b", secret, 2*time.Hour)
			want(t, l.events(t))
			changes = len(l.log)
			write("b", secret, 2*time.Hour)
			write("b", open, 2*time.Hour)
			want(t, l.events(t))
			if len(l.log) != changes {
				t.Errorf("a row that is behind as it was gave %d changes", len(l.log)-changes)
			}
			write("b", open, time.Hour)
			want(t, l.events(t), shown...)
			write("a", secret, 2*time.Hour)
			want(t, l.events(t))
			write("c", open, 30*time.Minute)
			shown = map[adapter.Mode][]string{adapter.Net: {">a", "a>b", "b>c"}, adapter.History: {">c"}}[mode]
			want(t, l.events(t), shown...)
			if n := l.loop.Status().Totals.Missed; n != 0 {
				t.Errorf("%d changes were missed by polls", n)
			}
			write("c", secret, 20*time.Minute)
			write("c", open, 30*time.Minute)
			want(t, l.events(t))
			write("c", open, 10*time.Minute) // taken back by a row that was not behind: for ever
			want(t, l.events(t))
		})
	}
}

// TestPoint17_NumberOfAnotherRow: a row is deleted, and another one, written earlier, gets
// its number, as when an archive is read in. It is not the one that was, read behind.
func TestPoint17_NumberOfAnotherRow(t *testing.T) {
	onLive(t, []string{"mysql", "postgres", "sqlite"}, adapter.History, func(t *testing.T, l *live) {
		byTime(l, 12*time.Hour)
		l.exec(t, alva, "INSERT INTO part VALUES ('B1', 'bo')", "INSERT INTO rad (id, arende, status, tid) VALUES (7, 'A1', 'a', "+stamp(time.Hour)+")",
			"INSERT INTO rad (id, arende, status, tid) VALUES (8, 'C1', 'x', "+stamp(time.Minute)+")")
		l.poll(t, 0)
		l.exec(t, "DELETE FROM rad WHERE id = 7")
		l.poll(t, time.Second)
		l.exec(t, "INSERT INTO rad (id, arende, status, tid) VALUES (7, 'B1', 'b', "+stamp(2*time.Hour)+")")
		l.poll(t, time.Second)
		l.sweep(t)
		b := bench{store: l.store}
		want(t, b.events(t, "bo"), ">b")
	})
}
