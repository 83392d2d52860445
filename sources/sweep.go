package sources

import (
	"context"
	"errors"

	"arendebrygga/adapter"
)

var errNotYet = errors.New("not supported in this version")

// Sweep gives the window of rows that begins at from in the order of their identity.
func (p *poller) Sweep(context.Context, adapter.Walk) (adapter.Page, error) {
	return adapter.Page{}, errNotYet
}

// Rows reads the rows with these identities.
func (p *poller) Rows(context.Context, []adapter.Key) ([]adapter.Row, error) { return nil, errNotYet }

// Parties gives the window of the recipients query that begins at from.
func (p *poller) Parties(context.Context, adapter.Walk) (adapter.Page, error) {
	return adapter.Page{}, errNotYet
}
