package adapter_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

var bothModes = []adapter.Mode{adapter.History, adapter.Net}

// aCaseEach has alva be the party of the cases of rows with these numbers, bo of later ones.
func (b *bench) aCaseEach(first, last int, status, kund string) {
	for id := first; id <= last; id++ {
		arende := fmt.Sprint(kund, id)
		b.party(arende, kund)
		b.put(id, arende, status, day(9, 0).Add(time.Duration(id)*time.Minute))
	}
}

// remembered is a source of rows of alva's that a first run has remembered.
func remembered(t *testing.T, def *adapter.Definition, rows int) *bench {
	t.Helper()
	def.FirstRun.Kind = adapter.Baseline
	b := newBench(t, def)
	b.aCaseEach(1, rows, "a", "alva")
	b.poll(t)
	return b
}

// halted polls for as long as a replica may lag behind, and wants the source stopped
// then, and nothing published.
func (b *bench) halted(t *testing.T, reason string) {
	t.Helper()
	before := len(b.log)
	err := error(nil)
	for range 12 {
		b.now = b.now.Add(time.Minute)
		time.Sleep(time.Minute)
		if err = b.loop.Poll(t.Context()); errors.As(err, new(*adapter.Halt)) {
			break
		}
	}
	isHalt(t, err, reason)
	if len(b.log) != before {
		t.Fatalf("committed %s", b.outcomes())
	}
}

// A database that was set back right after a baseline has nothing that was published
// to be known by. It is noticed all the same, whether it has given no number again,
// some or more than were lost; a resync publishes what came instead, and what gets the
// rest of the numbers then is new.
func TestPoint16_SetBackAfterABaseline(t *testing.T) {
	for _, mode := range bothModes {
		for last, reason := range map[int]string{30: "database-set-back", 31: "database-set-back", 36: "rows-reused", 60: "rows-reused", 65: "rows-reused"} {
			t.Run(fmt.Sprint(mode, last), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					if mode == adapter.Net {
						reason = "database-set-back"
					}
					b := remembered(t, definition(mode), 60)
					b.setBack(30)
					b.aCaseEach(31, last, "b", "bo")
					b.open(t)
					b.halted(t, reason)
					b.open(t)
					isHalt(t, b.loop.Poll(t.Context()), reason)
					totals, err := b.loop.Resync(t.Context(), true)
					if err != nil || int(totals.Events) != last-30 {
						t.Errorf("a dry resync: %+v, %v", totals, err)
					}
					b.resync(t)
					check := func(last int) {
						t.Helper()
						if alva, bo := len(b.events(t, "alva")), len(b.events(t, "bo")); alva != 0 || bo != last-30 || len(b.log) != last-30 {
							t.Errorf("%d and %d events of %d changes, want those of %d rows of bo's", alva, bo, len(b.log), last-30)
						}
					}
					check(last)
					b.open(t)
					b.aCaseEach(last+1, 70, "c", "bo")
					b.poll(t)
					check(70)
					b.open(t)
					b.poll(t)
					b.sweep(t)
					check(70)
				})
			})
		}
	}
}

// More was lost than is kept of it.
func TestPoint16_SetBackFar(t *testing.T) {
	for _, mode := range bothModes {
		for _, last := range []int{110, 230} {
			synctest.Test(t, func(t *testing.T) {
				b := remembered(t, definition(mode), 200)
				b.setBack(100)
				b.aCaseEach(101, last, "b", "bo")
				b.open(t)
				if mode == adapter.History && last == 230 {
					b.halted(t, "rows-reused")
				} else {
					b.halted(t, "database-set-back")
				}
				b.resync(t)
				b.aCaseEach(last+1, 250, "b", "bo")
				b.poll(t)
				if n := len(b.events(t, "bo")); n != 150 || len(b.log) != 150 {
					t.Errorf("%s, up to %d: %d events of %d changes, want 150", mode, last, n, len(b.log))
				}
			})
		}
	}
}

