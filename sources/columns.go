package sources

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"arendebrygga/adapter"
)

// eventsView is the events query with its columns, compared at first use.
func (p *poller) eventsView(ctx context.Context) (*view, error) {
	if p.events != nil {
		return p.events, nil
	}
	v := &view{what: "events.query", dia: p.dia, def: p.def, query: p.def.Query, columns: p.def.Columns}
	v.cursor, v.id, v.kase = v.columns.Index(p.def.Cursor.Column), v.columns.Index(p.def.Row), v.columns.Index(p.def.Case)
	if err := p.compare(ctx, v); err != nil {
		return nil, err
	}
	var err error
	if v.axis, err = v.cursorAxis(p.def.Cursor, v.id); err != nil {
		return nil, err
	}
	p.events = v
	return v, nil
}

// compare learns the columns of a view's query, without reading a row, and finds
// every declared one among them.
func (p *poller) compare(ctx context.Context, v *view) error {
	found, err := p.columnsOf(ctx, v.query)
	if err != nil {
		return p.dia.refused(v.what, err)
	}
	names := make(adapter.Columns, len(found))
	for i := range found {
		names[i].Name = found[i].Name()
	}
	if err := unambiguous(names); err != nil {
		return fmt.Errorf("%s: %w", v.what, err)
	}
	var missing []string
	for _, col := range v.columns {
		i := names.Index(col.Name)
		if i < 0 {
			missing = append(missing, missingColumn(col.Name, names))
			continue
		}
		v.names = append(v.names, v.dia.name(names[i].Name))
		v.traits = append(v.traits, v.dia.traits(found[i]))
		v.types = append(v.types, v.dia.called(found[i]))
	}
	if len(missing) > 0 {
		return fmt.Errorf("%s: %s", v.what, strings.Join(missing, "; "))
	}
	if p.types[v.what] == nil {
		p.types[v.what] = v.types
	}
	return nil
}

// columnsOf learns the columns of a query, without reading a row.
func (p *poller) columnsOf(ctx context.Context, selection string) ([]*sql.ColumnType, error) {
	return query(ctx, p, statement{sql: p.dia.empty(selection)}, columnTypes)
}

func columnTypes(rows *sql.Rows) ([]*sql.ColumnType, error) {
	types, err := typesOf(rows)
	for rows.Next() {
	}
	return types, err
}

// typesOf is the types of a result's columns. SQL Server's driver panics at a type that
// somebody has written for the CLR.
func typesOf(rows *sql.Rows) (types []*sql.ColumnType, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("a column is of a type that the driver does not know: convert it to text in the query")
		}
	}()
	return rows.ColumnTypes()
}

// unambiguous refuses names that a wrapped query must not have. Databases tell
// names apart that differ in case only in some places and not in others.
func unambiguous(names adapter.Columns) error {
	for i := range names {
		if name := strings.TrimSpace(names[i].Name); name == "" || name == "?column?" { // so PostgreSQL calls it
			return fmt.Errorf("column %d has no name: give it one with AS", i+1)
		}
		if first := names.Index(names[i].Name); first < i {
			return fmt.Errorf("columns %d and %d are both called %s: rename one with AS", first+1, i+1, names[i].Name)
		}
	}
	return nil
}

func missingColumn(name string, names adapter.Columns) string {
	best, distance := "", len(name)/2+1
	for _, candidate := range names {
		if d := editDistance(strings.ToLower(name), strings.ToLower(candidate.Name)); d < distance {
			best, distance = candidate.Name, d
		}
	}
	if best == "" {
		return fmt.Sprintf("column %s is declared, but the result has only %s", name, strings.Join(names.Names(), ", "))
	}
	return fmt.Sprintf("column %s is declared, but the result has no such column; did you mean %s?", name, best)
}

// editDistance counts the letters to insert, remove or replace.
func editDistance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		corner := row[0]
		row[0] = i + 1
		for j, s := range to {
			replace := corner
			if r != s {
				replace++
			}
			corner = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
