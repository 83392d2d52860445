package sources

import (
	"context"
	"errors"
	"slices"

	"arendebrygga/adapter"
)

// Sweep gives the window of rows that begins at from in the order of their identity,
// as the database orders it.
//
// Rows without an identity come last, and only if there is no cursor: with one, they
// are for Read. A walk that has come to them has no Lo any more, but a Tie.
func (p *poller) Sweep(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	v, err := p.sweepView(ctx)
	if err != nil {
		return adapter.Page{}, p.failed("ask for the query's columns", err)
	}
	page, err := p.paced(&p.sweeping, v, func(r *reader) (adapter.Page, error) { return r.sweep(ctx, from) })
	if err := p.checked(ctx, v, "read all rows", page.Rows, err); err != nil {
		return adapter.Page{}, err
	}
	return page, nil
}

func (r *reader) sweep(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	alone := r.def.Cursor.Kind == adapter.CursorNone
	if alone && from.Lo == "" && from.Tie != "" {
		return r.withoutIdentity(ctx, from)
	}
	page, err := r.read(ctx, from)
	switch {
	case err != nil:
		return page, err
	case !page.Last && page.Next == from:
		return page, errors.New("the walk comes back to where it began: the rows' identity holds bytes that are no text, so it must be declared as bytes or uuid")
	case alone && page.Last:
		page.Last, page.Next = false, adapter.Walk{Tie: tieStart}
	case !alone:
		page.Rows = slices.DeleteFunc(page.Rows, func(row adapter.Row) bool { return row.ID == "" })
	}
	return page, nil
}

// withoutIdentity reads the rows that no window holds.
func (r *reader) withoutIdentity(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	offset, err := counted(from.Tie)
	if err != nil {
		return adapter.Page{}, err
	}
	page, err := r.nameless(ctx, from, where{}.and(r.view.nameless()), offset)
	if page.Next.Tie == tieHex {
		page.Next, page.Last = adapter.Walk{}, true
	}
	return page, err
}
