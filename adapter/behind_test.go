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

// TestPoint18_BehindTakesAway: a row that is read older than its case was takes away what
// must not be shown of it, and shows nothing; as it was, or newer, it has all back.
func TestPoint18_BehindTakesAway(t *testing.T) {
	onLive(t, allKinds, adapter.Net, func(t *testing.T, l *live) {
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
		want(t, l.events(t), ">a", "a>b")
		changes := len(l.log)
		write("b", open, 2*time.Hour) // says the same
		write("a", open, 2*time.Hour) // an older state shows nothing
		want(t, l.events(t), ">a", "a>b")
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
		want(t, l.events(t), ">a", "a>b")
		write("a", secret, 2*time.Hour)
		want(t, l.events(t))
		write("c", open, 30*time.Minute)
		want(t, l.events(t), ">a", "a>b", "b>c")
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

// TestPoint28_LesserStampCorrects: in history mode a row whose cursor is set back, as two
// transactions stamped it with the times at which they began, is a correction as any other,
// and loses who is not told of its case any more.
func TestPoint28_LesserStampCorrects(t *testing.T) {
	onLive(t, allKinds, adapter.History, func(t *testing.T, l *live) {
		byTime(l, 12*time.Hour)
		l.exec(t, alva, "INSERT INTO rad (arende, status, tid) VALUES ('B1', 'x', "+stamp(0)+")", row("a", stamp(time.Minute)))
		l.poll(t, 0)
		want(t, l.events(t), ">a")
		for i, change := range []struct {
			set   string
			shown []string
		}{{"status = 'b'", []string{">b"}}, {"arende = 'B1'", nil}} {
			l.exec(t, "UPDATE rad SET "+change.set+", tid = "+stamp(time.Minute+time.Duration(i+1)*2*time.Second)+" WHERE arende = 'A1'")
			l.poll(t, time.Minute)
			if want(t, l.events(t), change.shown...); l.loop.Status().Totals.Behind != 0 {
				t.Error("the row was taken for one read behind")
			}
		}
	})
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
