package sink

import (
	"slices"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// A change that is judged again for the sake of some recipients leaves the events of
// the others as they are, revision and all, and takes away those of everybody else. Who has
// one already has none as another recipient.
func TestKeptEvents(t *testing.T) {
	s := openTemp(t)
	at := time.Date(2026, 9, 2, 12, 30, 0, 0, time.UTC)
	event := func(recipient string, n int) adapter.Kundhandelse {
		e := makeEvent(makeID("kept", n), kunder[n], at, diarienummer(1))
		e.Recipient = adapter.Key(recipient)
		return e
	}
	stays, moves, goes := event("stays", 0), event("moves", 1), event("goes", 2)
	mustCommit(t, s, makeChange(1, stays, moves, goes))
	before := stored(t, s, stays.ID).revision
	again := event("stays", 0)
	again.Texter[0].Rubrik = "A text by other rules"
	moves.Kund = kunder[3]
	twice := again // registered a second time
	twice.Recipient, twice.ID = "twice", makeID("kept", 9)
	ch := makeChange(1, again, moves, twice)
	ch.Kept = []adapter.Key{"stays"}
	mustCommit(t, s, ch)
	for kund, wanted := range [][]adapter.ID{{stays.ID}, nil, nil, {moves.ID}} {
		if got := idsOf(t, s, Query{Kund: &kunder[kund]}); !slices.Equal(got, wanted) {
			t.Errorf("kund %d is shown %v, want %v", kund, got, wanted)
		}
	}
	if got := stored(t, s, stays.ID).revision; got != before {
		t.Errorf("the event that stays went from revision %d to %d", before, got)
	}
	ch = makeChange(1)
	ch.Kept = []adapter.Key{"stays"} // and no others, without any event judged
	mustCommit(t, s, ch)
	arende := diarienummer(1)
	if got := idsOf(t, s, Query{Arende: &arende}); !slices.Equal(got, []adapter.ID{stays.ID}) {
		t.Errorf("events %v are left", got)
	}
	ch.Gone = true
	mustCommit(t, s, ch)
	if got := idsOf(t, s, Query{Arende: &arende}); got != nil {
		t.Errorf("events %v of a change that was taken back", got)
	}
	if wrong, err := s.Verify(t.Context()); err != nil || len(wrong) > 0 {
		t.Error(wrong, err)
	}
}
