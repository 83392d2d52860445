package sources

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

var postgresValues = []valueCase{
	{typ: adapter.Bool, sql: "true", want: true},
	{typ: adapter.Bool, sql: "id > 1", want: false},
	{typ: adapter.Int, sql: "32767::int2", want: 32767},
	{typ: adapter.Int, sql: "12.00::numeric", want: 12},
	{typ: adapter.Int, sql: "12.50::numeric", fails: true},
	{typ: adapter.Int, sql: "9223372036854775808::numeric", fails: true},
	{typ: adapter.Decimal, sql: "1200.50::numeric(12,2)", want: adapter.Number("1200.50")},
	{typ: adapter.Decimal, sql: "-12345678901234567890.0123456789", want: adapter.Number("-12345678901234567890.0123456789")},
	{typ: adapter.Decimal, sql: "'NaN'::numeric", fails: true},
	{typ: adapter.Decimal, sql: "'NaN'::float8", fails: true},
	{typ: adapter.Decimal, sql: "0.1::float4", want: adapter.Number("0.1")},
	{typ: adapter.Decimal, sql: "1e20::float8", want: adapter.Number("100000000000000000000")},
	{typ: adapter.Float, sql: "0.1::float8", want: 0.1},
	{typ: adapter.Float, sql: "'-Infinity'::float8", fails: true},
	{typ: adapter.UUID, sql: "'0F8FAD5B-D9CB-469F-A165-70867728950E'::uuid", want: "0f8fad5b-d9cb-469f-a165-70867728950e"},
	{typ: adapter.Bytes, sql: `'\x00ff'::bytea`, want: []byte{0, 255}},
	{typ: adapter.String, sql: `'\xc472656e646520e5'::bytea`, want: "Ärende å"},
	{typ: adapter.String, sql: "'SÖK'::char(10)", want: "SÖK"},
	{typ: adapter.String, sql: "'SÖK '::varchar(10)", want: "SÖK "},
	{typ: adapter.String, sql: `'{"b":  1, "a": "å"}'::json`, want: `{"b":  1, "a": "å"}`},
	{typ: adapter.String, sql: `'{"b":  1, "a": "å"}'::jsonb`, want: `{"a": "å", "b": 1}`},
	{typ: adapter.String, sql: "ARRAY['a b', NULL, 'c']", want: `{"a b",NULL,c}`},
	{typ: adapter.String, sql: "'a'::slag", want: "a"},
	{typ: adapter.String, sql: "interval '1 day 2 hours'", want: "1 day 02:00:00"},
	{typ: adapter.String, sql: "'10.0.0.1'::inet", want: "10.0.0.1/32"},
	{typ: adapter.String, sql: "'$1 ? costs'", want: "$1 ? costs"},
	{typ: adapter.Time, sql: "timestamp '2026-10-25 02:30:00.000001'", want: local("2026-10-25T02:30:00.000001+02:00")},
	{typ: adapter.Time, sql: "timestamptz '2026-10-25 02:30:00.000001+01'", want: time.Date(2026, 10, 25, 1, 30, 0, 1000, time.UTC)},
	{typ: adapter.Time, sql: "timestamptz '2026-07-01 12:30:00 Europe/Stockholm'", want: time.Date(2026, 7, 1, 10, 30, 0, 0, time.UTC)},
	{typ: adapter.Time, sql: "date '2026-07-01'", want: local("2026-07-01T00:00:00+02:00")},
	{typ: adapter.Date, sql: "date '2026-07-01'", want: local("2026-07-01T00:00:00+02:00")},
	{typ: adapter.Date, sql: "timestamptz '2026-07-01 23:30:00Z'", want: local("2026-07-02T00:00:00+02:00")},
	{typ: adapter.Time, sql: "'infinity'::timestamp"},
	{typ: adapter.Time, sql: "'-infinity'::timestamptz"},
	{typ: adapter.Date, sql: "'infinity'::date"},
	{typ: adapter.Time, sql: "timestamp '0044-03-15 12:00:00 BC'"},
	{typ: adapter.Date, sql: "date '0044-03-15 BC'"},
	{typ: adapter.Time, sql: "timestamptz '12026-07-01 12:30:00Z'"},
	{typ: adapter.Int, sql: "NULL::int"},
	{typ: adapter.Bytes, sql: "NULL::bytea"},
	{typ: adapter.UUID, sql: "NULL::uuid"},
}

