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

// TestPoint30_WhereIDsAreUsedAgain: recipients of the case that has an id now are found
// along their cursor in net mode; the case that had it before keeps its own.
func TestPoint30_WhereIDsAreUsedAgain(t *testing.T) {
	def := definition(adapter.Net)
	def.Created, def.Time.Column = "tid", ""
	def.Recipients.Cursor.Column = "skriven"
	b := newBench(t, def)
	b.give("A1", party("alva"))
	b.put(1, "A1", "a", day(9, 0))
	b.poll(t)
	b.rows[0].id, b.rows[0].status, b.rows[0].tid = 2, "x", day(10, 0)
	b.give("A1", party("bo"))
	b.poll(t)
	want(t, b.events(t, "alva"), ">a")
	want(t, b.events(t, "bo"), ">x")
	b.give("A1", party("cilla"))
	b.poll(t)
	want(t, b.events(t, "alva"), ">a")
	want(t, b.events(t, "bo"))
	want(t, b.events(t, "cilla"), ">x")
}
