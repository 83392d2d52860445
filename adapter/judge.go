package adapter

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
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
	totals   Totals // of this page alone
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
	met     *bits         // is told of the changes whose rows are met; may be nil
	dry     bool          // to count only: nothing is committed
	parties map[Key][]Row // the recipients of the rows' cases, if they have been asked for already; the sets stand as they are stored
}

// judge makes a batch of a page's rows that a poll has found.
func (l *Loop) judge(ctx context.Context, rows []Row) (Batch, error) {
	return l.judgeAs(ctx, rows, manner{})
}

// judgeAs makes a batch of a page's rows; its Checkpoint holds the page's totals. New
// changes get their numbers here.
func (l *Loop) judgeAs(ctx context.Context, rows []Row, as manner) (Batch, error) {
	l.identify(rows)
	if err := l.unreadable(rows); err != nil {
		return Batch{}, err
	}
	groups, err := l.makeGroups(rows)
	if err != nil || len(groups) == 0 {
		return Batch{}, err
	}
	s := &sitting{
		Loop:     l,
		as:       as,
		places:   make(map[Key]int, len(groups)),
		number:   l.checkpoint.Changes,
		baseline: l.checkpoint.Phase == FirstPass && l.firstRun() != All,
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
	if err := s.dropBehind(ctx); err != nil {
		return Batch{}, err
	}
	if err := s.ask(ctx); err != nil {
		return Batch{}, err
	}
	if again, err := s.regroup(ctx); err != nil {
		return Batch{}, err
	} else if again {
		as.parties = s.parties
		return l.judgeAs(ctx, rows, as)
	}
	if err := s.reused(); err != nil {
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
	s.batch.Checkpoint.Totals = s.totals
	return s.batch, nil
}

// unreadable refuses to begin a source of which not one row can be read: a column
// has the wrong type in the configuration then, and all rows would be parked.
func (l *Loop) unreadable(rows []Row) error {
	if len(rows) == 0 || l.checkpoint.Phase != FirstPass || l.checkpoint.Totals.Rows > 0 {
		return nil
	}
	for i := range rows {
		if rows[i].Err == nil {
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
	s.cases, s.changed = known, make([]bool, len(known))
	return nil
}

// keepDiffering drops the rows that are as they were.
func (s *sitting) keepDiffering() {
	differing := s.groups[:0]
	for i := range s.groups {
		it := &s.groups[i]
		c := s.shadow(it)
		s.meet(it, c)
		same := it.seen.Outcome != 0 && s.asHashed(it, it.seen.Hash)
		if s.net(it) {
			_, status := s.status(it.Values)
			same = c.Known && s.asHashed(it, c.Hash) && (it.Err != nil || c.Status == status)
			if it.touched = same && c.Cursor != it.Cursor; it.touched {
				same = false
			}
		}
		if s.ripe(it) {
			same, it.touched = false, false
		}
		switch {
		case !same:
			differing = append(differing, *it)
		case it.rehashed:
			it.seen.Hash = it.hash
			s.remember(it, c, it.seen)
			fallthrough
		default:
			s.totals.Reread++
		}
	}
	s.groups = differing
}

// dropBehind leaves alone, in net mode, rows that are older than what was read of
// their case before: a replica that lags behind gives such, and publishing them
// would take the case back.
func (s *sitting) dropBehind(ctx context.Context) error {
	if s.as.resync || s.Definition.Cursor.Kind == CursorNone {
		return nil
	}
	var pairs [][2]Key
	moved := func(it *item) bool {
		c := s.shadow(it)
		return s.net(it) && c.Known && c.Cursor != "" && c.Cursor != it.Cursor && !s.cursorTwice(it.Values)
	}
	for i := range s.groups {
		if it := &s.groups[i]; moved(it) {
			pairs = append(pairs, [2]Key{it.Cursor, s.shadow(it).Cursor})
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	earlier, err := s.Source.Earlier(ctx, pairs)
	if err != nil {
		return err
	}
	kept := s.groups[:0]
	for _, it := range s.groups {
		if moved(&it) {
			behind := earlier[0]
			if earlier = earlier[1:]; behind {
				s.totals.Behind++
				continue
			}
		}
		kept = append(kept, it)
	}
	s.groups = kept
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

// ask fetches what judging the rows needs: the recipients of their cases, and the
// earlier changes that they made.
func (s *sitting) ask(ctx context.Context) error {
	var cases []Key
	var numbers []uint64
	asked := make(map[Key]bool, len(s.groups))
	for i := range s.groups {
		it := &s.groups[i]
		if it.Case != "" && !it.touched && !asked[it.Case] {
			asked[it.Case] = true
			cases = append(cases, it.Case)
			if number := s.shadow(it).Change; number != 0 && s.Definition.Mode == Net {
				numbers = append(numbers, number)
			}
		}
		if it.seen.Change != 0 {
			numbers = append(numbers, it.seen.Change)
		}
	}
	if len(numbers) > 0 {
		changes, err := s.Store.Changes(s.Definition.Name, numbers)
		if err != nil {
			return err
		}
		s.earlier = make(map[uint64]Change, len(changes))
		for _, c := range changes {
			s.earlier[c.Number] = c
		}
	}
	if s.baseline && s.firstRun() == Baseline {
		return nil // nothing is published, to nobody
	}
	s.met, s.parties = cases, s.as.parties
	if s.parties != nil {
		return nil
	}
	var err error
	s.parties, err = s.recipients(ctx, cases)
	return err
}

// recipients asks for the recipients of cases, unless the event rows name them.
func (l *Loop) recipients(ctx context.Context, cases []Key) (map[Key][]Row, error) {
	if l.Definition.Recipients.Query == "" || len(cases) == 0 {
		return nil, nil
	}
	bare := make([]Key, len(cases))
	for i := range cases {
		bare[i] = cases[i].bare()
	}
	rows, err := l.Source.Recipients(ctx, bare)
	if err != nil {
		return nil, err
	}
	byCase := make(map[Key][]Row, len(cases))
	for _, r := range rows {
		byCase[r.Case] = append(byCase[r.Case], r)
	}
	for i, c := range cases {
		if bare[i] != c {
			byCase[c] = byCase[bare[i]]
		}
	}
	return byCase, nil
}

// pastHash tells apart the changes of a case in net mode that are not the same.
func pastHash(ch *StatusChange) uint64 {
	h := fnv.New64a()
	var b []byte
	for _, s := range ch.Status {
		b = appendValue(b, s)
	}
	_, _ = h.Write(appendValue(b, ch.RawTime))
	return h.Sum64()
}

// order gives the place of a change among others with the same tidpunkt: the row's
// number or the cursor's where they are numbers, else the change's own.
func (l *Loop) order(values []any, number uint64) int64 {
	if l.Definition.Mode == History {
		for _, i := range []int{l.shape.row, l.shape.cursor} {
			if n, ok := values[i].(int); ok {
				return int64(n)
			}
		}
	}
	return int64(min(number, math.MaxInt64))
}
