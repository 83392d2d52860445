package adapter

import (
	"context"
	"slices"
)

// mostAsked bounds how many numbers are looked up one by one.
const mostAsked = 10

// found is how rows that polls have seen were found again.
type found struct {
	sought []Anchor

	back  int      // as far along as they were, or further
	still []Key    // cursors of those that are just as they were
	gone  []Anchor // not there
	older []Anchor // there, but less far along than they were
	now   []Anchor // these, as they are
	moved []Anchor // of other cases now
	other []Row    // those of them that say something else
}

// lookAgain looks for the newest rows that polls have seen.
func (l *Loop) lookAgain(ctx context.Context) (found, error) {
	sought, err := l.anchors()
	if err != nil {
		return found{}, err
	}
	return l.lookFor(ctx, sought)
}

// lookFor reads rows that polls have seen.
func (l *Loop) lookFor(ctx context.Context, sought []Anchor) (found, error) {
	f := found{sought: sought}
	ids := make([]Key, len(sought))
	for i := range sought {
		ids[i] = sought[i].Row
	}
	rows, err := l.rows(ctx, ids)
	if err != nil {
		return f, err
	}
	present := make(map[Key]*Row, len(rows))
	for i := range rows {
		present[rows[i].ID] = &rows[i]
	}
	var there []Anchor
	var pairs [][2]Key
	for _, a := range sought {
		r := present[a.Row]
		switch {
		case r == nil:
			f.gone = append(f.gone, a)
		case r.Case != a.Case:
			if f.moved = append(f.moved, a); r.Err == nil && l.said(r.Values) != a.Said {
				f.other = append(f.other, *r)
			}
		case r.Cursor != "" && a.Cursor != "":
			there, pairs = append(there, a), append(pairs, [2]Key{r.Cursor, a.Cursor})
		}
	}
	earlier, err := l.Source.Earlier(ctx, pairs)
	for i := range earlier {
		switch a, values := there[i], present[there[i].Row].Values; {
		case earlier[i] && !l.cursorTwice(values):
			f.older = append(f.older, a)
			f.now = append(f.now, Anchor{Row: a.Row, Case: a.Case, Cursor: pairs[i][0], Said: l.said(values), Before: l.checkpoint.Changes})
		default:
			if f.back++; pairs[i][0] == a.Cursor && l.said(values) == a.Said {
				f.still = append(f.still, a.Cursor)
			}
		}
	}
	return f, err
}

// givenAgain counts the known rows that are now of other cases. Those that were read as
// they are now do not count: an office has moved them.
func (l *Loop) givenAgain(f *found) (int, error) {
	if l.Definition.Mode == Net || len(f.other) == 0 {
		return 0, nil
	}
	groups, err := l.makeGroups(f.other)
	if err != nil {
		return 0, err
	}
	ids := make([]Key, len(groups))
	for i := range groups {
		ids[i] = groups[i].ID
	}
	seen, _, err := l.Store.Known(l.Definition.Name, ids, nil)
	n := 0
	for i := range seen {
		if g := &groups[i]; l.shape.hash(g, l.partyRows(g)) != seen[i].Hash {
			n++
		}
	}
	return n, err
}

// overtaken stops the source if its rows reach as far as polls have seen only as newer
// ones have come: if many of the newest are older than they were, or their numbers are
// those of other rows. Rows that were deleted, or set right, have some behind them
// that are as they were; a replica that lags behind has older ones, but no others.
func (l *Loop) overtaken(ctx context.Context, f *found) error {
	if len(f.older)+len(f.gone) <= fewGone {
		return nil
	}
	last, err := l.last(ctx, f.still)
	if err != nil {
		return err
	}
	key := func(a *Anchor) Key { return a.Cursor }
	older, err := beyond(ctx, l, last, f.older, key)
	if err != nil {
		return err
	}
	gone, err := beyond(ctx, l, last, f.gone, key)
	if err != nil {
		return err
	}
	n := len(older)
	if !l.doubt.since.IsZero() {
		n = 0
	}
	if n <= fewReused && len(gone) > fewReused && l.Definition.Cursor.Kind == CursorID && l.Definition.Created == "" {
		if n, err = l.takenNumbers(ctx, gone[:min(len(gone), mostAsked)]); err != nil {
			return err
		}
	}
	if n <= fewReused {
		return l.newNumbers(ctx, f)
	}
	return l.olderThanKnown(n)
}

// last gives the greatest of these cursors, as the database orders them; none of none.
func (l *Loop) last(ctx context.Context, cursors []Key) (Key, error) {
	for len(cursors) > 1 {
		var pairs [][2]Key
		for pair := range slices.Chunk(cursors, 2) {
			pairs = append(pairs, [2]Key{pair[0], pair[len(pair)-1]})
		}
		earlier, err := l.Source.Earlier(ctx, pairs)
		if err != nil {
			return "", err
		}
		cursors = make([]Key, len(pairs))
		for i := range pairs {
			if cursors[i] = pairs[i][0]; earlier[i] {
				cursors[i] = pairs[i][1]
			}
		}
	}
	if len(cursors) == 0 {
		return "", nil
	}
	return cursors[0], nil
}

// takenNumbers counts the rows that have the numbers of others that are gone.
func (l *Loop) takenNumbers(ctx context.Context, gone []Anchor) (int, error) {
	n := 0
	for _, a := range gone {
		page, err := l.Source.Read(ctx, Walk{Lo: a.Cursor, Until: a.Cursor})
		if err != nil {
			return n, err
		}
		if len(page.Rows) > 0 {
			n++
		}
	}
	return n, nil
}

// accept takes rows that are gone for gone, and those that are older for what they are, as
// an operator has chosen to go on. What gets the numbers of those that are gone is another row.
func (l *Loop) accept(ctx context.Context, ck *Checkpoint) error {
	f, err := l.lookAgain(ctx)
	if err != nil {
		return err
	}
	if ck.miss(f.gone, false); l.met != nil {
		ck.Accepted = newestOf(l.met.absent())
	}
	ck.learn(&Batch{Checkpoint: Checkpoint{Anchors: f.now}})
	for i := range ck.Anchors {
		ck.Anchors[i].Lost = false
	}
	return nil
}

// wasSetBack tells whether the database may give numbers again that it has given to
// rows which were remembered: an operator may have restored it, and have chosen how to
// go on before a poll could notice.
func (l *Loop) wasSetBack(ctx context.Context) (bool, error) {
	ck := &l.checkpoint
	switch {
	case ck.Halted.setBack() || !l.doubt.since.IsZero():
		return true, nil
	case ck.Halted != nil || l.halt != nil || ck.Phase != Following:
		return false, nil
	}
	f, err := l.lookAgain(ctx)
	if err != nil {
		return false, err
	}
	again, err := l.givenAgain(&f)
	return again > 0 || len(f.gone)+len(f.older) > fewGone, err
}
