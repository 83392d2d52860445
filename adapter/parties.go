package adapter

import (
	"cmp"
	"maps"
	"slices"
)

// meeting is a case whose recipients have been asked for.
type meeting struct {
	Case
	rows []Row          // of its recipients now
	now  map[Key]uint64 // and a hash of each one's
	difference
	past    []Change // what is to be judged again
	settled bool     // the set is as stored; only past is to be judged
	later   bool     // past cannot be judged now, other than for those who must lose it
	away    bool     // nor can it in net mode, as the row is gone; should it come back, who has come meanwhile gets it
}

// difference is who is not a recipient as before.
type difference struct {
	added   []Key
	changed []Key // another role, another identity number, or the past could not be judged yet
	other   []Key // those of them who are not as they were
	removed []Key // and lose what they got
	left    []Key // and keep it
}

func (d *difference) none() bool {
	return len(d.added)+len(d.changed)+len(d.removed)+len(d.left) == 0
}

// news tells whether the set is another one, and not only its past still to be judged.
func (d *difference) news() bool {
	return len(d.added)+len(d.other)+len(d.removed)+len(d.left) > 0
}

// takes tells whether somebody loses events, or gets them under another number.
func (d *difference) takes() bool { return len(d.changed)+len(d.removed) > 0 }

func (d *difference) concerns(id Key) bool {
	return slices.Contains(d.added, id) || slices.Contains(d.changed, id) || slices.Contains(d.removed, id)
}

// company compares the recipients of a case with those last seen.
func (l *Loop) company(c Case, rows []Row) meeting {
	m := meeting{Case: c, rows: rows, now: l.tally(rows)}
	m.stay()
	// Who keeps events and is back with another number would keep them under the old one.
	keep := l.Definition.Recipients.Changes.Removed == Keep
	for i := range c.Parties {
		p := &c.Parties[i]
		hash, here := m.now[p.ID]
		switch {
		case p.Until != 0 && (!keep || here && p.other(hash)), p.Until == 0 && !here && !keep:
			m.removed = append(m.removed, p.ID)
		case p.Until == 0 && !here:
			m.left = append(m.left, p.ID)
		case p.Until == 0 && p.Hash != hash:
			if m.changed = append(m.changed, p.ID); p.other(hash) {
				m.other = append(m.other, p.ID)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(m.now)) {
		if !slices.ContainsFunc(c.Parties, func(p Party) bool { return p.ID == id && p.Until == 0 }) {
			m.added = append(m.added, id)
		}
	}
	return m
}

// tally gives a hash of each recipient's rows, whatever their order. When a row was
// last written does not count, nor what it says that its case is known by anyway.
func (l *Loop) tally(rows []Row) map[Key]uint64 {
	rule, columns := &l.Definition.Recipients, l.shape.told
	cursor, created := rule.Columns.Index(rule.Cursor.Column), rule.Columns.Index(rule.Created)
	now := make(map[Key]uint64, len(rows))
	for i := range rows {
		if rule.Query != "" {
			columns = columns[:0]
			for at := range rows[i].Values {
				if at != cursor && at != created {
					columns = append(columns, at)
				}
			}
		}
		now[rows[i].ID] += hashOf(rows[i].Values, columns, rows[i].Err)
	}
	return now
}

// policy says what follows from who comes and goes. While a baseline that an operator
// ordered walks, nobody who comes gets what is past.
func (l *Loop) policy() PartyChanges {
	changes := l.Definition.Recipients.Changes
	if l.taking() {
		changes.Added = FromNow
	}
	return changes
}

// next gives the set that follows. A recipient whose past is to be judged later has
// its hash inverted until then, so that the next comparison finds it.
func (m *meeting) next(changes PartyChanges) []Party {
	next, published := []Party{}, m.published()
	for _, p := range m.Parties {
		hash, here := m.now[p.ID]
		switch {
		case p.Until != 0 && (changes.Removed != Keep || here && (p.other(hash) || changes.Added != FromNow)):
			continue
		case p.Until == 0 && !here && (changes.Removed != Keep || published <= p.Since):
			continue
		case p.Until == 0 && !here:
			p.Until = published
		case p.Until == 0 && (m.later || m.away) && slices.Contains(m.changed, p.ID):
			p.Hash = ^hash
		case p.Until == 0:
			p.Hash = hash
		}
		next = append(next, p)
	}
	since := uint64(0)
	if changes.Added == FromNow && m.Parties != nil {
		since = published
	}
	for _, id := range m.added {
		p := Party{ID: id, Hash: m.now[id], Since: since}
		if m.later || m.away {
			p.Hash = ^p.Hash
		}
		next = append(next, p)
	}
	slices.SortFunc(next, func(a, b Party) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(b.Until, a.Until)) })
	return next
}

// published gives the number of the newest change that somebody was shown. Changes
// that still wait for a recipient are nobody's past.
func (m *meeting) published() (newest uint64) {
	for i := range m.past {
		if ch := &m.past[i]; ch.shown() {
			newest = max(newest, ch.Number)
		}
	}
	return newest
}

// entitled gives the rows of the recipients that a change concerns. A set that is nil
// is not known yet: then the change concerns all.
func entitled(set []Party, rows []Row, number uint64) []Row {
	if set == nil {
		return rows
	}
	var allowed []Row
	for i := range rows {
		if slices.ContainsFunc(set, func(p Party) bool { return p.ID == rows[i].ID && p.Until == 0 && number > p.Since }) {
			allowed = append(allowed, rows[i])
		}
	}
	return allowed
}

// former gives those who are no longer recipients but keep the events that they got
// of a change.
func former(set []Party, number uint64) []Key {
	var ids []Key
	for i := range set {
		if p := &set[i]; number <= p.Until {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// other tells whether a recipient is not as last seen, whether or not the past has been
// judged for it.
func (p *Party) other(hash uint64) bool { return p.Hash != hash && p.Hash != ^hash }

func sameParty(a, b Party) bool {
	return a.ID == b.ID && a.Hash == b.Hash && a.Since == b.Since && a.Until == b.Until
}
