package adapter

import "context"

// rehearsal is what counting remembers of what it would have written, as it must not be
// counted twice. A nil one is for real: the store remembers.
type rehearsal struct {
	sets    map[Key][]Party   // the recipients of cases that have others than the store knows
	rows    map[Key]bool      // rows that were judged with the past of their cases
	changes map[uint64]Change // of that past, judged again
	totals  Totals            // of that
}

func newRehearsal() *rehearsal {
	return &rehearsal{sets: map[Key][]Party{}, rows: map[Key]bool{}, changes: map[uint64]Change{}}
}

// known gives cases the recipients that they would have.
func (r *rehearsal) known(cases []Case) {
	if r == nil {
		return
	}
	for i := range cases {
		if set, ok := r.sets[cases[i].Key]; ok {
			cases[i].Parties = set
		}
	}
}

// past puts changes in place of the stored ones.
func (r *rehearsal) past(changes []Change) {
	if r == nil {
		return
	}
	for i := range changes {
		if ch, ok := r.changes[changes[i].Number]; ok {
			changes[i] = ch
		}
	}
}

// note remembers a batch of the past of cases. New changes in it have got their numbers.
func (l *Loop) note(r *rehearsal, batch *Batch, totals Totals) {
	for _, ch := range batch.Changes {
		r.changes[ch.Number] = ch
		l.checkpoint.Changes = max(l.checkpoint.Changes, ch.Number)
	}
	for _, c := range batch.Cases {
		r.sets[c.Key] = c.Parties
	}
	r.totals.add(totals)
}

// rewritten tells, in net mode, whether a case's row will be judged again as this change,
// as it is another one with the same status.
func (r *reunion) rewritten(m *meeting, number uint64) bool {
	g := r.fresh[m.Key]
	if r.Definition.Mode != Net || g == nil || m.Change != number || r.asJudged(g, m.Hash) {
		return false
	}
	_, status := r.status(g.Values)
	return status == m.Status
}

// dryWalk judges everything as a resync does, without keeping anything of it. A case whose
// rows lie in several pages may be judged by what it was before the first of them: which
// event a `fran` chooses can differ then, not how many rows differ.
func (l *Loop) dryWalk(ctx context.Context) (Totals, error) {
	if _, err := l.now(ctx); err != nil {
		return Totals{}, err
	}
	back, err := l.wasSetBack(ctx)
	if err != nil {
		return Totals{}, err
	}
	stored := l.checkpoint
	defer func() { l.checkpoint = stored }()
	l.checkpoint.Phase, l.checkpoint.Baseline = Resyncing, false
	met, r := newBits(stored.Changes), newRehearsal()
	var totals Totals
	for walk, last := (Walk{}), false; !last; {
		page, err := l.Source.Sweep(ctx, walk)
		if err != nil {
			return totals, err
		}
		batch, err := l.judgeAs(ctx, page.Rows, manner{resync: true, met: met, dry: r, back: back})
		if err != nil {
			return totals, err
		}
		for i := range batch.Changes {
			l.checkpoint.Changes = max(l.checkpoint.Changes, batch.Changes[i].Number)
		}
		totals.add(batch.Checkpoint.Totals)
		totals.Rows += uint64(len(page.Rows))
		l.board.counted(len(page.Rows))
		if err := l.recheckPage(ctx, page.Rows, r); err != nil {
			return totals, err
		}
		walk, last = page.Next, page.Last
	}
	totals.add(r.totals)
	if l.Definition.OnMissing.Do == Withdraw {
		gone, err := l.goneOf(ctx, met.absent())
		totals.Missing += uint64(len(gone))
		return totals, err
	}
	return totals, nil
}
