package sink

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"arendebrygga/adapter"
)

// TestOpenCounts counts what is not settled, by status and by reason, with numbers
// masked and never more names than a dashboard can bear.
func TestOpenCounts(t *testing.T) {
	s := openTemp(t)
	if c, err := s.OpenCounts("nobody"); err != nil || len(c.Outcomes) != 0 {
		t.Error(c, err)
	}
	var list []adapter.Change
	add := func(outcome adapter.Outcome, status string, reasons ...string) {
		ch := makeChange(uint64(len(list) + 1))
		ch.Outcome, ch.Ny = outcome, status
		for _, r := range reasons {
			ch.Reasons = append(ch.Reasons, adapter.Reason{Code: r, Detail: "bygglov.yaml"})
		}
		list = append(list, ch)
	}
	add(adapter.Published, "KOMP/")
	add(adapter.Published, "KOMP/", "identity-length")
	add(adapter.Parked, "KOMP/", "identity-length", "text-null")
	add(adapter.Parked, "BESLUT/", "text-null")
	add(adapter.Parked, "BESLUT/", "text-null")
	add(adapter.Ignored, "ARKIV/")
	add(adapter.Held, "KOMP/")
	add(adapter.Unmapped, "KOMP/189001019802")
	add(adapter.Unmapped, "KOMP/189010289800")
	mustCommit(t, s, list...)
	got, err := s.OpenCounts(source)
	if err != nil {
		t.Fatal(err)
	}
	want := Counts{
		Outcomes: map[adapter.Outcome]uint64{adapter.Published: 1, adapter.Parked: 3, adapter.Held: 1, adapter.Unmapped: 2},
		Unmapped: map[string]uint64{"KOMP/#": 2},
		Parked:   map[string]uint64{"identity-length": 1, "text-null": 2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	list = nil
	for n := range 300 {
		add(adapter.Unmapped, fmt.Sprint("S", n))
	}
	for i := range list {
		list[i].Number += 100
	}
	mustCommit(t, s, list...)
	if got, err = s.OpenCounts(source); err != nil || len(got.Unmapped) != maxNamed+1 || got.Unmapped[Others] != 101 {
		t.Error(len(got.Unmapped), got.Unmapped[Others], err)
	}
}

// TestOwner finds the change that an event belongs to, and the events of a change.
func TestOwner(t *testing.T) {
	s := openTemp(t)
	one, two := makeEvent(makeID("e", 1), kunder[0], instants[5]), makeEvent(makeID("e", 2), kunder[1], instants[5])
	mustCommit(t, s, makeChange(1), makeChange(2, one, two))
	for _, e := range []adapter.Kundhandelse{one, two} {
		if name, number, found, err := s.Owner(e.ID); name != source || number != 2 || !found || err != nil {
			t.Error(name, number, found, err)
		}
	}
	if ids, err := s.EventIDs(source, 2); err != nil || !cmp.Equal(ids, []adapter.ID{one.ID, two.ID}) {
		t.Error(ids, err)
	}
	if _, err := s.EventIDs(source, 3); err == nil {
		t.Error("a change that is not there has events")
	}
	withdrawn := makeChange(2)
	withdrawn.Outcome, withdrawn.Gone = adapter.Withheld, true
	mustCommit(t, s, withdrawn)
	if _, _, found, err := s.Owner(one.ID); found || err != nil {
		t.Error("a withdrawn event is found", err)
	}
	if ids, err := s.EventIDs(source, 2); err != nil || len(ids) > 0 {
		t.Error(ids, err)
	}
}
