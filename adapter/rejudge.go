package adapter

import (
	"context"
	"slices"
)

// readAnew reads the rows that what is to be judged again was made of: in history mode
// each change's own, in net mode those that the cases are now. A case in net mode that
// must not be shown now, or is not what it was judged as, has its past judged later.
func (r *reunion) readAnew(ctx context.Context, cases []*meeting) error {
	var ids []Key
	for _, m := range cases {
		if r.Definition.Mode == Net {
			ids = append(ids, m.Key)
			continue
		}
		for i := range m.past {
			if ch := &m.past[i]; ch.rejudged() && ch.Case == m.Key && named(ch.Row) {
				ids = append(ids, ch.Row)
			}
		}
	}
	r.fresh = make(map[Key]*group, len(ids))
	for chunk := range slices.Chunk(ids, mostChanges) {
		rows, err := r.Loop.rows(ctx, chunk)
		if err != nil {
			return err
		}
		groups, err := r.makeGroups(rows)
		if err != nil {
			return err
		}
		for i := range groups {
			r.fresh[groups[i].ID] = &groups[i]
		}
	}
	if r.Definition.Mode != Net {
		return nil
	}
	secret, err := r.secret(ids)
	for _, m := range cases {
		g := r.fresh[m.Key]
		differs := g != nil && !r.asJudged(g, m.Hash)
		if differs {
			r.changed = append(r.changed, g)
		}
		m.away = g == nil && slices.ContainsFunc(m.past, func(ch Change) bool { return ch.rejudged() && ch.Outcome != Waiting }) // which is asked about after each poll
		m.later = differs && r.as.dry == nil || g != nil && g.Err != nil || secret[m.Key]
	}
	return err
}

// rejudged tells whether other recipients can make something else of a change.
func (c *Change) rejudged() bool {
	return !c.Gone && (c.Outcome == Published || c.Outcome == Waiting || c.aboutRecipients())
}

// judgeCase judges what there is to be judged of one case.
func (r *reunion) judgeCase(m *meeting) error {
	set := m.Parties
	if !m.settled {
		set = m.next(r.policy())
		if (m.later || m.away) && m.Parties != nil && slices.EqualFunc(set, m.Parties, sameParty) {
			return nil
		}
	}
	shown := false
	for i := range m.past {
		ch := m.past[i]
		shown = shown || ch.shown()
		if ch.Case != m.Key || !ch.rejudged() || r.as.dry != nil && r.rewritten(m, ch.Number) {
			continue
		}
		r.judgeChange(m, set, ch)
		if max(len(r.batch.Changes), len(r.batch.Seen)) >= mostChanges {
			if err := r.flush(); err != nil {
				return err
			}
		}
	}
	if m.settled {
		return nil
	}
	if m.later && r.as.dry == nil {
		r.owe(m.Key)
	}
	m.Parties = set
	r.batch.Cases = append(r.batch.Cases, m.Case)
	if shown && m.news() {
		if r.totals.Parties++; r.as.dry != nil {
			return nil
		}
		r.Log.Info().Int("added", len(m.added)).Int("removed", len(m.removed)+len(m.left)).Int("changed", len(m.changed)).Msg("recipients of a case changed")
	}
	return nil
}

