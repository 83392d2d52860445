package adapter

import (
	"context"
	"regexp"
	"slices"
)

// nextWaiting gives a page of the changes that wait for a recipient, the oldest first,
// then those behind them, then from the start. Where event rows name the recipients
// there are none to ask about: polls and sweeps meet those rows.
func (l *Loop) nextWaiting() ([]Change, error) {
	if l.Definition.Recipients.Query == "" {
		return nil, nil
	}
	waiting, err := l.Store.Open(l.Definition.Name, Waiting, l.waiting, l.Definition.Limits.PageSize)
	if err != nil {
		return nil, err
	}
	if l.waiting = 0; len(waiting) == l.Definition.Limits.PageSize {
		l.waiting = waiting[len(waiting)-1].Number // also after an error: others wait too
	}
	return waiting, nil
}

// askAgain judges changes again that wait for a recipient, a page after each poll, and
// looks at the recipients of cases that could not be judged again during the poll.
func (l *Loop) askAgain(ctx context.Context) error {
	waiting, err := l.nextWaiting()
	if err != nil {
		return err
	}
	owed := l.owed
	l.owed = nil
	cases := slices.Clone(owed)
	for i := range waiting {
		cases = append(cases, waiting[i].Case)
	}
	met, err := l.gather(ctx, cases, nil, nil)
	if err != nil {
		l.owed = append(owed, l.owed...)
		return err
	}
	var again []*meeting
	for _, ch := range waiting {
		m := met[ch.Case]
		if m == nil || !m.settled { // it has been judged with its case
			continue
		}
		if v := l.judgeOne(&ch.StatusChange, entitled(m.Parties, m.rows, ch.Number)); v.Outcome != Waiting {
			if m.past = append(m.past, ch); len(m.past) == 1 {
				again = append(again, m)
			}
		}
	}
	_, err = l.reunite(ctx, again, nil)
	return err
}

// secret finds, in net mode, the cases that stand at a change which must not be
// published: what they were before must not be published now either.
func (l *Loop) secret(cases []Key) (map[Key]bool, error) {
	if l.Definition.Mode != Net {
		return nil, nil
	}
	_, known, err := l.Store.Known(l.Definition.Name, nil, cases)
	if err != nil {
		return nil, err
	}
	var numbers []uint64
	for i := range known {
		if known[i].Change != 0 {
			numbers = append(numbers, known[i].Change)
		}
	}
	present, err := l.Store.Changes(l.Definition.Name, numbers)
	secret := map[Key]bool{}
	for i := range present {
		ch := &present[i]
		only := ch.byHand() && ch.Rad != nil && l.judgeOne(&ch.StatusChange, nil).Outcome != Withheld // it alone, and not the case
		if ch.Outcome == Withheld && !only {
			secret[ch.Case] = true
		}
	}
	return secret, err
}

// maxUnmapped bounds how many unmapped statuses are named in the log.
const maxUnmapped = 200

var digits = regexp.MustCompile(`[0-9]{5,}`)

// tell logs what became of the changes of a commit, and each unmapped status the
// first time that it is met. A status is a code or a phrase of the case system; long
// runs of digits are masked all the same, as free text may hold anything.
func (l *Loop) tell(changes []Change) {
	if len(changes) == 0 {
		return
	}
	var t Totals
	reasons := map[string]int{}
	for i := range changes {
		ch := &changes[i]
		t.count(ch)
		for _, r := range ch.Reasons {
			reasons[r.Code]++
			if reasons[r.Code] == 1 && (ch.Outcome == Parked || ch.Outcome == Unmapped) {
				l.Log.Warn().Uint64("change", ch.Number).Str("reason", r.Code).Str("detail", r.Detail).Msg("change " + ch.Outcome.String())
			}
		}
		if status := digits.ReplaceAllString(ch.Ny, "#"); ch.Outcome == Unmapped && !l.unmapped[status] && len(l.unmapped) < maxUnmapped {
			if l.unmapped == nil {
				l.unmapped = map[string]bool{}
			}
			l.unmapped[status] = true
			l.Log.Warn().Str("status", status).Msg("no mapping takes this status; add it to handelser or to ignorera, or its kind of case to a mapping")
		}
	}
	t.Missing = uint64(reasons[rowMissing])
	e := l.Log.Info().Int("changes", len(changes)).Uint64("events", t.Events)
	for _, c := range []struct {
		name string
		n    uint64
	}{
		{"ignored", t.Ignored}, {"unmapped", t.Unmapped}, {"parked", t.Parked}, {"waiting", t.Waiting}, {"withheld", t.Withheld}, {"held", t.Held},
		{"late", t.Late}, {"missed", t.Missed}, {"missing", t.Missing}, {"undone", t.Undone},
	} {
		if c.n > 0 {
			e = e.Uint64(c.name, c.n)
		}
	}
	e.Msg("committed")
	if l.Committed != nil {
		l.Committed(changes)
	}
}
