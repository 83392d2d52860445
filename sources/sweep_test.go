package sources

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"arendebrygga/adapter"
)

// walkAlong goes on from a point to the end, with a new source now and then.
func walkAlong(tb testing.TB, b *bed, def *adapter.Definition, from adapter.Walk, read func(adapter.Source, context.Context, adapter.Walk) (adapter.Page, error)) (rows []adapter.Row, last adapter.Page) {
	tb.Helper()
	src := b.open(tb, def)
	for pages := 1; ; pages++ {
		page, err := read(src, tb.Context(), from)
		if err != nil {
			tb.Fatal(err)
		}
		if len(page.Rows) > def.Limits.PageSize {
			tb.Fatalf("a page of %d rows, page size %d", len(page.Rows), def.Limits.PageSize)
		}
		rows = append(rows, page.Rows...)
		if page.Last {
			return rows, page
		}
		if page.Next == from || pages > 5000 {
			tb.Fatalf("the walk does not get on: page %d at %+v", pages, from)
		}
		if from = page.Next; pages%7 == 0 {
			src.Close()
			src = b.open(tb, def)
		}
	}
}

func sweep(tb testing.TB, b *bed, def *adapter.Definition) []adapter.Row {
	tb.Helper()
	rows, _ := walkAlong(tb, b, def, adapter.Walk{}, adapter.Source.Sweep)
	return rows
}

// cursors are the ways to read a table e whose rows are identified by id.
func cursors(table string) map[string]adapter.CursorRule {
	return map[string]adapter.CursorRule{
		"id": {Column: "id", Kind: adapter.CursorID, Table: table}, "time": {Column: "at", Kind: adapter.CursorTime, Table: table},
		"none": {Kind: adapter.CursorNone, Table: table},
	}
}

func TestSweepOfNumbers(t *testing.T) {
	bothWays(t, func(t *testing.T, b *bed, table string) {
		b.exec(t, "DELETE FROM e")
		b.series(t, "e", "($n, 'k$n', NULL)", 1, 1200) // no time cursor finds these
		b.series(t, "e", "(70000000000 + 7 * $n, 'k$n', '2026-01-01 00:00:00')", 1, 1300)
		b.exec(t, "INSERT INTO e VALUES (-5, 'below', NULL), (9100000000000000000, 'far', '2037-01-01 00:00:00')")
		for kind, rule := range cursors(table) {
			t.Run(kind, func(t *testing.T) {
				for _, size := range []int{1000, 60} {
					def := b.history()
					def.Cursor, def.Limits.PageSize = rule, size
					rows := sweep(t, b, def)
					once(t, rows, 2502)
					if !slices.IsSortedFunc(rows, func(a, b adapter.Row) int { return a.Values[0].(int) - b.Values[0].(int) }) {
						t.Error("rows out of order")
					}
				}
			})
		}
	})
}

// TestSweepOfNumbersAndTextMistaken has numbers that are declared as text and numbers
// that are text in the database.
func TestSweepOfNumbersAndTextMistaken(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		for column, typ := range map[string]adapter.ColumnType{"BIGINT": adapter.String, "VARCHAR(20)": adapter.Int} {
			b.exec(t, "DROP TABLE IF EXISTS e", "CREATE TABLE e (id "+column+", kase VARCHAR(40), at DATETIME)", "CREATE INDEX e_id ON e (id)")
			row := map[string]string{"BIGINT": "($n, 'k', NULL)", "VARCHAR(20)": "('$n', 'k', NULL)"}[column]
			b.series(t, "e", row, 1, 300)
			b.series(t, "e", strings.ReplaceAll(row, "$n", "9007199254740$n"), 100, 300)
			for _, table := range tables {
				def := b.history()
				def.Columns[0].Type, def.Limits.PageSize = typ, 7
				def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: table}
				once(t, sweep(t, b, def), 501)
			}
		}
	})
}