// The cases are older than they were, but others have been written since.
func TestPoint16_SetBackCasesAfterABaseline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		def := definition(adapter.Net)
		def.Cursor.Kind, def.FirstRun.Kind = adapter.CursorRowversion, adapter.Baseline
		b := newBench(t, def)
		b.aCaseEach(1, 40, "a", "alva")
		for i := range 10 {
			b.rows[30+i].id, b.rows[30+i].status = 41+i, "b"
		}
		b.poll(t)
		for i := range 10 {
			b.rows[30+i].id, b.rows[30+i].status = 31+i, "a"
		}
		for i := range 3 {
			b.rows[i].id, b.rows[i].status = 50+i, "c"
		}
		b.open(t)
		b.halted(t, "database-set-back")
		b.resync(t)
		got := map[string]int{}
		for _, e := range b.events(t, "alva") {
			got[e]++
		}
		if len(got) != 2 || got["b>a"] != 10 || got["a>c"] != 3 {
			t.Errorf("events %v", got)
		}
	})
}

// A baseline that an operator ordered of a source that had published for long.
func TestPoint16_SetBackAfterAnOrderedBaseline(t *testing.T) {
	for _, mode := range bothModes {
		for _, baselines := range []int{1, 2} {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, definition(mode))
				b.aCaseEach(1, 60, "a", "alva")
				b.poll(t)
				b.aCaseEach(61, 100, "a", "alva")
				for range baselines {
					b.baseline(t)
				}
				b.setBack(90)
				b.aCaseEach(91, 105, "b", "bo")
				b.open(t)
				b.halted(t, overtaken(mode))
				b.resync(t)
				if alva, bo := len(b.events(t, "alva")), len(b.events(t, "bo")); alva != 60 || bo != 15 {
					t.Errorf("%s: %d and %d events, want 60 and 15", mode, alva, bo)
				}
			})
		}
	}
}

// Where an operator answers with another baseline, what comes later is new even so.
func TestPoint16_BaselineAfterSetBack(t *testing.T) {
	for _, mode := range bothModes {
		synctest.Test(t, func(t *testing.T) {
			b := remembered(t, definition(mode), 200)
			b.setBack(100)
			b.aCaseEach(101, 110, "b", "bo")
			b.open(t)
			b.halted(t, "database-set-back")
			b.baseline(t)
			want(t, b.events(t, "bo"))
			b.aCaseEach(111, 210, "c", "bo")
			b.open(t)
			b.poll(t)
			if n := len(b.events(t, "bo")); n != 100 {
				t.Errorf("%s: %d events, want 100", mode, n)
			}
		})
	}
}

// publishWhen took only some of the oldest.
func TestPoint16_SetBackAfterLittleWasPublished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		def := definition(adapter.History)
		def.FirstRun.Kind = adapter.When
		b := newBench(t, def)
		b.aCaseEach(1, 55, "open", "alva")
		b.aCaseEach(56, 90, "a", "alva")
		b.poll(t)
		b.setBack(80)
		b.aCaseEach(81, 92, "b", "bo")
		b.open(t)
		b.halted(t, "rows-reused")
		b.resync(t)
		if alva, bo := len(b.events(t, "alva")), len(b.events(t, "bo")); alva != 55 || bo != 12 {
			t.Errorf("%d and %d events, want 55 and 12", alva, bo)
		}
	})
}

// Every poll walks all rows.
func TestPoint16_SetBackWithoutACursor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		def := definition(adapter.History)
		def.Cursor = adapter.CursorRule{Kind: adapter.CursorNone}
		b := remembered(t, def, 40)
		b.setBack(30)
		b.aCaseEach(31, 45, "b", "bo")
		b.halted(t, "rows-reused")
		b.resync(t)
		if n := len(b.events(t, "bo")); n != 15 {
			t.Errorf("%d events, want 15", n)
		}
	})
}
