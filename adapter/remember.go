package adapter

import (
	"cmp"
	"hash/fnv"
	"slices"
)

// newer tells whether a change comes after the shadow, in time and then in the
// source's order.
func newer(ch *StatusChange, shadow *Case) bool {
	if !ch.Tidpunkt.Equal(shadow.Tidpunkt) {
		return ch.Tidpunkt.After(shadow.Tidpunkt)
	}
	return ch.Order > shadow.Order
}

// pastHash tells apart the changes of a case in net mode that are not the same.
func pastHash(ch *StatusChange) uint64 {
	h := fnv.New64a()
	var b []byte
	for _, s := range ch.Status {
		b = appendValue(b, s)
	}
	_, _ = h.Write(appendValue(b, ch.RawTime))
	return h.Sum64()
}

// times counts the earlier changes of a case in net mode that were the same.
func (c *Case) times(ch *StatusChange) int {
	n := 0
	for hash, i := pastHash(ch), 0; i < len(c.Past); i++ {
		if c.Past[i].Hash == hash {
			n++
		}
	}
	return n
}

// place finds a change in the case's past, which stands by number, or where it would be.
func (c *Case) place(number uint64) (at int, there bool) {
	return slices.BinarySearchFunc(c.Past, number, func(p Past, n uint64) int { return cmp.Compare(p.Change, n) })
}

// has tells whether a change is one of the case.
func (c *Case) has(number uint64) bool {
	_, there := c.place(number)
	return there || len(c.Past) == 0 && c.Change == number
}

// record adds a change to the case's past. It tells whether the change was not there yet.
func (c *Case) record(p Past) bool {
	at, there := c.place(p.Change)
	if !there {
		c.Past = slices.Insert(slices.Clip(c.Past), at, p)
	}
	return !there
}

// advance moves the shadow to a change. In history mode a late row leaves it where
// it is, and so does one that must not be published: its status is nobody's. In net
// mode the row is the case, and only one that cannot be read leaves its status.
func (s *sitting) advance(it *item, shadow *Case, ch *Change) {
	if s.Definition.Mode == History && (ch.Outcome == Withheld || ch.Late || ch.Tidpunkt.IsZero()) || it.Err != nil {
		return
	}
	isNew := shadow.Change != ch.Number || ch.Number == 0
	shadow.Known = true
	shadow.Status, shadow.Tidpunkt, shadow.Order, shadow.Change = ch.Ny, ch.Tidpunkt, ch.Order, ch.Number
	if s.Definition.Mode == Net && isNew && ch.Number != 0 {
		shadow.record(Past{Change: ch.Number, Hash: pastHash(&ch.StatusChange)})
	}
	s.touch(it)
}

// remember notes what a row looked like: in history mode as seen, in net mode in
// the case's shadow.
func (s *sitting) remember(it *item, shadow *Case, seen Seen) {
	if s.net(it) {
		shadow.Known, shadow.Hash, shadow.Cursor = true, it.hash, it.Cursor
		shadow.Away = shadow.Away && (it.Err != nil || it.touched)
		s.touch(it)
		return
	}
	seen.Row = it.ID
	s.batch.Seen = append(s.batch.Seen, seen)
}

// touch has the row's case written with the batch.
func (s *sitting) touch(it *item) {
	if place, ok := s.places[it.Case]; ok {
		s.changed[place] = true
	}
}

// keep puts a change into the batch. One that is settled keeps only the columns
// that the rules use, and those that tell whose it is if its row is not looked at
// again for anything else.
func (s *sitting) keep(ch Change) {
	if !ch.Outcome.Open() && len(ch.Reasons) == 0 {
		ch.Rad = only(ch.Rad, s.Rules.Columns())
		parties := ch.Parter
		if ch.Parter = nil; s.Definition.IfChanged == Ignore {
			for _, values := range parties {
				ch.Parter = append(ch.Parter, only(values, s.shape.told))
			}
		}
	}
	if _, earlier := s.earlier[ch.Number]; earlier {
		s.amend(&ch) // another row of the page may have amended it
		return
	}
	s.batch.Changes = append(s.batch.Changes, ch)
}

// only gives a row with nothing but these columns.
func only(values []any, columns []int) []any {
	kept := make([]any, len(values))
	for _, i := range columns {
		kept[i] = values[i]
	}
	return kept
}

// count adds a judged change.
func (t *Totals) count(ch *Change) {
	switch ch.Outcome {
	case Published:
		t.Published++
	case Ignored:
		t.Ignored++
	case Unmapped:
		t.Unmapped++
	case Parked:
		t.Parked++
	case Waiting:
		t.Waiting++
	case Withheld:
		t.Withheld++
	case Held:
		t.Held++
	}
	t.Events += uint64(len(ch.Events))
	if ch.Late {
		t.Late++
	}
}

// add puts the counts of one page to the source's.
func (t *Totals) add(page Totals) {
	t.Rows += page.Rows
	t.Baselined += page.Baselined
	t.Changes += page.Changes
	t.Published += page.Published
	t.Ignored += page.Ignored
	t.Unmapped += page.Unmapped
	t.Parked += page.Parked
	t.Waiting += page.Waiting
	t.Withheld += page.Withheld
	t.Events += page.Events
	t.Late += page.Late
	t.Behind += page.Behind
	t.Rewrites += page.Rewrites
	t.Reread += page.Reread
	t.Missed += page.Missed
	t.Missing += page.Missing
	t.Parties += page.Parties
	t.Overholds += page.Overholds
	t.Held += page.Held
	t.Undone += page.Undone
}

// since gives what was counted after other totals of the same source.
func (t Totals) since(before Totals) Totals {
	t.Rows -= before.Rows
	t.Baselined -= before.Baselined
	t.Changes -= before.Changes
	t.Published -= before.Published
	t.Ignored -= before.Ignored
	t.Unmapped -= before.Unmapped
	t.Parked -= before.Parked
	t.Waiting -= before.Waiting
	t.Withheld -= before.Withheld
	t.Events -= before.Events
	t.Late -= before.Late
	t.Behind -= before.Behind
	t.Rewrites -= before.Rewrites
	t.Reread -= before.Reread
	t.Missed -= before.Missed
	t.Missing -= before.Missing
	t.Parties -= before.Parties
	t.Overholds -= before.Overholds
	t.Held -= before.Held
	t.Undone -= before.Undone
	return t
}
