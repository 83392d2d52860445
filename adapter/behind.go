package adapter

import (
	"context"
	"slices"
)

// readBehind is the code of the reason of a change that is not shown for now, as its row
// was read older than it had been read before, and must not be published as it was then.
const readBehind = "read-behind"

// behind tells whether a change is not shown for now as its row was read so.
func (c *Change) behind() bool {
	return c.Outcome == Withheld && len(c.Reasons) > 0 && c.Reasons[0].Code == readBehind
}

// dropBehind leaves out, in net mode, rows that are older than what was read of their
// case before: a replica that lags behind gives such, and publishing them would take the
// case back. They may take away, as they may as well be the truth, but never show. A
// cursor that was ahead of the database's clock proves no lag: what is written with the
// right time has a lesser one. In history mode a lesser cursor is a correction, by
// somebody who set a date back or by a transaction that began before another. An operator
// takes all rows as they are.
func (s *sitting) dropBehind(ctx context.Context) error {
	if s.as.resync || s.taking() || s.Definition.Cursor.Kind == CursorNone {
		return nil
	}
	var at []int
	var pairs [][2]Key
	for i := range s.groups {
		it := &s.groups[i]
		if c := s.cursorBefore(it); c != "" && it.Cursor != "" && c != it.Cursor && !s.cursorTwice(it.Values) {
			at, pairs = append(at, i), append(pairs, [2]Key{it.Cursor, c})
		}
	}
	behind, err := s.older(ctx, at, pairs)
	if err != nil || len(behind) == 0 {
		return err
	}
	kept := s.groups[:0]
	for i, it := range s.groups {
		if _, dropped := slices.BinarySearch(behind, i); !dropped {
			kept = append(kept, it)
			continue
		}
		s.totals.Behind++
		if err := s.setAside(&it); err != nil {
			return err
		}
	}
	s.groups = kept
	return nil
}

// cursorBefore gives the cursor with which a row's case was read before, in net mode;
// empty if it was not.
func (s *sitting) cursorBefore(it *item) Key {
	if c := s.shadow(it); s.net(it) && c.Known {
		return c.Cursor
	}
	return ""
}

// older gives those of some groups whose cursors lie before what was read, in a pair
// each, if that does not lie in the future.
func (s *sitting) older(ctx context.Context, groups []int, pairs [][2]Key) ([]int, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	earlier, err := s.Source.Earlier(ctx, pairs)
	if err != nil {
		return nil, err
	}
	var behind []int
	var before []Key
	for i := range groups {
		if earlier[i] {
			behind, before = append(behind, groups[i]), append(before, pairs[i][1])
		}
	}
	if len(behind) == 0 || s.Definition.Cursor.Kind != CursorTime {
		return behind, nil
	}
	ahead, err := s.Source.Ahead(ctx, before)
	if err != nil {
		return nil, err
	}
	n := -1
	return slices.DeleteFunc(behind, func(int) bool {
		n++
		return ahead[n]
	}), nil
}

// setAside takes back what is shown of a row that was read behind, if it would not be
// published as it is, until it is read again as it was last or newer.
func (s *sitting) setAside(it *item) error {
	shadow := s.shadow(it)
	if it.Err != nil || it.Case == "" || it.touched {
		return nil
	}
	now := s.change(it, shadow, Change{})
	v, numbers := s.judgeOne(&now.StatusChange, nil), shadow.numbers()
	if v.Outcome != Withheld {
		return nil
	}
	if !v.Gone { // only what it says now is not for the kund
		if numbers = []uint64{shadow.Change}; !s.standsAt(it, shadow) || shadow.Change == 0 {
			return nil
		}
	}
	past, err := s.Store.Changes(s.Definition.Name, numbers)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(past, func(ch Change) bool { return ch.tobeShown() }) {
		return nil
	}
	for i := range past {
		// The change that the case stands at tells, when the row is read again, that there are some.
		if ch := &past[i]; ch.tobeShown() || ch.Number == shadow.Change && ch.judgedAgain() {
			s.hide(ch)
		}
	}
	shadow.Hash = ^it.hash // so that the row is judged when it is as it was
	s.touch(it)
	return nil
}

// tobeShown tells whether something of a change is shown, or will be.
func (c *Change) tobeShown() bool {
	return !c.Gone && (c.Outcome == Published || c.Outcome == Waiting || c.Outcome == Held)
}

// judgedAgain tells whether a change has its outcome from the rules, and would have it
// again.
func (c *Change) judgedAgain() bool {
	return !c.Gone && !(c.Outcome == Ignored && len(c.Reasons) > 0)
}

// hide has a change not be shown for now.
func (s *sitting) hide(ch *Change) {
	ch.Shown, ch.Outcome = ch.shown(), Withheld // Due stays: it is held again until then
	ch.Reasons = []Reason{{Code: readBehind, Detail: "the row was read as it was earlier, when it was not to be published: it is judged again when it is read as it was last, or newer"}}
	s.totals.count(ch)
	s.amend(ch)
}

// restoreAside publishes again, in net mode, what was taken back of a case as its row was
// read behind. What the row says now is for the rest to judge.
func (s *sitting) restoreAside(it *item, shadow *Case) error {
	last, known := s.earlier[shadow.Change]
	if !s.net(it) || it.Err != nil || s.quiet() || known && last.judgedAgain() && !last.behind() {
		return nil
	}
	past, err := s.Store.Changes(s.Definition.Name, shadow.numbers())
	if err != nil {
		return err
	}
	past = slices.DeleteFunc(past, func(ch Change) bool {
		return !ch.behind() || ch.Rad == nil || ch.Number == shadow.Change && s.standsAt(it, shadow)
	})
	if len(past) == 0 {
		return nil
	}
	now := s.change(it, shadow, Change{})
	v := s.judgeOne(&now.StatusChange, nil)
	if v.Gone {
		return nil
	}
	for _, ch := range past {
		if v.Outcome == Withheld && !ch.Shown { // it waited for a recipient, or for its time, and does so on
			if ch.Outcome, ch.Reasons = Waiting, nil; !ch.Due.IsZero() {
				ch.Outcome = Held
			}
			s.totals.count(&ch)
			s.keep(ch)
		} else {
			s.judgePast(it, shadow, &ch)
		}
		s.earlier[ch.Number] = ch
	}
	return nil
}
