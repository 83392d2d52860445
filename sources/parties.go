package sources

import (
	"context"
	"errors"
	"slices"

	"arendebrygga/adapter"
)

// Parties gives the window of the recipients query that begins at from, along its
// own cursor. Rows with one cursor value are told apart by their case, as a change of
// many cases at once may well concern one recipient. Rows of no case are left out.
func (p *poller) Parties(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	v, err := p.recipientsView(ctx)
	if err != nil {
		return adapter.Page{}, p.failed("ask for the query's columns", err)
	}
	if v.axis.column < 0 {
		return adapter.Page{}, errors.New("read recipients: the query has no cursor")
	}
	page, err := p.paced(&p.following, v, func(r *reader) (adapter.Page, error) { return r.read(ctx, from) })
	if err := p.checked(ctx, v, "read recipients", page.Rows, err); err != nil {
		return adapter.Page{}, err
	}
	page.Rows = slices.DeleteFunc(page.Rows, func(row adapter.Row) bool { return row.Case == "" })
	return page, nil
}
