package sink

import (
	"context"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// TestPrune: details go when they are old enough and the change is settled. Events
// stay, and a pruned change can be replaced and withdrawn as before.
func TestPrune(t *testing.T) {
	s := openTemp(t)
	now := time.Date(2026, 9, 2, 12, 0, 0, 0, time.UTC)
	var list []adapter.Change
	for number := uint64(1); number <= 40; number++ {
		ch := makeChange(number, makeEvent(makeID("e", int(number)), kunder[0], instants[5]))
		ch.Noted = now.Add(-time.Duration(number) * 24 * time.Hour)
		ch.Parter = [][]any{{"189001019802"}}
		switch number % 4 {
		case 3:
			ch.Outcome, ch.Events, ch.Due = adapter.Held, nil, now
		case 1:
			ch.Outcome, ch.Events = adapter.Parked, nil
		case 2:
			ch.Outcome, ch.Events = adapter.Ignored, nil
		}
		list = append(list, ch)
	}
	mustCommit(t, s, list...)
	answer := Query{Kund: &kunder[0]}
	before := len(idsOf(t, s, answer))

	n, err := s.Prune(t.Context(), now.Add(-20*24*time.Hour-time.Hour))
	if err != nil || n != 10 { // of the twenty older than that, five are parked and five held
		t.Fatalf("%d pruned, %v", n, err)
	}
	if n, err := s.Prune(t.Context(), now.Add(-20*24*time.Hour-time.Hour)); err != nil || n != 0 {
		t.Fatalf("%d pruned again, %v", n, err)
	}
	for _, ch := range list {
		got, err := s.Changes(source, []uint64{ch.Number})
		if err != nil {
			t.Fatal(err)
		}
		old := ch.Number > 20 && ch.Number%2 == 0
		if gone := got[0].Rad == nil && got[0].Parter == nil; gone != old || got[0].Outcome != ch.Outcome {
			t.Errorf("change %d, noted %v: details gone %v, want %v", ch.Number, ch.Noted, gone, old)
		}
	}
	if got := len(idsOf(t, s, answer)); got != before || got != 10 {
		t.Errorf("%d events before, %d after", before, got)
	}
	withdrawn := makeChange(40)
	withdrawn.Outcome, withdrawn.Gone = adapter.Withheld, true
	mustCommit(t, s, withdrawn)
	if got := len(idsOf(t, s, answer)); got != before-1 {
		t.Errorf("%d events after one of a pruned change was withdrawn, want %d", got, before-1)
	}
	if findings, err := s.Verify(t.Context()); err != nil || len(findings) > 0 {
		t.Error(findings, err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := s.Prune(stopped, now); err == nil {
		t.Error("pruned without time to")
	}
}
