package sources

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/tdstest"
)

// tdsQuery is what the tests of the wire read.
const tdsQuery = "SELECT * FROM dbo.[Ärende händelse] -- alla"

// tdsDefinition is a source over a table on a TDS test server.
func tdsDefinition(columns ...adapter.Column) *adapter.Definition {
	return &adapter.Definition{
		Name: "test", Kind: "mssql", Location: stockholm, Mode: adapter.History, Query: tdsQuery,
		Columns: append(adapter.Columns{{Name: "id", Type: adapter.Int}, {Name: "kase", Type: adapter.String}}, columns...),
		Row:     "id", Case: "kase", Status: []string{"kase"}, Cursor: adapter.CursorRule{Column: "id", Kind: adapter.CursorID},
		Limits: adapter.Limits{PageSize: 10, QueryTimeout: 20 * time.Second, MaxConnections: 1},
	}
}

func openTDS(tb testing.TB, s *tdstest.Server, def *adapter.Definition) *poller {
	tb.Helper()
	src, err := Open(def, Connection{DSN: adapter.NewSecret(s.DSN())})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { src.Close() })
	return src.(*poller)
}

// spoken are the statements that a server was sent, each but once, with their
// parameters' types.
func spoken(s *tdstest.Server) string {
	var all []string
	for _, q := range s.Queries() {
		text := string(q.Kind) + ": " + q.SQL
		if len(q.Params) > 0 {
			text += "\n    " + strings.Join(q.Types(), ", ")
		}
		if text = strings.TrimRight(text, "\n"); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return strings.Join(all, "\n") + "\n"
}

// tdsCase is a kind of cursor and of identity, and the golden file of what is sent.
type tdsCase struct {
	name   string
	cursor string // type of the column c in the database
	typ    adapter.ColumnType
	rule   adapter.CursorRule
	id     string // type of the identity in the database
	idType adapter.ColumnType
	value  func(n int) any // of the cursor
	key    func(n int) any // of the identity
}

func tdsCases() []tdsCase {
	number := func(n int) any { return n }
	text := func(n int) any { return fmt.Sprintf("Å %05d", n) }
	tenth := func(n int) any { return time.Date(2026, 6, 1, 8, 0, n/3, 0, time.UTC) }
	timed := adapter.CursorRule{Column: "c", Kind: adapter.CursorTime}
	return []tdsCase{
		{"id", "int not null", adapter.Int, adapter.CursorRule{Column: "c", Kind: adapter.CursorID}, "int not null", adapter.Int, number, number},
		{"id-table", "bigint not null", adapter.Int, adapter.CursorRule{Column: "c", Kind: adapter.CursorID, Table: "dbo.[Ärende händelse]"}, "varchar(40)", adapter.String, number, text},
		{"id-decimal", "decimal(18,2)", adapter.Decimal, adapter.CursorRule{Column: "c", Kind: adapter.CursorID}, "nvarchar(40)", adapter.String, number, text},
		{"datetime", "datetime", adapter.Time, timed, "int not null", adapter.Int, tenth, number},
		{"smalldatetime", "smalldatetime", adapter.Time, timed, "bigint not null", adapter.Int, func(n int) any { return time.Date(2026, 6, 1, 8, n/3, 0, 0, time.UTC) }, number},
		{"datetime2", "datetime2(7)", adapter.Time, timed, "uniqueidentifier", adapter.UUID, tenth, func(n int) any { return fmt.Sprintf("%08X-0000-0000-0000-%012X", n, 99999-n) }},
		{"datetimeoffset", "datetimeoffset(3)", adapter.Time, timed, "decimal(18,0)", adapter.Int, func(n int) any { return tenth(n).(time.Time).Add(-2 * time.Hour) }, number},
		{"rowversion", "rowversion not null", adapter.Bytes, adapter.CursorRule{Column: "c", Kind: adapter.CursorRowversion}, "int not null", adapter.Int, func(n int) any { return 2000 + n }, number},
		{"rowversion-table", "rowversion not null", adapter.Bytes, adapter.CursorRule{Column: "c", Kind: adapter.CursorRowversion, Table: "dbo.[Ärende händelse]"}, "binary(4)", adapter.Bytes, func(n int) any { return 2000 + n }, func(n int) any { return []byte{0, 1, byte(n >> 8), byte(n)} }},
		{"none", "int not null", adapter.Int, adapter.CursorRule{Kind: adapter.CursorNone, Table: "dbo.[Ärende händelse]"}, "char(12)", adapter.String, number, text},
	}
}

// TestMSSQLStatements holds the exact text and the parameters' types of every statement
// that a source sends, and that all rows are read by it, once.
func TestMSSQLStatements(t *testing.T) {
	for _, tc := range tdsCases() {
		t.Run(tc.name, func(t *testing.T) {
			table := tdstest.NewTable(tdsQuery, "id "+tc.id, "kase varchar(20)", "c "+tc.cursor)
			table.From = append(table.From, "dbo.[Ärende händelse]")
			for n := 1; n <= 64; n++ {
				table.Insert([]any{tc.key(n), fmt.Sprintf("BYGG %d", n), tc.value(n)})
			}
			db := &tdstest.Database{Tables: []*tdstest.Table{table}, Now: func() time.Time { return time.Date(2026, 6, 1, 6, 0, 12, 0, time.UTC) }, Snapshot: true}
			s := tdstest.Start(t, db.Handle)
			def := tdsDefinition(adapter.Column{Name: "c", Type: tc.typ})
			def.Columns[0].Type, def.Cursor = tc.idType, tc.rule
			src := openTDS(t, s, def)
			if _, err := src.Clock(t.Context()); err != nil {
				t.Fatal(err)
			}
			rows := readAll(t, src, tc)
			if found, err := src.Rows(t.Context(), []adapter.Key{rows[3].ID, rows[40].ID, "nobody"}); err != nil || len(found) != 2 {
				t.Errorf("%d rows by identity, %v", len(found), err)
			}
			if tc.rule.Kind != adapter.CursorNone {
				earlier, err := src.Earlier(t.Context(), [][2]adapter.Key{{rows[3].Cursor, rows[40].Cursor}, {rows[40].Cursor, rows[3].Cursor}, {rows[3].Cursor, rows[3].Cursor}})
				if err != nil || !slices.Equal(earlier, []bool{true, false, false}) {
					t.Errorf("earlier: %v, %v", earlier, err)
				}
			}
			golden(t, "testdata/mssql/"+tc.name+".golden", spoken(s))
		})
	}
}

// readAll reads all rows by Read, in the cursor's order, and by Sweep.
func readAll(t *testing.T, src *poller, tc tdsCase) []adapter.Row {
	t.Helper()
	swept, _, _ := walk(t, sweeping{src}, adapter.Walk{}, 10)
	once(t, swept, 64)
	if tc.rule.Kind == adapter.CursorNone {
		return swept
	}
	ext, err := src.Extent(t.Context())
	if err != nil || ext.Greatest == "" {
		t.Fatalf("%+v, %v", ext, err)
	}
	rows, pages, frontier := walk(t, src, adapter.Walk{}, 10)
	once(t, rows, 64)
	if pages < 7 || rows[63].Cursor != ext.Greatest {
		t.Errorf("%d pages, from %q to %q, frontier %q", pages, string(rows[0].Cursor), string(rows[63].Cursor), string(frontier))
	}
	again, _, _ := walk(t, src, adapter.Walk{Lo: frontier}, 10)
	if len(again) == 0 || again[0].Cursor != frontier {
		t.Errorf("from the frontier on: %d rows", len(again))
	}
	return rows
}

// sweeping has walk read by Sweep.
type sweeping struct{ *poller }

func (s sweeping) Read(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	return s.Sweep(ctx, from)
}
