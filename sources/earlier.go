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
		truths, err := query(ctx, p, v.earlier(pairs), func(rows *sql.Rows) ([]bool, error) {
			var values [pairsPerStatement]raw
			var dest [pairsPerStatement]any
			truths := make([]bool, len(pairs))
			for i := range values {
				dest[i] = &values[i]
			}
			for rows.Next() {
				if err := rows.Scan(dest[:len(pairs)]...); err != nil {
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
		earlier = append(earlier, truths...)
	}
	return earlier, nil
}

// earlier has the database compare pairs of cursors, a column each.
func (v *view) earlier(pairs [][2]adapter.Key) statement {
	place := cmp.Or(v.dia.steps[v.axis.kind].value, v.place(v.cursor))
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
