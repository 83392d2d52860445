package adapter

import (
	"context"
	"time"
)

// mostPartyRows bounds how many rows are remembered from one walk along the recipients
// query to the next; beyond that their cases are asked about again.
const mostPartyRows = 100_000

// moved gives the trail with its times moved, as the database's clock was set.
func (t *Trail) moved(moved func(time.Time) time.Time) *Trail {
	if t == nil {
		return nil
	}
	other := &Trail{Polled: moved(t.Polled)}
	for _, m := range t.Ring {
		m.At = moved(m.At)
		other.Ring = append(other.Ring, m)
	}
	return other
}

// followParties walks once through what is new in the recipients query, where it says
// when its rows were last written, and looks at the recipients of their cases. It
// begins overlap ago, as polls do, but for the snapshots of open transactions: rows
// that it met last time are not looked at again. Rows that were deleted are left to the
// sweep.
func (l *Loop) followParties(ctx context.Context) error {
	d := l.Definition
	if d.Recipients.Query == "" || d.Recipients.Cursor.Column == "" {
		return nil
	}
	begun, err := l.now(ctx)
	if err != nil {
		return err
	}
	var trail Trail
	if l.checkpoint.Parties != nil {
		trail = *l.checkpoint.Parties
	}
	at := ring(trail.Ring).from(trail.Polled, d.Overlap)
	met := map[uint64]bool{}
	for walk := (Walk{Lo: ring(trail.Ring).cursor(at)}); ; {
		if err := l.within(); err != nil {
			return err
		}
		page, err := l.Source.Parties(ctx, walk)
		if err != nil {
			return err
		}
		l.identifyParties(page.Rows)
		if err := l.recheck(ctx, l.newParties(page.Rows, met), nil); err != nil {
			return err
		}
		if walk = page.Next; !page.Last {
			continue
		}
		return l.endTrail(ctx, begun, at, page.Frontier, met)
	}
}

// newParties gives the cases of the rows that the last walk did not meet, and notes
// which rows this one does.
func (l *Loop) newParties(rows []Row, met map[uint64]bool) []Key {
	var cases []Key
	var columns []int
	for i := range rows {
		r := &rows[i]
		values := append([]any{string(r.Case), string(r.ID), string(r.Cursor)}, r.Values...)
		for len(columns) < len(values) {
			columns = append(columns, len(columns))
		}
		hash := hashOf(values, columns, r.Err)
		if len(met) < mostPartyRows {
			met[hash] = true
		}
		if !l.metParties[hash] && r.Case != "" {
			cases = append(cases, r.Case)
		}
	}
	return cases
}

// endTrail notes how far the rows reached. The next commit writes it.
func (l *Loop) endTrail(ctx context.Context, begun time.Time, at int, frontier Key, met map[uint64]bool) error {
	ck := l.checkpoint
	var now time.Time
	if frontier != "" {
		var err error
		if now, err = l.clock(ctx, &ck); err != nil { // after the last window, as in end
			return err
		}
	}
	trail := Trail{Polled: begun}
	if ck.Parties != nil {
		trail.Ring = ck.Parties.Ring
	}
	if frontier != "" {
		trail.Ring = ring(trail.Ring).add(Mark{At: now, Cursor: frontier}, at, l.Definition.Overlap)
	}
	ck.Parties = &trail
	l.checkpoint, l.metParties = ck, met
	return nil
}
