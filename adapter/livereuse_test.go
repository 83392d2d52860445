package adapter_test

import (
	"testing"
	"time"

	"arendebrygga/adapter"
)

// TestPoint30_LiveReusedID: where ids are used again, on each database the recipients
// of the case that has one now, and of the one before whose rows are still there, are
// found along their cursor, and each is shown that case alone.
func TestPoint30_LiveReusedID(t *testing.T) {
	onLive(t, allKinds, adapter.History, func(t *testing.T, l *live) {
		old, now := stamp(time.Hour), stamp(time.Minute)
		l.exec(t, "CREATE TABLE parter (pid INT, arende VARCHAR(20), namn VARCHAR(20), skapad "+timeColumn[l.kind]+", skriven "+timeColumn[l.kind]+")",
			"CREATE INDEX parter_skriven ON parter (skriven)")
		l.def.Created = "tid"
		l.def.Recipients = adapter.RecipientRule{Query: "SELECT namn, arende, pid, skapad, skriven FROM parter", Case: "arende", Created: "skapad", Recipient: "pid",
			Columns: adapter.Columns{{Name: "namn", Type: adapter.String}, {Name: "arende", Type: adapter.String}, {Name: "pid", Type: adapter.Int},
				{Name: "skapad", Type: adapter.Time}, {Name: "skriven", Type: adapter.Time}},
			Cursor: adapter.CursorRule{Column: "skriven", Kind: adapter.CursorTime, Table: "parter"}}
		join := func(pid, namn, skapad string) string {
			return "INSERT INTO parter VALUES (" + pid + ", 'A1', '" + namn + "', " + skapad + ", " + stamp(0) + ")"
		}
		check := func(wanted map[adapter.Key][]string) {
			t.Helper()
			b := bench{store: l.store}
			for name := range kunder {
				want(t, b.events(t, name), wanted[name]...)
			}
		}
		l.exec(t, row("a", old), join("1", "alva", old))
		l.poll(t, 0)
		l.exec(t, join("2", "bo", now)) // before the case itself is seen
		l.poll(t, time.Minute)
		l.sweep(t)
		check(map[adapter.Key][]string{"alva": {">a"}})
		l.exec(t, row("x", now))
		l.poll(t, time.Minute)
		check(map[adapter.Key][]string{"alva": {">a"}, "bo": {">x"}})
		l.exec(t, join("3", "cilla", now), "UPDATE parter SET namn = 'doris', skriven = "+stamp(0)+" WHERE pid = 2")
		l.poll(t, time.Minute)
		both := map[adapter.Key][]string{"alva": {">a"}, "cilla": {">x"}, "doris": {">x"}}
		check(both)
		l.sweep(t)
		check(both)
	})
}
