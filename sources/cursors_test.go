package sources

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"arendebrygga/adapter"
)

// TestPoint06_Precision has rows whose cursors differ in the last digit that their type
// keeps, read one at a time, from each and from behind each.
func TestPoint06_Precision(t *testing.T) {
	types := map[string][2]string{ // column type to two values, the second one last digit later
		"DATETIME":          {"2026-03-29 02:30:00", "2026-03-29 02:30:01"},
		"DATETIME(3)":       {"2026-03-29 02:30:00.997", "2026-03-29 02:30:00.998"},
		"DATETIME(6)":       {"2026-03-29 02:30:00.999998", "2026-03-29 02:30:00.999999"},
		"TIMESTAMP(6) NULL": {"2026-10-25 00:30:00.000001", "2026-10-25 01:30:00.000001"}, // 02:30 twice in Stockholm
		"DATE":              {"2026-03-29", "2026-03-30"},
		"BIGINT":            {"9007199254740992", "9007199254740993"}, // equal as float64
		"BIGINT UNSIGNED":   {"9223372036854775807", "9223372036854775808"},
		"DECIMAL(30,10)":    {"9007199254740992.0000000001", "9007199254740992.0000000002"},
		"VARCHAR(40)":       {"2026-03-29T02:30:00.1Z", "2026-03-29T02:30:00.2Z"},
	}
	onBeds(t, func(t *testing.T, b *bed) {
		for typ, values := range types {
			if b.kind == "sqlite" && (typ == "BIGINT UNSIGNED" || typ == "DECIMAL(30,10)") {
				continue // SQLite has no such numbers
			}
			t.Run(typ, func(t *testing.T) { precise(t, b, typ, values) })
		}
	})
}

func precise(t *testing.T, b *bed, typ string, values [2]string) {
	column := strings.TrimPrefix(typ, "a number: ")
	b.exec(t, "DROP TABLE IF EXISTS e", fmt.Sprintf("CREATE TABLE e (id INT, kase VARCHAR(9), at %s)", column))
	b.exec(t, fmt.Sprintf("INSERT INTO e VALUES (1, 'a', '%s'), (2, 'b', '%s'), (3, 'c', NULL)", values[0], values[1]))
	for _, table := range []string{"e", ""} {
		def := b.history()
		def.Limits.PageSize = 1
		def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: table}
		if column != typ || strings.HasPrefix(typ, "BIGINT") || strings.HasPrefix(typ, "DECIMAL") {
			def.Cursor.Kind, def.Columns[2].Type = adapter.CursorID, adapter.Decimal
			if typ == "BIGINT" {
				def.Columns[2].Type = adapter.Int
			}
		}
		src := b.open(t, def)
		if typ == "VARCHAR(40)" && table == "" && b.kind != "sqlite" {
			_, err := src.Read(t.Context(), adapter.Walk{})
			golden(t, "testdata/columns/text-cursor.golden", fmt.Sprintln(err))
			continue
		}
		rows, _, frontier := walk(t, src, adapter.Walk{}, 1)
		once(t, rows, 2)
		a, z := rows[0].Cursor, rows[1].Cursor
		earlier, err := src.Earlier(t.Context(), [][2]adapter.Key{{a, z}, {z, a}, {a, a}})
		if err != nil || !slices.Equal(earlier, []bool{true, false, false}) {
			t.Errorf("earlier: %v, %v", earlier, err)
		}
		if len(rows) != 2 || frontier != rows[1].Cursor {
			t.Fatalf("table %q: %d rows, frontier %q", table, len(rows), string(frontier))
		}
		for i, want := range []int{2, 1} {
			again, _, _ := walk(t, src, adapter.Walk{Lo: rows[i].Cursor}, 1)
			behind, _, _ := walk(t, src, adapter.Walk{Lo: rows[i].Cursor, After: true}, 1)
			until, _, _ := walk(t, src, adapter.Walk{Until: rows[i].Cursor}, 1)
			if len(again) != want || len(behind) != want-1 || len(until) != i+1 {
				t.Errorf("table %q, row %d: %d from it, %d behind it, %d until it", table, i, len(again), len(behind), len(until))
			}
		}
	}
}

// TestIdentitiesThatACollationMakesEqual pages inside one timestamp by identities
// that compare as equal in the database's usual collation.
func TestIdentitiesThatACollationMakesEqual(t *testing.T) {
	ids := []string{"a", "A", "a ", "å", "Å", "b", "10", "9", "à", "aa"}
	onBeds(t, func(t *testing.T, b *bed) {
		collate := map[string]string{"mysql": "", "sqlite": " COLLATE NOCASE"}[b.kind]
		b.exec(t, "CREATE TABLE e (id VARCHAR(40)"+collate+", kase VARCHAR(9), at DATETIME)")
		for _, id := range ids {
			b.exec(t, fmt.Sprintf("INSERT INTO e VALUES ('%s', 'k', '2026-01-01 00:00:00')", id))
		}
		for size := 1; size <= 4; size++ {
			def := b.history()
			def.Columns[0].Type, def.Limits.PageSize = adapter.String, size
			def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: "e"}
			rows, _, frontier := walk(t, b.open(t, def), adapter.Walk{}, size)
			once(t, rows, len(ids))
			if frontier != rows[len(rows)-1].Cursor {
				t.Errorf("the walk ends in a tie, frontier %q", string(frontier))
			}
			if !slices.IsSortedFunc(rows, func(a, b adapter.Row) int { return slices.Compare([]byte(a.ID), []byte(b.ID)) }) {
				t.Error("not in binary order")
			}
		}
	})
}

