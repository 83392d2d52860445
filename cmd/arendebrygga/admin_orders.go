package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"arendebrygga/adapter"
)

// sourceOrder names a source, and whether only to count.
type sourceOrder struct {
	Source string `json:"source"`
	Dry    bool   `json:"dry"`
}

// resync counts, or has everything walked and what differs published.
func (a *admin) resync(ctx context.Context, o sourceOrder) (t adapter.Totals, err error) {
	err = a.order(ctx, o.Source, func(ctx context.Context, l *adapter.Loop) (err error) {
		t, err = l.Resync(ctx, o.Dry)
		return err
	})
	return t, err
}

// baseline has everything remembered as it is, or counts what is open.
func (a *admin) baseline(ctx context.Context, o sourceOrder) (u adapter.Unpublished, err error) {
	err = a.order(ctx, o.Source, func(ctx context.Context, l *adapter.Loop) (err error) {
		if u, err = l.Unpublished(ctx); err != nil || o.Dry {
			return err
		}
		return l.Baseline(ctx)
	})
	return u, err
}

// replay counts what judging changes again gives, or does it.
func (a *admin) replay(ctx context.Context, w changeOrder) (t adapter.Totals, err error) {
	err = a.order(ctx, w.Source, func(ctx context.Context, l *adapter.Loop) (err error) {
		t, err = l.Replay(ctx, w.Numbers, w.Dry)
		return err
	})
	return t, err
}

// settledCount is how many changes something was done to.
type settledCount struct {
	Changes int `json:"changes"`
}

// discard settles changes without publishing them.
func (a *admin) discard(ctx context.Context, w changeOrder) (n settledCount, err error) {
	err = a.order(ctx, w.Source, func(ctx context.Context, l *adapter.Loop) (err error) {
		n.Changes, err = l.Discard(ctx, w.Numbers)
		return err
	})
	return n, err
}

// withdraw takes back what was published of changes.
func (a *admin) withdraw(ctx context.Context, w changeOrder) (settledCount, error) {
	err := a.order(ctx, w.Source, func(ctx context.Context, l *adapter.Loop) error { return l.Withdraw(ctx, w.Numbers) })
	return settledCount{len(w.Numbers)}, err
}

// advance is how far a long order has come.
type advance struct {
	Rows  uint64    `json:"rows"`
	Doing string    `json:"doing"`
	Opens time.Time `json:"opens,omitzero"` // when limits.allowedHours begin; zero within them
}

// progress tells how far the walk of a source has come.
func (a *admin) progress(_ context.Context, o sourceOrder) (advance, error) {
	f, err := a.source(o.Source)
	if err != nil {
		return advance{}, err
	}
	st, now := f.status(a.store), time.Now()
	ad := advance{Rows: st.Progress, Doing: string(st.Doing)}
	if wait := f.Def.Limits.AllowedHours.Closed(now.In(f.Def.Location)); wait > 0 {
		ad.Opens = seconds(now.Add(wait+time.Second-1), f.Def.Location)
	}
	return ad, nil
}

// parseID reads an event's id as answers write it.
func parseID(text string) (id adapter.ID, err error) {
	b, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(text), "-", ""))
	if err != nil || len(b) != len(id) {
		return id, fmt.Errorf("%q is not a kundhandelseId, which looks like 123e4567-e89b-82d3-a456-426614174000", text)
	}
	copy(id[:], b)
	return id, nil
}