func TestPostgresValues(t *testing.T) {
	b := postgresBed(t)
	b.exec(t, "CREATE TYPE slag AS ENUM ('a', 'b')")
	for _, c := range postgresValues {
		row := b.one(t, c.typ, "SELECT id, 'k' AS kase, 7 AS at, "+c.sql+" AS v FROM (SELECT 1 AS id) e")
		if (row.Err != nil) != c.fails {
			t.Errorf("%s: error %v", c.sql, row.Err)
		}
		if diff := cmp.Diff(c.want, row.Values[3]); diff != "" {
			t.Errorf("%s: %s", c.sql, diff)
		}
	}
}

// TestPostgresPrecision has the types that only PostgreSQL has as cursors.
func TestPostgresPrecision(t *testing.T) {
	b := postgresBed(t)
	for typ, values := range map[string][2]string{
		"TIMESTAMP(1)": {"2026-03-29 02:30:00.8", "2026-03-29 02:30:00.9"}, "TIMESTAMP(2)": {"2026-03-29 02:30:00.98", "2026-03-29 02:30:00.99"},
		"TIMESTAMP(4)": {"2026-03-29 02:30:00.9998", "2026-03-29 02:30:00.9999"}, "TIMESTAMP(5)": {"2026-03-29 02:30:00.99998", "2026-03-29 02:30:00.99999"},
		"TIMESTAMPTZ": {"2026-10-25 00:30:00.999999+00", "2026-10-25 01:30:00.999999+00"}, "DATE": {"2026-10-25", "2026-10-26"},
		"a number: SMALLINT": {"32766", "32767"}, "a number: INTEGER": {"2147483646", "2147483647"}, "BIGINT": {"9223372036854775806", "9223372036854775807"},
		"a number: NUMERIC": {"9007199254740992.00000000000000000001", "9007199254740992.00000000000000000002"},
	} {
		t.Run(typ, func(t *testing.T) { precise(t, b, typ, values) })
	}
}

// TestPostgresCursorsWithoutEnd has values that no bound may be made of.
func TestPostgresCursorsWithoutEnd(t *testing.T) {
	b := postgresBed(t)
	for typ, c := range map[string]struct {
		kind   adapter.CursorKind
		column adapter.ColumnType
		rows   string
		last   adapter.Key
	}{
		"TIMESTAMP": {adapter.CursorTime, adapter.Time, "(1, 'a', '-infinity'), (2, 'b', '2026-01-01'), (3, 'c', '2026-01-02'), (4, 'd', 'infinity'), (5, 'e', NULL)", "2026-01-02 00:00:00"},
		"NUMERIC":   {adapter.CursorID, adapter.Decimal, "(2, 'b', 1), (3, 'c', 2), (4, 'd', 'NaN'), (5, 'e', NULL)", "2"},
	} {
		b.exec(t, "DROP TABLE IF EXISTS e", "CREATE TABLE e (id INT, kase TEXT, at "+typ+")", "INSERT INTO e VALUES "+c.rows)
		for name, table := range tables {
			t.Run(typ+" "+name, func(t *testing.T) {
				def := b.history()
				def.Columns[2].Type = c.column
				def.Cursor = adapter.CursorRule{Column: "at", Kind: c.kind, Table: table}
				rows, _, frontier := walk(t, b.open(t, def), adapter.Walk{}, 1000)
				if len(rows) < 2 || rows[0].ID != "2" || frontier != c.last {
					t.Errorf("%d rows, the first %q, frontier %q", len(rows), string(rows[0].ID), string(frontier))
				}
			})
		}
	}
}

