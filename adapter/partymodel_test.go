package adapter_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"arendebrygga/adapter"
)

// partyCase is what each person should be shown of one case, thought out anew.
type partyCase struct {
	mode    adapter.Mode
	rules   adapter.PartyChanges
	steps   []string               // statuses that the adapter has not met
	now     map[adapter.Key]string // the recipients' numbers, by name; "" has no role that is allowed
	status  string
	changes []partyChange
	present map[adapter.Key]*partySeen
}

type partyChange struct {
	text  string
	shown bool                   // to anybody, ever
	to    map[adapter.Key]string // the recipients who are so now, and their numbers
	kept  map[adapter.Key]string // those who are not any more, or were not for a while
}

type partySeen struct {
	number string
	since  int
}

// meet has the adapter meet what has been done.
func (c *partyCase) meet() {
	published := 0
	for i := range c.changes {
		if c.changes[i].shown {
			published = i + 1
		}
	}
	for id, p := range c.present {
		number, here := c.now[id]
		for i := range c.changes {
			ch := &c.changes[i]
			if to, ok := ch.to[id]; ok && !here && c.rules.Removed == adapter.Keep {
				ch.kept[id] = to
			}
			if delete(ch.to, id); here && number != p.number {
				delete(ch.kept, id)
			}
		}
		if p.number = number; !here {
			delete(c.present, id)
		}
	}
	for id, number := range c.now {
		if c.present[id] != nil {
			continue
		}
		c.present[id] = &partySeen{number: number}
		for i := range c.changes {
			if c.changes[i].kept[id] != number {
				delete(c.changes[i].kept, id)
			}
		}
		if c.rules.Added == adapter.FromNow {
			c.present[id].since = published
			continue
		}
		for i := range c.changes {
			delete(c.changes[i].kept, id)
		}
	}
	if c.mode == adapter.Net && len(c.steps) > 1 {
		c.steps = c.steps[len(c.steps)-1:]
	}
	for _, status := range c.steps {
		c.changes = append(c.changes, partyChange{text: c.status + ">" + status, to: map[adapter.Key]string{}, kept: map[adapter.Key]string{}})
		c.status = status
	}
	c.steps = nil
	for i := range c.changes {
		for id, p := range c.present {
			if i >= p.since && p.number != "" {
				c.changes[i].to[id], c.changes[i].shown = p.number, true
			}
		}
	}
}

func (c *partyCase) events(number adapter.Key) (texts []string) {
	for i := range c.changes {
		for _, shown := range []map[adapter.Key]string{c.changes[i].to, c.changes[i].kept} {
			for _, to := range shown {
				if to == string(number) {
					texts = append(texts, c.changes[i].text)
				}
			}
		}
	}
	return texts
}

// rows are the case's recipients as the database has them.
func (c *partyCase) rows(skapad any) (rows []adapter.Row) {
	for id, number := range c.now {
		says := []any{number, skapad}
		if number == "" {
			says[0] = "neighbour"
		}
		rows = append(rows, adapter.Row{ID: id, Values: says})
	}
	return rows
}

// TestPoint30_AgainstModel has recipients come, go, come back, and get other numbers
// and roles, while their cases go on, with cuts, restarts and commits that fail although
// they are written. Everybody is shown what the policy says, and nobody anything else.
func TestPoint30_AgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		def := sets[rapid.SampledFrom(slices.Sorted(maps.Keys(sets))).Draw(rt, "source")]()
		def.Recipients.Changes = adapter.PartyChanges{
			Added:   rapid.SampledFrom([]string{adapter.WholeHistory, adapter.FromNow}).Draw(rt, "added"),
			Removed: rapid.SampledFrom([]string{adapter.Hide, adapter.Keep}).Draw(rt, "removed"),
		}
		if rapid.Bool().Draw(rt, "cursor") {
			def.Recipients.Cursor.Column = "skriven"
		}
		again := def.Recipients.Query != "" && rapid.Bool().Draw(rt, "one id for all")
		if again {
			reusing(def)
		}
		b := newBench(t, def)
		cases := make([]partyCase, 2)
		for i := range cases {
			cases[i] = partyCase{mode: def.Mode, rules: def.Recipients.Changes, now: map[adapter.Key]string{}, present: map[adapter.Key]*partySeen{}}
		}
		names := []adapter.Key{"alva", "bo", "cilla", "doris"}
		whose := []map[adapter.Key]adapter.Key{{}, {}} // which recipient of each case has had a number
		for n := range rapid.IntRange(1, 30).Draw(rt, "steps") {
			i := rapid.IntRange(0, len(cases)-1).Draw(rt, "case")
			c, arende, skapad := &cases[i], fmt.Sprint("A", i), any(nil)
			if again {
				arende, skapad = "A", i
			}
			id := rapid.SampledFrom([]adapter.Key{"p1", "p2", "p3"}).Draw(rt, "id")
			switch rapid.IntRange(0, 6).Draw(rt, "what") {
			case 0, 1:
				c.steps = append(c.steps, fmt.Sprint(n))
				b.stepOf(skapad, arende, fmt.Sprint(n))
			case 2, 3:
				// Somebody who is registered twice has each event once; see TestPoint30_RegisteredTwice.
				if number := rapid.SampledFrom(names).Draw(rt, "number"); whose[i][number] == "" || whose[i][number] == id {
					whose[i][number], c.now[id] = id, string(number)
				}
			case 4:
				c.now[id] = ""
			case 5:
				delete(c.now, id)
			default:
				b.open(t)
			}
			rows := c.rows(skapad)
			if again {
				rows = append(rows, cases[1-i].rows(1-i)...)
			}
			b.give(arende, rows...)
			if rapid.IntRange(0, 3).Draw(rt, "polled") == 0 {
				continue
			}
			b.trouble(t, rt)
			for i := range cases {
				cases[i].meet()
			}
			for _, name := range names {
				var wanted []string
				for i := range cases {
					wanted = append(wanted, cases[i].events(name)...)
				}
				got := b.events(t, name)
				slices.Sort(got)
				slices.Sort(wanted)
				if !slices.Equal(got, wanted) {
					rt.Fatalf("%s: events %v, want %v", string(name), got, wanted)
				}
			}
		}
	})
}

// trouble polls and sweeps with things that fail, and then without.
func (b *bench) trouble(t *testing.T, rt *rapid.T) {
	store := &faltering{Store: b.store, fail: rapid.IntRange(0, 2).Draw(rt, "commit fails") == 0}
	b.loop.Store = store
	cut := errors.New("cut")
	switch rapid.IntRange(0, 5).Draw(rt, "cut") {
	case 0:
		b.fail = cut
	case 1:
		b.failRows = cut
	case 2:
		b.noQuery = cut
	}
	_ = b.loop.Poll(t.Context())
	_ = b.loop.Sweep(t.Context())
	store.fail, b.fail, b.failRows, b.noQuery = false, nil, nil, nil
	b.poll(t)
	b.sweep(t)
	b.poll(t)
}
