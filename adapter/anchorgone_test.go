package adapter_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// A baseline of rows of which the newest were drafts, and are deleted: nothing stops,
// and what comes is published, also where the database gives their numbers again. If
// those are many, it was set back.
func TestPoint16_NewestDeletedAfterABaseline(t *testing.T) {
	for _, c := range []struct {
		deleted, next int
		noticed       bool
		halt          string
	}{
		{1, 40, false, ""}, {2, 39, false, ""}, {2, 39, true, ""}, {2, 41, true, ""},
		{10, 41, true, ""}, {10, 41, false, ""}, {10, 31, true, "database-set-back"}, {10, 35, true, "database-set-back"},
	} {
		for _, moved := range []string{"bo", "alva"} {
			t.Run(fmt.Sprint(c, moved), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := remembered(t, definition(adapter.History), 40)
					b.setBack(40 - c.deleted)
					if c.noticed {
						b.open(t)
						for range 12 {
							time.Sleep(time.Minute)
							b.now = b.now.Add(time.Minute)
							_ = b.loop.Poll(t.Context())
						}
					}
					b.open(t)
					for id := c.next; id < c.next+3; id++ {
						b.party(fmt.Sprint("bo", id), "bo")
						b.party(fmt.Sprint("alva", id), "bo")
						b.put(id, fmt.Sprint(moved, id), "new", day(11, id))
					}
					if c.halt != "" {
						isHalt(t, b.loop.Poll(t.Context()), c.halt)
						b.resync(t)
					} else {
						b.poll(t)
					}
					n := 3
					if !c.noticed && moved == "alva" && c.next <= 40 {
						n = 3 - c.deleted // nobody can tell them from rows that were set right
					}
					if got := len(b.events(t, "bo")); got != n {
						t.Errorf("%d events, want %d", got, n)
					}
				})
			})
		}
	}
}

// Rows of a baseline that an office moves, or sets right, or both with a few, are no
// others: what was not published of them stays so.
func TestRowsOfABaselineAreSetRight(t *testing.T) {
	for name, change := range map[string]func(r *simRow){
		"moved":     func(r *simRow) { r.arende = "bo1" },
		"set right": func(r *simRow) { r.status = "right" },
	} {
		t.Run(name, func(t *testing.T) {
			b := remembered(t, definition(adapter.History), 40)
			b.party("bo1", "bo")
			for range 2 {
				for i := 30; i < 40; i++ {
					change(&b.rows[i])
				}
				b.open(t)
				b.poll(t)
				b.sweep(t)
				change = func(r *simRow) { r.status = "again" }
			}
			if len(b.log) != 0 {
				t.Errorf("committed %s", b.outcomes())
			}
		})
	}
}

// What is kept with the checkpoint is little, and goes when there are changes enough.
func TestAnchorsGo(t *testing.T) {
	b := remembered(t, definition(adapter.History), 200)
	kept := func() int {
		t.Helper()
		ck, err := b.store.Checkpoint("sim")
		if err != nil {
			t.Fatal(err)
		}
		return len(ck.Anchors)
	}
	if n := kept(); n != 50 {
		t.Errorf("%d rows are kept, want 50", n)
	}
	b.aCaseEach(201, 249, "b", "bo")
	b.poll(t)
	if n := kept(); n != 50 {
		t.Errorf("%d rows are kept, want 50", n)
	}
	b.aCaseEach(250, 250, "b", "bo")
	b.poll(t)
	b.aCaseEach(251, 251, "b", "bo")
	b.poll(t)
	if n := kept(); n != 0 {
		t.Errorf("%d rows are kept of a source with changes enough", n)
	}
}

// Where ids are used again, a column tells the rows apart, and nothing stops.
func TestIDsUsedAgainAfterABaseline(t *testing.T) {
	for _, mode := range bothModes {
		b := remembered(t, reusing(definition(mode)), 40)
		b.setBack(30)
		for id := 31; id <= 45; id++ {
			b.give(fmt.Sprint("alva", id), party("bo", 2))
			b.put(id, fmt.Sprint("alva", id), "a", day(12, id)).skapad = 2
		}
		b.open(t)
		b.poll(t)
		b.sweep(t)
		if n := len(b.events(t, "bo")); n != 15 {
			t.Errorf("%s: %d events, want 15", mode, n)
		}
	}
}

// Of the newest cases some are deleted, older than they were, or have given their
// numbers to others, as a clerk has set them right; newer ones are as they were, or no
// number was given again.
func TestPoint16_CasesAfterABaselineAreSetRight(t *testing.T) {
	for name, change := range map[string]func(b *bench){
		"deleted":    func(b *bench) { b.setBack(30) },
		"older":      func(b *bench) { b.rows = append(b.rows[:20], older(b.rows[20:35], b.rows[35:])...) },
		"other case": func(b *bench) { b.rows = append(b.rows[:30], others(b.rows[30:35], b.rows[35:])...) },
	} {
		t.Run(name, func(t *testing.T) {
			b := remembered(t, definition(adapter.Net), 40)
			change(b)
			b.aCaseEach(41, 43, "b", "bo")
			b.open(t)
			b.poll(t)
			b.open(t)
			b.poll(t)
			if n := len(b.events(t, "bo")); n != 3 {
				t.Errorf("%d events, want 3", n)
			}
		})
	}
}

// older has the last five of these cases be where the first were, which are gone.
func older(rows, rest []simRow) []simRow {
	for i := range 5 {
		rows[10+i].id = rows[i].id
	}
	return append(slices.Clone(rows[5:]), rest...)
}

// others gives the numbers of rows to cases that nobody has met.
func others(rows, rest []simRow) []simRow {
	for i := range rows {
		rows[i].arende = fmt.Sprint("new", i)
	}
	return append(slices.Clone(rows), rest...)
}
