package sources

import (
	"context"
	"fmt"
	"strings"

	"arendebrygga/adapter"
)

// ahead finds the cursor so many rows of the driving table after the walk's lower
// bound, and whether it is greater than that.
func (v *view) ahead(from adapter.Walk, step int64) statement {
	source, column := v.driving()
	greater := v.against(where{}, ">", from.Lo)
	cond := v.bounds(from)
	return statement{
		fmt.Sprintf("SELECT %s, %s %s%s ORDER BY %s LIMIT 1 OFFSET %d", v.read(v.cursor), strings.Join(greater.terms, ""), source, cond, column, step),
		append(greater.args, cond.args...),
	}
}

// stepped has the database add a step to a cursor.
func (v *view) stepped(lo adapter.Key, step int64) statement {
	rule := v.dia.steps[v.def.Cursor.Kind]
	return statement{"SELECT " + fmt.Sprintf(rule.hi, v.place(v.cursor), step), v.bind(v.cursor, lo)}
}

// tail reads the rest of the walk and finds the frontier: in the same statement, as
// a row that another statement saw may not have been read.
//
// A driving table may reach further than the query, which leaves rows out; so that
// the mark follows it, its greatest cursor is asked for before the rows are read.
func (r *reader) tail(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	now, err := r.nowFor(ctx)
	if err != nil {
		return adapter.Page{}, err
	}
	v, cond := r.view, r.view.bounds(from)
	var seen adapter.Key
	if r.def.Cursor.Table != "" {
		if seen, err = r.text(ctx, v.last(cond.and(v.past(now)), 0)); err != nil {
			return adapter.Page{}, err
		}
	}
	flag, args := v.past(now), []any(nil)
	if seen != "" {
		least := v.against(where{}, ">=", seen)
		flag, args = "("+flag+") AND "+least.terms[0], least.args
	}
	st := v.page(cond, r.limits.PageSize+1, flag)
	st.args = append(args, cond.args...)
	rows, err := r.rows(ctx, v, st)
	if err != nil {
		return adapter.Page{}, err
	}
	page := adapter.Page{Rows: rows.rows, Last: true, Frontier: seen}
	if len(page.Rows) > r.limits.PageSize {
		return page, nil // not the tail after all
	}
	for i := range page.Rows {
		if rows.extra[i].truth() {
			page.Frontier = page.Rows[i].Cursor
		}
	}
	if page.Frontier == "" {
		page.Frontier, err = r.passed(ctx, from, v.past(now))
	}
	return page, err
}

// passed is the frontier of a walk whose tail gives none: the greatest cursor before
// the tail. The driving table's index tells it. Without one the walk stands, nearly
// always, at the last row that it passed or where it began, and asks there first.
func (r *reader) passed(ctx context.Context, from adapter.Walk, past string) (adapter.Key, error) {
	v := r.view
	cond := v.against(where{}, "<=", from.Lo).and(past)
	if r.def.Cursor.Table == "" {
		if at, err := r.text(ctx, v.last(v.against(cond, ">=", from.Lo), 0)); err != nil || at != "" {
			return at, err
		}
	}
	return r.text(ctx, v.last(cond.and(v.floor()), 0))
}
