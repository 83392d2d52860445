package sources

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/tdstest"
)

// remade is a table that a test drops and makes anew with other types under an open
// source.
type remade struct {
	bed  *bed
	sent func() int // statements; nil where they are not counted
	make func(t *testing.T, name string, columns []string, values ...any)
}

// onRemade runs a scenario on every kind of database, SQL Server's by its test server
// if there is no real one.
func onRemade(t *testing.T, scenario func(t *testing.T, r *remade)) {
	onBeds(t, func(t *testing.T, b *bed) {
		scenario(t, &remade{b, nil, func(t *testing.T, name string, columns []string, values ...any) {
			b.exec(t, "DROP TABLE IF EXISTS "+name, "CREATE TABLE "+name+" ("+strings.Join(columns, ", ")+")")
			literals := make([]string, len(values))
			for i, v := range values {
				if literals[i] = fmt.Sprint(v); !isNumber(v) {
					literals[i] = "'" + literals[i] + "'"
				}
			}
			b.exec(t, "INSERT INTO "+name+" VALUES ("+strings.Join(literals, ", ")+")")
		}})
	})
	t.Run("mssql-wire", func(t *testing.T) {
		var mu sync.Mutex
		tables := map[string]*tdstest.Table{}
		s := tdstest.Start(t, func(ctx context.Context, q tdstest.Query) (*tdstest.Result, error) {
			mu.Lock()
			defer mu.Unlock()
			db := &tdstest.Database{}
			for _, table := range tables {
				db.Tables = append(db.Tables, table)
			}
			return db.Handle(ctx, q)
		})
		b := &bed{"mssql", nil, Connection{DSN: adapter.NewSecret(s.DSN())}}
		scenario(t, &remade{b, func() int { return len(s.Queries()) }, func(_ *testing.T, name string, columns []string, values ...any) {
			mu.Lock()
			defer mu.Unlock()
			for i := range columns {
				columns[i] = b.words(columns[i])
			}
			tables[name] = tdstest.NewTable("SELECT * FROM "+name, columns...)
			tables[name].Insert(values)
		}})
	})
}

// count tells how many statements are sent while the source is asked.
func (r *remade) count(ask func() ([]adapter.Row, error)) int {
	before := 0
	if r.sent != nil {
		before = r.sent()
	}
	_, _ = ask()
	if r.sent == nil {
		return 0
	}
	return r.sent() - before
}

func isNumber(v any) bool {
	_, number := v.(int)
	return number
}

// change is a column of e(id, kase, v, at) or c(kase, person, role, changed) that becomes
// another one, and how the source is asked.
type change struct {
	table, column string
	declared      adapter.ColumnType // of v
	was           string
	value         any
	becomes       string // with its name; empty: it is dropped
	now           any
	ways          string
	stops         string // never; perhaps, for one poll; stays, as the value cannot be read
}

const (
	eventWays = "read sweep rows"
	partyWays = "parties recipients"
)

// TestPoint20_ColumnChanges: the first poll that cannot go on as before names the column
// and gives no rows, and the source goes on when the values can be read.
func TestPoint20_ColumnChanges(t *testing.T) {
	for name, c := range map[string]change{
		"number to text":            {"e", "v", adapter.Int, "INT", 5, "v VARCHAR(20)", "kanske", eventWays, "stays"},
		"number to its text":        {"e", "v", adapter.Int, "INT", 5, "v VARCHAR(20)", "6", eventWays, "perhaps"},
		"number to more digits":     {"e", "v", adapter.Int, "INT", 5, "v BIGINT", 6, eventWays, "never"},
		"text to number":            {"e", "v", adapter.String, "VARCHAR(20)", "fem", "v INT", 6, eventWays, "perhaps"},
		"text to longer text":       {"e", "v", adapter.String, "VARCHAR(20)", "fem", "v VARCHAR(50)", "sex", eventWays, "never"},
		"time to day":               {"e", "v", adapter.Time, "DATETIME", "2026-06-01 08:00:00", "v DATE", "2026-06-02", eventWays, "perhaps"},
		"time to text":              {"e", "v", adapter.Time, "DATETIME", "2026-06-01 08:00:00", "v VARCHAR(20)", "i morgon", eventWays, "stays"},
		"renamed":                   {"e", "v", adapter.Int, "INT", 5, "w INT", 5, eventWays, "stays"},
		"dropped":                   {"e", "v", adapter.Int, "INT", 5, "", nil, eventWays, "stays"},
		"identity to text":          {"e", "id", adapter.Int, "INT", 1, "id VARCHAR(20)", "A17", "read", "stays"},
		"identity to its text":      {"e", "id", adapter.Int, "INT", 1, "id VARCHAR(20)", "7", "read", "stays"}, // which has another order
		"case to number":            {"c", "kase", adapter.Int, "VARCHAR(40)", "1", "kase INT", 1, partyWays, "perhaps"},
		"recipient to text":         {"c", "person", adapter.Int, "INT", 7, "person VARCHAR(20)", "sju", partyWays, "stays"},
		"recipient to more digits":  {"c", "person", adapter.Int, "INT", 7, "person BIGINT", 7, partyWays, "never"},
		"recipient renamed":         {"c", "person", adapter.Int, "INT", 7, "nummer INT", 7, partyWays, "stays"},
		"time of recipient to text": {"c", "changed", adapter.Int, "DATETIME(6)", "2026-06-01 08:00:00", "changed VARCHAR(20)", "i morgon", "parties", "stays"},
	} {
		t.Run(name, func(t *testing.T) { onRemade(t, c.run) })
	}
}

