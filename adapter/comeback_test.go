package adapter_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// withdrawing has what is gone taken back after one sweep.
func withdrawing(def *adapter.Definition) *adapter.Definition {
	def.OnMissing = adapter.MissingRule{Do: adapter.Withdraw, After: 1}
	return def
}

// After a restore and a resync the lost row numbers are given again: each of these rows
// is new, and none is lost or shown with what the lost ones were. In the case that had
// them they take their place, if what is gone is kept.
func TestPoint16_LostNumbersAreGivenToOthers(t *testing.T) {
	for _, do := range []string{adapter.Keep, adapter.Withdraw} {
		for _, to := range []string{"A1", "B"} {
			t.Run(do+to, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					def := definition(adapter.History)
					def.OnMissing = adapter.MissingRule{Do: do, After: 3}
					b := newBench(t, def)
					b.party("A1", "alva")
					b.party("B", "bo")
					for id := 1; id <= 70; id++ {
						b.put(id, "A1", "a", day(9, id%60))
					}
					b.poll(t)
					b.open(t)
					b.setBack(40)
					b.halted(t, "database-set-back")
					b.resync(t)
					b.log = nil
					for id := 41; id <= 70; id++ {
						b.put(id, to, "b", day(11, id-41))
						b.poll(t)
					}
					b.sweep(t)
					if n := b.loop.Status().Totals.Changes; n != 100 && do+to != "keepA1" {
						t.Errorf("%d changes, want 30 new ones", n)
					}
					if got := b.outcomes(); got != "map[published:30]" {
						t.Errorf("committed %s", got)
					}
					if n := len(b.events(t, "bo")); to == "B" && n != 30 {
						t.Errorf("%d events of the other case", n)
					}
					events := map[string]int{"keepA1": 70, "keepB": 70, "withdrawA1": 70, "withdrawB": 40}[do+to]
					if n := len(b.events(t, "alva")); n != events {
						t.Errorf("alva has %d events, want %d", n, events)
					}
				})
			})
		}
	}
}

// A row that was taken back as it was gone comes back: it is shown again under the id
// that it had, with its place. What comes under its number instead is another change,
// with an id of its own.
func TestPoint12_WhatComesBackIsShownAgain(t *testing.T) {
	b := newBench(t, withdrawing(definition(adapter.History)))
	b.party("A1", "alva")
	for i, status := range []string{"a", "b", "c"} {
		b.put(1+i, "A1", status, day(9, i))
	}
	b.poll(t)
	ids := map[adapter.ID]bool{b.log[2].Events[0].ID: true}
	for range 2 {
		b.rows[2].committed = false
		b.sweep(t)
		want(t, b.events(t, "alva"), ">a", "a>b")
		b.rows[2].committed = true
		b.poll(t)
		want(t, b.events(t, "alva"), ">a", "a>b", "b>c")
		if e := b.log[len(b.log)-1].Events[0]; !ids[e.ID] {
			t.Error("the same change has another id")
		}
	}
	for i := range 2 {
		b.rows[2].committed = false
		b.sweep(t)
		b.rows[2].committed, b.rows[2].status, b.rows[2].tid = true, fmt.Sprint("d", i), day(10, i)
		b.poll(t)
		e := b.log[len(b.log)-1].Events[0]
		if events := b.events(t, "alva"); len(events) != 3 || ids[e.ID] {
			t.Errorf("another change: events %v, its id is known: %v", events, ids[e.ID])
		}
		ids[e.ID] = true
	}
	if n := b.loop.Status().Totals.Missed; n != 0 {
		t.Errorf("%d are counted as missed by polls", n)
	}
}

// In net mode all that happened to a case is shown again when its row is there as it
// was, and nothing if what has its number is another one, or must not be shown.
func TestPoint12_CasesThatComeBack(t *testing.T) {
	for status, events := range map[string][]string{"c": {">a", "a>b", "b>c"}, "d": {">d"}} {
		for _, secret := range []bool{false, true} {
			b := newBench(t, withdrawing(definition(adapter.Net)))
			b.party("A1", "alva")
			b.put(1, "A1", "a", day(9, 0))
			b.put(2, "X", "x", day(9, 0))
			b.put(3, "Y", "y", day(9, 0))
			b.poll(t)
			for _, s := range []string{"b", "c"} {
				b.rows[0].status = s
				b.poll(t)
			}
			b.rows[0].committed = false
			b.sweep(t)
			want(t, b.events(t, "alva"))
			b.rows[0].committed, b.rows[0].status, b.rows[0].hemlig = true, status, secret
			for range 2 {
				b.poll(t)
				b.open(t)
			}
			if secret {
				want(t, b.events(t, "alva"))
			} else {
				want(t, b.events(t, "alva"), events...)
			}
		}
	}
}

