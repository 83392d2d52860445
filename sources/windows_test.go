package sources

import (
	"fmt"
	"slices"
	"testing"

	"arendebrygga/adapter"
)

// table names the driving table or none, for tests that hold both ways.
var tables = map[string]string{"with table": "e", "by steps": ""}

func bothWays(t *testing.T, scenario func(t *testing.T, b *bed, table string)) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id BIGINT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6))", "CREATE INDEX e_at ON e (at)")
		for name, table := range tables {
			t.Run(name, func(t *testing.T) { scenario(t, b, table) })
		}
	})
}

func TestEmptySource(t *testing.T) {
	bothWays(t, func(t *testing.T, b *bed, table string) {
		for _, kind := range []adapter.CursorKind{adapter.CursorID, adapter.CursorTime} {
			def := b.history()
			def.Cursor = adapter.CursorRule{Column: map[adapter.CursorKind]string{adapter.CursorID: "id", adapter.CursorTime: "at"}[kind], Kind: kind, Table: table}
			src := b.open(t, def)
			rows, pages, frontier := walk(t, src, adapter.Walk{}, 1000)
			if len(rows) != 0 || pages != 1 || frontier != "" {
				t.Errorf("%s: %d rows, %d pages, frontier %q", kind, len(rows), pages, string(frontier))
			}
			if ext, err := src.Extent(t.Context()); err != nil || ext != (adapter.Extent{}) {
				t.Errorf("%s: extent %+v, %v", kind, ext, err)
			}
		}
	})
}

func TestIDsWithGapsAndDeletes(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id BIGINT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6))")
		b.series(t, "e", "($n, 'k$n', '2026-01-01 00:00:00')", 1, 2500)
		b.series(t, "e", "(70000000000 + 7 * $n, 'k$n', NULL)", 1, 2500)
		b.exec(t, "DELETE FROM e WHERE id BETWEEN 100 AND 1300")
		b.exec(t, "INSERT INTO e VALUES (9100000000000000000, 'far', NULL)")
		for name, table := range tables {
			t.Run(name, func(t *testing.T) {
				def := b.history()
				def.Cursor.Table = table
				src := b.open(t, def)
				rows, pages, frontier := walk(t, src, adapter.Walk{}, 1000)
				once(t, rows, 2500-1201+2500+1)
				if !slices.IsSortedFunc(rows, func(a, b adapter.Row) int { return a.Values[0].(int) - b.Values[0].(int) }) {
					t.Error("rows out of order")
				}
				if frontier != "9100000000000000000" || pages > 30 {
					t.Errorf("frontier %q after %d pages", string(frontier), pages)
				}
				ext, err := src.Extent(t.Context())
				if err != nil || ext.Greatest != frontier || ext.Back != adapter.Key(fmt.Sprint(70000000000+7*501)) {
					t.Errorf("extent %q %q, %v", string(ext.Greatest), string(ext.Back), err)
				}
				rows, _, frontier = walk(t, src, adapter.Walk{Lo: "2000", Until: "2100"}, 1000)
				once(t, rows, 101)
				if frontier != "2100" {
					t.Errorf("frontier of a bounded walk %q", string(frontier))
				}
			})
		}
	})
}

func TestTiesLargerThanAPage(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id BIGINT, kase VARCHAR(40), at DATETIME(6))", "CREATE INDEX e_at ON e (at)")
		b.series(t, "e", "($n, 'k$n', '2026-01-01 00:00:00.000001')", 1, 10)
		b.series(t, "e", "($n, 'k$n', '2026-01-01 00:00:00.000002')", 11, 2510)
		b.series(t, "e", "(NULL, 'k$n', '2026-01-01 00:00:00.000002')", 1, 1100)
		b.series(t, "e", "($n, 'k$n', '2026-01-01 00:00:00.000003')", 2511, 2520)
		b.series(t, "e", "($n, 'k$n', NULL)", 2521, 2530)
		for name, table := range tables {
			t.Run(name, func(t *testing.T) {
				def := b.history()
				def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: table}
				rows, _, frontier := walk(t, b.open(t, def), adapter.Walk{}, 1000)
				once(t, rows, 2520+1100)
				if !slices.IsSortedFunc(slices.DeleteFunc(slices.Clone(rows), func(r adapter.Row) bool { return r.ID == "" }),
					func(a, b adapter.Row) int { return a.Values[0].(int) - b.Values[0].(int) }) {
					t.Error("rows of one timestamp are not in the order of their numbers")
				}
				if frontier == "" || frontier != rows[len(rows)-1].Cursor {
					t.Errorf("frontier %q", string(frontier))
				}
			})
		}
	})
}
