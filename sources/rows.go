package sources

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"arendebrygga/adapter"
)

// Rows are asked for in statements of so many keys, or fewer while they are slow or have
// more rows than perKey, on average. A case with more recipients than mostOfOne is a
// crowd, and where there are more than so many the query lacks a condition that it needs.
const (
	keysPerStatement = 250
	perKey           = 200
	mostOfOne        = 50 * perKey
	mostCrowds       = 5
)

// Rows reads the rows with these identities.
func (p *poller) Rows(ctx context.Context, ids []adapter.Key) ([]adapter.Row, error) {
	v, err := p.eventsView(ctx)
	if err != nil {
		return nil, p.failed("ask for the query's columns", err)
	}
	rows, err := p.having(ctx, &p.finding, v, v.id, ids, func(row *adapter.Row) adapter.Key { return row.ID })
	if err := p.checked(ctx, v, "read rows by their identity", rows, err); err != nil {
		return nil, err
	}
	return v.crowds(rows, p.limits.PageSize), nil
}

// having reads the rows that have one of these keys in a column, which key gives of
// a row. The database finds them by its own comparison, which may be wider than ours:
// only keys that are the same byte for byte are handed out.
func (p *poller) having(ctx context.Context, at *keyPace, v *view, column int, keys []adapter.Key, key func(*adapter.Row) adapter.Key) ([]adapter.Row, error) {
	wanted := make(map[adapter.Key]bool, len(keys))
	var asked []adapter.Key
	for _, k := range keys {
		if k != "" && !wanted[k] {
			wanted[k], asked = true, append(asked, k)
		}
	}
	var all []adapter.Row
	crowds, few := 0, keysPerStatement
	for len(asked) > 0 {
		size := max(1, keysPerStatement/max(1, at.share))
		chunk := asked[:min(size, few, len(asked))]
		limit := max(perKey*len(chunk), mostOfOne)
		p.longest = 0
		res, err := p.rows(ctx, v, v.among(column, chunk, limit+1))
		at.learn(p.longest, p.limits.QueryTimeout, len(chunk) == size)
		if err != nil {
			return nil, err
		}
		people := v.what == recipientsQuery
		if people && len(res.rows) > limit && len(chunk) > 1 {
			few = max(1, len(chunk)/4)
			continue
		}
		if people && len(res.rows) > mostOfOne {
			var found int
			res.rows, found = v.crowded(res.rows, key)
			crowds += found
		}
		if len(res.rows) > limit || crowds > mostCrowds {
			return nil, fmt.Errorf("the query gives more than %d rows for %d values of %s: is a condition missing?", limit, len(chunk), v.columns[column].Name)
		}
		asked, few = asked[len(chunk):], min(2*few, keysPerStatement)
		for i := range res.rows {
			if wanted[key(&res.rows[i])] {
				all = append(all, res.rows[i])
			}
		}
	}
	return all, nil
}

// among selects the rows with one of these keys in a column.
func (v *view) among(column int, keys []adapter.Key, limit int) statement {
	var places []string
	var args []any
	for _, key := range keys {
		if !v.fits(column, key) {
			continue
		}
		for _, arg := range v.bind(column, key) {
			places, args = append(places, v.place(column)), append(args, arg)
		}
	}
	if len(places) == 0 {
		places = []string{"NULL"}
	}
	order := []string{v.binary(column)}
	if v.id >= 0 && v.id != column {
		order = append(order, v.order(v.id)...)
	}
	rest := fmt.Sprintf("%s WHERE %s IN (%s)", v.from(), v.col(column), strings.Join(places, ", "))
	return statement{v.dia.cut(v.selected(), rest, strings.Join(order, ", "), limit, 0), args}
}

// fits tells whether a column can hold a key at all. Text that is no number among
// numbers has MySQL compare all of them as floats and PostgreSQL refuse the whole
// statement.
func (v *view) fits(i int, key adapter.Key) bool {
	switch traits := v.traits[i]; {
	case traits.as == "uuid" || traits.as == mssqlUUID:
		_, err := uuid.Parse(string(key))
		return err == nil
	case traits.binary && v.dia.top: // SQL Server makes no bytes of text by itself
		_, text := v.bind(i, key)[0].(string)
		return !text
	case traits.as == "numeric" || traits.as == "float8" || traits.as == mssqlFloat || strings.HasPrefix(traits.as, mssqlDecimal):
		_, ok := toNumber(string(key))
		return ok
	case traits.as == "int8" || traits.as == mssqlInt || v.columns[i].Type == adapter.Int && !traits.text:
		_, text := bindInt(key).(string)
		return !text
	}
	return true
}
