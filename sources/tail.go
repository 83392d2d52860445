package sources

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"arendebrygga/adapter"
)

// ahead finds the value so many rows after the walk's lower bound, in the driving
// table if there is one, and whether it is greater than that.
func (v *view) ahead(from adapter.Walk, step int64) statement {
	source, column := v.driving()
	greater := where{}.and(v.floor())
	if from.Lo != "" {
		greater = v.against(where{}, ">", from.Lo)
	}
	cond := v.bounds(from)
	return statement{
		v.dia.cut(v.read(v.axis.column)+", "+apply(v.dia.truth, strings.Join(greater.terms, "")), source+cond.String(), column, 1, int(step)),
		append(greater.args, cond.args...),
	}
}

// bound is a value of the axis as a key, blank text too.
func (v *view) bound(value raw) adapter.Key {
	return adapter.Key(keyText(v.columns[v.axis.column].Type, &v.traits[v.axis.column], value.value))
}

// stepped has the database add a step to a value of the axis.
func (v *view) stepped(lo adapter.Key, step int64) statement {
	rule := v.dia.steps[v.axis.kind]
	return statement{"SELECT " + fmt.Sprintf(rule.hi, v.place(v.axis.column), step), v.bind(v.axis.column, lo)}
}

// tail reads the rest of the walk and finds the frontier: in the same statement, as
// a row that another statement saw may not have been read.
//
// A driving table may reach further than the query, which leaves rows out; so that
// the mark follows it, its greatest cursor is asked for before the rows are read.
func (r *reader) tail(ctx context.Context, from adapter.Walk) (*result, error) {
	v, cond := r.view, r.view.bounds(from)
	if v.axis.whole {
		return r.rows(ctx, v, v.page(cond, r.limits.PageSize+1))
	}
	now, err := r.nowFor(ctx, v)
	if err != nil {
		return nil, err
	}
	var seen adapter.Key
	past := v.past(now)
	if v.axis.table != "" {
		if seen, err = r.text(ctx, v.last(cond.and(past.sql, past.args...), 0)); err != nil {
			return nil, err
		}
	}
	flag := past
	if seen != "" {
		least := v.against(where{}.and("("+past.sql+")", past.args...), ">=", seen)
		flag = statement{strings.Join(least.terms, " AND "), least.args}
	}
	st := v.page(cond, r.limits.PageSize+1, apply(v.dia.truth, flag.sql))
	st.args = slices.Concat(flag.args, cond.args)
	res, err := r.rows(ctx, v, st)
	if err != nil || len(res.rows) > r.limits.PageSize { // not the tail after all
		return res, err
	}
	res.frontier = seen
	for i := range res.rows {
		if res.extra[i].truth() {
			res.frontier = res.rows[i].Cursor
		}
	}
	if res.frontier == "" {
		res.frontier, err = r.passed(ctx, from, past)
	}
	return res, err
}

// passed is the frontier of a walk whose tail gives none: the greatest cursor before
// the tail. The driving table's index tells it. Without one the walk stands, nearly
// always, at the last row that it passed or where it began, and asks there first.
func (r *reader) passed(ctx context.Context, from adapter.Walk, past statement) (adapter.Key, error) {
	v := r.view
	cond := v.against(where{}, "<=", from.Lo).and(past.sql, past.args...)
	if v.axis.table == "" {
		if at, err := r.text(ctx, v.last(v.against(cond, ">=", from.Lo), 0)); err != nil || at != "" {
			return at, err
		}
	}
	return r.text(ctx, v.last(cond.and(v.floor()), 0))
}
