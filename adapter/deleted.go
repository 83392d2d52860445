package adapter

import (
	"fmt"
	"slices"
)

// manyDeleted is how many of the newest rows may be gone for good and still be taken
// for rows that somebody deleted.
const manyDeleted = 20

// mostLost bounds how many such rows are remembered, the newest.
const mostLost = 500

// looksDeleted tells whether the newest rows may be gone because somebody deleted
// them, as a clerk does with drafts at the end of a day: they are few, and no row is
// there that says otherwise. A database that was set back has, in net mode, cases that
// are older than they were. In history mode it gives the same numbers again; where the
// rows' identities are no numbers, nobody would notice, and so the answer is no if
// there was a failure before or a start, as there is where a server is restored. Between
// polls rows are deleted every day, and what gets new identities is published once.
func (l *Loop) looksDeleted(gone int) bool {
	d := l.Definition
	if gone > manyDeleted || l.doubt.other || l.doubt.again > 0 || len(l.doubt.lost) == 0 {
		return false
	}
	if d.Mode == Net {
		return d.Cursor.Kind != CursorID
	}
	return d.Columns[l.shape.row].Type == Int || l.doubt.between
}

// goOn ends a doubt: the rows are there again, or are taken for deleted. Should one of
// many come again as another one, the database was set back after all; see reused. Of
// a few nobody can tell: there are databases that give the last number again.
func (l *Loop) goOn(gone int) {
	if gone > 0 {
		l.Log.Warn().Int("rows", gone).Msg("the newest rows are gone: deleted, or the database was set back a little")
		l.checkpoint.forget(l.doubt.marks, l.doubt.end)
		l.begun, l.settled = 0, nil // places in the ring as it was
	}
	l.checkpoint.miss(l.doubt.gone, gone > fewGone)
	l.doubt = doubt{}
}

// miss notes which rows are gone; lost: they are taken for deleted, though many. Else
// what comes under their numbers is another row.
func (ck *Checkpoint) miss(gone []Anchor, lost bool) {
	ck.Anchors = slices.Clone(ck.Anchors)
	var numbers []uint64
	for _, a := range gone {
		if at := slices.IndexFunc(ck.Anchors, func(b Anchor) bool { return a.Row == b.Row }); at >= 0 {
			ck.Anchors[at].Gone, ck.Anchors[at].Lost = true, lost
		}
		if a.change != 0 {
			numbers = append(numbers, a.change)
		}
	}
	if lost {
		ck.Lost = newestOf(ck.Lost, numbers)
	} else {
		ck.Accepted = newestOf(ck.Accepted, numbers)
	}
}

// isThere has a row that is just as it was be known to be gone no longer: it came from a
// replica that had lagged behind. What becomes of it later says nothing of a restore.
func (s *sitting) isThere(it *item, shadow *Case) {
	ck, number := &s.checkpoint, it.seen.Change
	if s.net(it) {
		number = shadow.Change
	}
	if number != 0 {
		ck.Lost, ck.Accepted = without(ck.Lost, number), without(ck.Accepted, number)
		return
	}
	if a, ok := s.anchored(it.ID); ok && (a.Gone || a.Lost) && a.Said == s.said(it.Values) {
		a.Gone, a.Lost = false, false
		ck.learn(&Batch{Checkpoint: Checkpoint{Anchors: []Anchor{a}}})
	}
}

// without gives a list of changes in rising order without this one.
func without(list []uint64, number uint64) []uint64 {
	if at, there := slices.BinarySearch(list, number); there {
		return slices.Delete(slices.Clone(list), at, at+1)
	}
	return list
}

// newestOf puts lists of changes together, in rising order.
func newestOf(lists ...[]uint64) []uint64 {
	list := slices.Compact(slices.Sorted(slices.Values(slices.Concat(lists...))))
	return list[max(0, len(list)-mostLost):]
}

// fewReused is how many rows of a page may be those of other cases before the database
// is taken for one that gives its numbers a second time.
const fewReused = 2

// reused stops the source if rows that are known are now other ones, of other cases:
// the database was set back and has handed out the same numbers again. Of those that
// were taken for deleted one is enough. A row that only moved, as when an office merges
// cases, still says the same.
func (s *sitting) reused() error {
	if s.as.resync || s.checkpoint.Phase != Following {
		return nil
	}
	n, lost := 0, false
	for i := range s.groups {
		it := &s.groups[i]
		was, ok := s.was(it)
		if !ok || !named(it.ID) || it.Err != nil || it.touched {
			continue
		}
		moved, says := was.Case != it.Case, was.Said == s.said(it.Values)
		lost = lost || was.Lost && (moved || !says || s.net(it) && !s.asHashed(it, s.shadow(it).Hash))
		if !s.net(it) && moved && !says && (was.Lost || !was.Gone) {
			n++
		}
	}
	switch {
	case s.as.dry != nil || n <= fewReused && !lost:
		return nil
	case lost:
		return s.stop(databaseSetBack, "the newest rows were gone and are there again as other ones: they were not deleted, but the database was set back; "+
			"put the newer one back if there is one, and then "+waysOn(s.Definition.Name))
	}
	return s.stopReused(n)
}

// was gives what a row was when a change was made of it, or when it was remembered.
func (s *sitting) was(it *item) (Anchor, bool) {
	number := it.seen.Change
	if s.net(it) {
		number = s.shadow(it).Change
	}
	old, ok := s.earlier[number]
	if !ok {
		if number != 0 {
			return Anchor{}, false
		}
		return s.anchored(it.ID)
	}
	a := old.anchor()
	_, accepted := slices.BinarySearch(s.checkpoint.Accepted, number)
	a.Gone = accepted || old.rowGone()
	_, a.Lost = slices.BinarySearch(s.checkpoint.Lost, number)
	return a, true
}

// stopReused stops the source as so many rows are other ones.
func (l *Loop) stopReused(n int) error {
	return l.stop(rowsReused, fmt.Sprintf("%d known rows now belong to other cases: the database was set back and has given the same numbers again, or it is another one; "+
		"point the connection to the right one, or %s; a column in events.created tells such rows apart", n, waysOn(l.Definition.Name)))
}
