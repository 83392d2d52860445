package adapter_test

import (
	"testing"

	"arendebrygga/adapter"
)

// Who has left a case keeps an event of it, also when a baseline has settled that it waits for
// another recipient. It goes when its row is gone, or must not be published any more.
func TestPoint30_KeptAfterABaseline(t *testing.T) {
	for _, mode := range bothModes {
		for name, change := range map[string]func(*simRow){
			"gone": func(r *simRow) { r.committed = false }, "secret": func(r *simRow) { r.hemlig = true }, "withheld": func(r *simRow) { r.hemlig = nil },
		} {
			t.Run(string(mode)+name, func(t *testing.T) {
				def := withdrawing(definition(mode))
				def.Recipients.Changes.Removed = adapter.Keep
				b := newBench(t, def)
				b.party("A1", "alva")
				b.put(1, "A1", "a", day(9, 0))
				b.put(9, "other", "x", day(9, 0))
				b.poll(t)
				b.party("A1")
				b.sweep(t)
				b.baseline(t)
				want(t, b.events(t, "alva"), ">a")
				change(&b.rows[0])
				for range 2 {
					b.poll(t)
					b.sweep(t)
				}
				want(t, b.events(t, "alva"))
			})
		}
	}
}
