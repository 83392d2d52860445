package adapter_test

import (
	"cmp"
	"slices"
	"testing"

	"arendebrygga/adapter"
)

// reworded are other rules, that say something else of the same.
type reworded struct{ rules }

func (reworded) Hash() string { return "other rules" }

func (r reworded) Judge(ch adapter.StatusChange, recipients []adapter.Row) adapter.Judgement {
	v := r.rules.Judge(ch, recipients)
	for i := range v.Events {
		v.Events[i].Texter[0].Rubrik += " reworded"
	}
	return v
}

// Somebody who is added has nothing change for the others: what they were shown stays
// as it was, also when the rules have become others since.
func TestPoint30_OthersKeepTheirEvents(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		b := newBench(t, definition(mode))
		b.give("A1", party("alva"), party("bo"))
		b.step("A1", "a")
		b.poll(t)
		b.loop.Rules = reworded{}
		for _, added := range []adapter.Key{"cilla", "doris"} {
			b.give("A1", party("alva"), party(added))
			b.sweep(t)
			want(t, b.events(t, "alva"), ">a")
			want(t, b.events(t, added), ">a reworded")
			want(t, b.events(t, "bo"))
		}
		want(t, b.events(t, "cilla"))
	}
}

// once are rules that make one event for somebody who is registered twice, as the
// recipient with the least id, and none for who is called bo.
type once struct{ rules }

func (once) Hash() string { return "other rules" }

func (r once) Judge(ch adapter.StatusChange, recipients []adapter.Row) adapter.Judgement {
	var people []adapter.Row
	for _, p := range slices.SortedFunc(slices.Values(recipients), func(a, b adapter.Row) int { return cmp.Compare(a.ID, b.ID) }) {
		if numberOf(p) != kunder["bo"] && !slices.ContainsFunc(people, func(o adapter.Row) bool { return numberOf(o) == numberOf(p) }) {
			people = append(people, p)
		}
	}
	return r.rules.Judge(ch, people)
}

// TestPoint30_RulesThatKnowSomebodyNoMore: whom other rules would not tell any more keeps
// what was told, whoever else comes and goes.
func TestPoint30_RulesThatKnowSomebodyNoMore(t *testing.T) {
	for _, mode := range bothModes {
		b := newBench(t, definition(mode))
		b.give("A1", party("alva"), party("bo"))
		b.step("A1", "a")
		b.poll(t)
		b.loop.Rules = once{}
		for _, others := range [][]adapter.Key{{"alva", "cilla"}, {"alva", "cilla", "doris"}, {"alva", "doris"}, {}, {"cilla"}} {
			rows := []adapter.Row{party("bo")}
			for _, name := range others {
				rows = append(rows, party(name))
			}
			b.give("A1", rows...)
			b.sweep(t)
			want(t, b.events(t, "bo"), ">a")
			for _, name := range []adapter.Key{"alva", "cilla", "doris"} {
				if n := len(b.events(t, name)); n > 1 || n == 1 != slices.Contains(others, name) {
					t.Errorf("%s: %s is shown %d events among %v", mode, string(name), n, others)
				}
			}
		}
	}
}

// TestPoint30_RegisteredTwice: somebody is registered a second time, when the rules have
// become others and when they have not, and has each event once.
func TestPoint30_RegisteredTwice(t *testing.T) {
	for _, mode := range bothModes {
		for _, others := range []bool{false, true} {
			b := newBench(t, definition(mode))
			if !others {
				b.loop.Rules = once{}
			}
			first, second := adapter.Row{ID: "30", Values: []any{"alva"}}, adapter.Row{ID: "100", Values: []any{"alva"}}
			b.give("A1", first)
			b.step("A1", "a")
			b.poll(t)
			b.loop.Rules = once{}
			for _, rows := range [][]adapter.Row{{first, second}, {first, second, party("cilla")}, {first}, {first, second}, {second}} {
				b.give("A1", rows...)
				b.sweep(t)
				want(t, b.events(t, "alva"), ">a")
			}
		}
	}
}
