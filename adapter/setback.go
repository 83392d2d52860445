package adapter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// fewGone is how many of the newest rows may be gone without the database being
// taken for one that was set back: the newest rows are drafts and mistakes more often
// than others, and are deleted.
const fewGone = 2

// lookedAt is how many of the newest changes are looked for in a database that may
// have been set back.
const lookedAt = 50

// How long a database that ends too early may turn out to be a replica that lags
// behind: as long as the overlap, but within these.
const (
	leastPatience = time.Minute
	mostPatience  = 10 * time.Minute
)

var errEndsEarly = errors.New("the database ends before what was read from it: a replica that lags behind, or a database that was set back; nothing is published until that is clear, after ten minutes at most")

// doubt is what the loop has seen of a database that may have been set back.
type doubt struct {
	since time.Time // by the adapter's clock; zero: there is none
	lost  []Anchor  // the newest rows that were beyond the end
	gone  []Anchor  // those of them that are not there at all
	other bool      // one of these rows is there, but older or of another case: no row was deleted then
	again int       // how many before the end are of other cases, as their numbers were given again
	marks []Mark    // those of the ring that were, and how far polls had reached
	end   Key       // the greatest cursor that there was instead

	between bool // it began between two polls, with no failure before
}

// notSetBack finds out whether the source's rows reach as far as polls have seen. If
// many of the newest are gone, that is an error, and when it has lasted for a while
// the source is stopped. The doubt only ends when they are there again: rows with new
// numbers could hide that the old ones are lost. Where they already do, the rows that
// are there tell.
func (l *Loop) notSetBack(ctx context.Context) error {
	if l.doubt.since.IsZero() {
		if err := l.compareEnds(ctx); err != nil || l.doubt.since.IsZero() {
			return err
		}
	}
	gone, err := l.stillGone(ctx)
	switch {
	case err != nil:
		return err
	case gone == 0 || gone+l.doubt.again <= fewGone:
		l.goOn(gone)
		return nil
	case time.Since(l.doubt.since) < min(max(l.Definition.Overlap, leastPatience), mostPatience):
		return errEndsEarly
	case l.looksDeleted(gone):
		l.goOn(gone)
		return nil
	}
	return l.olderThanKnown(gone)
}

// compareEnds looks whether the newest rows are what they were, and as far along.
func (l *Loop) compareEnds(ctx context.Context) error {
	f, err := l.lookAgain(ctx)
	if err != nil {
		return err
	}
	again, err := l.givenAgain(&f)
	if err == nil && again > fewReused {
		err = l.stopReused(again)
	}
	if err != nil || l.checkpoint.Phase != Following || l.Definition.Cursor.Kind == CursorNone {
		return err
	}
	if err := l.lookBack(ctx, f.sought); err != nil {
		return err
	}
	l.doubt.again = again
	return l.overtaken(ctx, &f)
}

// sameEnd finds out, before anything of a poll is published, whether the database was
// set back since the one before, which may cut no connection. Each poll reads the newest
// row that polls had reached once more. If that is not as it was any more, as it was
// deleted, has changed, or was lost, the newest rows are compared; where nothing is new,
// only if the rows end elsewhere.
func (s *sitting) sameEnd(ctx context.Context) error {
	p, reached := s.as.page, s.checkpoint.Reached
	if p == nil || s.compared || s.checkpoint.Phase != Following || reached == "" {
		return nil
	}
	s.compared = slices.ContainsFunc(p.Rows, func(r Row) bool { return r.Cursor == reached }) &&
		!slices.ContainsFunc(s.groups, func(it item) bool { return it.Cursor == reached })
	if s.compared {
		return nil
	}
	if len(s.groups) == 0 && (!p.Last || p.Frontier == reached) {
		return nil
	}
	s.compared = true
	certain := s.doubt.since.IsZero()
	err := s.notSetBack(ctx)
	s.doubt.between = s.doubt.between || certain && !s.doubt.since.IsZero()
	return err
}

// olderThanKnown stops the source as its database was set back.
func (l *Loop) olderThanKnown(gone int) error {
	return l.stop(databaseSetBack, fmt.Sprintf("the database is older than what was read from it: at least %d of the newest rows are gone, as after a restore from a backup; "+
		"put the newer one back if there is one, and then %s", gone, waysOn(l.Definition.Name)))
}

// lookBack compares the end of the rows with how far polls had reached, and begins to doubt if they
// end before.
func (l *Loop) lookBack(ctx context.Context, sought []Anchor) error {
	if l.checkpoint.Reached == "" {
		return nil
	}
	extent, err := l.Source.Extent(ctx)
	if err != nil {
		return err
	}
	marks := append(slices.Clone(l.checkpoint.Ring), Mark{Cursor: l.checkpoint.Reached})
	marks = slices.DeleteFunc(marks, func(m Mark) bool { return m.Cursor == "" }) // the beginning: nothing ends before that
	marks, err = beyond(ctx, l, extent.Greatest, marks, func(m *Mark) Key { return m.Cursor })
	if err != nil || len(marks) == 0 {
		return err
	}
	lost, err := beyond(ctx, l, extent.Greatest, sought, func(a *Anchor) Key { return a.Cursor })
	if err == nil {
		l.doubt = doubt{since: time.Now(), end: extent.Greatest, marks: marks, lost: lost}
	}
	return err
}

// beyond gives those of a list whose cursors lie behind the greatest that there is.
// What has no cursor does not.
func beyond[T any](ctx context.Context, l *Loop, greatest Key, list []T, cursor func(*T) Key) ([]T, error) {
	var with []T
	var pairs [][2]Key
	for i := range list {
		if c := cursor(&list[i]); c != "" {
			with, pairs = append(with, list[i]), append(pairs, [2]Key{greatest, c})
		}
	}
	if greatest == "" {
		return with, nil
	}
	behind, err := l.Source.Earlier(ctx, pairs)
	if err != nil {
		return nil, err
	}
	at := -1
	return slices.DeleteFunc(with, func(T) bool {
		at++
		return !behind[at]
	}), nil
}

// stillGone counts how many of the doubtful rows are not there, or as old as never
// before. Without any the ring must do.
func (l *Loop) stillGone(ctx context.Context) (int, error) {
	if len(l.doubt.lost) == 0 {
		extent, err := l.Source.Extent(ctx)
		if err != nil {
			return 0, err
		}
		marks, err := beyond(ctx, l, extent.Greatest, l.doubt.marks, func(m *Mark) Key { return m.Cursor })
		return len(marks), err
	}
	f, err := l.lookFor(ctx, l.doubt.lost)
	l.doubt.gone, l.doubt.other = f.gone, len(f.moved)+len(f.older) > 0
	return len(l.doubt.lost) - f.back, err
}

// forget takes marks out of the ring behind which there are no rows any more.
func (ck *Checkpoint) forget(marks []Mark, end Key) {
	first := ck.Ring[0]
	ck.Reached = end
	ck.Ring = slices.DeleteFunc(slices.Clone(ck.Ring), func(m Mark) bool {
		return slices.ContainsFunc(marks, func(gone Mark) bool { return gone.Cursor == m.Cursor })
	})
	if first.Cursor = end; len(ck.Ring) == 0 {
		ck.Ring = []Mark{first}
	}
}
