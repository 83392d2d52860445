package sources

import (
	"testing"

	"arendebrygga/adapter"
)

// TestPoint21_ValueAfterAHarmlessChange has a column become one that is read as before, under a
// poll and a sweep: a value that cannot be read, then or already before, is its row's own fault.
func TestPoint21_ValueAfterAHarmlessChange(t *testing.T) {
	for name, tc := range map[string]struct {
		declared     adapter.ColumnType
		was, becomes string
		good, bad    any
		perhaps      bool // it may be named once
	}{
		"larger number": {adapter.Bool, "v INT", "v BIGINT", 1, 7, false},
		"longer text":   {adapter.Time, "v VARCHAR(20)", "v VARCHAR(50)", "2026-06-01", "i morgon", false},
		"other text":    {adapter.Time, "v VARCHAR(20)", "v CHAR(20)", "2026-06-01", "i morgon", true},
	} {
		t.Run(name, func(t *testing.T) {
			onRemade(t, func(t *testing.T, r *remade) {
				if r.bed.kind == "sqlite" && tc.declared == adapter.Time {
					t.Skip("SQLite's columns hold values of any type, so that no two of them are alike")
				}
				c := change{table: "e", column: "v"}
				def := r.bed.history()
				def.Query, def.Columns[2] = "SELECT * FROM e", adapter.Column{Name: "v", Type: tc.declared}
				src := r.bed.open(t, def)
				for n, step := range []struct {
					column string
					value  any
				}{{tc.was, tc.good}, {tc.becomes, tc.good}, {tc.becomes, tc.bad}, {tc.was, tc.bad}, {tc.becomes, tc.bad}} {
					c.tables(t, r, step.column, step.value)
					for try, way := range []string{"read", "sweep", "read", "sweep"} {
						rows, err := asking(t, src, way)()
						if tc.perhaps && err != nil && try == 0 {
							continue
						}
						if err != nil || len(rows) != 1 || (rows[0].Err == nil) != (step.value == tc.good) {
							t.Errorf("%d, %s %d: %v, %v", n, way, try, rows, err)
						}
					}
				}
			})
		})
	}
}
