package adapter

// pastSecret looks, of a row that a baseline took as it was, whether it must not be published
// now: who kept an event of it loses that. In net mode, if that is for ever, what was published
// before the baseline is taken back; if not, it tells so, and the row is left to be judged anew.
// What was taken back as the row was away is published again.
func (s *sitting) pastSecret(it *item, shadow *Case) (bool, error) {
	old := s.earlier[it.seen.Change]
	if s.net(it) {
		old = s.earlier[shadow.Change]
	}
	if !old.kept() && (!s.net(it) || len(shadow.Past) == 0) {
		return false, nil
	}
	ch := s.change(it, shadow, Change{})
	v := s.verdict(it, &ch)
	if v.Outcome == Withheld && old.kept() {
		s.strip(old)
	}
	if !s.net(it) {
		return false, nil
	}
	if v.Outcome == Withheld && v.Gone {
		return false, s.withdrawPast(shadow, 0)
	}
	if shadow.Away && !s.quiet() {
		if err := s.restorePast(it, shadow, 0); err != nil {
			return false, err
		}
		shadow.Away = false
		s.touch(it)
	}
	return v.Outcome == Withheld, nil
}

// takesPast tells whether a row's case must not be shown any more, ever. What an operator
// took back by hand is one change: of the others the row tells as it is now.
func (s *sitting) takesPast(it *item, shadow *Case, ch *Change) bool {
	if !ch.byHand() {
		return ch.Gone
	}
	now := s.change(it, shadow, Change{})
	return s.verdict(it, &now).Gone
}

// withdrawPast takes back everything that was published of a case in net mode,
// where one row stands for all its changes, and what might still be.
func (s *sitting) withdrawPast(shadow *Case, except uint64) error {
	var numbers []uint64
	for _, p := range shadow.Past {
		if p.Change != except {
			numbers = append(numbers, p.Change)
		}
	}
	past, err := s.Store.Changes(s.Definition.Name, numbers)
	if err != nil {
		return err
	}
	for _, old := range past {
		if old.kept() {
			s.strip(old)
		} else if !old.Gone && (old.Outcome == Published || old.Outcome.Open()) {
			old.Shown = old.Shown || old.Outcome == Published
			old.Outcome, old.Gone, old.Reasons = Withheld, true, nil
			s.totals.count(&old)
			s.batch.Changes = append(s.batch.Changes, old)
		}
	}
	return nil
}

// kept tells whether a change was settled that only former recipients are shown, who keep
// what they got.
func (c *Change) kept() bool { return c.Outcome == Ignored && c.Shown && !c.Gone }

// strip takes a settled change from those who kept it.
func (s *sitting) strip(ch Change) {
	ch.Shown, ch.Events, ch.Kept = false, nil, nil
	s.amend(&ch)
}