// judgeChange judges one change again.
func (r *reunion) judgeChange(m *meeting, set []Party, ch Change) {
	old := ch
	rows := entitled(set, m.rows, ch.Number)
	if !m.later && r.renew(&ch, rows) {
		v := r.judgeOne(&ch.StatusChange, rows)
		if old.Outcome != Published || v.Outcome == Published || ch.Rules == r.Rules.Hash() {
			r.put(m, set, &old, ch, v)
			return
		}
		// Other rules would not publish it; they are not asked about the past.
	}
	if r.Definition.Mode == History && !m.later && r.fresh[old.Row] == nil && len(m.added)+len(m.changed) > 0 && old.Outcome == Published && named(old.Row) {
		// Should the row come back, who has come meanwhile, or has another number, gets it.
		r.batch.Seen = append(r.batch.Seen, Seen{Row: old.Row, Hash: ^old.Hash, Outcome: Published, Change: old.Number})
	}
	old.Kept = slices.Concat([]Key{}, former(set, old.Number), m.unconcerned(set))
	gone := Reason{Code: rowMissing, Detail: "the source no longer has the row, so the change is not published"}
	switch {
	case old.shown() && m.takes():
		r.stripped++
		old.Shown = true
		r.batch.Changes = append(r.batch.Changes, old)
	case !m.later && old.Outcome == Waiting && r.fresh[old.Row] == nil && !slices.Contains(old.Reasons, gone):
		old.Reasons = append(slices.Clip(old.Reasons), gone)
		r.batch.Changes = append(r.batch.Changes, old)
	}
}

// shown tells whether somebody was shown the change. One that waits for a recipient
// may still have events of those who keep theirs.
func (c *Change) shown() bool { return c.Shown || c.Outcome == Published }

// renew gives a change the values of its row as they are now. It tells whether the
// change can be judged by them; if the row is another one it goes the usual way.
func (r *reunion) renew(ch *Change, rows []Row) bool {
	g := r.fresh[ch.Row]
	switch {
	case g == nil:
		return false // whose it would be now nobody knows: who has it keeps it, and nobody else gets it
	case r.Definition.Mode == Net:
		return ch.Rad != nil
	case g.Err == nil && r.asJudged(g, ch.Hash):
		ch.Rad = g.Values
		return true
	}
	if g.Case == ch.Case { // else the sweep finds it, with the recipients of its new case
		r.changed = append(r.changed, g)
	}
	if r.Definition.IfChanged != Ignore || ch.Outcome != Published || ch.Rad == nil || g.Err != nil {
		return false
	}
	now := ch.StatusChange
	now.Rad = g.Values
	return r.judgeOne(&now, rows).Outcome != Withheld
}

// put adds a change with its new judgement to the batch, if that says something new.
// The events of those who are recipients as before stay as they are.
func (r *reunion) put(m *meeting, set []Party, old *Change, ch Change, v Judgement) {
	has := func(id Key) bool {
		return slices.ContainsFunc(v.Events, func(e Kundhandelse) bool { return e.Recipient == id })
	}
	news := v.Outcome != old.Outcome || !slices.Equal(v.Reasons, old.Reasons) || old.shown() && m.takes() || slices.ContainsFunc(m.added, has)
	if !news {
		return
	}
	ch.Shown = old.shown()
	ch.Outcome, ch.Reasons, ch.Events, ch.Gone = v.Outcome, v.Reasons, v.Events, v.Gone
	if v.Outcome == Published || v.Outcome == Waiting || ch.aboutRecipients() {
		ch.Kept = slices.Concat(former(set, ch.Number), m.unconcerned(set))
	}
	if ch.Outcome != old.Outcome {
		r.totals.count(&ch)
	} else {
		for i := range ch.Events {
			if m.concerns(ch.Events[i].Recipient) {
				r.totals.Events++
			}
		}
	}
	r.keep(ch)
}

// unconcerned gives the recipients who are so as before.
func (m *meeting) unconcerned(set []Party) []Key {
	var ids []Key
	for i := range set {
		if p := &set[i]; p.Until == 0 && !m.concerns(p.ID) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// flush commits what has been gathered.
func (r *reunion) flush() error {
	if len(r.batch.Changes)+len(r.batch.Cases)+len(r.batch.Seen) == 0 {
		return nil
	}
	batch, totals := r.batch, r.totals
	if r.batch, r.totals = (Batch{}), (Totals{}); r.as.dry != nil {
		r.note(r.as.dry, &batch, totals)
		return nil
	}
	r.checkpoint.Totals.add(totals)
	return r.save(batch)
}
