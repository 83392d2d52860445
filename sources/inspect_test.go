package sources

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// report writes an inspection as a person would read it, without what differs from
// one server to the next.
func report(t *testing.T, b *bed, found Inspection) string {
	t.Helper()
	var text strings.Builder
	for _, f := range found.Findings {
		fmt.Fprintf(&text, "%s: %s\n", f.Level, f.What)
		if f.Hint != "" {
			fmt.Fprintf(&text, "  hint: %s\n", f.Hint)
		}
	}
	for _, st := range found.Grants {
		fmt.Fprintln(&text, st)
	}
	return regexp.MustCompile(`(MariaDB|PostgreSQL|SQLite|server is) [0-9][^\n]*|differ by [0-9]s|about [0-9]+ rows`).ReplaceAllStringFunc(text.String(), func(s string) string {
		if strings.HasPrefix(s, "differ") || strings.HasPrefix(s, "about") {
			return regexp.MustCompile(`[0-9]+`).ReplaceAllString(s, "N")
		}
		return regexp.MustCompile(`[0-9].*`).ReplaceAllString(s, "VERSION")
	})
}

func inspected(t *testing.T, b *bed, def *adapter.Definition) string {
	t.Helper()
	found, err := Inspect(t.Context(), def, b.conn)
	if err != nil {
		t.Fatal(err)
	}
	text := report(t, b, found)
	if b.conn.Database != "" {
		text = strings.NewReplacer(b.conn.Database, "DATABASE", b.conn.User, "LOGIN").Replace(text)
	}
	return text
}

// inspectable is a case system with an index, a view and recipients.
func inspectable(t *testing.T, b *bed) *adapter.Definition {
	b.exec(t, "CREATE TABLE e (id BIGINT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6))", "CREATE TABLE p (kase VARCHAR(40), person INT, role VARCHAR(9))", "CREATE INDEX p_kase ON p (kase)",
		"CREATE VIEW c AS SELECT kase, person, role FROM p")
	b.series(t, "e", "($n, 'k$n', '2026-01-01 00:00:00')", 1, 20_000)
	b.exec(t, "CREATE INDEX e_at ON e (at)")
	if b.kind != "sqlite" {
		b.exec(t, "ANALYZE TABLE e")
	}
	return b.withRecipients(adapter.String)
}

// TestInspect has a source as it should be, then one with all that can be wrong.
func TestInspect(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		def := inspectable(t, b)
		b.golden(t, "testdata/inspect/"+b.kind+"-good.golden", inspected(t, b, def), `ok: events.query gives the 3 columns`, `ok: recipients.query gives the 3 columns`,
			`ok: each value of id comes once`, `GRANT SELECT ON .*\be\b`, `GRANT SELECT ON .*\bc\b`)
		def.Columns = append(adapter.Columns{}, def.Columns...)
		def.Query = "SELECT e.id, e.kase, e.at, e.kase AS n, e.at AS w, 5 AS s FROM e JOIN (SELECT 1 AS one UNION ALL SELECT 1) x ON e.id % 500 = 0 OR one = one AND e.id % 500 > 0"
		def.Columns = append(def.Columns, adapter.Column{Name: "n", Type: adapter.Int}, adapter.Column{Name: "w", Type: adapter.Bool}, adapter.Column{Name: "s", Type: adapter.String})
		def.Recipients.Query = "SELECT kase, person AS persno, role FROM c"
		def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime}
		b.exec(t, "DROP INDEX e_at"+map[string]string{"mysql": " ON e", "mssql": " ON e"}[b.kind], "INSERT INTO e VALUES (20001, 'k', NULL), (20002, 'k', '2037-01-01 00:00:00')", "UPDATE e SET at = '2026-01-02 00:00:00' WHERE id > 18000 AND at IS NOT NULL AND id < 20001")
		b.golden(t, "testdata/inspect/"+b.kind+"-bad.golden", inspected(t, b, def), `n is declared as int, and is text`, `w is declared as bool, and is (?i:DATE|TIMESTAMP)`,
			`did you mean persno`, `2 rows without a value in at`, `at lies in the future`, `2001 values of id found more than once`)
	})
}

