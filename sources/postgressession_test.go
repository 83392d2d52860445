package sources

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// TestPostgresSessionWhateverTheLoginSays has a login with settings of its own, all
// of which change how values are written or compared.
func TestPostgresSessionWhateverTheLoginSays(t *testing.T) {
	s := servertest.PostgreSQL(t)
	b := postgresServerBed(s)
	for _, setting := range []string{"TimeZone = 'Asia/Tokyo'", "DateStyle = 'German, DMY'", "IntervalStyle = 'iso_8601'", "extra_float_digits = -10", "bytea_output = 'escape'",
		"standard_conforming_strings = off", "client_encoding = 'LATIN1'", "default_transaction_read_only = off", "default_transaction_isolation = 'serializable'"} {
		b.exec(t, "ALTER ROLE "+s.User+" SET "+setting)
	}
	b.exec(t, "CREATE TABLE e (id INT, kase TEXT, at TIMESTAMPTZ, z TIMESTAMPTZ, w TIMESTAMP, d DATE, i INTERVAL, f FLOAT8, y BYTEA, s TEXT)",
		`INSERT INTO e SELECT n, 'k', now() + n * interval '5 hours', '2026-07-01 12:30:00Z', '2026-07-01 12:30:00', '2026-07-01', '1 day 2 hours', 0.1::float8 + 0.2, '\x00ff', 'Ö€' FROM generate_series(-1, 1) n`)
	def := b.history()
	def.Query = `SELECT *, 'C:\' AS path FROM e`
	for name, typ := range map[string]adapter.ColumnType{"z": adapter.Time, "w": adapter.Time, "d": adapter.Date, "i": adapter.String, "f": adapter.Decimal, "y": adapter.Bytes, "s": adapter.String, "path": adapter.String} {
		def.Columns = append(def.Columns, adapter.Column{Name: name, Type: typ})
	}
	def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: "e"}
	rows, _, frontier := walk(t, b.open(t, def), adapter.Walk{}, 1000)
	once(t, rows, 3)
	if frontier != rows[1].Cursor {
		t.Error("the frontier is not the newest row that does not lie in the future")
	}
	got := map[string]any{}
	for i, col := range def.Columns[3:] {
		got[col.Name] = rows[0].Values[3+i]
	}
	if diff := cmp.Diff(map[string]any{
		"z": time.Date(2026, 7, 1, 12, 30, 0, 0, time.UTC), "w": local("2026-07-01T12:30:00+02:00"), "d": local("2026-07-01T00:00:00+02:00"), "i": "1 day 02:00:00",
		"f": adapter.Number("0.30000000000000004"), "y": []byte{0, 255}, "s": "Ö€", "path": `C:\`,
	}, got); diff != "" {
		t.Error(diff)
	}
	var level string
	if err := b.open(t, def).(*poller).db.QueryRow("SELECT current_setting('transaction_isolation') || current_setting('transaction_read_only')").Scan(&level); err != nil || level != "read committedon" {
		t.Error(level, err)
	}
}

// TestPostgresLockTimeout has another session hold the table: the wait ends soon,
// with the server's own words.
func TestPostgresLockTimeout(t *testing.T) {
	b := postgresBed(t)
	b.exec(t, "CREATE TABLE e (id INT PRIMARY KEY, kase TEXT, at TIMESTAMP)")
	def := b.history()
	src := b.open(t, def)
	walk(t, src, adapter.Walk{}, 1000)
	tx, err := b.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("LOCK TABLE e IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	_, err = src.Read(t.Context(), adapter.Walk{})
	if err == nil || err.Error() != "read rows: error 55P03: canceling statement due to lock timeout" || time.Since(begun) > 15*time.Second {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
}

// TestPostgresNumbersThatAreText pages inside one timestamp by identities that are
// declared as numbers but kept as text, one of them without a number in it.
func TestPostgresNumbersThatAreText(t *testing.T) {
	b := postgresBed(t)
	b.exec(t, "CREATE TABLE e (id TEXT, kase TEXT, at TIMESTAMP)",
		"INSERT INTO e SELECT id, 'k', '2026-01-01' FROM unnest(ARRAY['9', '10', '007', '7', ' 8', '-1', 'okänt']) id")
	for size := 1; size <= 3; size++ {
		def := b.history()
		def.Limits.PageSize = size
		def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: "e"}
		rows, _, _ := walk(t, b.open(t, def), adapter.Walk{}, size)
		var got []string
		for _, row := range rows {
			got = append(got, string(row.ID))
			if (row.Err != nil) != (row.ID == "okänt") {
				t.Error(string(row.ID), row.Err)
			}
		}
		if diff := cmp.Diff([]string{"-1", "okänt", "007", "7", " 8", "9", "10"}, got); diff != "" {
			t.Errorf("page size %d: %s", size, diff)
		}
	}
}
