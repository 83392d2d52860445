package adapter_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"arendebrygga/adapter"
)

// overtaken is why a source stops whose database was set back and has given the lost
// numbers again.
func overtaken(mode adapter.Mode) string {
	if mode == adapter.History {
		return "rows-reused"
	}
	return "database-set-back"
}

// Rows that were published long ago are lost, and more have come since: polls begin
// behind those that got the lost numbers.
func TestPoint16_SetBackBehindThePolls(t *testing.T) {
	for _, mode := range bothModes {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, definition(mode))
			b.aCaseEach(1, 60, "a", "alva")
			for range 4 * 30 {
				b.poll(t)
			}
			b.setBack(50)
			b.aCaseEach(51, 75, "b", "bo")
			b.open(t)
			b.halted(t, overtaken(mode))
			b.resync(t)
			if n := len(b.events(t, "bo")); n != 25 {
				t.Errorf("%s: %d events, want 25", mode, n)
			}
			b.open(t)
			b.poll(t)
		})
	}
}

// An operator has gone on before the lost numbers were given again: the rows that get
// them are new, and stop nothing, whatever becomes of rows that are changed or gone.
func TestPoint16_NumbersGivenAfterTheChoice(t *testing.T) {
	for _, mode := range bothModes {
		for _, changed := range []string{adapter.Replace, adapter.Ignore} {
			for _, missing := range []string{adapter.Keep, adapter.Withdraw} {
				for name, choose := range map[string]func(*bench, *testing.T){"resync": (*bench).resync, "baseline": (*bench).baseline} {
					t.Run(fmt.Sprint(mode, changed, missing, name), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							def := definition(mode)
							def.IfChanged, def.OnMissing = changed, adapter.MissingRule{Do: missing, After: 1}
							b := newBench(t, def)
							b.aCaseEach(1, 40, "a", "alva")
							b.poll(t)
							b.setBack(10)
							b.open(t)
							b.halted(t, "database-set-back")
							choose(b, t)
							b.sweep(t)
							for id := 11; id <= 45; id += 5 {
								b.open(t)
								b.aCaseEach(id, id+4, "b", "bo")
								b.poll(t)
							}
							b.setBack(44) // one draft is deleted
							b.open(t)
							b.poll(t)
							if n := len(b.events(t, "bo")); n != 35 {
								t.Errorf("%d events, want 35", n)
							}
						})
					})
				}
			}
		}
	}
}

// An operator who has restored the database has everything compared before a poll could
// notice.
func TestPoint16_ResyncBeforeItIsNoticed(t *testing.T) {
	for _, mode := range bothModes {
		for _, last := range []int{100, 110, 230} {
			b := remembered(t, definition(mode), 200)
			b.setBack(100)
			b.aCaseEach(101, last, "b", "bo")
			b.open(t)
			totals, err := b.loop.Resync(t.Context(), true)
			if err != nil || int(totals.Events) != last-100 {
				t.Errorf("a dry resync: %+v, %v", totals, err)
			}
			b.resync(t)
			b.aCaseEach(last+1, 250, "b", "bo")
			b.poll(t)
			if n := len(b.events(t, "bo")); n != 150 {
				t.Errorf("%s, up to %d: %d events, want 150", mode, last, n)
			}
		}
	}
}

// A row that was taken back as it was gone is shown again when it comes back. If its
// number is given to another one, that is new.
func TestNumberOfARowTakenBackIsGivenAgain(t *testing.T) {
	def := definition(adapter.History)
	def.OnMissing = adapter.MissingRule{Do: adapter.Withdraw, After: 1}
	b := newBench(t, def)
	b.aCaseEach(1, 3, "a", "alva")
	b.poll(t)
	last := b.rows[2]
	b.setBack(2)
	b.sweep(t)
	b.rows = append(b.rows, last)
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", ">a", ">a")
	b.setBack(2)
	b.sweep(t)
	b.aCaseEach(3, 3, "b", "bo")
	b.poll(t)
	want(t, b.events(t, "bo"), ">b")
	b.sweep(t)
	want(t, b.events(t, "bo"), ">b")
}