// TestPostgresCollationTwins pages inside one timestamp by identities that the
// column's own collation, one that ignores case and accents, makes equal.
func TestPostgresCollationTwins(t *testing.T) {
	b := postgresBed(t)
	if _, err := b.db.Exec("CREATE COLLATION lika (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the server has no ICU, and CI must have it: %v", err)
		}
		t.Skip("a server without ICU: ", err)
	}
	ids := []string{"a", "A", "a ", "å", "Å", "b", "10", "9", "à", "aa"}
	b.exec(t, "CREATE TABLE e (id TEXT COLLATE lika, kase TEXT COLLATE lika, at TIMESTAMP)", "CREATE TABLE c (kase TEXT COLLATE lika, person INT, role TEXT)",
		"INSERT INTO c VALUES ('a', 1, 'SOK'), ('A', 2, 'SOK'), ('å', 3, 'SOK')")
	for _, id := range ids {
		b.exec(t, fmt.Sprintf("INSERT INTO e VALUES ('%s', '%s', '2026-01-01 00:00:00')", id, id))
	}
	for size := 1; size <= 3; size++ {
		def := b.withRecipients(adapter.String)
		def.Columns[0].Type, def.Limits.PageSize = adapter.String, size
		def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: "e"}
		src := b.open(t, def)
		rows, _, _ := walk(t, src, adapter.Walk{}, size)
		once(t, rows, len(ids))
		if !slices.IsSortedFunc(rows, func(a, b adapter.Row) int { return strings.Compare(string(a.ID), string(b.ID)) }) {
			t.Error("not in binary order")
		}
		for asked, want := range map[adapter.Key]adapter.Key{"a": "1", "A": "2", "å": "3"} {
			if got, err := src.Recipients(t.Context(), []adapter.Key{asked}); err != nil || len(got) != 1 || got[0].ID != want {
				t.Errorf("%d recipients of %q, %v", len(got), string(asked), err)
			}
		}
	}
}

// TestPostgresWithoutCharacterSet has a database that keeps whatever bytes it got,
// from Windows programs among others.
func TestPostgresWithoutCharacterSet(t *testing.T) {
	s := servertest.PostgreSQL(t)
	b := postgresServerBed(s)
	name := s.Database + "_ascii"
	b.exec(t, "CREATE DATABASE "+name+" ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
	b.conn.Database = name
	old := s.In(t, name)
	for _, st := range []string{"CREATE TABLE e (id TEXT, kase TEXT, at TIMESTAMP)", "GRANT SELECT ON e TO " + s.User,
		`INSERT INTO e VALUES (E'k\xf6', E'\xe5tg\xe4rd', '2026-01-01'), (E'k\xc3\xa4', E'\xc3\xa5tg\xc3\xa4rd', '2026-01-01'), ('a', 'b', '2026-01-01')`} {
		if _, err := old.Exec(st); err != nil {
			t.Fatal(err)
		}
	}
	for size := 1; size <= 4; size += 3 {
		def := b.history()
		def.Columns[0].Type, def.Limits.PageSize = adapter.String, size
		def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: "e"}
		rows, _, _ := walk(t, b.open(t, def), adapter.Walk{}, size)
		var got []string
		for _, row := range rows {
			got = append(got, string(row.ID)+"/"+string(row.Case))
		}
		if diff := cmp.Diff([]string{"a/b", "kä/åtgärd", "kö/åtgärd"}, got); diff != "" {
			t.Error(diff)
		}
	}
}

