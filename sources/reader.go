package sources

import (
	"cmp"
	"context"

	"arendebrygga/adapter"
)

// reader reads one page: it finds a window that fits, then the window's rows.
type reader struct {
	*poller
	view   *view
	limits adapter.Limits // the poller's, with the size that pages have at the present pace
	most   int64          // the greatest step of a window; 0: any
	used   int64          // the step of the last window
}

// maxEmpty is how many windows without a row one Read walks through before it lets
// the walk be stored.
const maxEmpty = 50

func (r *reader) read(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	if from.Tie != "" {
		return r.tie(ctx, from)
	}
	if from.Lo == "" && !(r.view.axis.whole && r.view.axis.counts()) {
		var err error
		if from.Lo, err = r.text(ctx, r.view.least(r.view.bounds(from))); err != nil || from.Lo == "" {
			return adapter.Page{Last: true}, err
		}
	}
	for range maxEmpty {
		page, err := r.window(ctx, from)
		if err != nil || page.Last || len(page.Rows) > 0 || page.Next.Tie != "" {
			return page, err
		}
		from = page.Next
	}
	return adapter.Page{Next: from}, nil
}

// window reads the window at from, which may have no row.
func (r *reader) window(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	step := r.step(from)
	hi, fits, err := r.upper(ctx, from, step)
	if err != nil {
		return adapter.Page{}, err
	}
	if !fits { // so many rows of the driving table have the cursor value from.Lo
		return r.tie(ctx, adapter.Walk{Lo: from.Lo, Until: from.Until, Step: from.Step, Tie: r.view.tieStart()})
	}
	more := r.view.axis.counts() || from.Step == 0 // the upper bound is known to have rows behind it
	for {
		page, err := r.between(ctx, from, hi)
		if err != nil {
			return adapter.Page{}, err
		}
		switch n := len(page.rows); {
		case n > r.limits.PageSize:
			// The row too many bounds a window that fits, if any row lies before it.
			more, step, hi = true, min(max(1, step/2), r.usual()), page.at[r.limits.PageSize]
			before, err := r.exists(ctx, r.view.against(r.view.bounds(from), "<", hi))
			if err != nil {
				return adapter.Page{}, err
			}
			if !before {
				return r.tie(ctx, adapter.Walk{Lo: hi, Until: from.Until, Step: step, Tie: r.view.tieStart()})
			}
		case !more && hi != "" && n <= r.limits.PageSize/4:
			if more, err = r.exists(ctx, r.view.bounds(adapter.Walk{Lo: hi, Until: from.Until})); err != nil {
				return adapter.Page{}, err
			}
			if !more {
				hi = ""
			}
		default:
			if hi == "" {
				return adapter.Page{Rows: page.rows, Last: true, Frontier: page.frontier}, nil
			}
			return adapter.Page{Rows: page.rows, Next: r.next(from, hi, step, page.at)}, nil
		}
	}
}

// next is where to go on behind a window.
//
// Without a driving table its upper bound is a computed value, and a walk must not
// come to stand at one: where it ends, it has to tell the last cursor that it
// passed. So it goes on behind its last row, and behind the same row with a larger
// step where a window was empty.
func (r *reader) next(from adapter.Walk, hi adapter.Key, step int64, at []adapter.Key) adapter.Walk {
	next := adapter.Walk{Lo: hi, Until: from.Until, Step: r.grown(step, len(at))}
	if r.view.axis.counts() {
		return next
	}
	switch {
	case len(at) > 0:
		next.Lo, next.After = at[len(at)-1], true
	case next.Step > step:
		next.Lo, next.After = from.Lo, from.After
	}
	return next
}

// step is the size of the next window, in rows of the driving table or in units of
// the axis.
func (r *reader) step(from adapter.Walk) int64 {
	step := cmp.Or(from.Step, r.usual())
	if r.most > 0 {
		step = min(step, r.most)
	}
	if r.view.axis.counts() {
		step = min(step, int64(r.limits.PageSize))
	}
	r.used = step
	return step
}

func (r *reader) usual() int64 {
	if usual := r.dia.steps[r.view.axis.kind].usual; usual > 0 && !r.view.axis.counts() {
		return usual
	}
	return int64(r.limits.PageSize)
}

// grown is the step after a window with so many rows: larger after one that was
// almost empty. A page of the driving table's rows is never exceeded, even if the
// query leaves most of them out: an optimizer begins larger windows with the wrong
// table (measured on MariaDB: 8,000 rows of 200,000 had another table read whole).
func (r *reader) grown(step int64, rows int) int64 {
	limit := int64(r.limits.PageSize)
	if !r.view.axis.counts() {
		limit = r.dia.steps[r.view.axis.kind].limit
	}
	if rows > r.limits.PageSize/4 {
		return step
	}
	return min(2*step, max(limit, step))
}

// upper finds the window's upper bound: none if the rest fits into the window. It
// does not fit if the bound is no greater than the lower one.
//
// Without a driving table only the beginning of a walk is asked what lies behind
// the bound, which is the end of most walks. In the middle an optimizer may answer
// that question by way of the wrong table.
func (r *reader) upper(ctx context.Context, from adapter.Walk, step int64) (hi adapter.Key, fits bool, err error) {
	if !r.view.axis.counts() {
		if hi, err = r.text(ctx, r.view.stepped(from.Lo, step)); err != nil || hi == "" || from.Step > 0 {
			return hi, true, err
		}
		more, err := r.exists(ctx, r.view.bounds(adapter.Walk{Lo: hi, Until: from.Until}))
		if !more {
			hi = ""
		}
		return hi, true, err
	}
	if r.view.axis.table == "" && r.dia.scouts > 0 {
		hi, err = r.scouted(ctx, from, step)
		return hi, hi != from.Lo || hi == "", err
	}
	pair, err := r.pair(ctx, r.view.ahead(from, step))
	if err != nil || pair == nil {
		return "", true, err
	}
	return r.view.bound(pair.first), pair.second.truth(), nil
}

// between reads a window's rows, or the rest of the walk if there is no upper bound.
func (r *reader) between(ctx context.Context, from adapter.Walk, hi adapter.Key) (*result, error) {
	if hi == "" {
		return r.tail(ctx, from)
	}
	v := r.view
	return r.rows(ctx, v, v.page(v.against(v.bounds(from), "<", hi), r.limits.PageSize+1))
}

func (r *reader) exists(ctx context.Context, cond where) (bool, error) {
	v, order := r.view, ""
	if r.dia.first {
		order = v.along()
	}
	text, err := r.text(ctx, statement{r.dia.cut("1", v.from()+cond.String(), order, 1, 0), cond.args})
	return text != "", err
}
