package adapter

import (
	"hash/fnv"
	"slices"
)

// Anchor is one of the newest rows that polls have seen, as it was then. A database
// that was set back does not have it, or gives its number to another row. Those of
// changes are read from the store; those of rows that a first run only remembered are
// kept with the checkpoint, until there are changes enough.
type Anchor struct {
	Row    Key    `json:"row"`
	Case   Key    `json:"case"`
	Cursor Key    `json:"cursor,omitempty"`
	Said   uint64 `json:"said"`             // hash of its status and its time, as the source had them
	Before uint64 `json:"before,omitempty"` // number of the newest change when it was taken
	Gone   bool   `json:"gone,omitempty"`   // it was looked for and is not there: what has its number then is another row
	Lost   bool   `json:"lost,omitempty"`   // it is gone, and taken for deleted; see Checkpoint.Lost
	change uint64 // number of its change; 0: it was only remembered
}

// anchor is the row of a change.
func (c *Change) anchor() Anchor {
	return Anchor{Row: c.Row, Case: c.Case, Cursor: c.Cursor, Said: saidHash(c.Ny, c.RawTime), change: c.Number}
}

func saidHash(status, raw string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(appendValue(appendValue(nil, status), raw))
	return h.Sum64()
}

// said tells what a row says, as an anchor has it.
func (l *Loop) said(values []any) uint64 {
	_, status := l.status(values)
	_, raw := l.when(values)
	return saidHash(status, raw)
}

// anchors gives the newest rows that a database which was not set back has, the newest
// first: those of changes, and of rows that were remembered.
func (l *Loop) anchors() ([]Anchor, error) {
	var numbers []uint64
	for n := l.checkpoint.Changes; n > 0 && len(numbers) < lookedAt; n-- {
		if _, gone := slices.BinarySearch(l.checkpoint.Accepted, n); !gone {
			numbers = append(numbers, n)
		}
	}
	changes, err := l.Store.Changes(l.Definition.Name, numbers)
	if err != nil {
		return nil, err
	}
	met := make(map[Key]bool, lookedAt)
	var list []Anchor
	for i := range changes {
		ch := &changes[i]
		if a, ok := l.anchored(ch.Row); ok && a.Before >= ch.Number {
			continue // it was remembered after that
		}
		if !met[ch.Row] && named(ch.Row) && !ch.undone() && !ch.RowMissing() && !slices.Contains(l.checkpoint.Lost, ch.Number) {
			list = append(list, ch.anchor())
		}
		met[ch.Row] = true
	}
	for _, a := range slices.Backward(l.checkpoint.Anchors) {
		if !met[a.Row] && !a.Gone {
			list = append(list, a)
		}
	}
	return list, nil
}

// RowMissing tells whether a change was taken back as its row was gone: for as long as
// the row is.
func (c *Change) RowMissing() bool {
	return c.Gone && len(c.Reasons) > 0 && c.Reasons[0].Code == rowMissing
}

// rowGone tells the same also of a change that an operator took back after that.
func (c *Change) rowGone() bool {
	return c.Gone && slices.ContainsFunc(c.Reasons, func(r Reason) bool { return r.Code == rowMissing })
}

// learn takes what a page of rows tells: those that were remembered, in source order,
// and which changes have a row again. It lets go of anchors after which there were
// changes enough to serve instead, and of all but the newest.
func (ck *Checkpoint) learn(b *Batch) {
	for i := range b.Changes {
		n := b.Changes[i].Number
		ck.Lost, ck.Accepted = without(ck.Lost, n), without(ck.Accepted, n)
	}
	taken := b.Checkpoint.Anchors
	if len(ck.Anchors)+len(taken) == 0 {
		return
	}
	list := slices.DeleteFunc(slices.Clone(ck.Anchors), func(a Anchor) bool { return a.Before+lookedAt <= ck.Changes })
	for _, a := range taken {
		if at := slices.IndexFunc(list, func(b Anchor) bool { return a.Row == b.Row }); at >= 0 {
			list[at] = a
		} else {
			list = append(list, a)
		}
	}
	ck.Anchors = list[max(0, len(list)-lookedAt):]
}

// anchored gives what is kept of a row that was remembered.
func (l *Loop) anchored(row Key) (Anchor, bool) {
	at := slices.IndexFunc(l.checkpoint.Anchors, func(a Anchor) bool { return a.Row == row })
	if at < 0 {
		return Anchor{}, false
	}
	return l.checkpoint.Anchors[at], true
}

// take notes a row that is remembered, for the checkpoint. What was remembered before
// is only kept if it is one of the newest.
func (s *sitting) take(it *item) {
	if _, known := s.anchored(it.ID); !known && !s.baselined(it) || !named(it.ID) || it.Err != nil || it.Cursor == "" && s.Definition.Cursor.Kind != CursorNone {
		return
	}
	if s.taken = append(s.taken, it); len(s.taken) == 2*lookedAt {
		s.taken = append(s.taken[:0], s.taken[lookedAt:]...)
	}
}

// newest gives the last of the rows that were taken.
func (s *sitting) newest() []Anchor {
	var list []Anchor
	for _, it := range s.taken[max(0, len(s.taken)-lookedAt):] {
		list = append(list, Anchor{Row: it.ID, Case: it.Case, Cursor: it.Cursor, Said: s.said(it.Values), Before: s.number})
	}
	return list
}

// renewed tells whether a row that the first run remembered is another one now, which
// has the same number: that is new, and not what stays unpublished. Where nothing is
// kept of it, a row that its case has not come to yet is, once a database was set back.
func (s *sitting) renewed(it *item, shadow *Case) bool {
	if s.net(it) || s.baselined(it) || it.Err != nil {
		return false
	}
	if a, ok := s.anchored(it.ID); ok {
		if says := a.Said == s.said(it.Values); !says && a.Case != it.Case || a.Gone && (!says || a.Case != it.Case) {
			return true
		}
	}
	if !s.checkpoint.SetBack && !s.as.back {
		return false
	}
	walked := s.as.met != nil && shadow.Change > s.as.met.limit // the case came to it in this walk
	ch := s.change(it, shadow, Change{})
	return walked || !ch.Late
}