// TestPostgresErrorsHoldNoValues provokes messages that quote what is in the rows or
// in the connection.
func TestPostgresErrorsHoldNoValues(t *testing.T) {
	s := servertest.PostgreSQL(t)
	b := postgresServerBed(s)
	b.exec(t, "CREATE TABLE e (id INT PRIMARY KEY, kase VARCHAR(40), at TIMESTAMP)", "INSERT INTO e VALUES (1, '18900101-9802', NULL)", "CREATE TABLE hemlig (x INT)", "REVOKE ALL ON hemlig FROM "+s.User,
		"CREATE FUNCTION f (s TEXT) RETURNS INT LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no %', s USING ERRCODE = '42501'; END $$",
		"CREATE FUNCTION g (s TEXT) RETURNS INT LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT ' || quote_ident(s); END $$")
	def := b.history()
	def.Columns = append(def.Columns, adapter.Column{Name: "x", Type: adapter.String})
	var text strings.Builder
	for _, expression := range []string{"f(kase)", "g(kase)", "nosuch.x", "kase::int", "kase::date", "kase::json::text", "18909802 * 1000 * id", "(SELECT kase FROM e UNION SELECT 'x')", "(SELECT x FROM hemlig)", "now(", "nextval('n')"} {
		def.Query = "SELECT id, kase, at, " + expression + " AS x FROM e"
		_, err := b.open(t, def).Read(t.Context(), adapter.Walk{})
		fmt.Fprintf(&text, "%s: %v\n", expression, err)
	}
	for _, e := range []*pgconn.PgError{
		{Code: "22P02", Message: "ogiltig indatasyntax för typen integer: ”18900101-9802”", Detail: "9802"},
		{Code: "23505", Message: "duplicate key", Detail: "Key (kase)=(18900101-9802) already exists."},
	} {
		fmt.Fprintln(&text, postgresDialect.text(fmt.Errorf("read: %w", e)))
	}
	b.conn.Password = adapter.NewSecret("hemligt-9802")
	_, err := b.open(t, def).Read(t.Context(), adapter.Walk{})
	fmt.Fprintln(&text, strings.NewReplacer(s.User, "READER", s.Database, "DATABASE").Replace(fmt.Sprint(err)))
	for _, dsn := range []string{"postgres://user:hemligt-9802@host:port/d", "password=hemligt-9802 host", "host=h password=hemligt-9802 sslmode=yes"} {
		_, err = Open(def, Connection{DSN: adapter.NewSecret(dsn)})
		fmt.Fprintln(&text, err)
	}
	if got := strings.ReplaceAll(text.String(), "18909802 * 1000", ""); strings.Contains(got, "9802") {
		t.Error("a value in an error")
	}
	golden(t, "testdata/postgres-errors.golden", text.String())
}

// TestPostgresConnectionParts has what Open refuses, and what it makes of the rest.
func TestPostgresConnectionParts(t *testing.T) {
	var text strings.Builder
	tell := func(what string, conn Connection) {
		cfg, err := postgresConfig(conn)
		if err != nil {
			fmt.Fprintf(&text, "%s: %v\n", what, err)
			return
		}
		secure := "no tls"
		if cfg.TLSConfig != nil {
			secure = fmt.Sprintf("tls for %q, verified %v", cfg.TLSConfig.ServerName, !cfg.TLSConfig.InsecureSkipVerify)
		}
		fmt.Fprintf(&text, "%s: %s %d, %s, %d ways more, %q %q %q\n", what, cfg.Host, cfg.Port, secure, len(cfg.Fallbacks), cfg.User, cfg.Database, cfg.Password)
	}
	for _, server := range []string{"db", "db:5433", "127.0.0.1", "localhost:5433", "::1", "[::1]:5433", "/run/postgresql", "/run/postgresql/.s.PGSQL.5433", "db:port"} {
		tell(server, Connection{Server: server, User: "o'neil", Password: adapter.NewSecret(`it's \ a`), Database: "d b"})
	}
	for _, mode := range []string{"true", "false", "preferred", "skip-verify", "yes"} {
		tell("tls "+mode, Connection{Server: "db", User: "u", Database: "d", TLS: mode})
	}
	for _, dsn := range []string{"postgres://u:p@db/d", "postgres://u:p@db/d?application_name=x", "host=db user=u dbname=d", "postgres://u:p@localhost/d?sslmode=disable", "postgres://u:p@db/d?sslmode=require", "host=/run/postgresql user=u dbname=d"} {
		tell(dsn, Connection{DSN: adapter.NewSecret(dsn)})
	}
	golden(t, "testdata/postgres-connection.golden", text.String())
}

// TestGrantsOfColumns has the login be allowed no more than the columns that the query
// names: the driving table is asked for no other.
func TestGrantsOfColumns(t *testing.T) {
	b := postgresBed(t)
	b.exec(t, "CREATE TABLE e (id BIGINT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6), note VARCHAR(40))",
		"REVOKE ALL ON e FROM "+b.conn.User, "GRANT SELECT (id, kase, at) ON e TO "+b.conn.User)
	b.series(t, "e", "($n, 'k$n', NULL, 'secret')", 1, 2500)
	def := b.history()
	for _, rule := range cursors("e") {
		def.Cursor = rule
		once(t, sweep(t, b, def), 2500)
	}
	src := b.open(t, def).(*poller)
	if v, err := src.sweepView(t.Context()); err != nil || v.axis.table != "e" {
		t.Errorf("the sweep is not driven by the table: %v", err)
	}
}
