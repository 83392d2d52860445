package adapter

import (
	"context"
	"time"
)

// sweep is a comparison of all rows under way. It lives in memory only: after a
// restart or a failure it begins anew, so that a complete one is one that saw
// everything.
type sweep struct {
	walk  Walk
	begun time.Time // by the database's clock
	met   *bits
	rows  int
	since time.Time

	missed uint64 // by polls, counted before it began
}

func (l *Loop) newSweep() *sweep {
	return &sweep{begun: l.told.Add(time.Since(l.asked)), met: newBits(l.checkpoint.Changes), since: time.Now(), missed: l.checkpoint.Totals.Missed}
}

// The least time between a sweep that failed and the next.
const sweepRetry = time.Minute

// sweepDue tells whether there is something to sweep now.
func (l *Loop) sweepDue() bool {
	if l.Definition.Sweep == 0 || l.Definition.Cursor.Kind == CursorNone || l.saved.IsZero() || !l.recognised ||
		l.checkpoint.Phase != Following || l.checkpoint.Walk != nil || l.checkpoint.Halted != nil || l.halt != nil || l.roused || l.closed(time.Now()) > 0 {
		return false
	}
	if l.sweep != nil {
		return true
	}
	now := l.told.Add(time.Since(l.asked))
	return now.Sub(l.checkpoint.Swept) >= l.Definition.Sweep && !time.Now().Before(l.nextSweep)
}

// sweepOn sweeps the next page. What fails ends the sweep, and with it the row of
// complete ones.
func (l *Loop) sweepOn(ctx context.Context) {
	if l.sweep == nil {
		l.sweep = l.newSweep()
		l.Log.Debug().Msg("sweep begins")
	}
	err := l.survive("sweep", func() error { return l.sweepPage(ctx) })
	if err != nil && ctx.Err() == nil {
		l.Log.Warn().Err(err).Msg("sweep failed, will begin anew")
		l.sweep, l.checkpoint.Missing = nil, nil
		l.recognised = false
		l.nextSweep = time.Now().Add(min(max(l.Definition.Sweep/10, sweepRetry), l.Definition.Sweep))
	}
}

// Sweep compares all rows at once, without pauses. The loop must have polled.
func (l *Loop) Sweep(ctx context.Context) error {
	if err := l.ready(ctx); err != nil {
		return err
	}
	l.sweep = l.newSweep()
	for l.sweep != nil {
		if err := l.sweepPage(ctx); err != nil {
			l.sweep, l.checkpoint.Missing = nil, nil
			return err
		}
	}
	return nil
}

// sweepPage reads and compares one window. Rows that the next poll will find are left
// to it; what else differs was missed by the polls, or changed without moving its
// cursor.
func (l *Loop) sweepPage(ctx context.Context) error {
	page, err := l.Source.Sweep(ctx, l.sweep.walk)
	if err != nil {
		return err
	}
	ck := &l.checkpoint
	lo := ring(ck.Ring).cursor(ring(ck.Ring).from(ck.Polled, l.Definition.Overlap))
	batch, err := l.judgeAs(ctx, page.Rows, manner{sweep: true, lo: lo, met: l.sweep.met})
	if err != nil {
		return err
	}
	l.sweep.rows += len(page.Rows)
	ck.Totals.add(batch.Checkpoint.Totals)
	ck.Totals.Rows += uint64(len(page.Rows))
	ck.learn(&batch)
	if l.unsaved = true; len(batch.Changes)+len(batch.Cases)+len(batch.Seen) > 0 {
		if err := l.save(batch); err != nil {
			return err
		}
	}
	if err := l.recheckPage(ctx, page.Rows, nil); err != nil {
		return err
	}
	if l.sweep.walk = page.Next; page.Last {
		return l.endSweep(ctx)
	}
	return nil
}

// endSweep notes a complete sweep.
func (l *Loop) endSweep(ctx context.Context) error {
	s := l.sweep
	l.sweep = nil
	if err := l.missing(ctx, s.met, false); err != nil {
		return err
	}
	l.checkpoint.Swept = s.begun
	l.checkpoint.Compared = l.shape.names(l.Definition)
	l.Log.Info().Int("rows", s.rows).Stringer("took", time.Since(s.since).Round(time.Millisecond)).
		Uint64("missed_by_poll", l.checkpoint.Totals.Missed-s.missed).Msg("sweep complete")
	if err := l.save(Batch{}); err != nil {
		return err
	}
	l.board.read(&l.checkpoint)
	return nil
}

// recheckPage looks whether the cases of a page still have the same recipients.
func (l *Loop) recheckPage(ctx context.Context, rows []Row, dry *rehearsal) error {
	l.identify(rows)
	var cases []Key
	asked := make(map[Key]bool, len(rows))
	for i := range rows {
		if c := rows[i].Case; c != "" && !asked[c] {
			asked[c] = true
			cases = append(cases, c)
		}
	}
	_, err := l.gather(ctx, cases, rows, dry)
	return err
}
