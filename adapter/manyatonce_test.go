package adapter_test

import (
	"fmt"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// wide has a source read pages as large as they may be.
func wide(def *adapter.Definition) *adapter.Definition {
	def.Limits.PageSize = 1000
	return def
}

// comparing polls and sweeps.
func comparing(t *testing.T, b *bench) {
	t.Helper()
	b.poll(t)
	b.sweep(t)
	b.poll(t)
}

// TestManyCasesRenumbered: an office gives each of its cases another number, as when two
// systems become one. Every row concerns the case that it was of and the one that it is of.
func TestManyCasesRenumbered(t *testing.T) {
	b := newBench(t, wide(definition(adapter.History)))
	b.aCaseEach(1, 600, "a", "alva")
	b.poll(t)
	for i := range b.rows {
		b.rows[i].arende = "N" + b.rows[i].arende
		b.party(b.rows[i].arende, "alva")
	}
	comparing(t, b)
	if n := len(b.events(t, "alva")); n != 600 {
		t.Errorf("%d events, want 600", n)
	}
}

// TestManyStatesComeBack: cases whose rows were gone for a while come back at once, each
// with all its states.
func TestManyStatesComeBack(t *testing.T) {
	const cases, states = 300, 4
	b := newBench(t, withdrawing(wide(definition(adapter.Net))))
	b.aCaseEach(1, 2500, "s0", "alva")
	b.poll(t)
	id := 3000
	for n := 1; n < states; n++ {
		for i := range cases {
			id++
			b.rows[i].id, b.rows[i].status, b.rows[i].tid = id, fmt.Sprint("s", n), day(10+n, i%60)
		}
		b.poll(t)
	}
	b.put(9000, "the newest", "x", day(20, 0))
	b.poll(t)
	all := len(b.events(t, "alva"))
	for part := range 2 {
		for i := range cases / 2 {
			b.rows[part*cases/2+i].committed = false
		}
		b.poll(t)
		b.sweep(t)
	}
	if n := len(b.events(t, "alva")); n != all-cases*states {
		t.Errorf("%d events while they were away, want %d", n, all-cases*states)
	}
	for i := range cases {
		b.rows[i].committed = true
	}
	comparing(t, b)
	if n := len(b.events(t, "alva")); n != all {
		t.Errorf("%d events, want %d", n, all)
	}
}

// TestManyStatesReadBehind: a replica that lags behind has cases that were secret, and are
// not any more, each with all its states.
func TestManyStatesReadBehind(t *testing.T) {
	const cases, states = 300, 4
	def := wide(definition(adapter.Net))
	b := newBench(t, def)
	id := 0
	for n := range states {
		for i := range cases {
			if id++; n == 0 {
				b.party(fmt.Sprint("C", i), "alva")
				b.put(id, fmt.Sprint("C", i), "s0", day(9, 0))
				continue
			}
			b.rows[i].id, b.rows[i].status = id+cases, fmt.Sprint("s", n)
		}
		b.poll(t)
	}
	b.put(9000, "the newest", "x", day(20, 0))
	b.poll(t)
	read := append([]simRow{}, b.rows...)
	for i := range cases {
		b.rows[i].id, b.rows[i].hemlig = b.rows[i].id-cases, true
	}
	comparing(t, b)
	want(t, b.events(t, "alva"))
	copy(b.rows, read)
	comparing(t, b)
	if n := len(b.events(t, "alva")); n != cases*states {
		t.Errorf("%d events, want %d", n, cases*states)
	}
}

// TestManyArchivedThenParty: rows are archived, which is kept as it is, and then each case
// gets one more recipient. Should a row come back, that one gets it.
func TestManyArchivedThenParty(t *testing.T) {
	b := newBench(t, wide(definition(adapter.History)))
	for id := 1; id <= 2000; id++ { // 250 cases with eight rows each
		c := fmt.Sprint("C", id%250)
		b.party(c, "alva")
		b.put(id, c, "a", day(9, 0).Add(time.Duration(id)*time.Second))
	}
	comparing(t, b)
	for i := range 1750 {
		b.rows[i].committed = false
	}
	b.poll(t)
	for n := range 250 {
		b.party(fmt.Sprint("C", n), "alva", "bo")
	}
	comparing(t, b)
	if alva, bo := len(b.events(t, "alva")), len(b.events(t, "bo")); alva != 2000 || bo != 250 {
		t.Errorf("%d events and %d of who came, want 2000 and 250", alva, bo)
	}
	for i := range 1750 {
		b.rows[i].committed = true
	}
	comparing(t, b)
	if n := len(b.events(t, "bo")); n != 2000 {
		t.Errorf("%d events of who came, want 2000", n)
	}
}

// crowdRules park what has a recipient who cannot be read, as the mappings do.
type crowdRules struct{ rules }

func (r crowdRules) Judge(ch adapter.StatusChange, recipients []adapter.Row) adapter.Judgement {
	for i := range recipients {
		if err := recipients[i].Err; err != nil {
			return adapter.Judgement{Outcome: adapter.Parked, Reasons: []adapter.Reason{{Code: "recipient-unreadable", Detail: err.Error()}}}
		}
	}
	return r.rules.Judge(ch, recipients)
}

// TestCrowdOfRecipients: a case has more recipients than can be asked for. What comes of it
// is parked, who was shown something keeps it, and all other cases go on; when they are
// fewer it is published.
func TestCrowdOfRecipients(t *testing.T) {
	for _, mode := range bothModes {
		for _, again := range []bool{false, true} {
			def := definition(mode)
			if again {
				reusing(def)
			}
			b := newBench(t, def)
			b.loop.Rules = crowdRules{}
			crowd := adapter.Row{Values: []any{nil, nil}, Err: adapter.Crowd{Most: 10_000, Column: "arende"}}
			person := func(name string) adapter.Row { return adapter.Row{ID: adapter.Key(name), Values: []any{name, 1}} }
			first := person("alva")
			b.give("A1", first)
			b.give("A2", person("bo"))
			b.stepOf(1, "A1", "a")
			comparing(t, b)
			b.give("A1", crowd)
			b.stepOf(1, "A1", "b")
			b.stepOf(1, "A2", "x")
			comparing(t, b)
			want(t, b.events(t, "alva"), ">a")
			want(t, b.events(t, "bo"), ">x")
			parked, err := b.store.Open("sim", adapter.Parked, 0, 10)
			if err != nil || len(parked) == 0 || parked[len(parked)-1].Reasons[0].Detail != crowd.Err.Error() {
				t.Errorf("%s: parked %v, %v", mode, parked, err)
			}
			b.give("A1", first, person("cilla"))
			comparing(t, b)
			want(t, b.events(t, "alva"), ">a", "a>b")
			want(t, b.events(t, "cilla"), ">a", "a>b")
			if parked, err = b.store.Open("sim", adapter.Parked, 0, 10); err != nil || len(parked) > 0 {
				t.Errorf("%s: still parked %v, %v", mode, parked, err)
			}
		}
	}
}
