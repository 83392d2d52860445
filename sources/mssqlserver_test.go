package sources

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
	"arendebrygga/sources/tdstest"
)

// mssqlBed is a database of its own on the real server that is named, if one is. The
// TDS test server proves what goes over the wire; T-SQL, locks, collations and row
// versions are proven only by this suite.
func mssqlBed(tb testing.TB) *bed {
	tb.Helper()
	b, _ := realBed(tb)
	return b
}

// realBed is that and what the engine can do.
func realBed(tb testing.TB) (*bed, *servertest.External) {
	tb.Helper()
	s := servertest.SQLServer(tb)
	return &bed{"mssql", s.Root, Connection{DSN: adapter.NewSecret(s.DSN)}}, s
}

// TestMSSQLServer reads the same tables from a real server as TestMSSQLStatements does
// over the wire: with every kind of cursor, identity and type.
func TestMSSQLServer(t *testing.T) {
	b, can := realBed(t)
	for _, tc := range tdsCases() {
		t.Run(tc.name, func(t *testing.T) {
			if tc.rule.Kind == adapter.CursorRowversion && !can.Rowversion {
				t.Skip("no row versions")
			}
			b.exec(t, "DROP TABLE IF EXISTS dbo.[Ärende händelse]", fmt.Sprintf("CREATE TABLE dbo.[Ärende händelse] (id %s, kase varchar(20), c %s)", tc.id, tc.cursor))
			for n := 1; n <= 64; n++ {
				names, marks, args := "id, kase", "@p1, @p2", []any{tc.key(n), fmt.Sprintf("BYGG %d", n)}
				if tc.rule.Kind != adapter.CursorRowversion {
					value := tc.value(n)
					if at, ok := value.(time.Time); ok {
						value = at.AddDate(-1, 0, 0).Format("2006-01-02T15:04:05") // which the server's own clock has passed
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

// TestMSSQLServerLateCommits has a real transaction draw a rowversion and commit late.
func TestMSSQLServerLateCommits(t *testing.T) {
	b, can := realBed(t)
	if !can.Rowversion || !can.Snapshot {
		t.Skip("no row versions, or no snapshots: reads would wait for the open transaction")
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
// for word: each statement of the golden files, with empty parameters of the same types.
func TestMSSQLServerWires(t *testing.T) {
	b, can := realBed(t)
	for _, tc := range tdsCases() {
		if tc.rule.Kind == adapter.CursorRowversion && !can.Rowversion {
			t.Logf("skipped: %s, as the engine has no MIN_ACTIVE_ROWVERSION()", tc.name)
			continue
		}
		b.exec(t, "DROP TABLE IF EXISTS dbo.[Ärende händelse]", fmt.Sprintf("CREATE TABLE dbo.[Ärende händelse] (id %s, kase varchar(20), c %s)", tc.id, tc.cursor))
		for _, st := range wires(t, tc) {
			if _, err := b.db.Exec(st.sql, st.args...); err != nil {
				t.Errorf("%s: %v", st.sql, err)
			}
		}
	}
}

// wire is a statement of a golden file.
type wire struct {
	sql   string
	types []string // of its parameters, without their lengths
	args  []any    // empty ones that are sent in these types
}

// wires are the statements with parameters of a golden file. Bytes are none but noughts,
// as what is nothing is sent as text, which the server does not compare with bytes.
func wires(t *testing.T, tc tdsCase) (all []wire) {
	t.Helper()
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
		w := wire{sql: sql}
		for typ := range strings.SplitSeq(strings.TrimSpace(types), ", ") {
			typ, _, _ = strings.Cut(typ, "(")
			empty, known := map[string]any{"bigint": int64(0), "nvarchar": nil, "varbinary": make([]byte, 8)}[typ]
			if !known {
				t.Fatalf("%s: a parameter of type %s", tc.name, typ)
			}
			w.types, w.args = append(w.types, typ), append(w.args, empty)
		}
		all = append(all, w)
	}
	if len(all) == 0 {
		t.Fatalf("%s: no statements", tc.name)
	}
	return all
}

// TestMSSQLWires holds, without a real server, that the empty parameters are sent in the
// types that the poller's own have, and that nothing else is sent to make tables anew than
// version 2012 knows.
func TestMSSQLWires(t *testing.T) {
	s := tdstest.Start(t, func(context.Context, tdstest.Query) (*tdstest.Result, error) { return &tdstest.Result{}, nil })
	db, err := sql.Open("sqlserver", s.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, tc := range tdsCases() {
		for _, st := range wires(t, tc) {
			s.Forget()
			if _, err := db.Exec(st.sql, st.args...); err != nil {
				t.Fatal(err)
			}
			sent := s.Queries()
			types := sent[len(sent)-1].Types()
			for i := range types {
				types[i], _, _ = strings.Cut(types[i], "(")
			}
			if !slices.Equal(types, st.types) {
				t.Errorf("%s: sent as %v", st.sql, types)
			}
		}
	}
	b := bed{kind: "mssql"}
	if got, want := b.words("DROP TABLE IF EXISTS dbo.[Ärende händelse]"), "IF OBJECT_ID(N'dbo.[Ärende händelse]') IS NOT NULL DROP TABLE dbo.[Ärende händelse]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
