package adapter_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"arendebrygga/adapter"
)

// netCase is what the adapter should make of one case in net mode, thought out anew.
type netCase struct {
	status  string
	hemlig  any
	party   bool
	changes []netChange
}

type netChange struct {
	text              string
	published, shown  bool
	withheld, forever bool // forever: taken back, or never to be shown
}

// poll judges the case as it stands.
func (c *netCase) poll() {
	n := len(c.changes)
	if before := c.last(); n == 0 || before != c.status {
		c.changes = append(c.changes, netChange{text: before + ">" + c.status})
		n++
	}
	now := &c.changes[n-1]
	now.withheld = c.hemlig != false
	if c.hemlig == true {
		for i := range c.changes[:n-1] {
			c.changes[i].forever = true
		}
		now.forever = now.forever || now.shown
	}
	if now.withheld {
		now.published = false
		return
	}
	for i := range c.changes {
		if ch := &c.changes[i]; c.party && !ch.withheld {
			ch.published, ch.shown = true, true
		}
	}
}

func (c *netCase) last() string {
	if len(c.changes) == 0 {
		return ""
	}
	text := c.changes[len(c.changes)-1].text
	return text[len(text)-1:]
}

func (c *netCase) events() []string {
	var texts []string
	for _, ch := range c.changes {
		if ch.published && !ch.forever {
			texts = append(texts, ch.text)
		}
	}
	return texts
}

// TestNetAgainstModel changes cases, their secrecy and their parties in any order,
// with cuts, restarts and commits that fail although they are written.
func TestNetAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(t, definition(adapter.Net))
		names := []adapter.Key{"alva", "bo", "cilla"}
		cases := make([]netCase, len(names))
		for i := range cases {
			cases[i] = netCase{status: "a", hemlig: false}
			b.put(i+1, fmt.Sprint("A", i), "a", nil)
		}
		cursor := len(cases)
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			i := rapid.IntRange(0, len(cases)-1).Draw(rt, "case")
			c, row := &cases[i], &b.rows[i]
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0, 1:
				c.status = rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "status")
			case 2:
				c.hemlig = rapid.SampledFrom([]any{false, false, nil, true}).Draw(rt, "hemlig")
			case 3:
				c.party = true
				b.party(fmt.Sprint("A", i), string(names[i]))
			case 4:
				b.open(t)
			}
			cursor++
			row.id, row.status, row.hemlig = cursor, c.status, c.hemlig
			if rapid.IntRange(0, 3).Draw(rt, "polled") == 0 {
				continue
			}
			store := &faltering{Store: b.store, fail: rapid.Bool().Draw(rt, "commit fails")}
			if rapid.IntRange(0, 4).Draw(rt, "cut") == 0 {
				b.fail = errors.New("cut")
			}
			b.loop.Store = store
			for range 2 {
				b.now = b.now.Add(15 * time.Second)
				_ = b.loop.Poll(t.Context())
			}
			store.fail, b.fail = false, nil
			b.poll(t)
			b.poll(t)
			for i := range cases {
				c := &cases[i]
				if c.poll(); !slices.Equal(b.events(t, names[i]), c.events()) {
					rt.Fatalf("case %d: events %v, want %v", i, b.events(t, names[i]), c.events())
				}
			}
		}
	})
}
