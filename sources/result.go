package sources

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"arendebrygga/adapter"
)

// result is a whole page as read: the rows, and for each the one value that was
// selected behind the declared columns, if any.
type result struct {
	rows     []adapter.Row
	at       []adapter.Key // the rows' values on the view's axis; empty where it has none
	extra    []raw
	frontier adapter.Key // see adapter.Page; only of a walk's tail
}

// begin adds a row without values. Room is made for some rows at once, and for a whole
// page if there are more of them than an idle poll has.
func (res *result) begin(columns, expected int) {
	n := len(res.rows)
	switch {
	case n == 0:
		res.grow(columns, min(expected, 64))
	case n == cap(res.rows):
		res.grow(columns, max(expected+1-n, n))
	}
	res.rows, res.at = res.rows[:n+1], res.at[:n+1]
}

func (res *result) grow(columns, more int) {
	n := len(res.rows)
	res.rows = slices.Grow(res.rows, more)
	res.at = slices.Grow(res.at, cap(res.rows)-n)
	values := make([]any, (cap(res.rows)-n)*columns)
	for room := res.rows[n:cap(res.rows)]; len(room) > 0; room = room[1:] {
		room[0].Values, values = values[:columns:columns], values[columns:]
	}
}

// pair is two values of one row.
type pair struct{ first, second raw }

// query runs a statement and has its result read to the end. A result that breaks
// off is an error, whatever was read of it.
func query[T any](ctx context.Context, p *poller, st statement, read func(*sql.Rows) (T, error)) (T, error) {
	return retry(ctx, p, p.patience(), func(ctx context.Context) (T, error) {
		var none T
		begun := time.Now()
		defer func() { p.longest = max(p.longest, time.Since(begun)) }()
		rows, err := p.db.QueryContext(ctx, p.dia.numbered(st.sql), st.args...)
		if err != nil {
			return none, err
		}
		defer rows.Close()
		value, err := read(rows)
		if err != nil {
			return none, err
		}
		if err := rows.Err(); err != nil {
			return none, err
		}
		return value, rows.Close()
	})
}

// rows reads the rows of a view.
func (p *poller) rows(ctx context.Context, v *view, st statement) (*result, error) {
	return query(ctx, p, st, func(rows *sql.Rows) (*result, error) {
		if err := p.watch(v, rows); err != nil {
			return nil, err
		}
		return v.collect(rows, p.limits.PageSize)
	})
}

// text reads a statement's only value; empty if there is none or it is NULL.
func (p *poller) text(ctx context.Context, st statement) (adapter.Key, error) {
	return query(ctx, p, st, func(rows *sql.Rows) (adapter.Key, error) {
		var value raw
		for rows.Next() {
			if err := rows.Scan(&value); err != nil {
				return "", err
			}
		}
		return value.key(), nil
	})
}

// pair reads a statement's only row; nil if there is none.
func (p *poller) pair(ctx context.Context, st statement) (*pair, error) {
	return query(ctx, p, st, func(rows *sql.Rows) (*pair, error) {
		var values *pair
		for rows.Next() {
			values = new(pair)
			if err := rows.Scan(&values.first, &values.second); err != nil {
				return nil, err
			}
		}
		return values, nil
	})
}

// collect reads rows into the declared types.
func (v *view) collect(rows *sql.Rows, expected int) (*result, error) {
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	res := &result{}
	cells, dest := v.cells(res), make([]any, len(names))
	for i := range cells {
		dest[i] = &cells[i]
	}
	var extra raw
	if len(dest) > len(cells) {
		dest[len(cells)] = &extra
	}
	for rows.Next() {
		res.begin(len(cells), expected)
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		if len(dest) > len(cells) {
			res.extra = append(res.extra, extra)
		}
	}
	return res, nil
}
