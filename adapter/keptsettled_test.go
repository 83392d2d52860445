package adapter_test

import (
	"testing"

	"arendebrygga/adapter"
)

// keptByAlva gives a source whose case A1 alva has left, who keeps the event that she got of it.
func keptByAlva(t *testing.T, def *adapter.Definition) *bench {
	t.Helper()
	def.Recipients.Changes.Removed = adapter.Keep
	b := newBench(t, def)
	b.party("A1", "alva")
	b.put(1, "A1", "a", day(9, 0))
	b.put(9, "other", "x", day(9, 0))
	b.poll(t)
	b.party("A1")
	b.sweep(t)
	return b
}

// Who has left a case keeps an event of it, also when a baseline has settled that it waits for
// another recipient. It goes when its row is gone, or must not be published any more.
func TestPoint30_KeptAfterABaseline(t *testing.T) {
	for _, mode := range bothModes {
		for name, change := range map[string]func(*simRow){
			"gone": func(r *simRow) { r.committed = false }, "secret": func(r *simRow) { r.hemlig = true }, "withheld": func(r *simRow) { r.hemlig = nil },
		} {
			t.Run(string(mode)+name, func(t *testing.T) {
				b := keptByAlva(t, withdrawing(definition(mode)))
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

// A baseline took a row of which somebody keeps an event. It is written again, which publishes
// nothing, and what is kept goes on going with it.
func TestKeptAfterABaselineIsWrittenAgain(t *testing.T) {
	for _, do := range []string{adapter.Keep, adapter.Withdraw} {
		def := definition(adapter.History)
		def.OnMissing = adapter.MissingRule{Do: do, After: 1}
		b := keptByAlva(t, def)
		b.baseline(t)
		b.rows[0].status = "b"
		b.pollAndSweep(t)
		want(t, b.events(t, "alva"), ">a")
		b.rows[0].hemlig = true
		b.pollAndSweep(t)
		want(t, b.events(t, "alva"))
	}
}

// What an operator discarded stays so when its row goes for a while, as does what his case
// stands at then.
func TestDiscardedStaysSoOverAnAbsence(t *testing.T) {
	for _, mode := range bothModes {
		for _, moved := range []bool{false, true} {
			b := keptByAlva(t, withdrawing(definition(mode)))
			number, shown := uint64(1), []string(nil)
			if moved && mode == adapter.Net {
				b.rows[0].id, b.rows[0].status, shown = 2, "b", []string{">a"}
				b.poll(t)
				number = b.log[len(b.log)-1].Number
			}
			if n, err := b.loop.Discard(t.Context(), []uint64{number}); n != 1 || err != nil {
				t.Fatal(n, err)
			}
			b.party("A1", "bo")
			b.pollAndSweep(t)
			want(t, b.events(t, "bo"), shown...)
			b.rows[0].committed = false
			b.pollAndSweep(t)
			want(t, b.events(t, "alva"))
			b.rows[0].committed = true
			b.pollAndSweep(t)
			want(t, b.events(t, "bo"), shown...)
		}
	}
}
