package adapter_test

import (
	"testing"

	"arendebrygga/adapter"
)

// What must not be published is left unknown by a baseline. That the sweep then meets
// it is no loss, also when it is published one day.
func TestWithheldByBaselineIsNotMissed(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		t.Run(string(mode), func(t *testing.T) {
			def := definition(mode)
			def.FirstRun.Kind = adapter.Baseline
			b := newBench(t, def)
			b.party("A1", "alva")
			b.put(1, "A1", "a", day(9, 0)).hemlig = nil
			for id := 2; id <= 60; id++ {
				b.put(id, "X", "a", day(9, 0))
				b.rows[id-1].arende += string(rune('A' + id))
			}
			for range 4 {
				b.poll(t)
			}
			b.sweep(t)
			if n := b.loop.Status().Totals.Missed; n != 0 {
				t.Errorf("%d missed", n)
			}
			b.rows[0].hemlig = false
			b.sweep(t)
			want(t, b.events(t, "alva"), ">a")
			if n := b.loop.Status().Totals.Missed; n != 0 {
				t.Errorf("%d missed", n)
			}
		})
	}
}
