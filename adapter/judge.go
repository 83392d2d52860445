package adapter

import (
	"context"
	"fmt"
	"strconv"
)

// sitting judges the rows of one page against what the store knows, and gathers
// what is to be committed.
type sitting struct {
	*Loop
	as       manner
	groups   []item
	places   map[Key]int // of a case in cases
	cases    []Case
	changed  []bool // which of cases are to be written
	earlier  map[uint64]Change
	met      []Key // the cases whose recipients are in parties
	parties  map[Key][]Row
	baseline bool // the rows were there at the first run, which does not publish all
	number   uint64
	batch    Batch
	taken    []*item // the newest that are only remembered
	totals   Totals  // of this page alone
}

// item is one group of a page and what is known of it.
type item struct {
	group
	parties [][]any
	hash    uint64
	seen    Seen // history mode, and rows without an identity
	touched bool // net mode: nothing but the cursor is new

	rehashed bool // it is as it was, but was hashed over other columns then
}

// manner is how the rows of a page came to be read.
type manner struct {
	sweep   bool          // by a sweep
	lo      Key           // where the next poll begins; only for a sweep
	resync  bool          // as an operator wants everything compared
	page    *Page         // the window of a poll; nil: it was none
	met     *bits         // is told of the changes whose rows are met; may be nil
	dry     *rehearsal    // to count only: nothing is committed
	back    bool          // of a database that was set back; only needed of a dry one
	anew    map[Key]bool  // rows that were read after these, and have been judged: these are old
	parties map[Key][]Row // the recipients of the rows' cases, if they have been asked for already; the sets stand as they are stored
}

// judge makes a batch of a page's rows that a poll has found.
func (l *Loop) judge(ctx context.Context, rows []Row) (Batch, error) {
	return l.judgeAs(ctx, rows, manner{})
}

// judgeAs makes a batch of a page's rows; its Checkpoint holds the page's totals and anchors. New
// changes get their numbers here.
func (l *Loop) judgeAs(ctx context.Context, rows []Row, as manner) (Batch, error) {
	l.identify(rows)
	if err := l.unreadable(rows); err != nil {
		return Batch{}, err
	}
	groups, err := l.makeGroups(rows)
	if err != nil {
		return Batch{}, err
	}
	s := &sitting{
		Loop:     l,
		as:       as,
		places:   make(map[Key]int, len(groups)),
		number:   l.checkpoint.Changes,
		baseline: l.checkpoint.Phase == FirstPass && l.firstRun() != All,
	}
	if len(groups) == 0 {
		return Batch{}, s.sameEnd(ctx)
	}
	if _, err := l.now(ctx); err != nil {
		return Batch{}, err
	}
	if err := s.lookUp(groups); err != nil {
		return Batch{}, err
	}
	s.keepDiffering()
	if err := s.leaveToPoll(ctx); err != nil {
		return Batch{}, err
	}
	if err := s.sameEnd(ctx); err != nil {
		return Batch{}, err
	}
	if err := s.findEarlier(); err != nil {
		return Batch{}, err
	}
	if err := s.dropBehind(ctx); err != nil {
		return Batch{}, err
	}
	if err := s.ask(ctx); err != nil {
		return Batch{}, err
	}
	if again, err := s.regroup(ctx); err != nil {
		return Batch{}, err
	} else if again {
		as.parties, as.anew = s.parties, s.as.anew
		return l.judgeAs(ctx, rows, as)
	}
	if err := s.reused(); err != nil {
		return Batch{}, err
	}
	if err := s.renumbered(ctx); err != nil {
		return Batch{}, err
	}
	for i := range s.groups {
		if i == len(s.groups)/2 {
			l.at(MidRows)
		}
		if err := s.settle(&s.groups[i]); err != nil {
			return Batch{}, err
		}
	}
	for i := range s.cases {
		if s.changed[i] {
			s.batch.Cases = append(s.batch.Cases, s.cases[i])
		}
	}
	s.batch.Checkpoint.Totals, s.batch.Checkpoint.Anchors = s.totals, s.newest()
	return s.batch, nil
}

// unreadable refuses to begin a source of which not one row can be read: a column
// has the wrong type in the configuration then, and all rows would be parked.
func (l *Loop) unreadable(rows []Row) error {
	if len(rows) == 0 || l.checkpoint.Phase != FirstPass || l.checkpoint.Totals.Rows > 0 {
		return nil
	}
	for i := range rows {
		if rows[i].Err == nil || rows[i].crowd() {
			return nil
		}
	}
	return fmt.Errorf("none of the first %d rows can be read, so the source is not begun: %w; does events.columns say the right type?", len(rows), rows[0].Err)
}

// lookUp asks the store what it knows of the rows and of their cases.
func (s *sitting) lookUp(groups []group) error {
	s.groups = make([]item, len(groups))
	rows := make([]Key, len(groups))
	var cases []Key
	for i := range groups {
		it := &s.groups[i]
		it.group = groups[i]
		it.parties = s.partyRows(&it.group)
		it.hash = s.shape.hash(&it.group, it.parties)
		if it.ID == "" {
			// Its content must do for an identity: else each poll would park it anew.
			it.ID = Key("?" + strconv.FormatUint(it.hash, 16))
			it.Err = fmt.Errorf("the column %s, which says which row this is, is NULL or blank", s.identityColumn())
			rows[i] = it.ID
		} else if s.Definition.Mode == History {
			rows[i] = it.ID
		}
		if _, ok := s.places[it.Case]; !ok && it.Case != "" {
			s.places[it.Case] = len(cases)
			cases = append(cases, it.Case)
		}
	}
	seen, known, err := s.Store.Known(s.Definition.Name, rows, cases)
	if err != nil {
		return err
	}
	for i := range seen {
		s.groups[i].seen = seen[i]
	}
	for i := range known {
		known[i].Key = cases[i]
	}
	s.as.dry.known(known)
	s.cases, s.changed = known, make([]bool, len(known))
	return nil
}

// net tells whether the row is compared with its case's shadow rather than with
// itself as it was seen before.
func (s *sitting) net(it *item) bool { return s.Definition.Mode == Net && it.Case != "" }

// shadow gives the case of a row; one that is thrown away if the row has none.
func (s *sitting) shadow(it *item) *Case {
	if place, ok := s.places[it.Case]; ok {
		return &s.cases[place]
	}
	return &Case{}
}
