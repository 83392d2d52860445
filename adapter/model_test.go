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
		def := definition(adapter.Net)
		def.Overlap = 24 * time.Hour
		b := newBench(t, def)
		names := []adapter.Key{"alva", "bo", "cilla"}
		cases := make([]netCase, len(names))
		for i := range cases {
			cases[i] = netCase{status: "a", hemlig: false}
			b.put(i+1, fmt.Sprint("A", i), "a", nil)
		}
		b.put(len(cases)+1, "nobody's", "a", nil)
		cursor, written := len(cases)+1, make([][]simRow, len(cases)) // the states of their rows that were polled
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
			written[i] = append(written[i], *row)
			if len(written[i]) > 1 && rapid.IntRange(0, 2).Draw(rt, "lags") == 0 {
				*row = rapid.SampledFrom(written[i][:len(written[i])-1]).Draw(rt, "older")
				cursor++
				b.rows[len(cases)].id = cursor // of which there is the newest row
				b.poll(t)
				if got, wanted := b.events(t, names[i]), c.behind(row.status, row.hemlig); !slices.Equal(got, wanted) {
					rt.Fatalf("case %d, read behind: events %v, want %v", i, got, wanted)
				}
				*row = written[i][len(written[i])-1]
			}
		}
	})
}

// behind gives what is shown when a replica that lags gives an older state of the case.
func (c *netCase) behind(status string, hemlig any) []string {
	shown := c.events()
	switch now := c.changes[len(c.changes)-1]; {
	case hemlig == true:
		return nil
	case hemlig == nil && status == c.status && now.published && !now.forever:
		return shown[:len(shown)-1]
	}
	return shown
}

// TestPoint18_BehindShowsNothingThatWaited: what waits for a recipient while its row is not
// to be published goes on waiting when the row has been read behind.
func TestPoint18_BehindShowsNothingThatWaited(t *testing.T) {
	b := newBench(t, definition(adapter.Net))
	b.put(1, "A1", "a", nil)
	b.put(2, "nobody's", "a", nil)
	row, cursor := &b.rows[0], 2
	poll := func(status string, hemlig any) simRow {
		cursor += 2
		row.id, row.status, row.hemlig, b.rows[1].id = cursor-1, status, hemlig, cursor
		b.poll(t)
		return *row
	}
	secret := poll("a", true)
	poll("a", false)
	poll("b", false)
	b.party("A1", "alva")
	last := poll("b", nil)
	for _, *row = range []simRow{secret, last} {
		b.rows[1].id++
		b.poll(t)
		if got := b.events(t, "alva"); len(got) > 0 {
			t.Errorf("row %d: events %v of a case that is not to be published", row.id, got)
		}
	}
	poll("b", false)
	if got := b.events(t, "alva"); !slices.Equal(got, []string{">a", "a>b"}) {
		t.Errorf("events %v when it is", got)
	}
}

// TestAgainstModel lets rows commit in any order within the overlap, with failures
// and restarts in between, and wants every row's event exactly once.
func TestAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		def := definition(adapter.History)
		def.FirstRun.Kind = rapid.SampledFrom([]adapter.FirstRunKind{adapter.All, adapter.Baseline}).Draw(rt, "first run")
		b := newBench(t, def)
		b.party("A1", "alva")
		old := rapid.IntRange(0, 40).Draw(rt, "old rows")
		for id := 1; id <= old; id++ {
			b.put(id, "A1", "old", day(7, 0))
		}
		b.poll(t)
		next, open := old+1, map[int]time.Time{}
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0, 1: // a transaction draws some ids
				for range rapid.IntRange(1, 15).Draw(rt, "rows") {
					b.put(next, "A1", "new", day(9, 0)).committed = false
					open[next] = b.now
					next++
				}
			case 2: // some commit
				for i := range b.rows {
					if r := &b.rows[i]; !r.committed && rapid.Bool().Draw(rt, "commit") {
						r.committed = true
						delete(open, r.id)
					}
				}
			case 3:
				b.fail = errors.New("cut")
				_ = b.loop.Poll(t.Context())
				b.fail = nil
			case 4:
				b.open(t)
			}
			for i := range b.rows { // no transaction is open longer than the overlap
				if r := &b.rows[i]; !r.committed && b.now.Sub(open[r.id]) > def.Overlap-20*time.Second {
					r.committed = true
				}
			}
			b.poll(t)
		}
		for i := range b.rows {
			b.rows[i].committed = true
		}
		b.poll(t)
		wanted := next - 1
		if def.FirstRun.Kind == adapter.Baseline {
			wanted -= old
		}
		if got := len(b.events(t, "alva")); got != wanted {
			rt.Fatalf("%d events, want %d", got, wanted)
		}
		if got := len(b.log); got != wanted {
			rt.Fatalf("%d changes were committed, want %d", got, wanted)
		}
	})
}
