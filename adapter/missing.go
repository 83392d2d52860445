package adapter

import (
	"context"
	"fmt"
	mathbits "math/bits"
	"slices"
	"time"
)

// bits is a set of change numbers.
type bits struct {
	words []uint64
	limit uint64 // the greatest number that counts
	rows  bool   // there were any, also without a change
}

func newBits(limit uint64) *bits { return &bits{words: make([]uint64, limit/64+1), limit: limit} }

// count tells how many numbers are in the set.
func (b *bits) count() (n int) {
	for _, w := range b.words {
		n += mathbits.OnesCount64(w)
	}
	return n
}

func (b *bits) add(n uint64) {
	if b == nil {
		return
	}
	b.rows = true
	if n != 0 && n <= b.limit {
		b.words[n/64] |= 1 << (n % 64)
	}
}

// absent gives the numbers from 1 to the limit that are not in the set.
func (b *bits) absent() []uint64 {
	var numbers []uint64
	for n := uint64(1); n <= b.limit; n++ {
		if b.words[n/64] == ^uint64(0) {
			n |= 63
			continue
		}
		if b.words[n/64]&(1<<(n%64)) == 0 {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// When so many rows are gone at once, both in number and as a part of all, it is more
// likely that the query, a right or the database is not what it was.
const (
	manyGone    = 1000
	manyGoneOne = 10 // in so many
)

// tooMany tells whether so many rows are gone that it is no deletion: of a small source
// more than half may be one case. A walk that met no row at all met an empty table, as
// one that is being loaded anew.
func (b *bits) tooMany(gone int) bool {
	met := b.count()
	return gone > fewGone && !b.rows || gone > met && gone > manyDeleted || gone > manyGone && uint64(gone) > b.limit/manyGoneOne
}

// missing looks, after a walk that met all rows, for changes whose rows it did not
// meet, and takes back what was published of them if the definition says so and they
// have been gone for long enough. In a resync an operator has chosen it, at once.
func (l *Loop) missing(ctx context.Context, met *bits, chosen bool) error {
	if met == nil {
		return nil
	}
	if l.Definition.OnMissing.Do != Withdraw {
		l.checkpoint.Missing = nil
		return nil
	}
	if l.Definition.Cursor.Kind == CursorNone && !chosen {
		// Polls come too close upon each other to tell a deletion from a table that is loaded anew.
		if l.checkpoint.Begun.Sub(l.checkpoint.Swept) < l.Definition.Sweep {
			return nil
		}
		l.checkpoint.Swept = l.checkpoint.Begun
	}
	before, after := l.checkpoint.Missing, map[uint64]int{}
	gone, err := l.goneOf(ctx, met.absent())
	if err != nil {
		return err
	}
	gone = slices.DeleteFunc(gone, func(ch Change) bool {
		times := before[ch.Number] + 1
		if times >= l.Definition.OnMissing.After || chosen {
			return false
		}
		after[ch.Number] = times
		return true
	})
	news := len(slices.DeleteFunc(slices.Clone(gone), func(ch Change) bool { return slices.Contains(l.checkpoint.Accepted, ch.Number) }))
	if !chosen && met.tooMany(news) {
		return l.stop("rows-gone", fmt.Sprintf("the rows of %d changes are gone at once, and those of %d are there: the query, a right or the database may not be what it was; "+
			"mend it, and then, or if they are to go, %s", news, met.count(), waysOn(l.Definition.Name)))
	}
	l.checkpoint.Missing = after
	l.checkpoint.Totals.Missing += uint64(len(gone))
	return l.takeBack(ctx, gone, Reason{Code: rowMissing, Detail: "the source no longer has the row"})
}

// goneOf gives those changes of rows that are gone of which something is published,
// or might still be.
func (l *Loop) goneOf(ctx context.Context, numbers []uint64) ([]Change, error) {
	var gone []Change
	for part := range slices.Chunk(numbers, 1000) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		changes, err := l.Store.Changes(l.Definition.Name, part)
		if err != nil {
			return nil, err
		}
		for _, ch := range changes {
			if !ch.Gone && named(ch.Row) && (ch.Outcome == Published || ch.Outcome.Open() || ch.kept()) {
				gone = append(gone, ch)
			}
		}
	}
	return gone, nil
}

// takeBack withdraws changes, in commits of a page: for ever, unless it is their rows
// that are missing.
func (l *Loop) takeBack(ctx context.Context, gone []Change, why Reason) error {
	for part := range slices.Chunk(gone, l.Definition.Limits.PageSize) {
		s := &sitting{Loop: l, earlier: map[uint64]Change{}}
		for _, ch := range part {
			if ch.kept() && why.Code == rowMissing {
				s.strip(ch)
				continue
			}
			ch.Shown = ch.Shown || ch.Outcome == Published
			reasons := []Reason{why}
			if ch.RowMissing() {
				reasons = append(reasons, ch.Reasons[0]) // what comes under its number may be another row
			}
			ch.Outcome, ch.Gone, ch.Due, ch.Events, ch.Reasons = Withheld, true, time.Time{}, nil, reasons
			s.totals.count(&ch)
			s.keep(ch)
		}
		if why.Code == rowMissing {
			part = slices.DeleteFunc(slices.Clone(part), func(ch Change) bool { return ch.kept() }) // settled, also when the row is back
			if err := s.await(part); err != nil {
				return err
			}
		}
		l.checkpoint.Totals.add(s.totals)
		if err := l.save(s.batch); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// named tells whether a key is the source's own identity of a row, and not made up
// for one without.
func named(id Key) bool { return id != "" && id[0] != '?' }
