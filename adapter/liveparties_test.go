package adapter_test

import (
	"testing"
	"time"

	"arendebrygga/adapter"
)

// TestPoint30_InADatabase: recipients are added, removed and corrected in a real
// database, found along the recipients' cursor where there is one and by a sweep where
// there is none.
func TestPoint30_InADatabase(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		for _, cursor := range []bool{true, false} {
			name := string(mode) + " sweep"
			if cursor {
				name = string(mode) + " cursor"
			}
			t.Run(name, func(t *testing.T) {
				onLive(t, allKinds, mode, func(t *testing.T, l *live) { liveParties(t, l, cursor) })
			})
		}
	}
}

func liveParties(t *testing.T, l *live, cursor bool) {
	l.exec(t, "CREATE TABLE parter (pid INT, arende VARCHAR(20), namn VARCHAR(20), skriven "+timeColumn[l.kind]+")", "CREATE INDEX parter_skriven ON parter (skriven)")
	l.def.Recipients = adapter.RecipientRule{Query: "SELECT namn, arende, pid, skriven FROM parter", Case: "arende", Recipient: "pid",
		Columns: adapter.Columns{{Name: "namn", Type: adapter.String}, {Name: "arende", Type: adapter.String}, {Name: "pid", Type: adapter.Int}, {Name: "skriven", Type: adapter.Time}}}
	if cursor {
		l.def.Recipients.Cursor = adapter.CursorRule{Column: "skriven", Kind: adapter.CursorTime, Table: "parter"}
	}
	join := func(pid, namn string) string {
		return "INSERT INTO parter VALUES (" + pid + ", 'A1', '" + namn + "', " + stamp(0) + ")"
	}
	l.exec(t, row("a", stamp(time.Minute)), join("1", "alva"), join("2", "bo"))
	l.poll(t, 0)
	detect := func() {
		t.Helper()
		l.poll(t, time.Minute)
		if !cursor {
			l.sweep(t)
		}
	}
	check := func(wanted map[adapter.Key]bool) {
		t.Helper()
		b := bench{store: l.store}
		for name := range kunder {
			if got := len(b.events(t, name)) > 0; got != wanted[name] {
				t.Errorf("%s is shown the event: %v, want %v", string(name), got, wanted[name])
			}
		}
	}
	detect()
	check(map[adapter.Key]bool{"alva": true, "bo": true})
	l.exec(t, join("3", "cilla"), "DELETE FROM parter WHERE pid = 2", "UPDATE parter SET namn = 'doris', skriven = "+stamp(0)+" WHERE pid = 1")
	detect()
	check(map[adapter.Key]bool{"doris": true, "cilla": true})
	l.open(t)
	detect()
	l.exec(t, "DELETE FROM parter WHERE pid = 3") // which no cursor tells of
	l.poll(t, time.Minute)
	l.sweep(t)
	check(map[adapter.Key]bool{"doris": true})
}

// TestPoint30_InTheRowOfADatabase: the rows of net mode name the recipients themselves,
// through a join; these are removed, corrected and added, with the case's row touched
// and without.
func TestPoint30_InTheRowOfADatabase(t *testing.T) {
	for _, touched := range []bool{true, false} {
		onLive(t, allKinds, adapter.Net, func(t *testing.T, l *live) { liveInRow(t, l, touched) })
	}
}

func liveInRow(t *testing.T, l *live, touched bool) {
	l.exec(t, "CREATE TABLE parter (arende VARCHAR(20), pid INT, namn VARCHAR(20))",
		row("a", stamp(time.Minute)), "INSERT INTO parter VALUES ('A1', 1, 'alva'), ('A1', 2, 'bo')")
	l.def.Query = "SELECT r.id, r.arende, r.status, r.tid, r.hemlig, p.pid, p.namn FROM rad r LEFT JOIN parter p ON p.arende = r.arende"
	l.joined(l.def.Query, "rad", "parter", "arende")
	l.def.Columns = append(l.def.Columns, adapter.Column{Name: "pid", Type: adapter.Int}, adapter.Column{Name: "namn", Type: adapter.String})
	l.def.Cursor = adapter.CursorRule{Column: "tid", Kind: adapter.CursorTime, Table: "rad"}
	l.def.Recipients = adapter.RecipientRule{Recipient: "pid", Identity: adapter.IdentityRule{Column: "namn"}}
	b := bench{}
	check := func(wanted map[adapter.Key][]string) {
		t.Helper()
		b.store = l.store
		for name := range kunder {
			want(t, b.events(t, name), wanted[name]...)
		}
	}
	detect := func() {
		t.Helper()
		if touched {
			l.exec(t, "UPDATE rad SET tid = "+stamp(0)+" WHERE arende = 'A1'")
			l.poll(t, time.Minute)
			return
		}
		l.poll(t, time.Minute)
		l.sweep(t)
	}
	l.poll(t, 0)
	l.exec(t, "UPDATE rad SET status = 'b', tid = "+stamp(30*time.Second))
	l.poll(t, time.Minute)
	both := []string{">a", "a>b"}
	check(map[adapter.Key][]string{"alva": both, "bo": both})
	l.exec(t, "INSERT INTO rad (arende, status, tid) VALUES ('B1', 'x', "+stamp(0)+")") // so that the ring moves on
	l.poll(t, time.Minute)
	l.poll(t, time.Minute)
	l.exec(t, "DELETE FROM parter WHERE pid = 2", "UPDATE parter SET namn = 'doris' WHERE pid = 1", "INSERT INTO parter VALUES ('A1', 3, 'cilla')")
	detect()
	check(map[adapter.Key][]string{"doris": both, "cilla": both})
	l.open(t)
	l.exec(t, "DELETE FROM parter")
	detect()
	check(nil)
	detect()
	check(nil)
}
