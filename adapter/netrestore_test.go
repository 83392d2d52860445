package adapter_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"arendebrygga/adapter"
)

// backup is what a database was.
type backup struct {
	greatest int
	parties  map[place]map[adapter.Key]string
	rows     []life
	lives    []*life
}

// backUp notes what the database is.
func (n *numbers) backUp() {
	b := &backup{greatest: n.greatest, parties: map[place]map[adapter.Key]string{}}
	for p, set := range n.parties {
		b.parties[p] = maps.Clone(set)
	}
	for _, l := range n.lives {
		if l.there {
			b.rows, b.lives = append(b.rows, *l), append(b.lives, l)
		}
	}
	n.backup = b
}

// merge has a case be those that had its number before, as far as anybody knows.
func (n *numbers) merge(l *life) {
	for _, o := range n.lives {
		if o.place == l.place && o != l {
			o.blur()
			l.stood, l.blurred = slices.Concat(o.stood, l.stood), l.blurred+o.blurred
			maps.Copy(l.named, o.named)
		}
	}
	n.lives = append(slices.DeleteFunc(n.lives, func(o *life) bool { return o.place == l.place }), l)
}

// restore has the database be as it was, and cases written since. The operator knows.
func (n *numbers) restore(t *testing.T, rt *rapid.T) {
	b := n.backup
	if b == nil {
		return
	}
	for _, l := range n.lives {
		l.there, l.missed = false, l.missed && !l.there || l.back
	}
	greatest := n.greatest
	n.greatest = b.greatest
	for p := range n.parties {
		n.parties[p] = maps.Clone(b.parties[p])
		if n.parties[p] == nil {
			n.parties[p] = map[adapter.Key]string{}
		}
	}
	for i, row := range b.rows {
		l := b.lives[i]
		n.merge(l)
		if l.era != 0 || l.missed {
			l.anew = l.era != 0
			l.blur()
		}
		l.back = l.back || l.missed
		l.id, l.says, l.tid, l.hemlig, l.there, l.missed, l.era = row.id, row.says, row.tid, row.hemlig, true, false, 0
		l.unread = true
	}
	for range rapid.IntRange(0, 3).Draw(rt, "rows since") {
		n.change(rt)
	}
	n.table()
	n.reads()
	if rapid.Bool().Draw(rt, "shut") {
		n.open(t)
		n.loop.Rules = tellingCase{}
	}
	changes := len(n.log)
	err := n.loop.Poll(t.Context())
	if halt := (*adapter.Halt)(nil); errors.As(err, &halt) && len(n.log) != changes {
		rt.Fatal("something was published before anybody chose")
	}
	if n.forget(err); err == nil {
		n.greatest = max(n.greatest, greatest) // what was lost was too little to be noticed: rows with its numbers would be behind
	}
	if rapid.Bool().Draw(rt, "baseline") {
		n.takeAll(t, rt)
		return
	}
	if _, err := n.loop.Resync(t.Context(), false); err != nil {
		rt.Fatal(err)
	}
	if err := n.loop.Poll(t.Context()); err != nil {
		rt.Fatal(err)
	}
}

// takeAll has an operator take everything as it is.
func (n *numbers) takeAll(t *testing.T, rt *rapid.T) {
	n.table()
	n.forget(nil)
	if err := n.loop.Baseline(t.Context()); err != nil {
		rt.Fatal(err)
	}
	if err := n.loop.Poll(t.Context()); err != nil {
		rt.Fatal(err)
	}
	for _, l := range n.lives {
		if l.there {
			l.baselined()
		}
		for _, s := range l.stood {
			s.closed = true
		}
	}
}
