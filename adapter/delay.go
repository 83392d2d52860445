package adapter

import "time"

// hold keeps back a change that would be published now, or wait for a recipient now,
// if its time has not come. events.delay counts from when the change could first have
// been published, by the database's clock; with ifFuture: hold a time that lies ahead
// counts too, and the later of the two decides. Nothing else is held: what is ignored,
// unmapped, parked or withheld is so at once, as it shows nothing to anyone; but in net
// mode it is noted until when a case that leaves such a status again for the one before
// has only passed through it. What was
// published once is not taken back to be held, and what is judged again by other rules
// had its time.
//
// In a first run the delay counts from the time that the row itself gives, so that
// old rows need not wait; of a row that gives none nobody knows how old it is, and it
// is published at once.
func (s *sitting) hold(ch *Change, old *Change) {
	delay, ahead := s.Definition.Delay, s.ahead(ch)
	if ch.passing() && delay != 0 && s.Definition.Mode == Net {
		if ch.Due = old.Due; old.Number == 0 {
			ch.Due = s.told.Add(time.Since(s.asked) + delay).UTC()
		}
	}
	if ch.Shown || ch.Outcome != Published && ch.Outcome != Waiting || delay == 0 && !ahead {
		return
	}
	now := s.told.Add(time.Since(s.asked))
	due := now.Add(delay)
	switch {
	case old.behind() && !old.Due.IsZero():
		due = old.Due
	case s.held.ripe[ch.Number] || old.Outcome == Waiting:
		due = now
	case old.Outcome != Held && old.Outcome.Open() && old.Hash == ch.Hash:
		due = now // the rules are others, not the row
	case old.Outcome == Held && !old.Due.Equal(old.Tidpunkt):
		due = old.Due
	case old.Outcome == Held && ch.Tidpunkt.Equal(old.Tidpunkt):
		due = now // what decided was its time, below
	case s.checkpoint.Phase == FirstPass && ch.Detected:
		due = now
	case s.checkpoint.Phase == FirstPass && ch.Tidpunkt.Before(now):
		due = ch.Tidpunkt.Add(delay)
	}
	if ahead && ch.Tidpunkt.After(due) {
		due = ch.Tidpunkt
	}
	if due.After(now) {
		ch.Outcome, ch.Due, ch.Reasons, ch.Events = Held, due.UTC(), nil, nil
	}
}

// ahead tells whether the time that a change's row gives may hold it.
func (l *Loop) ahead(ch *Change) bool { return l.Definition.Time.IfFuture == Hold && !ch.Detected }

// due tells when a change would be published at the latest if it were seen now.
func (l *Loop) due(ch *Change, now time.Time) time.Time {
	latest := now.Add(l.Definition.Delay)
	if l.ahead(ch) && ch.Tidpunkt.After(latest) {
		latest = ch.Tidpunkt.UTC()
	}
	return latest
}

// ripe tells whether the row made a held change whose time has come.
func (s *sitting) ripe(it *item) bool {
	number := it.seen.Change
	if s.net(it) {
		number = s.shadow(it).Change
	}
	return it.Err == nil && s.held.ripe[number]
}
