package adapter

import "slices"

// ofThisEra forgets the cases of a page that no walk has met since an operator went on
// with another database, or one that was set back: what comes under their numbers now
// is not known to be the same case, nor its recipients to be theirs. One of which a row
// comes just as it was is.
func (s *sitting) ofThisEra() {
	ck := &s.checkpoint
	for i := range s.groups {
		it := &s.groups[i]
		if c := s.shadow(it); c.Era != ck.Era && (c.Era >= ck.Known || s.justAsBefore(it, c)) {
			c.Era = ck.Era
			s.touch(it)
		}
	}
	for i := range s.cases {
		if c := &s.cases[i]; c.Era < ck.Known {
			*c = Case{Key: c.Key, Era: ck.Era}
		}
	}
}

// justAsBefore tells whether a row is as it was, and where it was.
func (s *sitting) justAsBefore(it *item, c *Case) bool {
	if !s.asBefore(it, c) || !s.net(it) {
		return s.asBefore(it, c)
	}
	at, _ := s.when(it.Values)
	return c.Cursor == it.Cursor && (at.IsZero() || sameReading(at, c.Tidpunkt))
}

// leave has the case that a row was of before stand where it would without the row, if
// that is of another case now, or was taken back and another row has its number. What is
// still shown of a row that is gone stays the case's, for its recipients to follow.
func (s *sitting) leave(it *item, again bool) error {
	old, ok := s.earlier[it.seen.Change]
	if !ok || s.net(it) || again && old.Case == it.Case || !again && !old.Gone && old.Outcome != Held {
		return nil
	}
	place, known := s.places[old.Case]
	if !known {
		return nil
	}
	s.changed[place] = true
	if !again && old.Outcome == Held { // its row never comes when it is due
		return s.takeOut(&s.cases[place], &old)
	}
	return s.stepBack(&s.cases[place], &old)
}

// formerCases looks up the cases that rows were of before.
func (s *sitting) formerCases() error {
	var cases []Key
	for i := range s.groups {
		it := &s.groups[i]
		old, ok := s.earlier[it.seen.Change]
		if _, known := s.places[old.Case]; ok && !s.net(it) && old.Case != "" && !known && !slices.Contains(cases, old.Case) {
			cases = append(cases, old.Case)
		}
	}
	if len(cases) == 0 {
		return nil
	}
	_, known, err := s.Store.Known(s.Definition.Name, nil, cases)
	for i := range known {
		known[i].Key = cases[i]
		s.places[cases[i]] = len(s.cases)
		s.cases, s.changed = append(s.cases, known[i]), append(s.changed, false)
	}
	return err
}

// await has rows that are gone judged again should they come back, also just as they
// were: in history mode each whose number no other row has got, in net mode those of
// their cases.
func (s *sitting) await(gone []Change) error {
	if s.Definition.Mode == History {
		rows := make([]Key, len(gone))
		for i := range gone {
			rows[i] = gone[i].Row
		}
		seen, _, err := s.Store.Known(s.Definition.Name, rows, nil)
		for i := range seen {
			if ch := &gone[i]; seen[i].Change == ch.Number {
				s.batch.Seen = append(s.batch.Seen, Seen{Row: ch.Row, Hash: ^ch.Hash, Outcome: Withheld, Change: ch.Number})
			}
		}
		return err
	}
	cases := casesOf(gone)
	_, known, err := s.Store.Known(s.Definition.Name, nil, cases)
	if err != nil {
		return err
	}
	numbers := make(map[uint64]bool, len(gone))
	for i := range gone {
		numbers[gone[i].Number] = true
	}
	for i := range known {
		if c := &known[i]; slices.ContainsFunc(c.numbers(), func(n uint64) bool { return numbers[n] }) {
			c.Key, c.Away = cases[i], true
			s.batch.Cases = append(s.batch.Cases, *c)
		}
	}
	return nil
}

