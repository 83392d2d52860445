package adapter

import (
	"context"
	"fmt"
	"slices"
	"time"
)

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
	if err := l.Definition.compare(ck.Definition, now); err != nil {
		return err
	}
	l.shape = newShape(l.Definition, l.Rules.Columns())
	l.checkpoint, l.saved, l.held = ck, time.Now(), held{}
	return nil
}

// begin starts a walk: the first one at the beginning, all others where the ring
// says that everything before has been seen.
func (l *Loop) begin(ctx context.Context) error {
	ck := l.checkpoint
	now, err := l.clock(ctx, &ck)
	if err != nil {
		return err
	}
	ck.Begun = now
	if ck.Phase == Following {
		ck.Walk = &Walk{Lo: ring(ck.Ring).cursor(ring(ck.Ring).from(ck.Polled, l.Definition.Overlap))}
		l.checkpoint = ck
		return nil
	}
	if l.Definition.Recipients.Query != "" {
		// A baseline asks for nobody, and would show a mistake only with the first event.
		if _, err := l.Source.Recipients(ctx, nil); err != nil {
			return err
		}
	}
	extent, err := l.Source.Extent(ctx)
	if err != nil {
		return err
	}
	ck.Phase = FirstPass
	// A transaction that was open before the first look may commit below what that
	// look saw, so the ring begins a few pages back.
	ck.Ring = []Mark{{At: now, Cursor: extent.Back}}
	ck.Walk = &Walk{}
	if l.Definition.FirstRun.Kind != All {
		ck.bound(extent)
	}
	l.checkpoint = ck
	l.Log.Info().Str("first_run", string(l.Definition.FirstRun.Kind)).Msg("first run begins")
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
	next.Phase = Following
	if frontier == "" || bounded {
		next.Polled = next.Begun
		return nil
	}
	// Read after the last window, so that who draws a cursor later gets a greater one.
	now, err := l.clock(ctx, next)
	if err != nil {
		return fmt.Errorf("read the clock at the end of a poll: %w", err)
	}
	next.Polled = next.Begun
	marks := ring(next.Ring)
	next.Ring = marks.add(Mark{At: now, Cursor: frontier}, marks.from(next.Polled, l.Definition.Overlap), l.Definition.Overlap)
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
	ck.follow(now, step)
	return now, nil
}

// follow moves a checkpoint's times with a clock that was set forward by a step: no
// transaction had that time to commit. A clock that was set back leaves times in the
// future, which may as well be now: later is always safe.
func (ck *Checkpoint) follow(now time.Time, step time.Duration) {
	moved := func(t time.Time) time.Time {
		if t = t.Add(step); t.After(now) {
			return now
		}
		return t
	}
	ck.Begun, ck.Polled = moved(ck.Begun), moved(ck.Polled)
	ck.Ring = slices.Clone(ck.Ring)
	for i := range ck.Ring {
		ck.Ring[i].At = moved(ck.Ring[i].At)
	}
}
