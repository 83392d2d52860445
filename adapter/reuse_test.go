package adapter_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"arendebrygga/adapter"
)

// reusing has ids be used again: rows of events and of recipients, these as the second
// that they say, tell when their case was made.
func reusing(def *adapter.Definition) *adapter.Definition {
	skapad := adapter.Column{Name: "skapad", Type: adapter.Int}
	def.Created, def.Columns = "skapad", append(def.Columns, skapad)
	def.Recipients.Created, def.Recipients.Columns = "skapad", adapter.Columns{{Name: "namn", Type: adapter.String}, skapad}
	return def
}

// onReused runs a test for each mode and way of detection, with ids that are used again.
func onReused(t *testing.T, changes adapter.PartyChanges, test func(t *testing.T, b *bench, detect func())) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		for _, how := range detections {
			t.Run(fmt.Sprint(mode, " ", how.name), func(t *testing.T) {
				def := reusing(definition(mode))
				def.Recipients.Changes = changes
				if how.define != nil {
					how.define(def)
				}
				b, n := newBench(t, def), 0
				test(t, b, func() {
					t.Helper()
					if n++; how.step {
						b.stepOf(2, "A1", fmt.Sprint("y", n))
					} else if how.detect(t, b); how.name == "cursor" {
						return
					}
					b.poll(t)
				})
			})
		}
	}
}

// replace has an id be used by a case that is made now. In history mode the log keeps
// what happened to the one before.
func (b *bench) replace(status string) {
	if b.def.Mode == adapter.Net {
		b.rows = nil
	}
	b.stepOf(2, "A1", status)
}

// onlyNew holds that somebody is shown something of the case that has the id now, and
// nothing of the one before.
func onlyNew(t *testing.T, events []string) {
	t.Helper()
	if len(events) == 0 || strings.ContainsAny(strings.Join(events, ""), "ab") {
		t.Errorf("of the case that has the id now is shown %v", events)
	}
}

// TestPoint17_PartiesOfAReusedID: who is a recipient of the case that has an id now is
// not shown what happened to the one that had it before, nor the other way round:
// neither before the new case's first row is read, nor after it, and whether or not
// the old one's recipients are still there.
func TestPoint17_PartiesOfAReusedID(t *testing.T) {
	onReused(t, adapter.PartyChanges{Added: adapter.WholeHistory, Removed: adapter.Hide}, func(t *testing.T, b *bench, detect func()) {
		b.give("A1", party("alva", 1))
		b.stepOf(1, "A1", "a")
		b.poll(t)
		b.give("A1", party("alva", 1), party("bo", 2))
		for range 2 {
			b.poll(t)
			b.sweep(t)
			want(t, b.events(t, "alva"), ">a")
			want(t, b.events(t, "bo"))
		}
		b.replace("x")
		detect()
		b.sweep(t)
		want(t, b.events(t, "alva"), ">a")
		onlyNew(t, b.events(t, "bo"))
		b.give("A1", party("bo", 2), party("cilla", 2))
		detect()
		want(t, b.events(t, "cilla"), b.events(t, "bo")...)
		onlyNew(t, b.events(t, "cilla"))
		if got := b.events(t, "alva"); len(got) > 1 || slices.ContainsFunc(got, func(e string) bool { return e != ">a" }) {
			t.Errorf("alva is shown %v", got)
		}
	})
}

// TestPoint30_WhereIDsAreUsedAgain: recipients who come, go and get other numbers are
// found in each case by itself, along their cursor too, in both modes.
func TestPoint30_WhereIDsAreUsedAgain(t *testing.T) {
	onReused(t, adapter.PartyChanges{Added: adapter.WholeHistory, Removed: adapter.Hide}, func(t *testing.T, b *bench, detect func()) {
		b.give("A1", party("alva", 1), party("bo", 2))
		b.stepOf(1, "A1", "a")
		b.poll(t)
		b.replace("x")
		b.poll(t)
		want(t, b.events(t, "alva"), ">a")
		want(t, b.events(t, "bo"), ">x")
		b.give("A1", party("alva", 1), adapter.Row{ID: "bo", Values: []any{"doris", 2}}, party("cilla", 2))
		detect()
		want(t, b.events(t, "alva"), ">a")
		want(t, b.events(t, "bo"))
		onlyNew(t, b.events(t, "cilla"))
		want(t, b.events(t, "doris"), b.events(t, "cilla")...)
	})
}

// TestPoint17_WaitingInAReusedID: what waits for a recipient of a case, and what was
// shown of it, is not for those of the case that has its id now.
func TestPoint17_WaitingInAReusedID(t *testing.T) {
	onReused(t, adapter.PartyChanges{Added: adapter.WholeHistory, Removed: adapter.Keep}, func(t *testing.T, b *bench, detect func()) {
		b.give("A1", party("alva", 1))
		b.stepOf(1, "A1", "a")
		b.poll(t)
		b.give("A1")
		b.stepOf(1, "A1", "b")
		b.poll(t)
		b.give("A1", party("bo", 2))
		b.replace("x")
		for range 2 {
			detect()
			b.sweep(t)
			want(t, b.events(t, "alva"), ">a")
			onlyNew(t, b.events(t, "bo"))
		}
	})
}

// ownRow are rules by which only those are recipients who belong to the change's row.
type ownRow struct{ rules }

func (r ownRow) Judge(ch adapter.StatusChange, recipients []adapter.Row) adapter.Judgement {
	recipients = slices.DeleteFunc(slices.Clone(recipients), func(p adapter.Row) bool { return !slices.Contains(p.Values, any(string(ch.Row))) })
	return r.rules.Judge(ch, recipients)
}

// The rules are told of a row as the database names it: recipients of single rows are
// found by that, also where ids are used again.
func TestPoint17_RecipientsOfOneRow(t *testing.T) {
	b := newBench(t, reusing(definition(adapter.History)))
	b.loop.Rules = ownRow{}
	b.give("A1", party("alva", 1, "1"), party("bo", 1, "2"))
	b.stepOf(1, "A1", "a")
	b.stepOf(1, "A1", "b")
	b.poll(t)
	want(t, b.events(t, "alva"), ">a")
	want(t, b.events(t, "bo"), "a>b")
}

// That recipients say when their case was made is nothing new about them: to declare it
// makes nobody another one.
func TestPoint30_SayingWhenIsNoChange(t *testing.T) {
	var hashes []uint64
	for _, def := range []*adapter.Definition{definition(adapter.History), reusing(definition(adapter.History))} {
		b, key := newBench(t, def), adapter.Key("A1")
		b.give("A1", party("alva"))
		if def.Created != "" {
			key += "\x1f1"
			b.give("A1", party("alva", 1))
		}
		b.stepOf(1, "A1", "a")
		b.poll(t)
		_, known, err := b.store.Known("sim", nil, []adapter.Key{key})
		if err != nil || len(known[0].Parties) != 1 {
			t.Fatalf("%d recipients, error %v", len(known[0].Parties), err)
		}
		hashes = append(hashes, known[0].Parties[0].Hash)
	}
	if hashes[0] != hashes[1] {
		t.Error("the recipient is another one")
	}
}
