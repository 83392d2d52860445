package sources

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/sources/tdstest"
)

// elsewhere is a source over rows that have the rowversions of a database which is
// further along than the one that we are connected to.
func elsewhere(t *testing.T, change func(*adapter.Definition)) (*poller, *tdstest.Table, *tdstest.Server) {
	table := tdstest.NewTable(tdsQuery, "id int not null", "kase varchar(20)", "c rowversion not null")
	for n := 1; n <= 5; n++ {
		table.Insert([]any{n, "BYGG", 900_000 + n})
	}
	table.From = append(table.From, "Arkiv.dbo.Rad")
	own := func() uint64 { return 3000 }
	s := tdstest.Start(t, (&tdstest.Database{Tables: []*tdstest.Table{table}, Active: func() uint64 { return own() + 1 }, Last: own}).Handle)
	def := tdsDefinition(adapter.Column{Name: "c", Type: adapter.Bytes})
	def.Cursor = adapter.CursorRule{Column: "c", Kind: adapter.CursorRowversion}
	change(def)
	return openTDS(t, s, def), table, s
}

const notCounted = "the rows have rowversions that the database which we are connected to has not handed out"

// TestRowversionOfAnotherDatabase stops what would otherwise read no row, and say nothing:
// before a first run, and at the first poll after a sweep.
func TestRowversionOfAnotherDatabase(t *testing.T) {
	for name, change := range map[string]func(*adapter.Definition){
		"query": func(*adapter.Definition) {},
		"table": func(def *adapter.Definition) { def.Cursor.Table = "Arkiv.dbo.Rad" },
	} {
		t.Run(name, func(t *testing.T) {
			src, _, _ := elsewhere(t, change)
			for range 2 {
				if _, err := src.Extent(t.Context()); err == nil || !strings.Contains(err.Error(), notCounted) {
					t.Errorf("a first run: %v", err)
				}
			}
			src, _, _ = elsewhere(t, change)
			if page, err := src.Read(t.Context(), adapter.Walk{}); err != nil || len(page.Rows) > 0 {
				t.Fatalf("a poll, before anything was read: %d rows, %v", len(page.Rows), err)
			}
			swept, _, _ := walk(t, sweeping{src}, adapter.Walk{}, 10)
			once(t, swept, 5)
			for range 2 {
				if _, err := src.Read(t.Context(), adapter.Walk{}); err == nil || !strings.Contains(err.Error(), notCounted) || strings.Contains(err.Error(), "dbba") {
					t.Errorf("a poll: %v", err)
				}
			}
		})
	}
}

