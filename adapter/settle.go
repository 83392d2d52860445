package adapter

import (
	"strings"
	"time"
)

// settle judges one row that is new or differs, and adds what comes of it to the
// batch.
func (s *sitting) settle(it *item) error {
	shadow := s.shadow(it)
	if it.touched {
		s.remember(it, shadow, Seen{})
		return nil
	}
	if err := s.restoreAside(it, shadow); err != nil {
		return err
	}
	if back, err := s.moveOn(it, shadow); err != nil || back {
		s.remember(it, shadow, Seen{})
		return err
	}
	s.forgetGone(it, shadow)
	old, again, err := s.before(it, shadow)
	if err == nil {
		err = s.leave(it, again && old.Number == it.seen.Change)
	}
	if err != nil {
		return err
	}
	if !again && s.remembered(it, shadow) && !s.renewed(it, shadow) {
		return s.stays(it, shadow)
	}
	ch := s.change(it, shadow, old)
	verdict := s.verdict(it, &ch)
	ch.Outcome, ch.Reasons, ch.Events, ch.Gone = verdict.Outcome, verdict.Reasons, verdict.Events, verdict.Gone
	s.hold(&ch, &old)
	taking := s.baselined(it) && s.firstRun() == Baseline
	if again && shadow.Away && !taking && !s.takesPast(it, shadow, &ch) {
		if err := s.restorePast(it, shadow, ch.Number); err != nil {
			return err
		}
	}
	switch {
	case again:
		if old.Hash != ch.Hash {
			s.totals.Rewrites++
		}
		letGo := shadow.Away && old.discarded() && s.asHashed(it, shadow.Hash)
		if ch.Outcome != Withheld && (taking || letGo || old.Outcome == Published && s.ignored(it, &old)) {
			s.remember(it, shadow, Seen{Hash: it.hash, Outcome: old.Outcome, Change: old.Number})
			return nil
		}
		// A row that was gone, or was read behind, for a while was not missed when it came back.
		if s.as.sweep && ch.Outcome == Published && old.Outcome != Published && !old.RowMissing() && !old.behind() && !old.undone() && !ch.Missed {
			ch.Missed = true
			s.totals.Missed++
		}
	case s.baselined(it) && !s.firstRunTakes(&ch):
		// What must not be published now is left unknown, to be judged when it may.
		if ch.Outcome != Withheld {
			ch.Number = 0
			s.advance(it, shadow, &ch)
			s.remember(it, shadow, Seen{Hash: it.hash, Outcome: Baselined})
			s.take(it)
			s.totals.Baselined++
			return nil
		}
		if s.net(it) && shadow.Known { // its cursor may be less now, as that of a database that was set back
			shadow.Cursor = it.Cursor
			s.touch(it)
		}
		if ch.Gone && s.net(it) {
			return s.withdrawPast(shadow, 0)
		}
		return nil
	default:
		s.number++
		s.totals.Changes++
		// What a baseline left unknown, as it must not be published, is not counted.
		if ch.Missed = s.as.sweep; ch.Missed && ch.Outcome != Withheld {
			s.totals.Missed++
		}
	}
	return s.publish(it, shadow, ch, again && s.placed(it, &old))
}

// stays remembers a row that the first run saw without publishing it: it stays unpublished.
func (s *sitting) stays(it *item, shadow *Case) error {
	if secret, err := s.pastSecret(it, shadow); err != nil || secret {
		return err
	}
	seen := Seen{Hash: it.hash, Outcome: Baselined}
	if old := s.earlier[it.seen.Change]; old.kept() && old.Case == it.Case {
		seen.Change = old.Number // it still goes with the row
	}
	s.remember(it, shadow, seen)
	s.take(it)
	s.totals.Rewrites++
	return nil
}

// baselined tells whether a row was there at the first run, which does not publish
// all. Rows without a cursor are met by the first sweep only.
func (s *sitting) baselined(it *item) bool {
	return s.baseline || s.as.sweep && it.Cursor == "" && s.checkpoint.Swept.IsZero() && s.firstRun() != All
}