func TestSweepOfNothing(t *testing.T) {
	bothWays(t, func(t *testing.T, b *bed, table string) {
		for kind, rule := range cursors(table) {
			def := b.history()
			def.Cursor = rule
			if rows := sweep(t, b, def); len(rows) != 0 {
				t.Errorf("%s: %d rows", kind, len(rows))
			}
		}
	})
}

// TestSweepOfTexts has identities that a collation makes equal, and some of blanks.
func TestSweepOfTexts(t *testing.T) {
	ids := []string{"a", "A", "a ", "å", "Å", "à", "aa", "b", "B", "10", "9", "ß", "ss", "-", "z", "\u00e5", "a\u030a", "😀", "'; --", `\`}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	slices.Reverse(ids) // so that the order of insertion helps nobody
	onBeds(t, func(t *testing.T, b *bed) {
		collate := map[string]string{"mysql": "", "sqlite": " COLLATE NOCASE", "postgres": ""}[b.kind]
		b.exec(t, "CREATE TABLE e (id VARCHAR(40)"+collate+", kase VARCHAR(9), at DATETIME)", "CREATE INDEX e_id ON e (id)")
		for _, id := range ids {
			text := strings.ReplaceAll(id, "'", "''")
			if b.kind == "mysql" {
				text = strings.ReplaceAll(text, `\`, `\\`)
			}
			b.exec(t, fmt.Sprintf("INSERT INTO e VALUES ('%s', 'k', NULL)", text))
		}
		b.exec(t, "INSERT INTO e VALUES (NULL, 'none', NULL), ('', 'blank', '2026-01-01 00:00:00'), ('  ', 'blanks', NULL), (NULL, 'none', NULL), (NULL, 'none', NULL)")
		for name, table := range tables {
			rules := cursors(table)
			delete(rules, "id") // text orders no rows
			for kind, rule := range rules {
				t.Run(name+" "+kind, func(t *testing.T) {
					for size := 1; size <= 6; size++ {
						def := b.history()
						def.Columns[0].Type, def.Limits.PageSize, def.Cursor = adapter.String, size, rule
						rows := sweep(t, b, def)
						want := len(ids)
						if kind == "none" {
							if named := slices.IndexFunc(rows, func(r adapter.Row) bool { return r.Values[1] == "none" }); named < len(ids) {
								t.Error("rows without an identity do not come last")
							}
							want += 5
						}
						once(t, rows, want)
					}
				})
			}
		}
	})
}

// TestSweepOfBytes has UUIDs as text and as bytes, and bytes of any length.
func TestSweepOfBytes(t *testing.T) {
	columns := map[string]adapter.ColumnType{"CHAR(36)": adapter.UUID, "BINARY(16)": adapter.UUID, "VARBINARY(20)": adapter.Bytes, "UUID": adapter.UUID}
	onBeds(t, func(t *testing.T, b *bed) {
		for column, typ := range columns {
			if column == "UUID" && b.kind == "sqlite" {
				continue
			}
			b.exec(t, "DROP TABLE IF EXISTS e")
			declared := column
			switch {
			case b.kind == "postgres" && column == "VARBINARY(20)":
				declared = "BYTEA"
			case b.kind == "mssql" && column == "UUID":
				declared = "UNIQUEIDENTIFIER"
			}
			b.exec(t, "CREATE TABLE e (id "+declared+" PRIMARY KEY, kase VARCHAR(40), at DATETIME)")
			want := map[adapter.Key]bool{}
			for n := range 60 {
				bytes := make([]byte, 16)
				copy(bytes, []byte{byte(n * 37), byte(n), 0, 0xE5, byte(n * 11), 0x40, byte(n * 91)})
				text := hex.EncodeToString(bytes)
				uuid := text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
				value, key := "'"+uuid+"'", adapter.Key(uuid)
				if column == "BINARY(16)" || column == "VARBINARY(20)" {
					value = "X'" + text + "'"
				}
				if typ == adapter.Bytes {
					key = adapter.Key(text)
				}
				want[key] = true
				b.exec(t, fmt.Sprintf("INSERT INTO e VALUES (%s, 'k', NULL)", value))
			}
			for name, table := range tables {
				t.Run(column+" "+name, func(t *testing.T) {
					for _, kind := range []string{"time", "none"} {
						def := b.history()
						def.Columns[0].Type, def.Limits.PageSize, def.Cursor = typ, 7, cursors(table)[kind]
						rows := sweep(t, b, def)
						once(t, rows, len(want))
						var ids []adapter.Key
						for _, row := range rows {
							if !want[row.ID] {
								t.Errorf("identity %q", string(row.ID))
							}
							ids = append(ids, row.ID)
						}
						again, err := b.open(t, def).Rows(t.Context(), ids)
						if err != nil || len(again) != len(ids) {
							t.Errorf("%d rows by their identity, %v", len(again), err)
						}
					}
				})
			}
		}
	})
}

// TestSweepInNetMode walks cases, by a table of events that has many for a case and
// does not have them all.
func TestSweepInNetMode(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE kase (cid BIGINT PRIMARY KEY, status VARCHAR(40))", "CREATE TABLE e (id BIGINT PRIMARY KEY, cid BIGINT, at DATETIME)", "CREATE INDEX e_cid ON e (cid)")
		b.series(t, "kase", "($n, 's')", 1, 500)
		b.series(t, "e", "($n, 100 + $n % 200, '2026-01-01 00:00:00')", 1, 2000)
		b.series(t, "e", "(10000 + $n, 250, '2026-01-02 00:00:00')", 1, 1500) // more than two pages for one case
		for _, table := range []string{"e", ""} {
			for _, kind := range []adapter.CursorKind{adapter.CursorTime, adapter.CursorNone} {
				def := b.history()
				def.Mode, def.Row, def.Case, def.Status = adapter.Net, "cid", "cid", []string{"status"}
				def.Query = "SELECT k.cid, k.status, (SELECT MAX(at) FROM e WHERE e.cid = k.cid) AS at FROM kase k"
				def.Columns = adapter.Columns{{Name: "cid", Type: adapter.Int}, {Name: "status", Type: adapter.String}, {Name: "at", Type: adapter.Time}}
				def.Cursor = adapter.CursorRule{Column: "at", Kind: kind, Table: table}
				if kind == adapter.CursorNone {
					def.Cursor.Column = ""
				}
				def.Limits.PageSize = 60
				rows := sweep(t, b, def)
				once(t, rows, 500)
				for _, row := range rows {
					if row.ID != row.Case || row.ID == "" || (row.Cursor == "") != (kind == adapter.CursorNone || row.Values[2] == nil) {
						t.Fatalf("%q %q %q", string(row.ID), string(row.Case), string(row.Cursor))
					}
				}
			}
		}
	})
}

// TestSweepOfOneIdentity has an identity with more rows than a page, and one whose rows
// stay together.
func TestSweepOfOneIdentity(t *testing.T) {
	bothWays(t, func(t *testing.T, b *bed, table string) {
		b.exec(t, "DROP TABLE IF EXISTS p", "CREATE TABLE p (nr INT)", "DELETE FROM e")
		b.series(t, "p", "($n)", 1, 30)
		b.series(t, "e", "($n, 'k$n', NULL)", 1, 100)
		def := b.history()
		def.Query = "SELECT id, kase, at, nr FROM e JOIN p ON nr <= 1 + id % 20"
		def.Cursor.Table, def.Limits.PageSize = table, 20
		rows := sweep(t, b, def)
		if len(rows) != 1050 || !slices.IsSortedFunc(rows, func(a, b adapter.Row) int { return a.Values[0].(int) - b.Values[0].(int) }) {
			t.Errorf("%d rows", len(rows))
		}
		def.Limits.PageSize, def.Recipients.Query = 19, "SELECT id FROM e" // else they are its recipients
		src, from := b.open(t, def), adapter.Walk{}
		for range 200 {
			page, err := src.Sweep(t.Context(), from)
			if err != nil {
				golden(t, "testdata/columns/sweep-one-identity.golden", fmt.Sprintln(err))
				return
			}
			from = page.Next
		}
		t.Error("an identity with 20 rows fits into a page of 19")
	})
}
