package sources

import (
	"context"
	"errors"

	"arendebrygga/adapter"
)

// bounded asks for the upper bound of what may be read along a rowversion: the least
// one that a transaction still open, or begun later, can have. It is asked before every
// window, so that whatever lies below has been committed when the window is read: a
// cursor that stays below passes no row that may yet come.
func (p *poller) bounded(ctx context.Context, v *view) error {
	if v.axis.kind != adapter.CursorRowversion {
		return nil
	}
	if p.dia.active == "" {
		return errors.New("this kind of database has no rowversion")
	}
	below, err := p.text(ctx, statement{sql: p.dia.active})
	if err != nil {
		return err
	}
	if below == "" {
		return errors.New("the database does not say which rowversions are open, so none can be the cursor: take a number or a time")
	}
	v.below = below
	return nil
}
