package adapter_test

import (
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
