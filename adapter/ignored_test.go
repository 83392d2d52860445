package adapter_test

import (
	"testing"

	"arendebrygga/adapter"
)

// Somebody is added to a case while its row is away, as on a replica that lags behind,
// and gets its event when the row is there again.
func TestPoint30_AddedWhileTheRowIsAway(t *testing.T) {
	for _, changed := range []string{adapter.Replace, adapter.Ignore} {
		def := definition(adapter.History)
		def.IfChanged = changed
		b := newBench(t, def)
		b.aCaseEach(1, 3, "a", "alva")
		b.poll(t)
		b.rows[1].committed = false
		b.party("alva2", "alva", "cilla")
		b.rows = append(b.rows, simRow{id: 4, arende: "alva2", status: "b", tid: day(10, 0), hemlig: false, committed: true})
		b.poll(t)
		want(t, b.events(t, "cilla"), "a>b")
		b.rows[1].committed = true
		b.poll(t)
		want(t, b.events(t, "cilla"), ">a", "a>b")
		want(t, b.events(t, "alva"), ">a", ">a", ">a", "a>b")
	}
}

// Where what changes in a row is ignored, one that was away is not: while it was, nobody
// could be told of it.
func TestIgnoredRowThatComesBack(t *testing.T) {
	def := withdrawing(definition(adapter.History))
	def.IfChanged = adapter.Ignore
	b := newBench(t, def)
	b.aCaseEach(1, 3, "a", "alva")
	b.poll(t)
	b.rows[2].committed = false
	b.sweep(t)
	b.rows[2].committed = true
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", ">a", ">a")
}

// TestPoint30_MovedRowIsNotIgnored: an office merges two cases. Where what changes in a row
// is ignored, whose it is is not: who is taken off both cases sees nothing of either.
func TestPoint30_MovedRowIsNotIgnored(t *testing.T) {
	def := definition(adapter.History)
	def.IfChanged = adapter.Ignore
	b := newBench(t, def)
	b.party("A1", "alva")
	b.party("A2", "alva")
	b.put(1, "A1", "a", day(9, 0))
	b.put(2, "A2", "b", day(9, 1))
	b.poll(t)
	b.rows[0].arende = "A2"
	b.poll(t)
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", ">b")
	b.party("A1", "bo")
	b.party("A2", "bo")
	b.poll(t)
	b.sweep(t)
	want(t, b.events(t, "alva"))
	want(t, b.events(t, "bo"), ">a", ">b")
}

// TestPoint30_CorrectedNumberIsNotIgnored: who a row's recipients are is followed, also
// where what else changes in it is ignored.
func TestPoint30_CorrectedNumberIsNotIgnored(t *testing.T) {
	def := inTheRow(definition(adapter.History))
	def.IfChanged = adapter.Ignore
	b := newBench(t, def)
	b.give("A1", party("alva"), party("cilla"))
	b.put(1, "A1", "a", day(9, 0))
	b.poll(t)
	b.rows[0].status = "b"
	b.poll(t)
	want(t, b.events(t, "alva"), ">a")
	b.give("A1", adapter.Row{ID: "alva", Values: []any{"bo"}})
	for range 2 {
		b.poll(t)
		b.sweep(t)
	}
	want(t, b.events(t, "alva"))
	want(t, b.events(t, "cilla"))
	want(t, b.events(t, "bo"), ">b")
}
