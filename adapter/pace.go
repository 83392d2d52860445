package adapter

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// jitter spreads a wait by a tenth, so that many sources do not poll in step.
func jitter(d time.Duration) time.Duration {
	if d < 10 {
		return d
	}
	return d - d/10 + rand.N(d/5)
}

// rest waits for the next poll. Meanwhile it does what operators ask for, and sweeps:
// a page, then as long a pause as that took, so that a sweep is never more than half
// of what the database could be asked for.
func (l *Loop) rest(ctx context.Context, d time.Duration) {
	until := time.Now().Add(d)
	for ctx.Err() == nil && !l.roused {
		pause := time.Until(until)
		if pause <= 0 {
			break
		}
		if l.sweepDue() {
			begun := time.Now()
			l.board.doing(Sweeping, pause)
			if l.sweepOn(ctx); l.sweep == nil {
				l.board.doing(Resting, time.Until(until))
			}
			pause = max(min(time.Since(begun), time.Until(until)), 0)
		}
		l.wait(ctx, pause)
	}
	l.roused = false
}

// stand waits until an operator has chosen how a stopped source goes on, or has led
// its connection back.
func (l *Loop) stand(ctx context.Context, h *Halt) {
	for ctx.Err() == nil && !l.roused && !(l.closed(time.Now()) == 0 && l.led(ctx, h)) {
		l.wait(ctx, lastRetry)
	}
	l.roused = false
}

// wait does so for a time, or until there is an order, which it carries out.
func (l *Loop) wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case o := <-l.desk.orders():
		o.carryOut(ctx)
	}
}

// closed gives how long it is until the hours in which the source may be asked; 0
// within them.
func (l *Loop) closed(now time.Time) time.Duration {
	return l.Definition.Limits.AllowedHours.Closed(now.In(l.Definition.Location))
}

// errHoursOver ends a poll between two pages. The next one goes on where it was.
var errHoursOver = errors.New("the hours in which the source may be asked are over")

// within gives errHoursOver if the source may not be asked now.
func (l *Loop) within() error {
	if l.closed(time.Now()) > 0 {
		return errHoursOver
	}
	return nil
}

// Closed gives how long it is from a time on the source's clock until the hours begin; 0
// within them.
func (h Hours) Closed(now time.Time) time.Duration {
	minute := now.Hour()*60 + now.Minute()
	open := minute >= h.From && minute < h.To
	if h.To < h.From {
		open = minute >= h.From || minute < h.To
	}
	if h == (Hours{}) || open {
		return 0
	}
	next := time.Date(now.Year(), now.Month(), now.Day(), 0, h.From, 0, 0, now.Location())
	if !next.After(now) {
		next = time.Date(now.Year(), now.Month(), now.Day()+1, 0, h.From, 0, 0, now.Location())
	}
	return next.Sub(now)
}