func (c change) run(t *testing.T, r *remade) {
	if r.bed.kind == "sqlite" && c.column == "id" {
		t.Skip("SQLite's columns hold values of any type, and none is told of what is selected")
	}
	for way := range strings.SplitSeq(c.ways, " ") {
		c.tables(t, r, c.column+" "+c.was, c.value)
		def := r.bed.withTrail("", 1000)
		def.Query, def.Columns[2] = "SELECT * FROM e", adapter.Column{Name: "v", Type: c.declared}
		def.Recipients.Query = "SELECT * FROM c"
		src := r.bed.open(t, def)
		ask := asking(t, src, way)
		if rows, err := ask(); err != nil || len(rows) != 1 {
			t.Fatal(way, rows, err)
		}
		usual := r.count(ask)
		c.tables(t, r, c.becomes, c.now)
		for n := range 3 {
			var rows []adapter.Row
			var err error
			cost := r.count(func() ([]adapter.Row, error) { rows, err = ask(); return rows, err })
			if n == 0 && cost > usual+1 {
				t.Errorf("%s: %d statements, usually %d", way, cost, usual)
			}
			switch {
			case c.stops == "stays" || n == 0 && c.stops == "perhaps" && err != nil:
				c.named(t, fmt.Sprint(way, " ", n), n == 0, err, rows)
			case err != nil || len(rows) != 1 || rows[0].Err != nil:
				t.Errorf("%s %d: %v, %v", way, n, rows, err)
			}
		}
		c.tables(t, r, c.column+" "+c.was, c.value)
		_, _ = ask() // it may say that the column is as it was
		if rows, err := ask(); err != nil || len(rows) != 1 || rows[0].Err != nil {
			t.Errorf("%s, as it was: %v, %v", way, rows, err)
		}
		src.Close()
	}
}

// TestPoint21_ValueAfterAChange: what cannot be read in a column that has been read since it
// was retyped is the row's own fault.
func TestPoint21_ValueAfterAChange(t *testing.T) {
	onRemade(t, func(t *testing.T, r *remade) {
		c := change{table: "e", column: "v", declared: adapter.Int}
		c.tables(t, r, "v INT", 5)
		def := r.bed.history()
		def.Query, def.Columns[2] = "SELECT * FROM e", adapter.Column{Name: "v", Type: c.declared}
		ask := asking(t, r.bed.open(t, def), "read")
		_, _ = ask()
		c.tables(t, r, "v VARCHAR(20)", "6")
		_, _ = ask()
		if rows, err := ask(); err != nil || len(rows) != 1 || rows[0].Err != nil {
			t.Errorf("%v, %v", rows, err)
		}
		c.tables(t, r, "v VARCHAR(20)", "kanske")
		told := r.bed.kind == "mysql" || r.bed.kind == "mssql" // the others' results are text already: only now is the change seen
		for range 2 {
			if rows, err := ask(); told != (err == nil && len(rows) == 1 && rows[0].Err != nil) || !told && !strings.Contains(err.Error(), "column v was ") {
				t.Errorf("%v, %v", rows, err)
			}
		}
	})
}

// named holds that an error names the column, at first with what it was, and no value.
func (c change) named(t *testing.T, when string, first bool, err error, rows []adapter.Row) {
	t.Helper()
	gone := !strings.HasPrefix(c.becomes, c.column+" ")
	was := "column " + c.column + map[bool]string{true: " is declared, but", false: " was "}[gone]
	switch {
	case err == nil || len(rows) > 0 || !strings.Contains(strings.ToLower(err.Error()), c.column):
		t.Errorf("%s: %d rows, %v", when, len(rows), err)
	case first && !strings.Contains(strings.ToLower(err.Error()), was):
		t.Errorf("%s: no %q in %v", when, was, err)
	case !isNumber(c.now) && c.now != nil && strings.Contains(err.Error(), fmt.Sprint(c.now)):
		t.Errorf("%s: a value in %v", when, err)
	}
}

