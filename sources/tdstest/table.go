package tdstest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Table is a source of rows in memory. Its rows may be changed at any time; each
// statement sees them as they are at one moment.
type Table struct {
	From    []string // what a statement's FROM has: the query that is wrapped in parentheses, or a table's name
	Columns []Column

	mu     sync.Mutex
	kinds  []kind
	rows   [][]any        // never changed, only added to or replaced; values as parse gives them
	orders map[int]sorted // of columns, as far as it was asked for since the last change
}

// NewTable is a table without rows.
func NewTable(from string, columns ...string) *Table {
	t := &Table{From: []string{from}, Columns: Columns(columns...)}
	for _, col := range t.Columns {
		k, err := parseType(col.Type)
		if err != nil {
			panic(err)
		}
		t.kinds = append(t.kinds, k)
	}
	return t
}

// Insert adds rows, with values as the package has them. They are kept as the
// database keeps them, rounded and padded. A value that does not fit is a panic.
func (t *Table) Insert(rows ...[]any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, row := range rows {
		t.rows = append(t.rows, t.kept(row))
	}
	t.orders = nil
}

func (t *Table) kept(row []any) []any {
	if len(row) != len(t.kinds) {
		panic(fmt.Sprintf("%d values for %d columns", len(row), len(t.kinds)))
	}
	kept := make([]any, len(row))
	for i, value := range row {
		if value == nil {
			continue
		}
		body, err := t.kinds[i].body(nil, value)
		if err != nil {
			panic(fmt.Sprintf("column %s: %v", t.Columns[i].Name, err))
		}
		kept[i] = t.kinds[i].parse(body)
	}
	return kept
}

// Update changes rows: change is given each, by its column's names, and tells whether
// it has changed a value.
func (t *Table) Update(change func(row map[string]any) bool) (changed int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows, t.orders = slices.Clone(t.rows), nil
	for i, row := range t.rows {
		named := t.named(row)
		if !change(named) {
			continue
		}
		values := make([]any, len(row))
		for j, col := range t.Columns {
			values[j] = named[col.Name]
		}
		t.rows[i] = t.kept(values)
		changed++
	}
	return changed
}

// Delete takes away the rows for which gone is true.
func (t *Table) Delete(gone func(row map[string]any) bool) (deleted int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := len(t.rows)
	t.orders = nil
	t.rows = slices.DeleteFunc(slices.Clone(t.rows), func(row []any) bool { return gone(t.named(row)) })
	return before - len(t.rows)
}

func (t *Table) named(row []any) map[string]any {
	named := make(map[string]any, len(row))
	for i, col := range t.Columns {
		named[col.Name] = row[i]
	}
	return named
}

func (t *Table) snapshot() [][]any {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rows[:len(t.rows):len(t.rows)]
}

// Database answers the statements that a poller sends around a query: SELECT with TOP
// or OFFSET and FETCH, one source in FROM, WHERE and ORDER BY over its columns, and
// expressions without a source. All else is for Else.
type Database struct {
	Tables []*Table
	// Synonyms are other names of tables, with the names that they stand for.
	Synonyms map[string]string
	Now      func() time.Time // SYSUTCDATETIME(); nil: the real time
	Active   func() uint64    // MIN_ACTIVE_ROWVERSION(); nil: one more than the greatest row version there is
	Last     func() uint64    // @@DBTS, the greatest row version handed out; nil: the greatest that there is, or one less than Active
	// Snapshot allows SNAPSHOT isolation: a batch that asks for snapshot_isolation_state
	// and sets a level is answered with SNAPSHOT set, else with READ COMMITTED.
	Snapshot bool
	Else     Handler // nil: the test fails
}

// Handle is the database's [Handler].
func (d *Database) Handle(ctx context.Context, q Query) (*Result, error) {
	if q.Kind == Batch && strings.Contains(q.SQL, "snapshot_isolation_state") && strings.Contains(q.SQL, "SET TRANSACTION ISOLATION LEVEL SNAPSHOT") {
		level := "READ COMMITTED"
		if d.Snapshot {
			level = "SNAPSHOT"
		}
		return &Result{Settings: []string{"SET TRANSACTION ISOLATION LEVEL " + level}}, nil
	}
	if q.Kind != Procedure {
		result, err := d.selected(q)
		var refused *Error
		if err == nil || d.Else == nil || errors.As(err, &refused) {
			return result, err
		}
	}
	if d.Else == nil {
		return nil, fmt.Errorf("no procedure is known")
	}
	return d.Else(ctx, q)
}

// table finds the table of a FROM, perhaps by a synonym.
func (d *Database) table(from string) *Table {
	for name, base := range d.Synonyms {
		if same(name, from) {
			from = base
			break // none stands for another
		}
	}
	for _, t := range d.Tables {
		if slices.ContainsFunc(t.From, func(f string) bool { return same(f, from) }) {
			return t
		}
	}
	return nil
}

func (d *Database) now() time.Time {
	if d.Now != nil {
		return d.Now().UTC()
	}
	return time.Now().UTC()
}

// selected answers a SELECT.
func (d *Database) selected(q Query) (result *Result, err error) {
	defer caught[syntaxError](&err)
	defer caught[*Error](&err) // of a column that there is not, or of a value, such as a failed conversion
	s := d.parseSelect(q)
	result = &Result{}
	for _, item := range s.items {
		result.Columns = append(result.Columns, Column{Name: item.name, Type: item.k.String()})
	}
	result.Rows = slices.Values(s.run())
	return result, nil
}

// caught turns the panic of an error of a kind into that error.
func caught[E error](err *error) {
	switch fault := recover().(type) {
	case nil:
	case E:
		*err = fault
	default:
		panic(fault)
	}
}

// run gives the rows of a SELECT. It panics with an *Error that a value is the cause of.
func (s *selection) run() (out [][]any) {
	rows := [][]any{nil}
	if s.from != nil {
		rows = s.from.rows()
	}
	rows, enough := s.narrowed(rows)
	if s.where != nil {
		all := rows
		rows = nil
		for _, row := range all {
			if s.where.eval(row) == true {
				if rows = append(rows, row); len(rows) == enough {
					break
				}
			}
		}
	}
	if s.counted {
		return [][]any{{int64(len(rows))}}
	}
	if !slices.IsSortedFunc(rows, s.compare) {
		rows = slices.SortedStableFunc(slices.Values(rows), s.compare)
	}
	rows = rows[min(s.skip, len(rows)):]
	if s.top >= 0 {
		rows = rows[:min(s.top, len(rows))]
	}
	for _, row := range rows {
		values := make([]any, len(s.items))
		for i, item := range s.items {
			values[i] = item.eval(row)
		}
		out = append(out, values)
	}
	return out
}

// compare orders rows; NULL comes first.
func (s *selection) compare(a, b []any) int {
	for _, by := range s.order {
		x, y := by.eval(a), by.eval(b)
		n := 0
		switch {
		case x == nil || y == nil:
			n = cmp.Compare(btoi(x != nil), btoi(y != nil))
		default:
			n = compare(x, y, by.k, by.k, by.binary)
		}
		if by.descending {
			n = -n
		}
		if n != 0 {
			return n
		}
	}
	return 0
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