// before finds the change that this row made earlier, if any. Of a row that has got the
// number of another one that is gone it tells only N.
func (s *sitting) before(it *item, shadow *Case) (Change, bool, error) {
	number := it.seen.Change
	if s.net(it) {
		if it.Err != nil || !s.standsAt(it, shadow) {
			return Change{}, false, nil
		}
		number = shadow.Change
	}
	old, ok := s.earlier[number]
	if ok && old.baselined() {
		return Change{}, false, nil
	}
	if !ok || s.net(it) || old.Case == it.Case && s.says(it, &old) {
		return old, ok, nil
	}
	was, _ := s.was(it)
	gone, moved := was.Gone && (old.rowGone() || old.Case != it.Case), old.Case != it.Case
	if !gone && !moved && old.N == 0 {
		return old, true, nil
	}
	own, again, err := s.namesake(it, shadow)
	if gone || again {
		return own, again, err
	}
	if moved { // one that says something else, too, is not what may have been taken back for ever
		old.N, old.Gone = own.N, old.Gone && s.says(it, &old)
	}
	return old, true, err
}

// namesake looks among the changes of a row's case for those whose rows had its number, and
// are gone. One that says the same is the row's own, which was away while another had its
// number. Else the change tells only N, how many there are.
func (s *sitting) namesake(it *item, shadow *Case) (own Change, again bool, err error) {
	for _, number := range shadow.numbers() {
		ch, err := s.recall(number)
		if err != nil {
			return Change{}, false, err
		}
		if ch.Row != it.ID || ch.Case != it.Case {
			continue
		}
		if s.says(it, &ch) {
			return ch, true, nil
		}
		own.N = max(own.N, ch.N+1)
	}
	return own, false, nil
}

// forgetGone forgets, in net mode, a case that was gone if what comes under its number
// is something else: nobody knows that it is the same one.
func (s *sitting) forgetGone(it *item, shadow *Case) {
	if shadow.Away && it.Err == nil && !(s.standsAt(it, shadow) && s.asItWent(it, shadow)) {
		*shadow = Case{Key: shadow.Key, Era: shadow.Era, Parties: shadow.Parties}
	}
}

// asItWent tells, in net mode, whether a row says the time of the change that its case stands
// at, or of what a baseline took. One that had been touched after that is known by its cursor.
func (s *sitting) asItWent(it *item, shadow *Case) bool {
	old, ok := s.earlier[shadow.Change]
	if at, _ := s.when(it.Values); shadow.Change == 0 && (at.IsZero() || sameReading(at, shadow.Tidpunkt)) {
		return true
	}
	return ok && s.says(it, &old) || it.Cursor != "" && it.Cursor == shadow.Cursor && s.asHashed(it, shadow.Hash)
}

// restorePast publishes again what was taken back, in net mode, of a case whose row was
// gone and is there again as it was.
func (s *sitting) restorePast(it *item, shadow *Case, except uint64) error {
	for _, p := range shadow.Past {
		ch, err := s.recall(p.Change)
		if err != nil {
			return err
		}
		if p.Change == except || !ch.RowMissing() || ch.Rad == nil {
			continue
		}
		s.judgePast(it, shadow, &ch)
	}
	return nil
}

// judgePast judges an earlier change of a row's case, in net mode, for the recipients of
// now.
func (s *sitting) judgePast(it *item, shadow *Case, ch *Change) {
	rows := entitled(shadow.Parties, s.parties[it.Case], ch.Number)
	if now := s.tally(s.parties[it.Case]); shadow.Parties != nil { // of who has come meanwhile the past is judged when it may be
		rows = slices.DeleteFunc(rows, func(r Row) bool {
			return !slices.ContainsFunc(shadow.Parties, func(p Party) bool { return p.ID == r.ID && p.Until == 0 && p.Hash == now[p.ID] })
		})
	}
	v := s.judgeOne(&ch.StatusChange, rows)
	old := *ch
	ch.Outcome, ch.Reasons, ch.Events, ch.Gone = v.Outcome, v.Reasons, v.Events, v.Gone
	s.hold(ch, &old)
	s.totals.count(ch)
	s.keep(*ch)
}
