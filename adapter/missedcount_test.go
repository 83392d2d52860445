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

// A row that a poll has seen, a draft or one that the rules could not take, becomes one to
// be published where only sweeps look: that is counted, once.
func TestPoint10_FinalDraftIsCounted(t *testing.T) {
	for _, mode := range bothModes {
		for _, before := range []string{"a", "unknown", "poison", "skipped"} {
			t.Run(string(mode)+" "+before, func(t *testing.T) { finalDraft(t, mode, before) })
		}
	}
}

func finalDraft(t *testing.T, mode adapter.Mode, status string) {
	b := newBench(t, definition(mode))
	b.aCaseEach(1, 5, "a", "alva")
	if b.rows[2].status = status; status == "a" {
		b.rows[2].hemlig = nil
	}
	b.poll(t)
	for id := 6; id < 200; id++ {
		b.aCaseEach(id, id, "a", "bo")
		b.poll(t)
	}
	b.rows[2].hemlig, b.rows[2].status = false, "a"
	for range 3 {
		b.poll(t)
	}
	before := len(b.events(t, "alva"))
	b.sweep(t)
	b.sweep(t)
	st := b.loop.Status().Totals
	if ch := b.log[len(b.log)-1]; len(b.events(t, "alva")) != before+1 || st.Missed != 1 || !ch.Missed {
		t.Errorf("%s: %d events after %d, %d missed, marked: %v", mode, len(b.events(t, "alva")), before, st.Missed, ch.Missed)
	}
}
