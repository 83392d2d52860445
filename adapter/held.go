package adapter

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// due says when a held change is to be published, by the database's clock.
type due struct {
	at     time.Time
	number uint64
}

func (d due) compare(other due) int {
	return cmp.Or(d.at.Compare(other.at), cmp.Compare(d.number, other.number))
}

// held are the changes that wait for their time, the first due first. One that has
// become something else may still be among them.
type held struct {
	dues  []due
	found bool            // those that the store has are among them
	asOf  time.Time       // the database's clock when they were last looked through
	ripe  map[uint64]bool // those whose time has come, while their rows are judged
}

func (h *held) add(d due) {
	if i, there := slices.BinarySearchFunc(h.dues, d, due.compare); !there {
		h.dues = slices.Insert(h.dues, i, d)
	}
}

// note adds the held ones among changes that were committed.
func (h *held) note(changes []Change) {
	for i := range changes {
		if ch := &changes[i]; ch.Outcome == Held {
			h.add(due{ch.Due, ch.Number})
		}
	}
}

// take removes those that are due, at most limit, and gives their numbers.
func (h *held) take(now time.Time, limit int) []uint64 {
	n := 0
	var numbers []uint64
	for ; n < len(h.dues) && len(numbers) < limit && !h.dues[n].at.After(now); n++ {
		if number := h.dues[n].number; !slices.Contains(numbers, number) {
			numbers = append(numbers, number)
		}
	}
	h.dues = slices.Delete(h.dues, 0, n)
	return numbers
}

// now tells the database's time as it last said it and by how much has gone by since:
// what the adapter's own clock says does not matter, nor that it is set.
func (l *Loop) now(ctx context.Context) (time.Time, error) {
	if l.asked.IsZero() {
		return l.clock(ctx, &l.checkpoint)
	}
	return l.told.Add(time.Since(l.asked)), nil
}

// release publishes the held changes whose time has come, a page at a time. Their
// rows are read anew and judged as they are now.
func (l *Loop) release(ctx context.Context) error {
	now, err := l.now(ctx)
	if err != nil {
		return err
	}
	if err := l.findHeld(now); err != nil {
		return err
	}
	var still []uint64
	for l.within() == nil {
		numbers := l.held.take(now, l.Definition.Limits.PageSize)
		if len(numbers) == 0 {
			break
		}
		left, err := l.releasePage(ctx, numbers, now)
		if err != nil {
			l.held = held{} // what was taken is found again in the store
			return err
		}
		still = append(still, left...)
	}
	for _, number := range still {
		l.held.add(due{now, number})
	}
	return cmp.Or(ctx.Err(), l.within())
}

// findHeld looks through the store for held changes: once, and when the database's
// clock was set back. None is held for longer than it would be if it were new: the
// delay may have been shortened since, or the clock may have stood wrong.
func (l *Loop) findHeld(now time.Time) error {
	if l.held.found && !now.Before(l.held.asOf.Add(-clockStep)) {
		l.held.asOf = now
		return nil
	}
	l.held = held{}
	limit := l.Definition.Limits.PageSize
	for after, last := uint64(0), false; !last; {
		page, err := l.Store.Open(l.Definition.Name, Held, after, limit)
		if err != nil {
			return err
		}
		var sooner []Change
		for _, ch := range page {
			after = ch.Number
			if latest := l.due(&ch, now); ch.Due.After(latest) {
				ch.Due = latest
				sooner = append(sooner, ch)
			}
		}
		l.held.note(page)
		if len(sooner) > 0 {
			if err := l.save(Batch{Changes: sooner}); err != nil {
				return err
			}
		}
		last = len(page) < limit
	}
	l.held.found, l.held.asOf = true, now
	return nil
}

// releasePage judges the rows of due changes. It gives the numbers of those that are
// held nevertheless, as a replica that lags behind gave their rows.
func (l *Loop) releasePage(ctx context.Context, numbers []uint64, now time.Time) (still []uint64, err error) {
	changes, err := l.Store.Changes(l.Definition.Name, numbers)
	if err != nil {
		return nil, err
	}
	changes = slices.DeleteFunc(changes, func(ch Change) bool { return ch.Outcome != Held || ch.Due.After(now) })
	if len(changes) == 0 {
		return nil, nil
	}
	ids := make([]Key, len(changes))
	l.held.ripe = make(map[uint64]bool, len(changes))
	defer func() { l.held.ripe = nil }()
	for i := range changes {
		ids[i] = changes[i].Row
		l.held.ripe[changes[i].Number] = true
	}
	rows, err := l.rows(ctx, ids)
	if err != nil {
		return nil, err
	}
	l.at(AfterQuery)
	there := make(map[Key]bool, len(rows))
	for i := range rows {
		there[rows[i].ID] = true
	}
	gone := slices.DeleteFunc(slices.Clone(changes), func(ch Change) bool { return there[ch.Row] })
	if err := l.undo(gone); err != nil {
		return nil, err
	}
	batch, err := l.judge(ctx, rows)
	if err != nil {
		return nil, err
	}
	l.checkpoint.Totals.add(batch.Checkpoint.Totals)
	l.checkpoint.Totals.Rows += uint64(len(rows))
	if len(batch.Changes)+len(batch.Cases)+len(batch.Seen) > 0 {
		if err := l.save(batch); err != nil {
			return nil, err
		}
	}
	for i := range batch.Changes {
		delete(l.held.ripe, batch.Changes[i].Number)
	}
	for _, ch := range changes {
		if l.held.ripe[ch.Number] && there[ch.Row] {
			still = append(still, ch.Number)
		}
	}
	return still, nil
}