// quiet tells whether nothing at all is published, as in a baseline.
func (s *sitting) quiet() bool { return s.baseline && s.firstRun() == Baseline }

// publish puts a judged change into the batch. The name is for the usual case:
// every outcome is kept.
func (s *sitting) publish(it *item, shadow *Case, ch Change, rewrite bool) error {
	if s.net(it) && s.takesPast(it, shadow, &ch) {
		if err := s.withdrawPast(shadow, ch.Number); err != nil {
			return err
		}
	}
	if !rewrite || shadow.Change == ch.Number {
		s.advance(it, shadow, &ch)
	}
	if (s.Definition.Mode == History || it.Err != nil) && shadow.record(Past{Change: ch.Number}) {
		s.touch(it)
	}
	s.remember(it, shadow, Seen{Hash: it.hash, Outcome: ch.Outcome, Change: ch.Number})
	s.totals.count(&ch)
	s.keep(ch)
	return nil
}

// firstRunTakes tells whether a row that was there at the first run is published.
func (s *sitting) firstRunTakes(ch *Change) bool {
	return s.firstRun() == When && ch.Outcome != Parked && s.Rules.FirstRun(ch.StatusChange)
}

// ignored tells whether a published row that differs stays as it was published. Another
// case's, or other people's, does not; one that is only looked at again has not changed.
func (s *sitting) ignored(it *item, old *Change) bool {
	another := !s.net(it) && old.Case != it.Case
	return s.Definition.IfChanged == Ignore && !another && old.Hash != it.hash && !(s.perRow() && s.tallyRows(old.Parter) != s.tallyRows(it.parties))
}

// says tells whether a row has the status and the time of the change that it made.
func (s *sitting) says(it *item, old *Change) bool {
	return s.said(it.Values) == saidHash(old.Ny, old.RawTime)
}

// remembered tells whether the first run has seen this row without publishing it.
func (s *sitting) remembered(it *item, shadow *Case) bool {
	if s.net(it) {
		read := shadow.Order != 0 || !shadow.Tidpunkt.IsZero() // a row that cannot be read leaves no status, not an empty one
		return it.Err == nil && read && s.standsAt(it, shadow)
	}
	old := s.earlier[it.seen.Change]
	return it.seen.Outcome == Baselined || old.baselined()
}

// standsAt tells, in net mode, whether the case has the status that the row says.
func (s *sitting) standsAt(it *item, shadow *Case) bool {
	_, status := s.status(it.Values)
	return shadow.Known && shadow.Status == status
}

// change describes the change that a row is. old is what it was before, if it is
// judged again.
func (s *sitting) change(it *item, shadow *Case, old Change) Change {
	ch := Change{Number: old.Number, Hash: it.hash, Gone: old.Gone && !old.RowMissing(), Missed: old.Missed, Shown: old.Shown || old.Outcome == Published, Reasons: old.Reasons}
	if ch.Number == 0 {
		ch.Number = s.number + 1
	}
	ch.Source, ch.Case, ch.Row, ch.Cursor = s.Definition.Name, it.Case, it.ID, it.Cursor
	if ch.Rad = it.Values; s.perRow() {
		ch.Parter = it.parties
	}
	ch.Producent = s.producent(it.Values)
	ch.Status, ch.Ny = s.status(it.Values)
	ch.Order = s.order(it.Values, ch.Number)
	ch.Tidpunkt, ch.RawTime = s.when(it.Values)
	if ch.Tidpunkt.IsZero() && s.Definition.Mode == Net {
		if ch.Detected, ch.Tidpunkt = true, old.Tidpunkt; old.Number == 0 {
			ch.Tidpunkt = time.Now().UTC().Truncate(time.Second)
		}
	}
	if old.Number != 0 && sameReading(ch.Tidpunkt, old.Tidpunkt) {
		ch.Tidpunkt = old.Tidpunkt
	}
	if old.Number != 0 && s.placed(it, &old) {
		ch.Gammal, ch.Late, ch.N, ch.RawTime = old.Gammal, old.Late, old.N, old.RawTime
		return ch
	}
	if ch.Tidpunkt = afterShadow(ch.Tidpunkt, shadow.Tidpunkt); s.Definition.Mode == History {
		ch.Late = shadow.Known && !newer(&ch.StatusChange, shadow)
	}
	switch {
	case old.Number != 0 && s.Definition.Mode == Net:
		ch.Gammal, ch.N, ch.RawTime = old.Gammal, old.N, old.RawTime
	case !ch.Late && old.Number != 0 && shadow.Change == old.Number:
		ch.Gammal, ch.N = old.Gammal, old.N
	case !ch.Late:
		ch.Gammal = shadow.Status
		ch.N = shadow.times(&ch.StatusChange)
	}
	if s.Definition.Mode == History {
		ch.N = old.N
	}
	return ch
}

