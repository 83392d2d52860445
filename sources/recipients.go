package sources

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"arendebrygga/adapter"
)

// Recipients are asked for in statements of so many cases, and a case with more
// recipients than perCase, on average, is taken for a query without its condition.
const (
	casesPerStatement = 250
	perCase           = 200
)

// Recipients gives the recipients query's rows for these cases, ordered by case and
// recipient. The database finds them by its own comparison, which may be wider than
// ours: only cases that are the same byte for byte are handed out.
func (p *poller) Recipients(ctx context.Context, cases []adapter.Key) ([]adapter.Row, error) {
	v, err := p.recipientsView(ctx)
	if err != nil {
		return nil, p.failed("ask for the query's columns", err)
	}
	wanted := make(map[adapter.Key]bool, len(cases))
	for _, key := range cases {
		if key != "" {
			wanted[key] = true
		}
	}
	var all []adapter.Row
	for chunk := range slices.Chunk(keys(cases, wanted), casesPerStatement) {
		limit := perCase * max(len(chunk), 50)
		res, err := p.rows(ctx, v, v.ofCases(chunk, limit+1))
		if err != nil {
			return nil, p.failed("read recipients", err)
		}
		if len(res.rows) > limit {
			return nil, fmt.Errorf("read recipients: the query gives more than %d rows for %d cases: is a condition missing?", limit, len(chunk))
		}
		for _, row := range res.rows {
			if wanted[row.Case] {
				all = append(all, row)
			}
		}
	}
	return all, nil
}

// keys leaves out what is not wanted and what comes a second time, in the order
// given.
func keys(cases []adapter.Key, wanted map[adapter.Key]bool) []adapter.Key {
	seen := make(map[adapter.Key]bool, len(cases))
	var out []adapter.Key
	for _, key := range cases {
		if wanted[key] && !seen[key] {
			seen[key] = true
			out = append(out, key)
		}
	}
	return out
}

// recipientsView is the recipients query with its columns, compared at first use.
func (p *poller) recipientsView(ctx context.Context) (*view, error) {
	if p.recipients != nil {
		return p.recipients, nil
	}
	rule := p.def.Recipients
	v := &view{dia: p.dia, def: p.def, query: rule.Query, columns: rule.Columns, cursor: -1}
	v.kase, v.id = v.columns.Index(rule.Case), v.columns.Index(rule.Recipient)
	if v.kase < 0 {
		return nil, fmt.Errorf("recipients.query: column %q is not declared", rule.Case)
	}
	if err := p.compare(ctx, v, "recipients.query"); err != nil {
		return nil, err
	}
	p.recipients = v
	return v, nil
}

func (v *view) ofCases(cases []adapter.Key, limit int) statement {
	var places []string
	var args []any
	for _, key := range cases {
		if !v.fits(v.kase, key) {
			continue
		}
		for _, arg := range v.bind(v.kase, key) {
			places, args = append(places, v.place(v.kase)), append(args, arg)
		}
	}
	if len(places) == 0 {
		places = []string{"NULL"}
	}
	order := []string{apply(v.dia.binary, v.col(v.kase))}
	if v.id >= 0 {
		order = append(order, v.identityOrder()...)
	}
	return statement{fmt.Sprintf("%s%s WHERE %s IN (%s) ORDER BY %s LIMIT %d",
		v.selected(), v.from(), v.col(v.kase), strings.Join(places, ", "), strings.Join(order, ", "), limit), args}
}

// fits tells whether a column can hold a key at all. Text that is no number among
// numbers has MySQL compare all of them as floats and PostgreSQL refuse the whole
// statement.
func (v *view) fits(i int, key adapter.Key) bool {
	switch traits := v.traits[i]; {
	case traits.as == "uuid":
		_, err := uuid.Parse(string(key))
		return err == nil
	case traits.as == "numeric" || traits.as == "float8":
		_, ok := toNumber(string(key))
		return ok
	case traits.as == "int8" || v.columns[i].Type == adapter.Int && !traits.text:
		_, text := bindInt(key).(string)
		return !text
	}
	return true
}