// TestRowversionsThatAreGone has the newest rows be gone, as after a restore: polls go on,
// and the loop finds out what has happened.
func TestRowversionsThatAreGone(t *testing.T) {
	src, table, s := elsewhere(t, func(*adapter.Definition) {})
	table.Insert([]any{6, "BYGG", 2500})
	swept, _, _ := walk(t, sweeping{src}, adapter.Walk{}, 10)
	once(t, swept, 6)
	table.Delete(func(row map[string]any) bool { return row["id"].(int64) < 6 })
	rows, _, _ := walk(t, src, adapter.Walk{}, 10)
	once(t, rows, 1)
	before := len(s.Queries())
	walk(t, src, adapter.Walk{}, 10)
	var asked int
	for _, q := range s.Queries()[before:] {
		if strings.Contains(q.SQL, "@@DBTS") {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("the counter was asked for %d times in a poll", asked)
	}
}

// TestInspectRowversions tells whose rowversions they are: as the server describes the
// query, else by the names in it.
func TestInspectRowversions(t *testing.T) {
	for name, tc := range map[string]struct {
		place, server, database string // of the table and of the cursor
		want                    string
	}{
		"own":                       {"[dbo]", "", "byggr", ""},
		"own by its name":           {"[BYGGR].[dbo]", "", "", ""},
		"a view of another":         {"[dbo]", "", "Arkiv", "Arkiv"},
		"a name in three parts":     {"[Ar]].[kiv].[dbo]", "", "", "Ar].[kiv"},
		"a linked server":           {"[dbo]", "SRV", "ByggR", "SRV.ByggR"},
		"own, beside another":       {"[Arkiv].[dbo]", "", "ByggR", ""},
		"described for nobody else": {"[Arkiv].[dbo]", "refused", "", "Arkiv"},
	} {
		t.Run(name, func(t *testing.T) {
			table := tdstest.NewTable(tdsQuery, "id int not null", "kase varchar(20)", "c rowversion not null")
			table.Insert([]any{1, "BYGG", 2001})
			c := catalogue{level: 160, snapshots: 1, plan: planned, place: tc.place, updates: "READ_WRITE"}
			db := &tdstest.Database{Tables: []*tdstest.Table{table}, Snapshot: true}
			db.Else = func(ctx context.Context, q tdstest.Query) (*tdstest.Result, error) {
				switch {
				case strings.Contains(q.SQL, "PARSENAME") && fmt.Sprint(q.Params[0].Value) == "[Register].[dbo].[Person]":
					return &tdstest.Result{Columns: tdstest.Columns("place nvarchar(128)", "name nvarchar(128)"), Rows: tdstest.Rows([]any{"[Register].[dbo]", "Person"})}, nil
				case !strings.Contains(q.SQL, "source_database"):
					return c.handle(ctx, q)
				case q.Params[0].Value != tdsQuery:
					return nil, fmt.Errorf("described %v", q.Params[0].Value)
				case tc.server == "refused":
					return nil, tdstest.Err(297)
				}
				return &tdstest.Result{Columns: tdstest.Columns("name nvarchar(128)", "server nvarchar(128)", "place nvarchar(128)", "source nvarchar(400)", "hidden tinyint"), Rows: tdstest.Rows(
					[]any{"id", "", "Arkiv", "", 0}, []any{"C", tc.server, tc.database, "", 0}, []any{"C", "", "Annan", "", 1})}, nil
			}
			def := tdsDefinition(adapter.Column{Name: "c", Type: adapter.Bytes})
			def.Cursor = adapter.CursorRule{Column: "c", Kind: adapter.CursorRowversion}
			def.Recipients.Query = "SELECT kase, person FROM Register.dbo.Person" // whose versions nobody counts
			found, err := Inspect(t.Context(), def, Connection{DSN: adapter.NewSecret(tdstest.Start(t, db.Handle).DSN())})
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, f := range found.Findings {
				if f.Level == Error && strings.HasPrefix(f.What, "events.cursor: ") {
					told = append(told, f.What)
				}
			}
			want := "events.cursor: rows come from the database " + tc.want + ", but we are connected to ByggR: "
			if tc.want == "" && len(told) > 0 || tc.want != "" && (len(told) != 1 || !strings.HasPrefix(told[0], want)) {
				t.Errorf("told %q, want %q", told, want)
			}
		})
	}
}

// TestMSSQLServerRowversionElsewhere has a view of a real server lead into another
// database, which each server has one of.
func TestMSSQLServerRowversionElsewhere(t *testing.T) {
	b, can := realBed(t)
	if !can.Rowversion {
		t.Skip("no row versions")
	}
	const table = "tempdb.dbo.arendebrygga_test_rowversion"
	drop := "IF OBJECT_ID('" + table + "') IS NOT NULL DROP TABLE " + table
	b.exec(t, drop, "CREATE TABLE "+table+" (id int NOT NULL PRIMARY KEY, kase varchar(20), c rowversion NOT NULL)", "INSERT INTO "+table+" (id, kase) VALUES (1, 'a')")
	defer b.exec(t, drop)
	b.exec(t, "CREATE VIEW dbo.rad AS SELECT id, kase, c FROM "+table, "CREATE SYNONYM dbo.synonym FOR "+table)
	for _, from := range []string{"dbo.rad", "dbo.synonym", table} {
		def := tdsDefinition(adapter.Column{Name: "c", Type: adapter.Bytes})
		def.Query, def.Cursor = "SELECT id, kase, c FROM "+from, adapter.CursorRule{Column: "c", Kind: adapter.CursorRowversion}
		found, err := Inspect(t.Context(), def, b.conn)
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprint(found.Findings); !strings.Contains(text, "rows come from the database tempdb") {
			t.Errorf("%s: %s", from, text)
		}
	}
}