// TestInspectSaysWhere: a finding is about one of the queries, or the connection.
func TestInspectSaysWhere(t *testing.T) {
	b := sqliteBed(t)
	def := inspectable(t, b)
	def.QueryAt, def.Recipients.QueryAt = adapter.Position{File: "a.yaml", Line: 3, Col: 7}, adapter.Position{File: "a.yaml", Line: 9, Col: 7}
	def.Query, def.Recipients.Query = "SELECT id, kase, at FROM ee", "SELECT kase, person AS persno, role FROM c"
	found, err := Inspect(t.Context(), def, b.conn)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]int{}
	for _, f := range found.Findings {
		for _, about := range []string{"the file is read with", "no such table: ee", "persno"} {
			if strings.Contains(f.What, about) {
				lines[about] = f.At.Line
			}
		}
	}
	if diff := cmp.Diff(map[string]int{"the file is read with": 0, "no such table: ee": 3, "persno": 9}, lines); diff != "" {
		t.Error(diff, found.Findings)
	}
}

// TestInspectTableOfCursor: a poll that could not begin is no warning.
func TestInspectTableOfCursor(t *testing.T) {
	onServers(t, func(t *testing.T, s *servertest.Server, b *bed) {
		for _, table := range []string{"hidden", "p"} { // one that is not there, and one without the column
			def := inspectable(t, b)
			def.Cursor.Table = table
			text := inspected(t, b, def)
			if !strings.Contains(text, "error: no poll could begin: ask how far the rows reach: ") || !strings.Contains(text, "hint: is cursor.table: "+table+" the table that id of the query comes from") {
				t.Error(text)
			}
			b.exec(t, "DROP VIEW c", "DROP TABLE e", "DROP TABLE p")
		}
	})
}

// TestPoint25_GrantsSuffice makes the login that an inspection words for one that may do
// too much, and reads all there is under it.
func TestPoint25_GrantsSuffice(t *testing.T) {
	onServers(t, func(t *testing.T, s *servertest.Server, b *bed) {
		def := inspectable(t, b)
		b.exec(t, "GRANT INSERT ON e TO "+b.conn.User)
		def.Cursor.Table = "e"
		found, err := Inspect(t.Context(), def, b.conn)
		if err != nil || len(found.Grants) < 3 {
			t.Fatal(found.Grants, err)
		}
		login := "least_" + s.Database
		for _, st := range found.Grants {
			b.exec(t, strings.NewReplacer("'…'", "'hemligt'", "arendebrygga", login).Replace(st))
		}
		t.Cleanup(func() {
			if b.kind == "mysql" {
				b.exec(t, "DROP USER "+login)
			}
		})
		b.conn.User, b.conn.Password = login, adapter.NewSecret("hemligt")
		src := b.open(t, def)
		rows, _, _ := walk(t, src, adapter.Walk{}, 1000)
		once(t, rows, 20_000)
		if _, err := src.Recipients(t.Context(), []adapter.Key{"k1"}); err != nil {
			t.Error(err)
		}
		found, err = Rights(t.Context(), src)
		if err != nil || len(found.Findings) != 1 || found.Findings[0].Level != OK {
			t.Errorf("%+v, %v", found, err)
		}
	})
}

// TestInspectIsBounded has a query that would take a minute, and no server at all.
func TestInspectIsBounded(t *testing.T) {
	b := mysqlBed(t)
	def := inspectable(t, b)
	def.Limits.QueryTimeout = 300 * time.Millisecond
	def.Query = "SELECT id, kase, at, SLEEP(60) AS s FROM e WHERE SLEEP(1) = 0"
	begun := time.Now()
	if text := inspected(t, b, def); !strings.Contains(text, "could not be looked up") || time.Since(begun) > 30*time.Second {
		t.Errorf("after %v: %s", time.Since(begun), text)
	}
	b.conn.Server = "127.0.0.1:1"
	if _, err := Inspect(t.Context(), def, b.conn); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Error(err)
	}
}

// TestTablesOfAQuery finds what a login must be allowed to read.
func TestTablesOfAQuery(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT a FROM e": "e",
		"SELECT a, b FROM e, dbo.f x, (SELECT 1, 2) z JOIN `G H` g ON g.a = e.a AND f(g.b, 1)":                                 "e dbo.f `G H`",
		"SELECT (SELECT max(x) FROM h), EXTRACT(YEAR FROM at) FROM (e LEFT JOIN f ON 1 = 1), LATERAL gen(1) g, Räk -- FROM no": "h at e f Räk",
		"SELECT 1 FROM e WHERE a IN (SELECT b FROM s.k WHERE c IN (1, 2)) GROUP BY a, b UNION SELECT 2 FROM e JOIN l":          "e s.k l",
		"SELECT 'FROM x' FROM \"E\" INNER JOIN ONLY f":                                                                         "\"E\" f",
	} {
		if got := strings.Join(syntax{}.tables(query), " "); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}
