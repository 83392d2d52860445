package sources

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"arendebrygga/adapter"
)

// pairsPerStatement keeps a statement that compares cursors short.
const pairsPerStatement = 100

// Earlier tells of each pair of cursors whether the first lies before the second,
// as the database orders them.
func (p *poller) Earlier(ctx context.Context, cursors [][2]adapter.Key) ([]bool, error) {
	v, err := p.eventsView(ctx)
	if err != nil {
		return nil, p.failed("compare the columns", err)
	}
	earlier := make([]bool, 0, len(cursors))
	for pairs := range slices.Chunk(cursors, pairsPerStatement) {
		truths, err := p.truths(ctx, v, v.earlier(pairs), len(pairs))
		if err != nil {
			return nil, err
		}
		earlier = append(earlier, truths...)
	}
	return earlier, nil
}

// Ahead tells of each cursor whether it lies in the future by the database's clock. Only
// a time can.
func (p *poller) Ahead(ctx context.Context, cursors []adapter.Key) ([]bool, error) {
	v, err := p.eventsView(ctx)
	if err != nil {
		return nil, p.failed("compare the columns", err)
	}
	if v.axis.kind != adapter.CursorTime || len(cursors) == 0 {
		return make([]bool, len(cursors)), nil
	}
	now, err := p.now(ctx)
	if err != nil {
		return nil, err
	}
	ahead := make([]bool, 0, len(cursors))
	for part := range slices.Chunk(cursors, pairsPerStatement) {
		truths, err := p.truths(ctx, v, v.future(part, v.past(now)), len(part))
		if err != nil {
			return nil, err
		}
		ahead = append(ahead, truths...)
	}
	return ahead, nil
}

// truths asks a statement that gives so many truth values in a row.
func (p *poller) truths(ctx context.Context, v *view, st statement, count int) ([]bool, error) {
	truths, err := query(ctx, p, st, func(rows *sql.Rows) ([]bool, error) {
		var values [pairsPerStatement]raw
		var dest [pairsPerStatement]any
		truths := make([]bool, count)
		for i := range values {
			dest[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(dest[:count]...); err != nil {
				return nil, err
			}
			for i := range truths {
				truths[i] = values[i].truth()
			}
		}
		return truths, nil
	})
	if err != nil {
		return nil, p.checked(ctx, v, "compare cursors", nil, err)
	}
	return truths, nil
}

// typed is a placeholder for a cursor, in the type that cursors are ordered by.
func (v *view) typed() string {
	return cmp.Or(v.dia.steps[v.axis.kind].value, v.place(v.cursor))
}

// earlier has the database compare pairs of cursors, a column each.
func (v *view) earlier(pairs [][2]adapter.Key) statement {
	place := v.typed()
	if v.traits[v.cursor].text {
		place = apply(v.dia.binary(v.traits[v.cursor]), v.dia.mark)
	}
	list := make([]string, len(pairs))
	var args []any
	for i, pair := range pairs {
		list[i] = apply(v.dia.truth, place+" < "+place)
		for _, key := range pair {
			args = append(args, v.bind(v.cursor, key)...)
		}
	}
	return statement{"SELECT " + strings.Join(list, ", "), args}
}

// future has the database hold cursors against its clock, a column each, as if they stood
// in a table; past is what holds for those that are not after it.
func (v *view) future(cursors []adapter.Key, past statement) statement {
	list := make([]string, len(cursors))
	var args []any
	for i, key := range cursors {
		list[i] = "(SELECT " + apply(v.dia.truth, "NOT ("+past.sql+")") + " FROM (SELECT " + v.typed() + " AS " + v.names[v.cursor] + ") q)"
		args = slices.Concat(args, past.args, v.bind(v.cursor, key))
	}
	return statement{"SELECT " + strings.Join(list, ", "), args}
}
