package adapter_test

import (
	"errors"
	"strings"
	"testing"

	"arendebrygga/adapter"
)

func TestPoint19_FirstRun(t *testing.T) {
	for _, c := range []struct {
		kind  adapter.FirstRunKind
		first []string
		then  []string
	}{
		{adapter.Baseline, nil, []string{"open>new", "new>final"}},
		{adapter.When, []string{">open"}, []string{">open", "open>new", "new>final"}},
		{adapter.All, []string{">old", "old>open"}, []string{">old", "old>open", "open>new", "new>final"}},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			def := definition(adapter.History)
			def.FirstRun.Kind = c.kind
			b := newBench(t, def)
			b.party("A1", "alva")
			for id := 1; id <= 60; id++ {
				b.put(id, "B", "old", day(7, 0))
			}
			b.put(61, "A1", "old", day(8, 0))
			b.put(62, "A1", "open", day(9, 0))
			b.put(63, "A1", "final", day(9, 2)).hemlig = nil // a draft when the adapter comes
			b.poll(t)
			first := c.first
			if c.kind == adapter.When {
				first = []string{"old>open"}
				c.then[0] = "old>open"
			}
			want(t, b.events(t, "alva"), first...)
			b.open(t)
			b.put(64, "A1", "new", day(9, 1))
			b.poll(t)
			b.rows[62].hemlig = false
			b.poll(t)
			want(t, b.events(t, "alva"), c.then...)
		})
	}
}

// A baseline ends where the rows ended when it began, so what is written while it
// walks is new, however many pages it takes and wherever it is cut.
func TestBaselineWhileRowsAreWritten(t *testing.T) {
	def := definition(adapter.History)
	def.FirstRun.Kind = adapter.Baseline
	b := newBench(t, def)
	b.party("A1", "alva")
	for id := 1; id <= 45; id++ {
		b.put(id, "A1", "old", day(8, 0))
	}
	cut := errors.New("connection cut")
	for page := range 5 {
		b.loop.At = func(p adapter.Point) {
			if p == adapter.AfterCommit {
				b.fail = cut
			}
		}
		if err := b.loop.Poll(t.Context()); err != nil && !errors.Is(err, cut) {
			t.Fatal(err)
		}
		b.put(46+page, "A1", "new", day(9, page))
		b.open(t)
		b.fail = nil
	}
	b.poll(t)
	b.poll(t)
	want(t, b.events(t, "alva"), "old>new", "new>new", "new>new", "new>new", "new>new")
}

// A mistake that would park every row, or show only with the first event, keeps a
// source from being begun; mended, it begins as if nothing had been.
func TestNotBegunWithAMistake(t *testing.T) {
	def := definition(adapter.History)
	def.FirstRun.Kind = adapter.Baseline
	b := newBench(t, def)
	b.party("A1", "alva")
	b.put(1, "A1", "a", day(8, 0))
	b.put(2, "A1", "b", day(8, 1))
	for _, mistake := range []*error{&b.sim.noQuery, &b.sim.badType} {
		*mistake = errors.New("column id is no int")
		if err := b.loop.Poll(t.Context()); !errors.Is(err, *mistake) {
			t.Errorf("error %v", err)
		}
		*mistake = nil
		b.open(t)
	}
	if len(b.log) != 0 {
		t.Errorf("changes were committed: %s", b.outcomes())
	}
	b.poll(t)
	b.sim.badType = errors.New("column id is no int")
	b.put(3, "A1", "c", day(8, 2)) // once begun, a bad row is parked
	b.poll(t)
	b.sim.badType = nil
	b.put(4, "A1", "d", day(8, 3))
	b.poll(t)
	if got := b.events(t, "alva"); len(got) == 0 || got[len(got)-1] != "c>d" {
		t.Errorf("events %v", got)
	}
}

// A recipient's id is part of the events' ids, so it is with the column that has it.
func TestPoint31_RecipientsChanged(t *testing.T) {
	for _, c := range []struct {
		field  string
		change func(*adapter.RecipientRule)
	}{
		{"recipients.recipient", func(r *adapter.RecipientRule) { r.Recipient = "number" }},
		{"recipients.case", func(r *adapter.RecipientRule) { r.Case = "main_case" }},
	} {
		for _, older := range []bool{false, true} { // one that kept nothing of the recipients goes on
			def := definition(adapter.History)
			b := newBench(t, def)
			b.poll(t)
			ck, err := b.store.Checkpoint(def.Name)
			if err != nil {
				t.Fatal(err)
			}
			if older {
				delete(ck.Definition, c.field)
				if err := b.store.Commit(adapter.Batch{Source: def.Name, Checkpoint: ck}); err != nil {
					t.Fatal(err)
				}
				b.open(t)
				b.put(1, "A1", "a", day(9, 0))
				b.poll(t) // and keeps it from then on
			}
			changed := *def
			c.change(&changed.Recipients)
			b.def = &changed
			b.open(t)
			isHalt(t, b.loop.Poll(t.Context()), "definition-changed")
			if err := b.loop.Poll(t.Context()); err == nil || !strings.Contains(err.Error(), c.field+" changed") {
				t.Errorf("error %v", err)
			}
		}
	}
}

func TestPoint31_DefinitionChanged(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.poll(t)
	changed := *b.def
	changed.Row, changed.Mode = changed.Case, adapter.Net
	b.def = &changed
	b.open(t)
	var halt *adapter.Halt
	if err := b.loop.Poll(t.Context()); !errors.As(err, &halt) || halt.Reason != "definition-changed" || !strings.Contains(halt.Detail, "mode, events.row changed") {
		t.Errorf("error %v", err)
	}
}
