package adapter_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"arendebrygga/adapter"
)

// tolled is what of the totals is told before something is published.
func tolled(t adapter.Totals) string {
	return fmt.Sprintf("%d events of %d changes, %d waiting, %d parked, %d withheld", t.Events, t.Published, t.Waiting, t.Parked, t.Withheld)
}

// drift has cases and their recipients go on at random, while nobody polls.
func drift(b *bench, seed uint64, steps int) {
	r := rand.New(rand.NewPCG(seed, 4))
	names := []adapter.Key{"alva", "bo", "cilla"}
	for range steps {
		arende := fmt.Sprintf("C%d", r.IntN(8))
		switch r.IntN(4) {
		case 0, 1:
			b.step(arende, []string{"a", "b", "c", "poison", "unknown"}[r.IntN(5)])
		default:
			var rows []adapter.Row
			for _, name := range names {
				if r.IntN(2) == 0 {
					rows = append(rows, party(name))
				}
			}
			b.give(arende, rows...)
		}
	}
}

// The count before a resync is what the resync then does, also to recipients who came and
// went meanwhile, and it writes nothing.
func TestDryResyncCountsWhatComes(t *testing.T) {
	for name, define := range sets {
		for seed := range uint64(40) {
			t.Run(fmt.Sprint(name, " ", seed), func(t *testing.T) {
				t.Parallel()
				def := define()
				def.Limits.PageSize = 100
				b := newBench(t, def)
				drift(b, seed, 20)
				b.poll(t)
				b.poll(t)
				drift(b, seed+1000, 10)
				had := map[adapter.ID]bool{}
				b.eventIDs(had)
				b.log = nil
				dry, err := b.loop.Resync(t.Context(), true)
				if err != nil || len(b.log) > 0 {
					t.Fatal(err, len(b.log))
				}
				before := b.loop.Status().Totals
				b.resync(t)
				after := b.loop.Status().Totals
				real := adapter.Totals{Events: after.Events - before.Events, Published: after.Published - before.Published, Waiting: after.Waiting - before.Waiting,
					Parked: after.Parked - before.Parked, Withheld: after.Withheld - before.Withheld}
				if def.Mode == adapter.History && tolled(dry) != tolled(real) {
					t.Errorf("counted %s; done %s", tolled(dry), tolled(real))
				}
				// A case that moved on and has other recipients, too, has its past judged a
				// second time after the walk, and makes some events twice under one id.
				now := maps.Clone(had)
				b.eventIDs(now)
				if made := uint64(len(now) - len(had)); dry.Events < made || dry.Events > real.Events {
					t.Errorf("counted %s; done %s, %d of them new", tolled(dry), tolled(real), made)
				}
			})
		}
	}
}

// eventIDs adds those of all events that were committed.
func (b *bench) eventIDs(ids map[adapter.ID]bool) {
	for i := range b.log {
		for _, e := range b.log[i].Events {
			ids[e.ID] = true
		}
	}
}

// And so is the count before changes are judged again.
func TestDryReplayCountsWhatComes(t *testing.T) {
	for name, define := range sets {
		for seed := range uint64(40) {
			t.Run(fmt.Sprint(name, " ", seed), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, define())
				drift(b, seed, 30)
				b.poll(t)
				b.poll(t)
				drift(b, seed+1000, 10)
				var numbers []uint64
				for _, ch := range b.log {
					numbers = append(numbers, ch.Number)
				}
				b.log = nil
				dry, err := b.loop.Replay(t.Context(), numbers, true)
				if err != nil || len(b.log) > 0 {
					t.Fatal(err, len(b.log))
				}
				real, err := b.loop.Replay(t.Context(), numbers, false)
				if err != nil {
					t.Fatal(err)
				}
				if tolled(dry) != tolled(real) {
					t.Errorf("counted %s; done %s", tolled(dry), tolled(real))
				}
			})
		}
	}
}
