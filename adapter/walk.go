package adapter

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// known sees to it that the loop knows where the source stands. No database is asked.
func (l *Loop) known() error {
	if l.saved.IsZero() {
		return l.load()
	}
	return nil
}

// load takes up the source where the store left it.
func (l *Loop) load() error {
	ck, err := l.Store.Checkpoint(l.Definition.Name)
	if err != nil {
		return err
	}
	now := l.Definition.fingerprint()
	if ck.Phase == New {
		ck.Definition = now
	}
	if l.halt = l.Definition.compare(ck.Definition, now); l.halt == nil {
		ck.Definition = now // with what was not kept
	}
	l.checkpoint, l.saved, l.held = ck, time.Now(), held{}
	l.met, l.begun, l.settled = nil, 0, nil
	l.reshape()
	l.board.read(&l.checkpoint)
	return nil
}

// reshape has rows hashed over the columns that the rules use now. A sweep under way has
// compared others.
func (l *Loop) reshape() {
	l.shape, l.sweep = newShape(l.Definition, l.Rules.Columns()), nil
	if l.checkpoint.Phase == New {
		l.checkpoint.Compared = l.shape.names(l.Definition)
	}
	l.others = l.shape.others(l.Definition, l.checkpoint.Compared)
}

// whole tells whether the walk under way goes through all rows by their identity.
func (l *Loop) whole() bool {
	return l.Definition.Cursor.Kind == CursorNone || l.checkpoint.Phase == Resyncing
}

// firstRun is what becomes of the rows that are there at the first run.
func (l *Loop) firstRun() FirstRunKind {
	if l.checkpoint.Baseline {
		return Baseline
	}
	return l.Definition.FirstRun.Kind
}

// taking tells whether a baseline that an operator ordered is under way.
func (l *Loop) taking() bool { return l.checkpoint.Phase == FirstPass && l.checkpoint.Baseline }

// begin starts a walk: the first one, and one through everything, at the beginning,
// all others where the ring says that everything before has been seen.
func (l *Loop) begin(ctx context.Context) error {
	if l.taking() {
		if err := l.takeOpen(ctx); err != nil {
			return err
		}
	}
	ck := l.checkpoint
	now, err := l.clock(ctx, &ck)
	if err != nil {
		return err
	}
	ck.Begun, l.compared = now, false
	if l.met = nil; l.whole() {
		l.met = newBits(ck.Changes)
	}
	if ck.Phase == Following {
		if l.begun, err = l.holdBack(ctx, &ck, now); err != nil {
			return err
		}
		ck.Walk = &Walk{Lo: ring(ck.Ring).cursor(l.begun)}
		l.checkpoint = ck
		return nil
	}
	if l.Definition.Recipients.Query != "" {
		// A baseline asks for nobody, and would show a mistake only with the first event.
		if _, err := l.Source.Recipients(ctx, nil); err != nil {
			return err
		}
	}
	if ck.Phase == New {
		ck.Phase = FirstPass
	}
	ck.Walk, ck.Ring = &Walk{}, nil
	l.begun, l.settled = 0, nil // places in the ring as it was
	if l.Definition.Cursor.Kind != CursorNone {
		extent, err := l.Source.Extent(ctx)
		if err != nil {
			return err
		}
		// A transaction that was open before the first look may commit below what that
		// look saw, so the ring begins a few pages back.
		ck.Ring, ck.Reached = []Mark{{At: now, Cursor: extent.Back}}, extent.Present
		if ck.Phase == FirstPass && l.firstRun() != All {
			ck.bound(extent)
		}
	}
	l.checkpoint = ck
	l.Log.Info().Str("first_run", string(l.firstRun())).Msg(string(ck.Phase) + " begins")
	return l.save(Batch{})
}

// bound ends the first run where the rows end now: what is written later is not old.
// Rows in the future are old too, and come first: they lie beyond what is written
// while the others are walked.
func (ck *Checkpoint) bound(extent Extent) {
	present, future := &Walk{Until: extent.Present}, &Walk{Lo: extent.Future, Until: extent.Greatest}
	switch {
	case extent.Greatest == "":
		ck.Phase = Following
	case extent.Future == "":
		ck.Walk = present
	case extent.Present == "":
		ck.Walk = future
	default:
		ck.Walk, ck.Then = future, present
	}
}

// end closes the walk of next: it notes in the ring how far the rows reached.
func (l *Loop) end(ctx context.Context, next *Checkpoint, frontier Key) error {
	bounded := l.checkpoint.Walk.Until != ""
	if next.Walk, next.Then = next.Then, nil; next.Walk != nil {
		return nil
	}
	if l.checkpoint.Phase == Resyncing || l.taking() {
		if err := l.accept(ctx, next); err != nil {
			return err
		}
	}
	if l.checkpoint.Phase != FirstPass { // what moved while a baseline walked is met by the poll after it
		next.Known = next.Era
	}
	next.Phase, next.Polled, next.Ring = Following, next.Begun, l.settleMarks(next.Ring)
	l.catchUp(next)
	if frontier == "" || bounded {
		return nil
	}
	// Read after the last window, so that who draws a cursor later gets a greater one.
	now, err := l.clock(ctx, next)
	if err != nil {
		return fmt.Errorf("read the clock at the end of a poll: %w", err)
	}
	snapshot, err := l.Source.Snapshot(ctx)
	if err != nil {
		return fmt.Errorf("ask for the open transactions at the end of a poll: %w", err)
	}
	next.Reached = frontier
	next.Ring = ring(next.Ring).add(Mark{At: now, Cursor: frontier, Snapshot: snapshot}, l.begun, l.Definition.Overlap)
	return nil
}

// clock asks the database for its time, and sees to it that the times of a
// checkpoint can be compared with it.
func (l *Loop) clock(ctx context.Context, ck *Checkpoint) (time.Time, error) {
	now, err := l.Source.Clock(ctx)
	if err != nil {
		return now, err
	}
	step := time.Duration(0)
	if !l.asked.IsZero() {
		if step = now.Sub(l.told) - time.Since(l.asked); step < clockStep {
			step = 0
		}
	}
	l.told, l.asked = now, time.Now()
	l.board.clock(l.told, l.asked)
	ck.follow(now, step)
	return now, nil
}

// follow moves a checkpoint's times with a clock that was set forward by a step: no
// transaction had that time to commit. A clock that was set back leaves times in the
// future, which may as well be now: later is always safe.
func (ck *Checkpoint) follow(now time.Time, step time.Duration) {
	moved := func(t time.Time) time.Time {
		if t.IsZero() { // it has not happened yet
			return t
		}
		if t = t.Add(step); t.After(now) {
			return now
		}
		return t
	}
	ck.Begun, ck.Polled, ck.Caught, ck.Swept = moved(ck.Begun), moved(ck.Polled), moved(ck.Caught), moved(ck.Swept)
	ck.Parties = ck.Parties.moved(moved)
	ck.Ring = slices.Clone(ck.Ring)
	for i := range ck.Ring {
		ck.Ring[i].At = moved(ck.Ring[i].At)
	}
}