// What an operator took back stays so, whether or not its row was gone.
func TestTakenBackByHandStaysSo(t *testing.T) {
	b := newBench(t, withdrawing(definition(adapter.History)))
	b.aCaseEach(1, 3, "a", "alva")
	b.poll(t)
	if err := b.loop.Withdraw(t.Context(), []uint64{3}); err != nil {
		t.Fatal(err)
	}
	b.rows[2].committed = false
	b.sweep(t)
	b.rows[2].committed = true
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", ">a")
}

// A table that is emptied and loaded again, as one that is copied each night, loses
// nothing, and stops nothing. With a cursor polls wait until it is full.
func TestPoint12_TruncateAndLoad(t *testing.T) {
	for _, mode := range bothModes {
		for _, cursor := range []adapter.CursorRule{{Kind: adapter.CursorNone}, {Column: "id", Kind: adapter.CursorID}} {
			t.Run(fmt.Sprint(mode, cursor.Kind), func(t *testing.T) {
				def := withdrawing(definition(mode))
				def.Cursor, def.OnMissing.After, def.Sweep, def.Limits.PageSize = cursor, 3, time.Hour, 100
				b := newBench(t, def)
				b.aCaseEach(1, 100, "a", "alva")
				b.poll(t)
				rows := b.rows
				for _, left := range []int{0, 30} {
					b.rows = rows[:left]
					for range 8 {
						b.now = b.now.Add(15 * time.Second)
						if err := b.loop.Poll(t.Context()); errors.As(err, new(*adapter.Halt)) || err != nil && cursor.Kind == adapter.CursorNone {
							t.Fatal(err)
						}
					}
					if n := len(b.events(t, "alva")); n != 100 {
						t.Errorf("%d events while the table has %d rows", n, left)
					}
					b.rows = rows
					for range 3 {
						b.poll(t)
					}
				}
				if n := len(b.events(t, "alva")); n != 100 || b.loop.Status().Totals.Missing != 0 {
					t.Errorf("%d events, %+v", n, b.loop.Status().Totals)
				}
			})
		}
	}
}

// Without a cursor a poll counts as a sweep no oftener than sweeps come.
func TestPoint12_PollsThatCountAsSweeps(t *testing.T) {
	def := withdrawing(definition(adapter.History))
	def.Cursor, def.OnMissing.After, def.Sweep = adapter.CursorRule{Kind: adapter.CursorNone}, 3, time.Hour
	b := newBench(t, def)
	b.aCaseEach(1, 5, "a", "alva")
	b.poll(t)
	start := b.now
	b.rows[2].committed = false
	for len(b.events(t, "alva")) == 5 && b.now.Before(start.Add(5*time.Hour)) {
		b.poll(t)
	}
	if took := b.now.Sub(start); took < 3*time.Hour || took > 4*time.Hour {
		t.Errorf("taken back after %v", took)
	}
}

// More than half of the rows gone at once are no deletion, nor is an empty table; a case
// of few may be.
func TestPoint12_HalfGoneStopsTheSource(t *testing.T) {
	for _, c := range []struct {
		rows, left int
		stops      bool
	}{{41, 20, true}, {41, 21, false}, {40, 20, false}, {22, 2, false}, {3, 1, false}, {2, 0, false}, {3, 0, true}, {40, 0, true}} {
		b := newBench(t, withdrawing(definition(adapter.History)))
		b.aCaseEach(1, c.rows, "a", "alva")
		b.poll(t)
		b.rows = b.rows[:c.left]
		err := b.loop.Sweep(t.Context())
		if n := len(b.events(t, "alva")); c.stops {
			isHalt(t, err, "rows-gone")
		} else if err != nil || n != c.left {
			t.Errorf("%+v: %d events, error %v", c, n, err)
		}
	}
}
