package adapter

import "context"

// keepDiffering drops the rows that are as they were.
func (s *sitting) keepDiffering() {
	s.ofThisEra()
	differing := s.groups[:0]
	for i := range s.groups {
		it := &s.groups[i]
		c := s.shadow(it)
		s.meet(it, c)
		same := s.asBefore(it, c)
		if same {
			s.isThere(it, c)
		}
		if it.touched = same && s.net(it) && c.Cursor != it.Cursor; it.touched {
			same = false
		}
		if s.ripe(it) || same && s.forgotten(it, c) {
			same, it.touched = false, false
		}
		if r := s.as.dry; r != nil && r.rows[it.ID] || s.as.anew[it.ID] {
			same, it.touched = true, false
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

// asBefore tells whether a row is as it was, whatever its cursor is.
func (s *sitting) asBefore(it *item, c *Case) bool {
	if !s.net(it) {
		return it.seen.Outcome != 0 && s.asHashed(it, it.seen.Hash)
	}
	_, status := s.status(it.Values)
	return c.Known && s.asHashed(it, c.Hash) && (it.Err != nil || c.Status == status && !c.Away)
}

// forgotten tells, in history mode, whether the row's case does not know of the row's change
// any more, as the case began anew while the row was away: recipients who come and go do
// not reach it then.
func (s *sitting) forgotten(it *item, c *Case) bool {
	return !s.net(it) && it.seen.Change != 0 && it.Case != "" && !c.has(it.seen.Change)
}

// meet notes that the row of a change is still there.
func (s *sitting) meet(it *item, c *Case) {
	s.as.met.add(it.seen.Change)
	if s.net(it) {
		s.as.met.add(c.Change)
		for _, p := range c.Past {
			s.as.met.add(p.Change)
		}
	}
}

// asHashed tells whether a row is as it was when it got a hash. The rules may have
// used other columns then.
func (s *sitting) asHashed(it *item, hash uint64) bool {
	it.rehashed = hash != it.hash && s.hashedBefore(&it.group, it.parties, hash)
	return hash == it.hash || it.rehashed
}

// leaveToPoll drops, in a sweep, the rows that the next poll finds anyway: they were
// not missed. Without a mark to begin at it finds all that have a cursor.
func (s *sitting) leaveToPoll(ctx context.Context) error {
	if !s.as.sweep {
		return nil
	}
	var pairs [][2]Key
	for i := range s.groups {
		if c := s.groups[i].Cursor; c != "" && s.as.lo != "" {
			pairs = append(pairs, [2]Key{c, s.as.lo})
		}
	}
	earlier, err := s.Source.Earlier(ctx, pairs)
	if err != nil {
		return err
	}
	missed := s.groups[:0]
	for _, it := range s.groups {
		before := it.Cursor == ""
		if it.Cursor != "" && s.as.lo != "" {
			before, earlier = earlier[0], earlier[1:]
		}
		if before {
			missed = append(missed, it)
		}
	}
	s.groups = missed
	return nil
}
