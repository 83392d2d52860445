package adapter

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// perRow tells whether recipients belong to single changes, as event rows in history
// mode name them. Otherwise they are those of the case: a query tells them, or in net
// mode the event rows, which are the case as it is now.
func (l *Loop) perRow() bool {
	return l.Definition.Recipients.Query == "" && l.Definition.Mode == History
}

// inRow tells whether the event rows name the recipients of the case.
func (l *Loop) inRow() bool { return l.Definition.Recipients.Query == "" && l.Definition.Mode == Net }

// partyRows gives the event rows of a change that name its recipients, each once.
func (l *Loop) partyRows(g *group) [][]any {
	if l.Definition.Recipients.Query != "" {
		return nil
	}
	rows := [][]any{g.Values}
	for _, r := range g.more {
		if !slices.ContainsFunc(rows, func(values []any) bool { return slices.EqualFunc(r.Values, values, sameValue) }) {
			rows = append(rows, r.Values)
		}
	}
	return rows
}

// recipientRows makes recipients of event rows that name them.
func (l *Loop) recipientRows(c Key, rows [][]any) []Row {
	recipients := make([]Row, len(rows))
	for i, values := range rows {
		recipients[i] = Row{Values: values, Case: c}
		if l.shape.recipient >= 0 {
			recipients[i].ID = Key(strings.TrimSpace(plain(values[l.shape.recipient])))
		}
	}
	return recipients
}

// tallyRows gives a hash of who event rows say that the recipients are, whatever their
// order.
func (l *Loop) tallyRows(rows [][]any) (sum uint64) {
	for _, values := range rows {
		sum += hashOf(values, l.shape.told, nil)
	}
	return sum
}

// findEarlier looks up the earlier changes that the rows made, and in net mode those that
// their cases stand at.
func (s *sitting) findEarlier() error {
	var numbers []uint64
	for i := range s.groups {
		it := &s.groups[i]
		if number := s.shadow(it).Change; number != 0 && s.net(it) && !it.touched {
			numbers = append(numbers, number)
		}
		if it.seen.Change != 0 {
			numbers = append(numbers, it.seen.Change)
		}
	}
	s.earlier = make(map[uint64]Change, len(numbers))
	if len(numbers) == 0 {
		return nil
	}
	changes, err := s.Store.Changes(s.Definition.Name, numbers)
	if err != nil {
		return err
	}
	for _, c := range changes {
		s.earlier[c.Number] = c
	}
	return nil
}

// ask fetches what judging the rows needs: the cases that they were of, and the
// recipients of those that they are of.
func (s *sitting) ask(ctx context.Context) error {
	var cases []Key
	asked := make(map[Key]bool, len(s.groups))
	for i := range s.groups {
		it := &s.groups[i]
		if it.Case != "" && !it.touched && !asked[it.Case] {
			asked[it.Case] = true
			cases = append(cases, it.Case)
		}
	}
	if err := s.formerCases(); err != nil {
		return err
	}
	if s.quiet() && !(s.inRow() && s.taking()) {
		return nil // nothing is published, to nobody
	}
	return s.meetParties(ctx, cases)
}

// meetParties finds out who the recipients of these cases are. A row that cannot be
// read does not tell.
func (s *sitting) meetParties(ctx context.Context, cases []Key) (err error) {
	s.met, s.parties = cases, s.as.parties
	switch {
	case s.parties != nil || s.perRow():
	case s.inRow():
		s.met, s.parties = nil, make(map[Key][]Row, len(cases))
		for i := range s.groups {
			if it := &s.groups[i]; it.Case != "" && !it.touched && it.Err == nil {
				s.met = append(s.met, it.Case)
				s.parties[it.Case] = s.recipientRows(it.Case, it.parties)
			}
		}
	default:
		s.parties, err = s.recipients(ctx, cases)
	}
	return err
}

// recipients asks the query for the recipients of cases.
func (l *Loop) recipients(ctx context.Context, cases []Key) (map[Key][]Row, error) {
	if len(cases) == 0 {
		return nil, nil
	}
	rows, err := l.Source.Recipients(ctx, bareKeys(cases))
	if err != nil {
		return nil, err
	}
	l.identifyParties(rows)
	byCase := make(map[Key][]Row, len(cases))
	for _, r := range rows {
		byCase[r.Case] = append(byCase[r.Case], r)
	}
	seatCrowds(byCase, cases, rows)
	return byCase, nil
}

// presentRecipients gives the recipients that these cases have now, by their case.
// Where event rows name them, rows may be those of the cases that were just read, nil
// if they are to be read. A case of which the row is gone, cannot be read, or is not
// as it was judged last is left out then: what is newer is for polls and sweeps, and
// what is older comes from a replica that lags behind.
func (l *Loop) presentRecipients(ctx context.Context, known []Case, rows []Row) (map[Key][]Row, error) {
	cases := make([]Key, len(known))
	for i := range known {
		cases[i] = known[i].Key
	}
	if !l.inRow() {
		return l.recipients(ctx, cases)
	}
	if rows == nil {
		var err error
		if rows, err = l.rows(ctx, cases); err != nil {
			return nil, err
		}
	}
	groups, err := l.makeGroups(rows)
	if err != nil {
		return nil, err
	}
	parties := make(map[Key][]Row, len(groups))
	for i := range groups {
		g := &groups[i]
		at, there := slices.BinarySearchFunc(known, g.Case, func(c Case, key Key) int { return cmp.Compare(c.Key, key) })
		if there && g.Err == nil && l.asJudged(g, known[at].Hash) {
			parties[g.Case] = l.recipientRows(g.Case, l.partyRows(g))
		}
	}
	return parties, nil
}

// asJudged tells whether a row is as it was when it got a hash.
func (l *Loop) asJudged(g *group, hash uint64) bool {
	parties := l.partyRows(g)
	return l.shape.hash(g, parties) == hash || l.hashedBefore(g, parties, hash)
}

// seat looks up the cases of changes, and asks for their recipients.
func (s *sitting) seat(ctx context.Context, changes []Change) error {
	cases := casesOf(changes)
	_, known, err := s.Store.Known(s.Definition.Name, nil, cases)
	if err != nil {
		return err
	}
	s.cases, s.changed, s.places = known, make([]bool, len(known)), make(map[Key]int, len(known))
	for i := range known {
		known[i].Key = cases[i]
		s.places[cases[i]] = i
	}
	s.as.dry.known(known)
	if !s.perRow() {
		s.parties, err = s.presentRecipients(ctx, known, nil)
	}
	return err
}
