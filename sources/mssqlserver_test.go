package sources

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// mssqlBed is a database of its own on the real server that is named, if one is. The
// TDS test server proves what goes over the wire; T-SQL, locks, collations and row
// versions are proven only by this suite.
func mssqlBed(tb testing.TB) *bed {
	tb.Helper()
	s := servertest.SQLServer(tb)
	return &bed{"mssql", s.Root, Connection{DSN: adapter.NewSecret(s.DSN)}}
}

// lacks tells whether the engine does not know a feature, and says that it is skipped.
func (b *bed) lacks(t *testing.T, feature, probe string) bool {
	t.Helper()
	if _, err := b.db.Exec(probe); err != nil {
		t.Logf("skipped: %s, which the engine lacks: %v", feature, err)
		return true
	}
	return false
}

// TestMSSQLServer reads the same tables from a real server as TestMSSQLStatements does
// over the wire: with every kind of cursor, identity and type.
func TestMSSQLServer(t *testing.T) {
	b := mssqlBed(t)
	for _, tc := range tdsCases() {
		t.Run(tc.name, func(t *testing.T) {
			if tc.rule.Kind == adapter.CursorRowversion && b.lacks(t, "MIN_ACTIVE_ROWVERSION", "SELECT MIN_ACTIVE_ROWVERSION()") {
				t.Skip("no rowversions")
			}
			b.exec(t, "DROP TABLE IF EXISTS dbo.[Ärende händelse]", fmt.Sprintf("CREATE TABLE dbo.[Ärende händelse] (id %s, kase varchar(20), c %s)", tc.id, tc.cursor))
			for n := 1; n <= 64; n++ {
				names, marks, args := "id, kase", "@p1, @p2", []any{tc.key(n), fmt.Sprintf("BYGG %d", n)}
				if tc.rule.Kind != adapter.CursorRowversion {
					value := tc.value(n)
					if at, ok := value.(time.Time); ok {
						value = at.Format("2006-01-02T15:04:05")
					}
					names, marks, args = names+", c", marks+", @p3", append(args, value)
				}
				if _, err := b.db.Exec("INSERT INTO dbo.[Ärende händelse] ("+names+") VALUES ("+marks+")", args...); err != nil {
					t.Fatal(err)
				}
			}
			def := tdsDefinition(adapter.Column{Name: "c", Type: tc.typ})
			def.Columns[0].Type, def.Cursor = tc.idType, tc.rule
			src := b.open(t, def).(*poller)
			rows := readAll(t, src, tc)
			if found, err := src.Rows(t.Context(), []adapter.Key{rows[3].ID, rows[40].ID, "nobody"}); err != nil || len(found) != 2 {
				t.Errorf("%d rows by identity, %v", len(found), err)
			}
			if place, err := src.Place(t.Context()); err != nil || place == "" {
				t.Errorf("place %q, %v", place, err)
			}
			found, err := Inspect(t.Context(), def, b.conn)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found.Findings {
				if f.Level == Error {
					t.Errorf("%s", f.What)
				}
			}
			t.Log(found.Grants)
		})
	}
}

// TestMSSQLServerLateCommits has a real transaction draw a rowversion and commit late,
// and a lock that is held for longer than we wait.
func TestMSSQLServerLateCommits(t *testing.T) {
	b := mssqlBed(t)
	if b.lacks(t, "MIN_ACTIVE_ROWVERSION", "SELECT MIN_ACTIVE_ROWVERSION()") {
		t.Skip("no rowversions")
	}
	b.exec(t, "CREATE TABLE dbo.[Ärende händelse] (id int NOT NULL PRIMARY KEY, kase varchar(20), c rowversion NOT NULL)", "CREATE INDEX c ON dbo.[Ärende händelse] (c)",
		"INSERT INTO dbo.[Ärende händelse] (id, kase) VALUES (1, 'a'), (2, 'a')")
	def := tdsDefinition(adapter.Column{Name: "c", Type: adapter.Bytes})
	def.Cursor = adapter.CursorRule{Column: "c", Kind: adapter.CursorRowversion}
	src := b.open(t, def)
	tx, err := b.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("INSERT INTO dbo.[Ärende händelse] (id, kase) VALUES (3, 'late')"); err != nil {
		t.Fatal(err)
	}
	b.exec(t, "INSERT INTO dbo.[Ärende händelse] (id, kase) VALUES (4, 'early')")
	rows, _, frontier := walk(t, src, adapter.Walk{}, 10)
	once(t, rows, 2)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	rows, _, _ = walk(t, src, adapter.Walk{Lo: frontier, After: true}, 10)
	once(t, rows, 2)
}

// TestMSSQLServerWires holds that a real server takes what the test server is sent, word
// for word: each statement of the golden files, with empty parameters.
func TestMSSQLServerWires(t *testing.T) {
	b := mssqlBed(t)
	for _, tc := range tdsCases() {
		b.exec(t, "DROP TABLE IF EXISTS dbo.[Ärende händelse]", fmt.Sprintf("CREATE TABLE dbo.[Ärende händelse] (id %s, kase varchar(20), c %s)", tc.id, tc.cursor))
		text, err := os.ReadFile("testdata/mssql/" + tc.name + ".golden")
		if err != nil {
			t.Fatal(err)
		}
		for st := range strings.SplitSeq(string(text), "\nexecute: ") {
			st, _, _ = strings.Cut(st, "\nbatch: ")
			sql, types, parameters := strings.Cut(st, "\n    ")
			if !parameters || strings.HasPrefix(sql, "batch: ") {
				continue
			}
			var args []any
			for typ := range strings.SplitSeq(strings.TrimSpace(types), ", ") {
				args = append(args, map[bool]any{true: int64(0), false: nil}[typ == "bigint"])
			}
			if _, err := b.db.Exec(sql, args...); err != nil {
				t.Errorf("%s: %v", sql, err)
			}
		}
	}
}
