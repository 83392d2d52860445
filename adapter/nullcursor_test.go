package adapter_test

import (
	"context"
	"slices"
	"testing"

	"arendebrygga/adapter"
)

// uncursored is a database in which one row has no cursor, so that only walks by
// identity meet it.
type uncursored struct {
	*sim
	id int
}

func (u uncursored) Read(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	page, err := u.sim.Read(ctx, from)
	page.Rows = slices.DeleteFunc(page.Rows, func(r adapter.Row) bool { return r.Values[colID] == u.id })
	return page, err
}

func (u uncursored) Sweep(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	page, err := u.sim.Sweep(ctx, from)
	for i := range page.Rows {
		if page.Rows[i].Values[colID] == u.id {
			page.Rows[i].Cursor = ""
		}
	}
	return page, err
}

// A baseline that an operator orders takes rows without a cursor as they are, too,
// though only the sweep after it meets them.
func TestBaselineTakesRowsWithoutACursor(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		t.Run(string(mode), func(t *testing.T) {
			b := newBench(t, definition(mode))
			b.loop.Source = uncursored{b.sim, 1}
			b.loop.Rules = rules{columns: []int{colTid}}
			b.party("A1", "alva")
			b.put(1, "A1", "a", day(9, 0))
			b.poll(t)
			b.sweep(t)
			want(t, b.events(t, "alva"), ">a")
			b.log = nil
			b.rows[0].tid = day(9, 30)
			b.baseline(t)
			b.sweep(t)
			if len(b.log) > 0 {
				t.Errorf("committed %s", b.outcomes())
			}
			want(t, b.events(t, "alva"), ">a")
			b.rows[0].tid = day(9, 45)
			b.sweep(t)
			if len(b.log) != 1 {
				t.Errorf("%d changes after the baseline, want 1", len(b.log))
			}
		})
	}
}
