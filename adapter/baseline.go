package adapter

import (
	"context"
	"slices"
	"time"
)

// Baseline has everything walked and remembered as it is, without publishing
// anything, from now on. It accepts the definition and the database as they are now.
// What was published stays; what has not been and would be by itself never is. The loop
// walks when it polls.
func (l *Loop) Baseline(ctx context.Context) error {
	if err := l.adopt(); err != nil {
		return err
	}
	return l.restart(ctx, FirstPass, true)
}

// Unpublished is what of a source is open when a baseline is ordered, in changes.
type Unpublished struct {
	Settled int `json:"settled"` // are ignored from then on: held, waiting for a recipient, or parked for the sake of one
	Left    int `json:"left"`    // stay as they are, as only an operator has them judged again: otherwise parked, and unmapped
}

// Unpublished counts what Baseline will do to changes that are open.
func (l *Loop) Unpublished(ctx context.Context) (u Unpublished, err error) {
	err = l.eachOpen(ctx, func(page []Change) error {
		for i := range page {
			if page[i].unattended() {
				u.Settled++
			} else {
				u.Left++
			}
		}
		return nil
	})
	return u, err
}

// unattended tells whether an open change may be published without an operator or another
// row: when its time comes, or other recipients do.
func (c *Change) unattended() bool {
	return c.Outcome == Held || c.Outcome == Waiting || c.aboutRecipients()
}

// eachOpen calls f with the changes that are held, waiting, parked or unmapped, a page at
// a time. f may settle them.
func (l *Loop) eachOpen(ctx context.Context, f func([]Change) error) error {
	limit := l.Definition.Limits.PageSize
	for _, outcome := range []Outcome{Held, Waiting, Parked, Unmapped} {
		for after, last := uint64(0), false; !last; {
			page, err := l.Store.Open(l.Definition.Name, outcome, after, limit)
			if err != nil {
				return err
			}
			if last = len(page) < limit; len(page) > 0 {
				after = page[len(page)-1].Number
			}
			if err := f(page); err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// baselinedCode is the reason of a change that a baseline settled.
const baselinedCode = "baselined"

// baselined tells whether a baseline settled the change. Its row is then one of those that
// it took as they were.
func (c *Change) baselined() bool {
	return c.Outcome == Ignored && len(c.Reasons) > 0 && c.Reasons[0].Code == baselinedCode
}

// takeOpen settles, before a baseline walks, what would still be published of what was
// before it.
func (l *Loop) takeOpen(ctx context.Context) error {
	return l.eachOpen(ctx, func(page []Change) error {
		page = slices.DeleteFunc(page, func(ch Change) bool { return !ch.unattended() })
		_, err := l.ignore(ctx, page, Reason{Code: baselinedCode, Detail: "an operator had the source taken as it was, before this was published"})
		return err
	})
}

// ignore settles changes without publishing them, in commits of a page. Former recipients
// who keep what they got do so. It returns how many it has settled.
func (l *Loop) ignore(ctx context.Context, changes []Change, why Reason) (n int, err error) {
	for part := range slices.Chunk(changes, l.Definition.Limits.PageSize) {
		s := &sitting{Loop: l}
		cases := casesOf(part)
		_, known, err := l.Store.Known(l.Definition.Name, nil, cases)
		if err != nil {
			return n, err
		}
		for _, ch := range part {
			if at, ok := slices.BinarySearch(cases, ch.Case); ok && ch.shown() {
				ch.Kept = former(known[at].Parties, ch.Number)
			}
			ch.Outcome, ch.Due, ch.Reasons = Ignored, time.Time{}, []Reason{why}
			s.totals.count(&ch)
			s.keep(ch)
		}
		l.checkpoint.Totals.add(s.totals)
		if err := l.save(s.batch); err != nil {
			return n, err
		}
		if n += len(part); ctx.Err() != nil {
			return n, ctx.Err()
		}
	}
	return n, nil
}
