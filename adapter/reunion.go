package adapter

import (
	"context"
	"slices"
	"strings"
)

// What is judged again is committed at so many changes, so that no transaction takes
// long, and a statement asks about so many cases. A commit takes as many new changes,
// cases and rows, which is more than a page can give.
const (
	mostChanges = 1000
	casesAtOnce = 250
)

// rowMissing is the code of the reason why a change is not published, or no longer is,
// because the source does not have its row any more.
const rowMissing = "row-missing"

// recheck looks whether these cases still have the same recipients, and has what was
// published of them follow, or only counts that.
func (l *Loop) recheck(ctx context.Context, cases []Key, dry *rehearsal) error {
	_, err := l.gather(ctx, cases, nil, dry)
	return err
}

// gather gives the cases with their recipients as they are now. What was published of
// those whose recipients are not as last seen has been judged again by then. In net
// mode rows may be the cases' own, if they were just read.
func (l *Loop) gather(ctx context.Context, cases []Key, rows []Row, dry *rehearsal) (map[Key]*meeting, error) {
	met := make(map[Key]*meeting, len(cases))
	if l.perRow() {
		return met, nil
	}
	cases = slices.Compact(slices.Sorted(slices.Values(cases)))
	for chunk := range slices.Chunk(cases, casesAtOnce) {
		_, known, err := l.Store.Known(l.Definition.Name, nil, chunk)
		if err != nil {
			return nil, err
		}
		for i := range known {
			known[i].Key = chunk[i]
		}
		dry.known(known)
		// Nobody has got anything of a case that only the first run has met, and nobody
		// gets anything of one that the database does not have any more.
		known = slices.DeleteFunc(known, func(c Case) bool { return len(c.numbers()) == 0 || c.Era < l.checkpoint.Known })
		parties, err := l.presentRecipients(ctx, known, rows)
		if err != nil {
			return nil, err
		}
		var differing []*meeting
		for i := range known {
			recipients, told := parties[known[i].Key]
			if l.inRow() && !told {
				continue
			}
			m := l.company(known[i], recipients)
			if m.settled = m.none() && m.Parties != nil; !m.settled {
				differing = append(differing, &m)
			}
			met[m.Key] = &m
		}
		if _, err := l.reunite(ctx, differing, dry); err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return met, nil
}

// numbers gives the changes of a case.
func (c *Case) numbers() []uint64 {
	if len(c.Past) == 0 && c.Change != 0 {
		return []uint64{c.Change}
	}
	numbers := make([]uint64, len(c.Past))
	for i := range c.Past {
		numbers[i] = c.Past[i].Change
	}
	return numbers
}

// regroup finds the cases of the page whose recipients are not as last seen, and has
// what was published of them follow before the page is judged. It tells whether there
// were any: then the page is to be judged from the start.
func (s *sitting) regroup(ctx context.Context) (again bool, err error) {
	if s.parties == nil {
		return false, nil
	}
	var differing []*meeting
	for _, key := range s.met {
		c := &s.cases[s.places[key]]
		m := s.company(*c, s.parties[key])
		switch {
		case m.none() && c.Parties != nil:
		case len(c.numbers()) == 0 && s.quiet(): // nobody has got anything of it
		case len(c.numbers()) == 0:
			c.Parties = m.next(s.policy())
		case s.as.parties == nil:
			differing = append(differing, &m)
		}
	}
	if len(differing) == 0 {
		return false, nil
	}
	s.as.anew, err = s.reunite(ctx, differing, s.as.dry)
	for _, m := range differing {
		if m.later && s.as.dry == nil {
			s.owe(m.Key) // the page may be what has to come first
		}
	}
	return true, err
}

// casesOf gives the cases of changes, each once.
func casesOf(changes []Change) []Key {
	var cases []Key
	for i := range changes {
		if c := changes[i].Case; c != "" {
			cases = append(cases, c)
		}
	}
	slices.Sort(cases)
	return slices.Compact(cases)
}

func numbersOf(changes []Change) []uint64 {
	numbers := make([]uint64, len(changes))
	for i := range changes {
		numbers[i] = changes[i].Number
	}
	return numbers
}

// mostOwed bounds how many cases are looked at again after the poll; the sweep finds
// the others.
const mostOwed = 10_000

func (l *Loop) owe(c Key) {
	if len(l.owed) < mostOwed && !slices.Contains(l.owed, c) {
		l.owed = append(l.owed, c)
	}
}

// reunion judges again what was published of cases.
type reunion struct {
	sitting
	fresh    map[Key]*group // rows as they are now, by identity
	changed  []*group       // those of them that differ from what was judged
	stripped int            // changes that only lost recipients, as they cannot be judged any more
}

// reunite judges the past of cases again for the recipients that they have now. The
// new set is stored with the last of a case's changes, so that a kill in between has
// it all done again. If the source's rows cannot be read, those who must lose their
// events do so all the same, before the error is returned. anew are the rows that had
// changed meanwhile, and have been judged as they are now.
func (l *Loop) reunite(ctx context.Context, cases []*meeting, dry *rehearsal) (anew map[Key]bool, err error) {
	if len(cases) == 0 {
		return nil, nil
	}
	r := &reunion{sitting: sitting{Loop: l, as: manner{dry: dry}}}
	for _, m := range cases {
		if m.settled {
			continue
		}
		if m.past, err = l.Store.Changes(l.Definition.Name, m.numbers()); err != nil {
			return nil, err
		}
		dry.past(m.past)
	}
	failed := r.readAnew(ctx, cases)
	for _, m := range cases {
		m.later = m.later || failed != nil
		if err := r.judgeCase(m); err != nil {
			return nil, err
		}
	}
	if err := r.flush(); err != nil {
		return nil, err
	}
	if r.stripped > 0 && dry == nil {
		l.Log.Warn().Int("changes", r.stripped).Msg("changes whose rows cannot be judged now only lost their former recipients")
	}
	if failed != nil {
		return nil, failed
	}
	parties := make(map[Key][]Row, len(cases))
	for _, m := range cases {
		if parties[m.Key] = m.rows; l.inRow() && r.fresh[m.Key] != nil {
			parties[m.Key] = l.recipientRows(m.Key, l.partyRows(r.fresh[m.Key]))
		}
	}
	anew = make(map[Key]bool, len(r.changed))
	for _, g := range r.changed {
		anew[g.ID] = true
	}
	return anew, r.judgeChanged(ctx, parties)
}

// judgeChanged judges rows that are no longer as they were, in the usual way.
func (r *reunion) judgeChanged(ctx context.Context, parties map[Key][]Row) error {
	for groups := range slices.Chunk(r.changed, max(r.Definition.Limits.PageSize, 1)) {
		var rows []Row
		for _, g := range groups {
			rows = append(append(rows, g.Row), g.more...)
		}
		batch, err := r.judgeAs(ctx, rows, manner{parties: parties, dry: r.as.dry, resync: r.checkpoint.Phase == Resyncing})
		if err != nil {
			return err
		}
		if dry := r.as.dry; dry != nil {
			r.note(dry, &batch, batch.Checkpoint.Totals)
			for _, g := range groups {
				dry.rows[g.ID] = true
			}
			continue
		}
		r.checkpoint.Totals.add(batch.Checkpoint.Totals)
		if len(batch.Changes)+len(batch.Cases)+len(batch.Seen) == 0 {
			continue
		}
		if err := r.save(batch); err != nil {
			return err
		}
	}
	return nil
}

// aboutRecipients tells whether a change is parked for the sake of its recipients
// alone, by the codes that the rules use for that.
func (c *Change) aboutRecipients() bool {
	return c.Outcome == Parked && len(c.Reasons) > 0 && !slices.ContainsFunc(c.Reasons, func(r Reason) bool {
		return !strings.HasPrefix(r.Code, "recipient-") && !strings.HasPrefix(r.Code, "identity-")
	})
}
