package adapter

import (
	"context"
	"slices"
	"time"
)

// Replay judges these changes again that are parked, unmapped, waiting, withheld or
// published without some of their recipients, in history mode with the rows as they
// are now. Those that were taken back for ever are left alone, and those of which the
// row is gone stay as they are. A dry one only counts. The totals tell what became of
// them.
func (l *Loop) Replay(ctx context.Context, numbers []uint64, dry bool) (Totals, error) {
	changes, err := l.open(numbers)
	if err != nil {
		return Totals{}, err
	}
	if _, err := l.now(ctx); err != nil {
		return Totals{}, err
	}
	var r *rehearsal
	if dry {
		r = newRehearsal()
		defer func(stored uint64) { l.checkpoint.Changes = stored }(l.checkpoint.Changes)
	}
	var totals Totals
	for part := range slices.Chunk(changes, l.Definition.Limits.PageSize) {
		// What follows other recipients does so first.
		before := l.checkpoint.Totals
		if err := l.recheck(ctx, casesOf(part), r); err != nil {
			return totals, err
		}
		totals.add(l.checkpoint.Totals.since(before))
		if part, err = l.open(numbersOf(part)); err != nil {
			return totals, err
		}
		if r.past(part); dry {
			part = slices.DeleteFunc(part, settled)
		}
		page, err := l.replay(ctx, part, r)
		if totals.add(page); err != nil {
			return totals, err
		}
	}
	if dry {
		totals.add(r.totals)
	}
	return totals, ctx.Err()
}

func (l *Loop) replay(ctx context.Context, changes []Change, dry *rehearsal) (Totals, error) {
	s := &sitting{Loop: l, as: manner{dry: dry}, earlier: map[uint64]Change{}}
	if err := s.seat(ctx, changes); err != nil {
		return Totals{}, err
	}
	same, changed, err := l.asTheyAre(ctx, changes)
	if err != nil {
		return Totals{}, err
	}
	for _, ch := range same {
		if _, told := s.parties[ch.Case]; s.inRow() && !told {
			continue // its row is another one than was judged, which the next poll finds
		}
		if err := s.rejudge(ch); err != nil {
			return Totals{}, err
		}
	}
	batch, err := l.judgeAs(ctx, changed, manner{resync: true, dry: dry})
	if err != nil {
		return Totals{}, err
	}
	totals := s.totals
	totals.add(batch.Checkpoint.Totals)
	if dry != nil {
		for i := range batch.Changes {
			l.checkpoint.Changes = max(l.checkpoint.Changes, batch.Changes[i].Number)
		}
		return totals, nil
	}
	l.checkpoint.Totals.add(totals)
	if len(s.batch.Changes) > 0 {
		if err := l.save(s.batch); err != nil {
			return totals, err
		}
	}
	if len(batch.Changes)+len(batch.Cases)+len(batch.Seen) > 0 {
		return totals, l.save(batch)
	}
	return totals, nil
}

// rejudge gives a change that stands as it did its outcome by the rules of now.
func (s *sitting) rejudge(ch Change) error {
	was := ch
	v := s.verdict(&item{group: group{Row: Row{Values: ch.Rad, Case: ch.Case, ID: ch.Row}}}, &ch)
	ch.Outcome, ch.Reasons, ch.Events, ch.Gone, ch.Due = v.Outcome, v.Reasons, v.Events, v.Gone, time.Time{}
	s.hold(&ch, &was)
	if ch.Outcome == was.Outcome && len(ch.Events) == 0 && slices.Equal(ch.Reasons, was.Reasons) {
		return nil
	}
	s.totals.count(&ch)
	s.keep(ch)
	return nil
}

// asTheyAre reads the rows of changes again. Those that are as they were, and those
// that cannot be read again, can be judged as they are stored; the rows of the others
// are judged anew.
func (l *Loop) asTheyAre(ctx context.Context, changes []Change) (same []Change, changed []Row, err error) {
	var ids []Key
	for i := range changes {
		if named(changes[i].Row) {
			ids = append(ids, changes[i].Row)
		}
	}
	rows, err := l.rows(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	groups, err := l.makeGroups(rows)
	if err != nil {
		return nil, nil, err
	}
	present := make(map[Key]*group, len(groups))
	for i := range groups {
		present[groups[i].ID] = &groups[i]
	}
	for _, ch := range changes {
		g := present[ch.Row]
		switch {
		case g == nil && named(ch.Row):
			// gone: nothing can be said of it any more
		case g == nil, l.Definition.Mode == Net && ch.placed() && !ch.behind(), l.shape.hash(g, l.partyRows(g)) == ch.Hash && ch.placed():
			if ch.Rad != nil {
				same = append(same, ch)
			}
		default:
			changed = append(append(changed, g.Row), g.more...)
			delete(present, ch.Row)
		}
	}
	return same, changed, nil
}
