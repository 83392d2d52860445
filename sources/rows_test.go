package sources

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"arendebrygga/adapter"
)

func TestRows(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		collate := map[string]string{"mysql": "", "sqlite": " COLLATE NOCASE"}[b.kind]
		b.exec(t, "CREATE TABLE e (id VARCHAR(40)"+collate+", kase VARCHAR(9), at DATETIME)",
			"INSERT INTO e VALUES ('a', 'k1', NULL), ('A', 'k2', '2026-01-01 00:00:00'), ('a ', 'k3', NULL), ('å', 'k4', NULL), ('b', 'k5', NULL), ('b', 'k6', NULL), (NULL, 'k7', NULL), ('', 'k8', NULL)")
		for kind, rule := range cursors("e") {
			if kind == "id" {
				continue // text orders no rows
			}
			def := b.history()
			def.Columns[0].Type, def.Cursor = adapter.String, rule
			src := b.open(t, def)
			for asked, want := range map[string]string{"a": "k1", "A": "k2", "a ": "k3", "å": "k4", "b": "k5 k6", "z": "", "": "", "å|b|A|b": "k2 k4 k5 k6", "x'; --|b": "k5 k6"} {
				var ids []adapter.Key
				for _, s := range strings.Split(asked, "|") {
					ids = append(ids, adapter.Key(s))
				}
				rows, err := src.Rows(t.Context(), ids)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, row := range rows {
					if got = append(got, string(row.Case)); !slices.Contains(ids, row.ID) {
						t.Errorf("%s: a row of %q", asked, string(row.ID))
					}
				}
				if slices.Sort(got); strings.Join(got, " ") != want {
					t.Errorf("%s: %v, want %s", asked, got, want)
				}
			}
		}
	})
}

func TestRowsOfManyIdentities(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id BIGINT, kase VARCHAR(40), at DATETIME)", "CREATE INDEX e_id ON e (id)")
		b.series(t, "e", "($n, 'k$n', NULL)", 1, 3000)
		var ids []adapter.Key
		for n := 1; n <= 1000; n++ {
			ids = append(ids, adapter.Key(fmt.Sprint(4*n)), "no number", adapter.Key(fmt.Sprint(4*n)))
		}
		src := b.open(t, b.history())
		rows, err := src.Rows(t.Context(), ids)
		if err != nil {
			t.Fatal(err)
		}
		once(t, rows, 750)
		b.series(t, "e", "(4, 'k$n', NULL)", 1, 10_001)
		if _, err := src.Rows(t.Context(), []adapter.Key{"4"}); err == nil || !strings.Contains(err.Error(), "more than 10000 rows for 1 values of id") {
			t.Error(err)
		}
	})
}

// TestWithoutACursor is about all that is not asked of such a source.
func TestWithoutACursor(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id BIGINT, kase VARCHAR(40), at DATETIME)")
		b.series(t, "e", "($n, 'k$n', NULL)", 1, 10)
		b.series(t, "e", "(NULL, 'k$n', NULL)", 11, 40) // more than a page without an identity
		def := b.history()
		def.Cursor, def.Limits.PageSize = adapter.CursorRule{Kind: adapter.CursorNone}, 7
		if problems := Check(def); len(problems) > 0 {
			t.Error(problems)
		}
		src := b.open(t, def)
		if ext, err := src.Extent(t.Context()); err != nil || ext != (adapter.Extent{}) {
			t.Errorf("extent %+v, %v", ext, err)
		}
		if _, err := src.Read(t.Context(), adapter.Walk{}); err == nil || !strings.Contains(err.Error(), "no cursor") {
			t.Error(err)
		}
		rows := sweep(t, b, def)
		once(t, rows, 40)
		cases := map[adapter.Key]bool{}
		for i, row := range rows {
			cases[row.Case] = true
			if (row.ID == "") != (i >= 10) {
				t.Errorf("row %d: identity %q", i, string(row.ID))
			}
		}
		if len(cases) != 40 {
			t.Errorf("%d cases, want 40", len(cases))
		}
		def.Cursor.Table = "e"
		def.Query = "SELECT id AS nr, kase, at FROM e"
		def.Columns[0].Name, def.Row = "nr", "nr"
		if _, err := b.open(t, def).Sweep(t.Context(), adapter.Walk{}); err == nil || !strings.Contains(err.Error(), "has no column nr") {
			t.Error(err)
		}
		def.Cursor = adapter.CursorRule{Column: "nr", Kind: adapter.CursorID, Table: "e"}
		once(t, sweep(t, b, def), 10) // then the table is just not of use
	})
}
