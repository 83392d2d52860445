package sources

import (
	"context"
	"fmt"

	"arendebrygga/adapter"
)

// axis is the column that a walk goes along: its values bound the windows.
type axis struct {
	column int                // index into the view's columns; -1: the view has no such column
	kind   adapter.CursorKind // none: the values have no distance, so bounds are found by counting rows
	table  string             // the driving table, with a column of the same name; empty if there is none
	tie    int                // index of the column that tells apart the rows with one value
	whole  bool               // a walk along it meets every row there is, and leaves no mark behind
}

// counts tells whether the upper bound of a window is found by counting rows.
func (a axis) counts() bool { return a.table != "" || a.kind == adapter.CursorNone }

// cursorAxis is the axis that a cursor rule names.
func (v *view) cursorAxis(rule adapter.CursorRule, tie int) (axis, error) {
	a := axis{column: v.columns.Index(rule.Column), kind: rule.Kind, table: rule.Table, tie: tie}
	for _, i := range []int{v.id, v.kase, a.column} {
		if i >= 0 && v.traits[i].odd != "" {
			return a, fmt.Errorf("%s is %s in the database, which is not found again by its text: convert it in the query", v.columns[i].Name, v.types[i])
		}
	}
	if rule.Kind == adapter.CursorNone || a.column < 0 {
		return axis{column: -1, kind: adapter.CursorNone, tie: tie}, nil
	}
	name, text := v.columns[a.column].Name, v.traits[a.column].text
	if a.kind == adapter.CursorTime && text && a.table == "" {
		return a, fmt.Errorf("the cursor %s is text in the database, which cannot be counted on: name the driving table in cursor.table", name)
	}
	if a.kind == adapter.CursorID && text {
		return a, fmt.Errorf("the cursor %s is text in the database, where 10 comes before 9: it cannot order rows", name)
	}
	return a, nil
}

// sweepView is the events query along its rows' identity.
func (p *poller) sweepView(ctx context.Context) (*view, error) {
	if p.sweep != nil {
		return p.sweep, nil
	}
	events, err := p.eventsView(ctx)
	if err != nil {
		return nil, err
	}
	v := *events
	v.below = "" // it bounds another column
	v.axis = axis{column: v.id, tie: v.id, whole: true}
	if v.axis.kind = adapter.CursorNone; v.numbers(v.id) {
		v.axis.kind = adapter.CursorID
	}
	driven, err := p.driven(ctx, &v)
	if err != nil {
		return nil, err
	}
	if driven {
		v.axis.table = p.def.Cursor.Table
	}
	p.sweep = &v
	return p.sweep, nil
}

// numbers tells whether a column holds numbers, is read as such and ordered as such.
func (v *view) numbers(i int) bool {
	t := v.columns[i].Type
	return v.traits[i].number && (t == adapter.Int || t == adapter.Decimal)
}

// driven tells whether the driving table has the column of the rows' identity, which
// only a source without a cursor promises. No other column is asked for: the login may
// have been granted no more. A table that the database does not show us is done without.
//
// A column that only looks the same makes the windows uneven, not wrong: whatever
// their bounds, they lie end to end from the first row to the last.
func (p *poller) driven(ctx context.Context, v *view) (bool, error) {
	rule := p.def.Cursor
	if rule.Table == "" {
		return false, nil
	}
	found, err := p.columnsOf(ctx, "SELECT "+v.col(v.id)+" FROM "+p.dia.table(rule.Table)+" q")
	if err != nil && !withoutColumn(err) {
		if _, answered := p.dia.explain(err); !answered || rule.Kind == adapter.CursorNone {
			return false, err
		}
	}
	if err == nil {
		there := p.dia.traits(found[0])
		if there.padded = v.traits[v.id].padded; there == v.traits[v.id] { // blanks at the end do not count where it compares
			return true, nil
		}
	}
	if rule.Kind == adapter.CursorNone {
		return false, fmt.Errorf("the table in cursor.table has no column %s of the same type, so it cannot tell where the next rows are: name the table that the rows' identity comes from, or none", v.columns[v.id].Name)
	}
	return false, nil
}
