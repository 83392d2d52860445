package adapter

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// holdBack gives the place in the ring where the next poll begins: overlap ago, or
// further back if a transaction that was open then still was when the last complete
// poll began, as far as the database can tell. One that stays open for longer than
// MaxHold is waited for no more: the next polls begin overlap ago, and what it writes
// is left to the sweep. Where it blocks the cursor, nothing is left: that only tells.
func (l *Loop) holdBack(ctx context.Context, ck *Checkpoint, now time.Time) (int, error) {
	marks := ring(ck.Ring)
	at := marks.from(ck.Polled, l.Definition.Overlap)
	if err := l.askSettled(ctx, ck); err != nil || l.settled == nil {
		return at, err
	}
	if ck.Overheld != nil {
		l.board.hold(now.Sub(ck.Overheld.At), true)
		return at, nil
	}
	place := at
	for place >= 0 && !marks[place].Settled {
		place--
	}
	hold, open := time.Duration(0), place+1
	for open < at && marks[open].Snapshot == "" { // nobody can tell of it, and never could
		open++
	}
	if place < at && marks[open].Snapshot != "" && !l.settled[open] {
		hold = now.Sub(marks[open].At)
	}
	if hold <= l.Definition.MaxHold {
		l.board.hold(hold, false)
		return max(place, min(0, at)), nil
	}
	ck.Overheld = &marks[open]
	ck.Totals.Overholds++
	l.board.hold(hold, true)
	left := "what it writes is no longer waited for, but left to the next sweep after it has ended"
	if l.Definition.Blocks() {
		left = "what has been written since it began is not read before it has ended"
	}
	l.Log.Warn().Stringer("open", hold.Round(time.Second)).Msg("a transaction has been open for longer than maxHold: " + left)
	return at, nil
}

// Blocks tells whether an open transaction keeps polls from reading what others have
// written since it began, as a rowversion never passes one that may still be given. It
// is waited for then, however long it takes.
func (d *Definition) Blocks() bool { return d.Cursor.Kind == CursorRowversion }

// catchUp notes, where open transactions block, how far a complete poll has read: to the
// first mark at which one was open that still was when the poll began.
func (l *Loop) catchUp(ck *Checkpoint) {
	if !l.Definition.Blocks() {
		ck.Caught = time.Time{}
		return
	}
	open := slices.IndexFunc(ck.Ring, func(m Mark) bool { return !m.Settled && m.Snapshot != "" })
	switch {
	case open < 0:
		ck.Caught = ck.Polled
	case open > 0 || ck.Caught.IsZero(): // else it may have been open before that mark, too
		ck.Caught = ck.Ring[open].At
	}
}

// CaughtUp gives the time up to which every change that was committed has been read, but
// for what Overlap is for, by the database's clock; zero if there is none yet.
func (ck *Checkpoint) CaughtUp() time.Time {
	if ck.Caught.IsZero() {
		return ck.Polled
	}
	return ck.Caught
}

// askSettled finds out of which marks all transactions have ended. The database may
// not be able to tell.
func (l *Loop) askSettled(ctx context.Context, ck *Checkpoint) (err error) {
	l.settled = nil
	if ck.Overheld != nil && ck.Overheld.Snapshot == "" {
		ck.Overheld = nil
	}
	var snapshots []Key
	for i := range ck.Ring {
		snapshots = append(snapshots, ck.Ring[i].Snapshot)
	}
	if ck.Overheld != nil {
		snapshots = append(snapshots, ck.Overheld.Snapshot)
	}
	if !slices.ContainsFunc(snapshots, func(k Key) bool { return k != "" }) {
		return nil
	}
	settled, err := l.Source.Settled(ctx, snapshots)
	if err != nil {
		return fmt.Errorf("ask for the open transactions: %w", err)
	}
	if l.settled = settled[:len(ck.Ring)]; ck.Overheld != nil && settled[len(ck.Ring)] {
		ck.Overheld = nil
	}
	return nil
}

// settleMarks notes which marks were settled when the poll began that is now complete.
func (l *Loop) settleMarks(marks []Mark) []Mark {
	marks = slices.Clone(marks)
	for i := range min(len(marks), len(l.settled)) {
		marks[i].Settled = marks[i].Settled || l.settled[i]
	}
	return marks
}

// hold notes that polls begin further back, or should.
func (b *board) hold(d time.Duration, over bool) {
	b.write(func(s *Status) {
		if s.Hold, s.Overhold, s.Opened = d, over, (time.Time{}); d > 0 {
			s.Opened = time.Now().Add(-d)
		}
	})
}
