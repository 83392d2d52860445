package adapter

import (
	"context"
	"fmt"
)

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
	if hash == it.hash || s.old == nil {
		return hash == it.hash
	}
	it.rehashed = s.old.hash(&it.group, it.parties) == hash
	return it.rehashed
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

// fewReused is how many rows of a page may have moved to another case before the
// database is taken for one that gives its numbers a second time.
const fewReused = 2

// reused stops the source if rows that are known now belong to other cases: the
// database was set back and has handed out the same numbers again.
func (s *sitting) reused() error {
	if s.Definition.Mode != History || s.as.resync || s.checkpoint.Phase != Following {
		return nil
	}
	n := 0
	for i := range s.groups {
		it := &s.groups[i]
		if old, ok := s.earlier[it.seen.Change]; ok && old.Case != it.Case && named(it.ID) && it.Err == nil {
			n++
		}
	}
	if n <= fewReused {
		return nil
	}
	return s.stop("rows-reused", fmt.Sprintf("%d known rows now belong to other cases: the database was set back and has given the same numbers again, or it is another one; "+
		"point the connection to the right one, or %s; a column in events.created tells such rows apart", n, waysOn(s.Definition.Name)))
}
