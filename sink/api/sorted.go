package api

import (
	"math"
	"slices"

	"arendebrygga/sink"
)

// maxSorted is how many events of one part a sorted question may hold in memory. It
// is only met by a page that begins behind more than so many events, as those of the
// pages behind are let go.
const maxSorted = 50_000

var errTooDeepPage = badRequest("fraga.behandling.paginering.offset: sidan ligger för långt in för den sortering som begärs, avgränsa frågan med startDatum och slutDatum eller sortera på TIDPUNKT fallande")

// collectSorted is collect for an order that is not the store's own. Of a page that
// ends, it never keeps more than twice the events up to its end.
func (a *answer) collectSorted(q sink.Query) (total int, err error) {
	first, behind := a.question.span()
	var kept []candidate
	size := 0
	err = a.store.Events(a.ctx, q, func(e *sink.Event) error {
		if !a.question.wanted(e) {
			return nil
		}
		total++
		c := a.plan.candidate(e, e.Fragment(a.wishes.pick(e.Sprak)))
		kept = append(kept, c)
		size += len(c.fragment)
		if behind < math.MaxInt64/2 && int64(len(kept)) >= 2*behind {
			kept, size = a.best(kept, int(behind)), 0
			for i := range kept {
				size += len(kept[i].fragment)
			}
		}
		switch {
		case int64(len(kept))-first > maxEvents && behind == math.MaxInt64:
			return errTooMany
		case len(kept) > maxSorted:
			return errTooDeepPage
		}
		return a.grown(len(a.out) + size)
	})
	if err != nil {
		return 0, err
	}
	kept = a.best(kept, int(min(behind, int64(len(kept)))))
	for i := first; i < int64(len(kept)); i++ {
		if err := a.event(kept[i].fragment, i > first); err != nil {
			return 0, err
		}
	}
	return total, nil
}

// best sorts the events and keeps the first n.
func (a *answer) best(kept []candidate, n int) []candidate {
	slices.SortFunc(kept, func(x, y candidate) int { return a.plan.compare(&x, &y) })
	clear(kept[n:])
	return kept[:n]
}
