package sources

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"arendebrygga/adapter"
	"arendebrygga/sources/tdstest"
)

// TestPadding has what is char(10) in one table and varchar(10) in the other: it is one
// case, and what is read of it is as long as it was written.
func TestPadding(t *testing.T) {
	t.Run("wire", func(t *testing.T) {
		for _, types := range [][2]string{{"char(10)", "varchar(10)"}, {"varchar(10)", "nchar(10)"}, {"nchar(10)", "char(12)"}} {
			events := tdstest.NewTable("SELECT id, kase, at FROM e", "id "+types[0], "kase "+types[0], "at datetime")
			parties := tdstest.NewTable("SELECT c.kase, c.person, c.role FROM c", "kase "+types[1], "person int", "role char(6)")
			events.Insert([]any{"E 1", "BYGG 1", "2026-01-01 00:00:00"})
			parties.Insert([]any{"BYGG 1", 1, "SOK"})
			s := tdstest.Start(t, (&tdstest.Database{Tables: []*tdstest.Table{events, parties}}).Handle)
			unpadded(t, &bed{"mssql", nil, Connection{DSN: adapter.NewSecret(s.DSN())}})
		}
	})
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id CHAR(10), kase CHAR(10), at DATETIME)", "INSERT INTO e VALUES ('E 1', 'BYGG 1', '2026-01-01 00:00:00')",
			"CREATE TABLE c (kase VARCHAR(10), person INT, role CHAR(6))", "INSERT INTO c VALUES ('BYGG 1', 1, 'SOK')")
		unpadded(t, b)
	})
}

func unpadded(t *testing.T, b *bed) {
	t.Helper()
	def := b.withRecipients(adapter.String)
	def.Columns[0].Type, def.Cursor = adapter.String, adapter.CursorRule{Column: "at", Kind: adapter.CursorTime}
	src := b.open(t, def)
	rows, _, _ := walk(t, src, adapter.Walk{}, 10)
	once(t, rows, 1)
	if diff := cmp.Diff([]any{"E 1", "BYGG 1"}, rows[0].Values[:2]); diff != "" || rows[0].ID != "E 1" || rows[0].Case != "BYGG 1" {
		t.Errorf("keys %q and %q\n%s", string(rows[0].ID), string(rows[0].Case), diff)
	}
	if again, err := src.Rows(t.Context(), []adapter.Key{rows[0].ID}); err != nil || len(again) != 1 {
		t.Errorf("%d rows by identity, %v", len(again), err)
	}
	found, err := src.Recipients(t.Context(), []adapter.Key{rows[0].Case})
	if err != nil || len(found) != 1 || found[0].Case != rows[0].Case || found[0].Values[2] != "SOK" {
		t.Errorf("recipients %v, %v", found, err)
	}
}

// TestMSSQLPaddingInTies has more rows with one cursor than a page, told apart by text of
// one length: the place inside them is kept with its padding, as the database compares it.
func TestMSSQLPaddingInTies(t *testing.T) {
	for _, typ := range []string{"char(12)", "nchar(12)"} {
		table := tdstest.NewTable(tdsQuery, "id "+typ, "kase varchar(20)", "c int")
		for n := range 35 {
			table.Insert([]any{[]string{"A", "Å", "A b"}[n%3] + fmt.Sprint(n), "BYGG", 1})
		}
		s := tdstest.Start(t, (&tdstest.Database{Tables: []*tdstest.Table{table}}).Handle)
		def := tdsDefinition(adapter.Column{Name: "c", Type: adapter.Int})
		def.Columns[0].Type, def.Cursor = adapter.String, adapter.CursorRule{Column: "c", Kind: adapter.CursorID}
		src := openTDS(t, s, def)
		rows, pages, _ := walk(t, src, adapter.Walk{}, 10)
		once(t, rows, 35)
		swept, _, _ := walk(t, sweeping{src}, adapter.Walk{}, 10)
		once(t, swept, 35)
		if pages < 4 {
			t.Errorf("%d pages", pages)
		}
	}
}

// TestMSSQLNumbersInTies has more rows with one cursor than a page, told apart by numbers,
// which order them without their text: 9 comes before 10, and no row is read twice.
func TestMSSQLNumbersInTies(t *testing.T) {
	for typ, declared := range map[string]adapter.ColumnType{"int": adapter.Int, "decimal(18,2)": adapter.Decimal} {
		table := tdstest.NewTable(tdsQuery, "id "+typ, "kase varchar(20)", "c int")
		for n := range 35 {
			table.Insert([]any{(n*13)%35 - 5, "BYGG", 1})
		}
		s := tdstest.Start(t, (&tdstest.Database{Tables: []*tdstest.Table{table}}).Handle)
		def := tdsDefinition(adapter.Column{Name: "c", Type: adapter.Int})
		def.Columns[0].Type, def.Cursor = declared, adapter.CursorRule{Column: "c", Kind: adapter.CursorID}
		rows, pages, _ := walk(t, openTDS(t, s, def), adapter.Walk{}, 10)
		once(t, rows, 35)
		for n, row := range rows {
			if whole, _, _ := strings.Cut(string(row.ID), "."); whole != fmt.Sprint(n-5) {
				t.Errorf("%s: row %d has the identity %s", typ, n, row.ID)
			}
		}
		if pages < 4 {
			t.Errorf("%s: %d pages", typ, pages)
		}
	}
}
