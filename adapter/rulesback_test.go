package adapter_test

import (
	"testing"

	"arendebrygga/adapter"
)

// Rules are changed, and changed back before a sweep has come by.
func TestPoint22_RulesThereAndBack(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.put(1, "A1", "a", day(9, 0))
	b.poll(t)
	with := func(columns ...int) {
		b.loop.SetRules(rules{columns: columns})
		b.poll(t)
	}
	with(colTid)
	b.put(2, "A1", "b", day(9, 1))
	b.poll(t)
	b.log = nil
	with()
	with(colTid)
	b.open(t)
	b.poll(t)
	b.sweep(t)
	if _, err := b.loop.Resync(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	b.poll(t)
	if len(b.log) > 0 {
		t.Errorf("committed %s", b.outcomes())
	}
}

// A resync before the sweep that follows on other rules finds true differences only.
func TestResyncUnderOtherRules(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.put(1, "A1", "a", day(9, 0))
	b.poll(t)
	b.log = nil
	b.loop.SetRules(rules{columns: []int{colTid}})
	if totals, err := b.loop.Resync(t.Context(), true); err != nil || totals.Rewrites != 0 {
		t.Errorf("a dry one: %+v, %v", totals, err)
	}
	if _, err := b.loop.Resync(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	b.poll(t)
	if len(b.log) > 0 {
		t.Errorf("committed %s", b.outcomes())
	}
}

// An event that is made later, or anew, names the rules that did it; the others name
// those that made them.
func TestPoint22_JudgedUnderOtherRules(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.put(1, "A1", "a", day(9, 0))
	b.put(2, "A1", "b", day(9, 1))
	b.put(3, "B1", "x", day(9, 2)) // waits for a recipient
	b.poll(t)
	b.loop.SetRules(reworded{})
	b.rows[0].status = "corrected"
	b.party("B1", "bo")
	b.poll(t)
	want(t, b.events(t, "alva"), ">corrected reworded", "a>b")
	want(t, b.events(t, "bo"), ">x reworded")
	changes, err := b.store.Changes("sim", []uint64{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	want(t, []string{changes[0].Rules, changes[1].Rules, changes[2].Rules}, "other rules", "rules", "other rules")
}
