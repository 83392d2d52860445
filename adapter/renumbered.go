package adapter

import (
	"context"
	"fmt"
)

// rowsRenumbered is why a source is stopped whose rows have got other identities.
const rowsRenumbered = "rows-renumbered"

// fewRenumbered is of how many cases rows may be written anew under other identities, as
// by clerks who delete a row and write it once more, before the whole table is taken for
// one that was loaded anew.
const fewRenumbered = 2

// renumbered stops the source before it publishes known rows a second time, as they have
// got other identities. Only rows of many cases, and of most that have new ones, are
// evidence, which say the same as others of their case, at the same time to the last
// digit, that are gone: rows that only look alike have those others beside them.
func (s *sitting) renumbered(ctx context.Context) error {
	if s.Definition.Mode == Net || s.as.resync || s.checkpoint.Phase != Following {
		return nil
	}
	cases, suspects := map[Key]bool{}, map[Key]map[uint64]bool{} // that have new rows, and what those say that are no later than it stands
	var numbers []uint64
	for i := range s.groups {
		it := &s.groups[i]
		if it.seen.Outcome != 0 || !named(it.ID) || it.Err != nil {
			continue
		}
		cases[it.Case] = true
		c := s.shadow(it)
		t, raw := s.when(it.Values)
		if !c.Known || raw == "" || t.After(c.Tidpunkt) {
			continue
		}
		if suspects[it.Case] == nil {
			suspects[it.Case] = map[uint64]bool{}
			numbers = append(numbers, c.numbers()...)
		}
		suspects[it.Case][s.said(it.Values)] = true
	}
	few := max(fewRenumbered, min(len(cases), mostAsked)/2)
	if len(suspects) <= few {
		return nil
	}
	changes, err := s.Store.Changes(s.Definition.Name, numbers)
	if err != nil {
		return err
	}
	var twins []Anchor // one of a case
	for i := range changes {
		if a := changes[i].anchor(); !changes[i].Gone && named(a.Row) && suspects[a.Case][a.Said] && len(twins) < mostAsked {
			twins = append(twins, a)
			delete(suspects, a.Case)
		}
	}
	if len(twins) <= few {
		return nil
	}
	f, err := s.lookFor(ctx, twins)
	if err != nil || len(f.gone) <= few {
		return err
	}
	return s.stopRenumbered(len(f.gone))
}

// newNumbers stops the source if the newest rows are all gone, and are among the last
// ones under other identities: as rows of the same case, or in net mode as other cases
// with the same cursor. That also tells of rows which were only remembered, and of cases,
// but not where the table has another order now. Rows that were purged are nowhere.
func (l *Loop) newNumbers(ctx context.Context, f *found) error {
	if len(f.gone) < len(f.sought) || !l.doubt.since.IsZero() {
		return nil
	}
	type twin struct {
		key  Key // its case; net mode: its cursor
		said uint64
	}
	gone := map[twin]bool{}
	for _, a := range f.gone {
		key := a.Case
		if l.Definition.Mode == Net {
			key = a.Cursor
		}
		gone[twin{key, a.Said}] = true
	}
	extent, err := l.Source.Extent(ctx)
	if err != nil {
		return err
	}
	found := map[Key]bool{} // cases that have such rows
	for walk, last := (Walk{Lo: extent.Back}), false; !last; {
		page, err := l.Source.Read(ctx, walk)
		if err != nil {
			return err
		}
		l.identify(page.Rows)
		strange, err := l.strange(page.Rows)
		if err != nil {
			return err
		}
		for i := range strange {
			r := &strange[i]
			key := r.Case
			if l.Definition.Mode == Net {
				key = r.Cursor
			}
			if _, raw := l.when(r.Values); raw != "" && key != "" && gone[twin{key, l.said(r.Values)}] {
				found[r.Case] = true
			}
		}
		walk, last = page.Next, page.Last
	}
	if len(found) <= fewRenumbered {
		return nil
	}
	return l.stopRenumbered(len(found))
}

// strange gives the rows that were not seen before, in net mode those of cases that were not.
func (l *Loop) strange(rows []Row) ([]Row, error) {
	var ids, cases []Key
	for i := range rows {
		if l.Definition.Mode == Net {
			cases = append(cases, rows[i].Case)
		} else {
			ids = append(ids, rows[i].ID)
		}
	}
	seen, shadows, err := l.Store.Known(l.Definition.Name, ids, cases)
	if err != nil {
		return nil, err
	}
	var strange []Row
	for i := range rows {
		if l.Definition.Mode == Net && !shadows[i].Known || l.Definition.Mode == History && seen[i].Outcome == 0 {
			strange = append(strange, rows[i])
		}
	}
	return strange, nil
}

// stopRenumbered stops the source as so many rows have other identities.
func (l *Loop) stopRenumbered(n int) error {
	name := l.Definition.Name
	ways := fmt.Sprintf("arendebrygga baseline %[1]s takes the rows under their new identities and publishes nothing, and arendebrygga resync %[1]s would publish them all a second time (--dry-run counts them)", name)
	if l.Definition.OnMissing.Do == Withdraw {
		ways = fmt.Sprintf("arendebrygga resync %[1]s publishes the rows under their new identities and takes back what was published under the old ones (--dry-run counts both), and arendebrygga baseline %[1]s publishes nothing, "+
			"after which sweeps miss what was published before", name)
	}
	return l.stop(rowsRenumbered, fmt.Sprintf("at least %d known rows are gone and are there again under other identities: the table was loaded anew, or %s is not what identifies a row; put the old identities back, or choose: %s",
		n, l.identityColumn(), ways))
}