func (l *Loop) producent(values []any) string {
	if l.shape.producent < 0 {
		return l.Definition.Producent
	}
	return strings.TrimSpace(plain(values[l.shape.producent]))
}

// Codes of reasons why a row cannot be judged at all.
const (
	rowUnreadable = "row-unreadable"
	caseMissing   = "case-missing"
	timeMissing   = "time-missing"
)

// placed tells whether a change has had its place among those of its case. One that
// was withheld or could not be read has not: it enters when it may or can. One whose
// row was gone, or was read behind, has the place that it had.
func (c *Change) placed() bool {
	if c.Outcome == Parked && len(c.Reasons) > 0 {
		code := c.Reasons[0].Code
		return code != rowUnreadable && code != caseMissing && code != timeMissing
	}
	return (c.Outcome != Withheld || (c.RowMissing() || c.behind()) && c.Shown) && !c.undone()
}

// placed tells whether a row has the place among the changes of its case that it had.
func (s *sitting) placed(it *item, old *Change) bool {
	return old.placed() && (s.net(it) || old.Case == it.Case)
}

// verdict asks the rules, unless the row cannot be judged at all.
func (s *sitting) verdict(it *item, ch *Change) Judgement {
	if ch.Gone && ch.byHand() {
		return Judgement{Outcome: Withheld, Gone: true, Reasons: ch.Reasons[:1]}
	}
	if ch.Gone && ch.Shown {
		return Judgement{Outcome: Withheld, Gone: true, Reasons: []Reason{{Code: "withdrawn-before", Detail: "withdrawWhen took it back once, which is for ever"}}}
	}
	parked := func(code, detail string) Judgement {
		return Judgement{Outcome: Parked, Reasons: []Reason{{Code: code, Detail: detail}}}
	}
	switch {
	case it.Err != nil:
		return parked(rowUnreadable, it.Err.Error())
	case it.Case == "":
		return parked(caseMissing, "the column "+s.Definition.Case+" is NULL or blank")
	}
	set := s.shadow(it).Parties
	v := s.judgeOne(&ch.StatusChange, entitled(set, s.parties[it.Case], ch.Number))
	if v.Outcome == Published || v.Outcome == Waiting {
		ch.Kept = former(set, ch.Number)
	}
	if ch.Tidpunkt.IsZero() && v.Outcome != Withheld {
		return parked(timeMissing, "neither events.time nor a time cursor gives a time for this row")
	}
	return v
}

// judgeOne asks the rules about one change and gives the events their ids. The rules
// compare its row with those that recipients belong to, so it has the identity that the
// database gives.
func (l *Loop) judgeOne(ch *StatusChange, recipients []Row) Judgement {
	if l.perRow() {
		recipients = l.recipientRows(ch.Case, ch.Parter)
	}
	asked := *ch
	asked.Row = ch.Row.bare()
	v := l.Rules.Judge(asked, recipients)
	for i := range v.Events {
		e := &v.Events[i]
		e.ID = l.Store.IDKey().Event(l.Definition.Mode, ch, e.Producentarendetyp, e.Recipient, ch.N)
	}
	return v
}