// tables makes both tables, one of them with the column as it is to be.
func (c change) tables(t *testing.T, r *remade, column string, value any) {
	for name, def := range map[string]struct {
		columns []string
		values  []any
	}{
		"e": {[]string{"id INT", "kase VARCHAR(40)", "v INT", "at DATETIME(6)"}, []any{1, "1", 1, "2026-06-01 08:00:00"}},
		"c": {[]string{"kase VARCHAR(40)", "person INT", "role VARCHAR(9)", "changed DATETIME(6)"}, []any{"1", 7, "SOK", "2026-06-01 08:00:00"}},
	} {
		for i := range def.columns {
			if name == c.table && strings.HasPrefix(def.columns[i], c.column+" ") {
				if def.columns[i], def.values[i] = column, value; column == "" {
					def.columns, def.values = append(def.columns[:i], def.columns[i+1:]...), append(def.values[:i], def.values[i+1:]...)
				}
				break
			}
		}
		r.make(t, name, def.columns, def.values...)
	}
}

// asking asks a source for the only row that there is.
func asking(t *testing.T, src adapter.Source, way string) func() ([]adapter.Row, error) {
	along := func(ask func(context.Context, adapter.Walk) (adapter.Page, error)) func() ([]adapter.Row, error) {
		return func() ([]adapter.Row, error) {
			page, err := ask(t.Context(), adapter.Walk{})
			return page.Rows, err
		}
	}
	return map[string]func() ([]adapter.Row, error){
		"read": along(src.Read), "sweep": along(src.Sweep), "parties": along(src.Parties),
		"rows":       func() ([]adapter.Row, error) { return src.Rows(t.Context(), []adapter.Key{"1"}) },
		"recipients": func() ([]adapter.Row, error) { return src.Recipients(t.Context(), []adapter.Key{"k", "1"}) },
	}[way]
}

// TestChangesAreAskedForOnce counts the statements that ask for the columns: one if the
// server blames the statement, none if it was slow, cut off or in others' way.
func TestChangesAreAskedForOnce(t *testing.T) {
	for name, tc := range map[string]struct {
		fault *tdstest.Fault
		asked int
	}{
		"conversion":  {&tdstest.Fault{After: 40, Error: &tdstest.Error{Number: 245, Message: "Conversion failed when converting the varchar value '19900922-2382' to data type int."}}, 1},
		"no such":     {&tdstest.Fault{Error: tdstest.Err(207)}, 1},
		"deadlock":    {&tdstest.Fault{Error: tdstest.Err(1205)}, 0},
		"lock":        {&tdstest.Fault{Error: tdstest.Err(1222)}, 0},
		"no snapshot": {&tdstest.Fault{Error: tdstest.Err(3952)}, 0},
		"no memory":   {&tdstest.Fault{Error: &tdstest.Error{Number: 701, Class: 17, Message: "There is insufficient system memory."}}, 0},
		"slow":        {&tdstest.Fault{After: 10, Delay: time.Minute}, 0},
		"cut":         {&tdstest.Fault{After: 37, Cut: tdstest.Close}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var failing, unwell atomic.Bool
			var asked atomic.Int32
			_, src, _ := faulty(t, func(q tdstest.Query) (*tdstest.Result, error) {
				switch {
				case failing.Load() && reads(q):
					return &tdstest.Result{Fault: tc.fault}, nil
				case failing.Load() && strings.Contains(q.SQL, "TOP (0)"):
					if asked.Add(1); unwell.Load() {
						return nil, &tdstest.Error{Number: 824, Class: 24, Message: "I/O error (bad page ID) in file 'x'"}
					}
				}
				return nil, nil
			}, func(def *adapter.Definition) { def.Limits.QueryTimeout = time.Second })
			walk(t, src, adapter.Walk{}, 100)
			failing.Store(true)
			_, err := src.Read(t.Context(), adapter.Walk{})
			if err == nil || int(asked.Load()) != tc.asked || strings.Contains(err.Error(), " now: ") {
				t.Errorf("the columns were asked for %d times: %v", asked.Load(), err)
			}
			failing.Store(false)
			rows, _, _ := walk(t, src, adapter.Walk{}, 100)
			once(t, rows, 200)
			failing.Store(true)
			unwell.Store(true)
			if _, again := src.Read(t.Context(), adapter.Walk{}); again == nil || again.Error() != err.Error() {
				t.Errorf("with the server unwell: %v, before %v", again, err)
			}
		})
	}
}