// TestRowsOfOneIdentityStayTogether has three recipients in each event's rows. Where they
// are more than a page holds, one row says so of each event, the same whoever reads it.
func TestRowsOfOneIdentityStayTogether(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id INT, kase VARCHAR(9), at DATETIME)")
		for n := range 60 {
			b.exec(t, fmt.Sprintf("INSERT INTO e VALUES (%d, 'k', '2026-01-01 00:00:00')", n/3))
		}
		def := b.history()
		def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime}
		def.Limits.PageSize = 10
		src := b.open(t, def)
		page, err := src.Read(t.Context(), adapter.Walk{})
		if err != nil || len(page.Rows) != 9 {
			t.Fatalf("%d rows, %v", len(page.Rows), err)
		}
		def.Limits.PageSize = 2
		src = b.open(t, def)
		crowds := func(read func(context.Context, adapter.Walk) (adapter.Page, error)) (rows []adapter.Row) {
			for at, last := (adapter.Walk{}), false; !last; {
				page, err := read(t.Context(), at)
				if err != nil {
					t.Fatal(err)
				}
				rows, at, last = append(rows, page.Rows...), page.Next, page.Last
			}
			if len(rows) != 20 {
				t.Errorf("%d rows, want 20", len(rows))
			}
			return rows
		}
		polled, swept := crowds(src.Read), crowds(src.Sweep)
		again, err := src.Rows(t.Context(), []adapter.Key{polled[7].ID})
		if err != nil || len(again) != 1 {
			t.Fatalf("%d rows, %v", len(again), err)
		}
		for _, row := range append(again, swept...) {
			if !errors.As(row.Err, new(adapter.Crowd)) || row.Err != polled[0].Err {
				t.Errorf("%v, want %v", row.Err, polled[0].Err)
			}
		}
		def.Recipients.Query = "SELECT kase, id FROM e"
		_, err = b.open(t, def).Read(t.Context(), adapter.Walk{})
		golden(t, "testdata/columns/one-identity.golden", fmt.Sprintln(err))
	})
}

// TestFuture has a junk stamp that must not become the mark.
func TestFuture(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		for _, typ := range []string{"DATETIME(6)", "TIMESTAMP(6) NULL"} {
			b.exec(t, "DROP TABLE IF EXISTS e", "CREATE TABLE e (id INT, kase VARCHAR(9), at "+typ+")", "CREATE INDEX e_at ON e (at)")
			b.series(t, "e", "($n, 'k', '2026-01-01 00:00:$n')", 10, 59)
			b.exec(t, "INSERT INTO e VALUES (99, 'junk', '2037-01-01 00:00:00')")
			for name, table := range tables {
				t.Run(typ+" "+name, func(t *testing.T) {
					def := b.history()
					def.Limits.PageSize = 7
					def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: table}
					src := b.open(t, def)
					rows, _, frontier := walk(t, src, adapter.Walk{}, 7)
					once(t, rows, 51)
					if frontier != rows[49].Cursor {
						t.Errorf("frontier %q, want %q", string(frontier), string(rows[49].Cursor))
					}
					if _, _, again := walk(t, src, adapter.Walk{Lo: frontier}, 7); again != frontier {
						t.Errorf("frontier of the next poll %q", string(again))
					}
				})
			}
		}
	})
}

// TestFrontierFollowsTheDrivingTable has a query that leaves out most rows.
func TestFrontierFollowsTheDrivingTable(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id BIGINT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6))")
		b.series(t, "e", "($n, 'k$n', NULL)", 1, 5000)
		def := b.history()
		def.Query += " WHERE id = 17"
		def.Cursor.Table = "e"
		rows, pages, frontier := walk(t, b.open(t, def), adapter.Walk{}, 1000)
		if len(rows) != 1 || frontier != "5000" || pages > 3 {
			t.Errorf("%d rows, %d pages, frontier %q", len(rows), pages, string(frontier))
		}
	})
}

// TestOverflow has a join that gives many rows for one row of the driving table.
func TestOverflow(t *testing.T) {
	bothWays(t, func(t *testing.T, b *bed, table string) {
		b.exec(t, "DELETE FROM e")
		b.series(t, "e", "($n, 'k$n', '2026-01-01 00:00:00')", 1, 500)
		b.exec(t, "DROP TABLE IF EXISTS p", "CREATE TABLE p (nr INT)")
		b.series(t, "p", "($n)", 1, 30)
		def := b.history()
		def.Query = "SELECT id * 1000 + nr AS rid, id, kase, at FROM e JOIN p ON nr <= 1 + id % 30"
		def.Columns = append(def.Columns, adapter.Column{Name: "rid", Type: adapter.Int})
		def.Row, def.Limits.PageSize, def.Cursor.Table = "rid", 20, table
		rows, pages, _ := walk(t, b.open(t, def), adapter.Walk{}, 20)
		want := 0
		for id := 1; id <= 500; id++ {
			want += 1 + id%30
		}
		once(t, rows, want)
		t.Logf("%d pages for %d rows", pages, want)
	})
}
