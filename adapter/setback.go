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

var errEndsEarly = errors.New("the database ends before what was read from it: a replica that lags behind, or a database that was set back; nothing is published until that is clear")

// doubt is what the loop has seen of a database that may have been set back.
type doubt struct {
	since time.Time // by the adapter's clock; zero: there is none
	lost  []Change  // the newest changes whose rows were beyond the end
	gone  []uint64  // those of them whose rows are not there at all
	other bool      // one of these rows is there, but older or of another case: no row was deleted then
	marks []Mark    // those of the ring that were, and how far polls had reached
	end   Key       // the greatest cursor that there was instead
}

// notSetBack finds out whether the source's rows reach as far as polls have seen. If
// many of the newest are gone, that is an error, and when it has lasted for a while
// the source is stopped. The doubt only ends when they are there again: rows with new
// numbers could hide that the old ones are lost.
func (l *Loop) notSetBack(ctx context.Context) error {
	if l.doubt.since.IsZero() {
		if err := l.lookBack(ctx); err != nil || l.doubt.since.IsZero() {
			return err
		}
	}
	gone, err := l.stillGone(ctx)
	switch {
	case err != nil:
		return err
	case gone <= fewGone:
		l.goOn(gone)
		return nil
	case time.Since(l.doubt.since) < min(max(l.Definition.Overlap, leastPatience), mostPatience):
		return errEndsEarly
	case l.looksDeleted(gone):
		l.goOn(gone)
		return nil
	}
	return l.stop("database-set-back", fmt.Sprintf("the database is older than what was read from it: at least %d of the newest rows are gone, as after a restore from a backup; "+
		"put the newer one back, or %s", gone, waysOn(l.Definition.Name)))
}

// lookBack compares the end of the rows with how far polls had reached, and begins to doubt if they
// end before.
func (l *Loop) lookBack(ctx context.Context) error {
	if l.checkpoint.Reached == "" {
		return nil
	}
	extent, err := l.Source.Extent(ctx)
	if err != nil {
		return err
	}
	marks := append(slices.Clone(l.checkpoint.Ring), Mark{Cursor: l.checkpoint.Reached})
	marks = slices.DeleteFunc(marks, func(m Mark) bool { return m.Cursor == "" }) // the beginning: nothing ends before that
	cursors := make([]Key, len(marks))
	for i := range marks {
		cursors[i] = marks[i].Cursor
	}
	beyond, err := l.beyond(ctx, extent.Greatest, cursors)
	if err != nil || !slices.Contains(beyond, true) {
		return err
	}
	l.doubt = doubt{since: time.Now(), end: extent.Greatest}
	for i := range marks {
		if beyond[i] {
			l.doubt.marks = append(l.doubt.marks, marks[i])
		}
	}
	return l.newestBeyond(ctx, extent.Greatest)
}

// beyond tells which cursors lie behind the greatest that there is.
func (l *Loop) beyond(ctx context.Context, greatest Key, cursors []Key) ([]bool, error) {
	if greatest == "" {
		return slices.Repeat([]bool{true}, len(cursors)), nil
	}
	pairs := make([][2]Key, len(cursors))
	for i := range cursors {
		pairs[i] = [2]Key{greatest, cursors[i]}
	}
	return l.Source.Earlier(ctx, pairs)
}

// newestBeyond gathers the newest changes whose rows lay behind the greatest cursor.
func (l *Loop) newestBeyond(ctx context.Context, greatest Key) error {
	var numbers []uint64
	for n := l.checkpoint.Changes; n > 0 && len(numbers) < lookedAt; n-- {
		numbers = append(numbers, n)
	}
	changes, err := l.Store.Changes(l.Definition.Name, numbers)
	if err != nil {
		return err
	}
	met := map[Key]bool{}
	changes = slices.DeleteFunc(changes, func(ch Change) bool {
		again := met[ch.Row]
		met[ch.Row] = true
		return again || ch.Cursor == "" || !named(ch.Row) || ch.undone() || slices.Contains(l.checkpoint.Lost, ch.Number)
	})
	cursors := make([]Key, len(changes))
	for i := range changes {
		cursors[i] = changes[i].Cursor
	}
	beyond, err := l.beyond(ctx, greatest, cursors)
	for i := range beyond {
		if beyond[i] {
			l.doubt.lost = append(l.doubt.lost, changes[i])
		}
	}
	return err
}

// stillGone counts how many of the doubtful rows are not there, or as old as never
// before. Without any, as after a baseline, the ring must do.
func (l *Loop) stillGone(ctx context.Context) (int, error) {
	if len(l.doubt.lost) == 0 {
		extent, err := l.Source.Extent(ctx)
		if err != nil {
			return 0, err
		}
		var cursors []Key
		for _, m := range l.doubt.marks {
			cursors = append(cursors, m.Cursor)
		}
		beyond, err := l.beyond(ctx, extent.Greatest, cursors)
		return len(slices.DeleteFunc(beyond, func(b bool) bool { return !b })), err
	}
	ids := make([]Key, len(l.doubt.lost))
	for i := range ids {
		ids[i] = l.doubt.lost[i].Row
	}
	rows, err := l.rows(ctx, ids)
	if err != nil {
		return 0, err
	}
	present := make(map[Key]Row, len(rows))
	for _, r := range rows {
		present[r.ID] = r
	}
	var pairs [][2]Key
	l.doubt.gone, l.doubt.other = nil, false
	for i := range l.doubt.lost {
		ch := &l.doubt.lost[i]
		r, there := present[ch.Row]
		if !there {
			l.doubt.gone = append(l.doubt.gone, ch.Number)
		}
		if l.doubt.other = l.doubt.other || there && r.Case != ch.Case; r.Case == ch.Case && r.Cursor != "" {
			pairs = append(pairs, [2]Key{present[ch.Row].Cursor, ch.Cursor})
		}
	}
	older, err := l.Source.Earlier(ctx, pairs)
	l.doubt.other = l.doubt.other || slices.Contains(older, true)
	back := len(slices.DeleteFunc(older, func(b bool) bool { return b }))
	return len(ids) - back, err
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
