package adapter_test

import (
	"slices"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// fussy rules park a change for the sake of a recipient whose number is not known.
type fussy struct{ rules }

func (f fussy) Judge(ch adapter.StatusChange, recipients []adapter.Row) adapter.Judgement {
	if slices.ContainsFunc(recipients, func(r adapter.Row) bool { return numberOf(r) == "" }) {
		return adapter.Judgement{Outcome: adapter.Parked, Reasons: []adapter.Reason{{Code: "identity-missing"}}}
	}
	return f.rules.Judge(ch, recipients)
}

// What would be published by itself of what was before a baseline, when a delay is over or
// a recipient comes, just before it or after, never is. What only an operator has judged
// again stays.
func TestBaselineSettlesWhatIsOpen(t *testing.T) {
	for name, define := range sets {
		t.Run(name, func(t *testing.T) {
			def := define()
			b := newBench(t, def)
			b.loop.Rules = fussy{}
			b.give("Z", party("alva"))
			b.step("Z", "a")
			b.poll(t)
			def.Delay = time.Hour
			b.give("H", party("alva"))
			b.step("H", "held")
			b.poll(t)
			def.Delay = 0
			for _, arende := range []string{"W1", "W2"} {
				b.give(arende, party("alva", "neighbour"))
				b.step(arende, "waits")
			}
			b.give("P", party("p1", "misspelt"))
			b.step("P", "parked")
			b.give("X", party("alva"))
			b.step("X", "poison")
			b.give("Y", party("alva"))
			b.step("Y", "unknown")
			b.poll(t)
			if got := b.outcomes(); got != "map[held:1 parked:2 published:1 unmapped:1 waiting:2]" {
				t.Fatalf("before the baseline: %s", got)
			}
			b.give("W1", party("alva"))
			u, err := b.loop.Unpublished(t.Context())
			if err != nil || u != (adapter.Unpublished{Settled: 4, Left: 2}) {
				t.Errorf("counted %+v, %v", u, err)
			}
			b.log = nil
			b.baseline(t)
			b.give("W2", party("alva"))
			b.give("P", party("p1", "alva"))
			b.pass(t, 2*time.Hour)
			b.sweep(t)
			b.poll(t)
			want(t, b.events(t, "alva"), ">a")
			if got, n := b.outcomes(), b.loop.Status().Totals.Ignored; got != "map[ignored:4]" || n != 4 || b.log[0].Reasons[0].Code != "baselined" {
				t.Errorf("the baseline committed %s, and %d are counted", got, n)
			}
			b.step("W1", "b")
			b.poll(t)
			want(t, b.events(t, "alva"), ">a", "waits>b")
		})
	}
}

// A change that waits for a recipient, as the former one only keeps what it got, is settled
// without that being taken.
func TestBaselineLeavesWhatIsKept(t *testing.T) {
	def := definition(adapter.History)
	def.Recipients.Changes.Removed = adapter.Keep
	b := newBench(t, def)
	b.give("A1", party("alva"))
	b.step("A1", "a")
	b.poll(t)
	b.give("A1", party("bo", "neighbour"))
	b.sweep(t)
	if last := b.log[len(b.log)-1]; last.Outcome != adapter.Waiting {
		t.Fatalf("it is %s", last.Outcome)
	}
	b.baseline(t)
	if last := b.log[len(b.log)-1]; last.Outcome != adapter.Ignored {
		t.Errorf("it is %s", last.Outcome)
	}
	want(t, b.events(t, "alva"), ">a")
	b.give("A1", party("bo"))
	b.sweep(t)
	b.poll(t)
	want(t, b.events(t, "bo"))
	want(t, b.events(t, "alva"), ">a")
}
