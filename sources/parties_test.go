package sources

import (
	"fmt"
	"testing"

	"arendebrygga/adapter"
)

// withTrail is a recipients query over c(kase, person, role, changed) that says when
// its rows were written.
func (b *bed) withTrail(table string, size int) *adapter.Definition {
	def := b.withRecipients(adapter.String)
	def.Recipients.Query = "SELECT kase, person, role, changed FROM c"
	def.Recipients.Columns = append(def.Recipients.Columns, adapter.Column{Name: "changed", Type: adapter.Time})
	def.Recipients.Cursor = adapter.CursorRule{Column: "changed", Kind: adapter.CursorTime, Table: table}
	def.Limits.PageSize = size
	return def
}

func TestParties(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE c (kase VARCHAR(40), person INT, role VARCHAR(9), changed DATETIME(6))", "CREATE INDEX c_changed ON c (changed)")
		b.series(t, "c", "('k$n', $n, 'SOK', '2026-01-01 00:00:$n')", 10, 59)
		b.series(t, "c", "('m$n', 7, 'OMBUD', '2026-01-02 00:00:00')", 1, 120) // one for many cases, all at once
		b.exec(t, "INSERT INTO c VALUES ('k1', 1, 'SOK', NULL), (NULL, 2, 'SOK', '2026-01-03 00:00:00'), ('x', 3, 'SOK', '2026-01-03 00:00:01'), ('junk', 4, 'SOK', '2037-01-01 00:00:00')")
		for _, table := range []string{"c", ""} {
			for _, size := range []int{1000, 50, 7} {
				rows, last := walkAlong(t, b, b.withTrail(table, size), adapter.Walk{}, adapter.Source.Parties)
				seen := map[string]int{}
				for _, row := range rows {
					seen[fmt.Sprintf("%s/%s", string(row.Case), string(row.ID))]++
					if row.Cursor == "" || row.ID == "" || row.Case == "" {
						t.Errorf("case %q, recipient %q, cursor %q", string(row.Case), string(row.ID), string(row.Cursor))
					}
				}
				if len(rows) != 172 || len(seen) != 172 || seen["m77/7"] != 1 || seen["junk/4"] != 1 {
					t.Errorf("table %q, size %d: %d rows, %d different", table, size, len(rows), len(seen))
				}
				if x := rows[len(rows)-2]; last.Frontier != x.Cursor || x.Case != "x" {
					t.Errorf("table %q, size %d: frontier %q, want %q", table, size, string(last.Frontier), string(x.Cursor))
				}
				again, then := walkAlong(t, b, b.withTrail(table, size), adapter.Walk{Lo: last.Frontier}, adapter.Source.Parties)
				if len(again) != 2 || then.Frontier != last.Frontier {
					t.Errorf("table %q, size %d: then %d rows, frontier %q", table, size, len(again), string(then.Frontier))
				}
				src := b.open(t, b.withTrail(table, size))
				if rows, err := src.Recipients(t.Context(), []adapter.Key{"m1", "k1"}); err != nil || len(rows) != 2 {
					t.Errorf("%d recipients, %v", len(rows), err)
				}
			}
		}
	})
}

// TestPartiesOfACrowd: more recipients of one case were written at once than fit into a
// page. One row tells of the case, and the walk goes on.
func TestPartiesOfACrowd(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE c (kase VARCHAR(40), person INT, role VARCHAR(9), changed DATETIME(6))", "CREATE INDEX c_changed ON c (changed)")
		b.series(t, "c", "('many', $n, 'SOK', '2026-01-02 00:00:00')", 1, 60)
		b.exec(t, "INSERT INTO c VALUES ('a', 1, 'SOK', '2026-01-02 00:00:00'), ('z', 2, 'SOK', '2026-01-02 00:00:00'), ('later', 3, 'SOK', '2026-01-03 00:00:00')")
		for _, table := range []string{"c", ""} {
			rows, last := walkAlong(t, b, b.withTrail(table, 50), adapter.Walk{}, adapter.Source.Parties)
			var cases []string
			for _, row := range rows {
				cases = append(cases, string(row.Case))
			}
			if fmt.Sprint(cases) != "[a many z later]" || last.Frontier != rows[3].Cursor {
				t.Errorf("table %q: %v, frontier %q", table, cases, string(last.Frontier))
			}
		}
	})
}

func TestPartiesOfNobody(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE c (kase VARCHAR(40), person INT, role VARCHAR(9), changed DATETIME(6))")
		for _, table := range []string{"c", ""} {
			rows, last := walkAlong(t, b, b.withTrail(table, 10), adapter.Walk{}, adapter.Source.Parties)
			if len(rows) != 0 || last.Frontier != "" {
				t.Errorf("%d rows, frontier %q", len(rows), string(last.Frontier))
			}
		}
		def := b.withRecipients(adapter.String)
		if _, err := b.open(t, def).Parties(t.Context(), adapter.Walk{}); err == nil {
			t.Error("a query without a cursor is followed along it")
		}
	})
}
