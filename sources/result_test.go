package sources

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"arendebrygga/adapter"
)

// TestResult reads rows as drivers give them into a result that has to grow: nothing is
// left of the row before, the first mistake of a row is told, and blank text is no key
// but still a place on the axis.
func TestResult(t *testing.T) {
	v := &view{
		dia: &mysqlDialect, columns: adapter.Columns{{Name: "k", Type: adapter.String}, {Name: "a", Type: adapter.Int}, {Name: "b", Type: adapter.Int}},
		traits: make([]columnTraits, 3), cursor: 0, id: 0, kase: 1, axis: axis{column: 0},
	}
	res := &result{}
	cells := v.cells(res)
	given := [][]any{{[]byte("k\xc3\xb6"), int64(1), []byte("2")}, {"  ", "x", "y"}, {nil, nil, int64(3)}, {[]byte("\xf6"), int64(4), nil}}
	for n := range 100 {
		res.begin(len(cells), 70)
		for i, value := range given[n%len(given)] {
			if err := cells[i].Scan(value); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := []adapter.Row{
		{Values: []any{"kö", 1, 2}, Cursor: "kö", ID: "kö", Case: "1"},
		{Values: []any{"  ", nil, nil}, Case: "x"},
		{Values: []any{nil, nil, 3}},
		{Values: []any{nil, 4, nil}, Case: "4"},
	}
	at, faults := []adapter.Key{"kö", "  ", "", ""}, []string{"", "column a holds a value that is no int", "", "column k holds bytes that are no text"}
	for n, row := range res.rows {
		kind := n % len(want)
		if fault := faults[kind]; (row.Err != nil) != (fault != "") || row.Err != nil && !strings.HasPrefix(row.Err.Error(), fault) {
			t.Errorf("row %d: %v", n, row.Err)
		}
		row.Err = nil
		if d := cmp.Diff(want[kind], row); d != "" || res.at[n] != at[kind] {
			t.Errorf("row %d, at %q: %s", n, string(res.at[n]), d)
		}
	}
	if len(res.rows) != 100 || len(res.at) != 100 {
		t.Errorf("%d rows, %d places", len(res.rows), len(res.at))
	}
}
