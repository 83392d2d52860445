package sources

import (
	"context"

	"arendebrygga/adapter"
)

// Snapshot says which transactions are open.
func (p *poller) Snapshot(context.Context) (adapter.Key, error) { return "", nil }

// Settled tells of each snapshot whether what was open then has ended.
func (p *poller) Settled(_ context.Context, snapshots []adapter.Key) ([]bool, error) {
	return make([]bool, len(snapshots)), nil
}

// Place says which database this is.
func (p *poller) Place(context.Context) (string, error) { return "", nil }
