package adapter

import (
	"math"
	"slices"
	"time"
)

// undoneCode is the reason of a change that was gone again before its delay was over.
const undoneCode = "undone"

func (c *Change) undone() bool {
	return c.Outcome == Ignored && len(c.Reasons) > 0 && c.Reasons[0].Code == undoneCode
}

// moveOn takes out, in net mode, the changes that a case has made and undone: the held
// one that it stands at if its row now says something else, and those through which it
// has only passed. It tells whether the row is as it was before them.
func (s *sitting) moveOn(it *item, shadow *Case) (back bool, err error) {
	old, ok := s.earlier[shadow.Change]
	if !ok || !s.net(it) || it.Err != nil || s.standsAt(it, shadow) {
		return false, nil
	}
	out := old.Outcome == Held
	if out {
		if err := s.takeOut(shadow, &old); err != nil {
			return false, err
		}
	}
	passed, err := s.passed(it, shadow)
	for i := range passed {
		if err := s.takeOut(shadow, &passed[i]); err != nil {
			return false, err
		}
	}
	if err != nil || !out && len(passed) == 0 {
		return false, err
	}
	return s.standsAt(it, shadow) && s.asHashed(it, shadow.Hash) && !shadow.Away, nil
}

// passed gives the changes of a case since it had the status that it has again, the
// newest first, if each was to a status that is not for the kund and is no longer ago
// than the delay: nobody was shown any of them, so the way back is no event either.
func (s *sitting) passed(it *item, shadow *Case) ([]Change, error) {
	var passed []Change
	_, status := s.status(it.Values)
	at, now := shadow.Status, s.told.Add(time.Since(s.asked))
	for i, p := range slices.Backward(shadow.Past) {
		if at == status || i == len(shadow.Past)-1 && p.Change != shadow.Change {
			return nil, nil
		}
		ch, err := s.recall(p.Change)
		if err != nil || !ch.passing() || ch.Ny != at || ch.Gammal == "" || !now.Before(ch.Due) {
			return nil, err
		}
		if passed = append(passed, ch); ch.Gammal == status {
			return passed, nil
		}
		at = ch.Gammal
	}
	return nil, nil
}

// passing tells whether a change was to a status that is not for the kund.
func (c *Change) passing() bool {
	return !c.Shown && !c.Gone && (c.Outcome == Ignored || c.Outcome == Unmapped)
}

// undo takes out held changes whose rows are gone, in a commit of their own.
func (l *Loop) undo(gone []Change) error {
	if len(gone) == 0 {
		return nil
	}
	cases := make([]Key, len(gone))
	for i := range gone {
		cases[i] = gone[i].Case
	}
	slices.Sort(cases)
	cases = slices.Compact(cases)
	_, known, err := l.Store.Known(l.Definition.Name, nil, cases)
	if err != nil {
		return err
	}
	s := &sitting{Loop: l, earlier: map[uint64]Change{}}
	for i := range known {
		known[i].Key = cases[i]
	}
	// The newest first: what one followed on may be taken out as well.
	slices.SortFunc(gone, func(a, b Change) int { return due{number: b.Number}.compare(due{number: a.Number}) })
	for i := range gone {
		ch := &gone[i]
		at, _ := slices.BinarySearch(cases, ch.Case)
		if err := s.takeOut(&known[at], ch); err != nil {
			return err
		}
		if l.Definition.Mode == History {
			// Should the row come again, as after a replica that lagged behind, it is judged.
			s.batch.Seen = append(s.batch.Seen, Seen{Row: ch.Row, Hash: ^ch.Hash, Outcome: Ignored, Change: ch.Number})
		}
	}
	s.batch.Cases = known
	l.checkpoint.Totals.add(s.totals)
	return l.save(s.batch)
}

// takeOut settles a held change as if it had never been.
func (s *sitting) takeOut(shadow *Case, ch *Change) error {
	ch.Outcome, ch.Due, ch.Gone, ch.Rad, ch.Parter = Ignored, time.Time{}, true, nil, nil
	ch.Reasons = []Reason{{Code: undoneCode, Detail: "the row was changed back or removed within events.delay"}}
	s.amend(ch)
	s.totals.Undone++
	return s.stepBack(shadow, ch)
}

// stepBack takes a change out of its case's past: the case stands where it stood
// before, and what came after it, in history mode, followed on that.
func (s *sitting) stepBack(shadow *Case, ch *Change) error {
	at := slices.IndexFunc(shadow.Past, func(p Past) bool { return p.Change >= ch.Number })
	if at < 0 {
		at = len(shadow.Past)
	}
	before, after := shadow.Past[:at], shadow.Past[at:]
	if len(after) > 0 && after[0].Change == ch.Number {
		after = after[1:]
	}
	shadow.Past = slices.Concat(before, after)
	if shadow.Change != ch.Number {
		return s.followOn(after, ch)
	}
	last, err := s.lastOf(before)
	if err != nil {
		return err
	}
	shadow.Status = ch.Gammal
	if s.Definition.Mode == History && (ch.Gammal == "" || last != nil && last.Ny == ch.Gammal) {
		if last, err = s.greatestOf(shadow.Past); err != nil { // those that were late for it are not any more
			return err
		}
		if last != nil {
			shadow.Status = last.Ny
		}
	}
	switch {
	case last != nil && last.Ny == shadow.Status:
		shadow.Change, shadow.Hash, shadow.Tidpunkt, shadow.Order = last.Number, 0, last.Tidpunkt, last.Order
		if s.Definition.Mode == Net {
			shadow.Hash = last.Hash
		}
	case s.Definition.Mode == Net || ch.Gammal == "":
		shadow.Change, shadow.Hash, shadow.Tidpunkt, shadow.Order = 0, 0, time.Time{}, math.MinInt64
	default: // a row that the first run remembered: nobody knows of which time
		shadow.Change = 0
	}
	return nil
}

// followOn has the change that followed on one which is taken out follow on what was
// before that.
func (s *sitting) followOn(after []Past, ch *Change) error {
	for _, p := range after {
		next, err := s.recall(p.Change)
		if err != nil {
			return err
		}
		if !leads(&next) {
			continue
		}
		if next.Outcome.Open() && !next.Gone && next.Gammal == ch.Ny {
			next.Gammal = ch.Gammal
			s.amend(&next)
		}
		return nil
	}
	return nil
}

// lastOf gives the last change that the case stood at; nil if there is none.
func (s *sitting) lastOf(past []Past) (*Change, error) {
	for _, p := range slices.Backward(past) {
		if s.Definition.Mode == Net && p.Hash == 0 { // its row could not be read
			continue
		}
		ch, err := s.recall(p.Change)
		if err != nil {
			return nil, err
		}
		if s.Definition.Mode == Net || leads(&ch) {
			return &ch, nil
		}
	}
	return nil, nil
}

// greatestOf gives the change that comes last in time and then in the source's order; nil if
// there is none.
func (s *sitting) greatestOf(past []Past) (last *Change, err error) {
	for _, p := range past {
		ch, err := s.recall(p.Change)
		if err != nil {
			return nil, err
		}
		if ch.placed() && !ch.Tidpunkt.IsZero() && (last == nil || newer(&ch.StatusChange, &Case{Tidpunkt: last.Tidpunkt, Order: last.Order})) {
			last = &ch
		}
	}
	return last, nil
}

// leads tells, in history mode, whether the case has stood at a change.
func leads(ch *Change) bool { return ch.placed() && !ch.Late && !ch.Tidpunkt.IsZero() }

// recall gives an earlier change as the sitting leaves it.
func (s *sitting) recall(number uint64) (Change, error) {
	if at := slices.IndexFunc(s.batch.Changes, func(ch Change) bool { return ch.Number == number }); at >= 0 {
		return s.batch.Changes[at], nil
	}
	if ch, ok := s.earlier[number]; ok {
		return ch, nil
	}
	changes, err := s.Store.Changes(s.Definition.Name, []uint64{number})
	if err != nil {
		return Change{}, err
	}
	s.earlier[number] = changes[0]
	return changes[0], nil
}

// amend puts an earlier change into the batch as it is now.
func (s *sitting) amend(ch *Change) {
	s.earlier[ch.Number] = *ch
	for at := len(s.batch.Changes) - 1; at >= 0; at-- {
		if s.batch.Changes[at].Number == ch.Number {
			s.batch.Changes[at] = *ch
			return
		}
	}
	s.batch.Changes = append(s.batch.Changes, *ch)
}
