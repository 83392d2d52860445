package adapter_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"arendebrygga/adapter"
)

// The connection leads to another database, where the numbers of cases are other
// people's. Whatever an operator chooses, nobody there is shown what happened here, and
// it stays with those whom it was about.
func TestPoint30_CasesOfAnotherDatabase(t *testing.T) {
	for _, mode := range bothModes {
		for name, choose := range map[string]func(*bench, *testing.T){"resync": (*bench).resync, "baseline": (*bench).baseline} {
			for _, known := range []bool{false, true} { // a first run has only remembered what is here
				t.Run(fmt.Sprint(mode, name, known), func(t *testing.T) {
					def := definition(mode)
					def.Recipients.Cursor = adapter.CursorRule{Column: "andrad", Kind: adapter.CursorTime}
					if known {
						def.FirstRun.Kind = adapter.Baseline
					}
					b := newBench(t, def)
					b.place = "one"
					b.party("A1", "alva")
					b.put(1, "A1", "alvas", day(9, 0))
					b.poll(t)
					before := b.events(t, "alva")
					b.place, b.rows, b.parties = "two", nil, map[adapter.Key][]adapter.Row{}
					b.put(2, "Z", "z", day(9, 0))
					b.open(t)
					isHalt(t, b.loop.Poll(t.Context()), "another-database")
					choose(b, t)
					b.open(t)
					b.poll(t)
					b.sweep(t)
					b.party("A1", "bo") // known before anything of the case is
					b.poll(t)
					want(t, b.events(t, "alva"), before...)
					b.put(3, "A1", "bos", day(10, 0))
					b.poll(t)
					b.sweep(t)
					want(t, b.events(t, "bo"), ">bos")
					want(t, b.events(t, "alva"), before...)
				})
			}
		}
	}
}

// It was a mistake, and the connection leads to the right database again: what is there
// is known.
func TestPoint16_BackFromAnotherDatabase(t *testing.T) {
	for _, mode := range bothModes {
		b := newBench(t, definition(mode))
		b.place = "one"
		b.aCaseEach(1, 30, "a", "alva")
		b.poll(t)
		right := b.rows
		b.place, b.rows = "two", nil
		b.put(100, "Z", "z", day(9, 0))
		b.open(t)
		isHalt(t, b.loop.Poll(t.Context()), "another-database")
		b.baseline(t)
		b.place, b.rows, b.log = "one", right, nil
		b.aCaseEach(31, 31, "b", "bo")
		b.open(t)
		isHalt(t, b.loop.Poll(t.Context()), "another-database")
		b.resync(t)
		if got := b.outcomes(); got != "map[published:1]" {
			t.Errorf("%s: committed %s", mode, got)
		}
		b.party("alva7", "alva", "cilla")
		b.sweep(t)
		want(t, b.events(t, "cilla"), ">a")
	}
}

// A row that was registered under the wrong case and is moved: both cases go on from
// where they stand without it and with it.
func TestPoint11_RowThatMoves(t *testing.T) {
	for _, shut := range []bool{false, true} {
		b := newBench(t, definition(adapter.History))
		b.party("A1", "alva")
		b.party("B", "bo")
		b.put(1, "A1", "a", day(9, 0))
		b.put(2, "A1", "b", day(9, 1))
		b.put(3, "B", "x", day(9, 0))
		b.poll(t)
		b.rows[1].arende = "B"
		if shut {
			b.open(t)
		}
		b.poll(t)
		want(t, b.events(t, "alva"), ">a")
		b.put(4, "A1", "c", day(9, 5))
		b.put(5, "B", "y", day(9, 5))
		b.poll(t)
		want(t, b.events(t, "alva"), ">a", "a>c")
		want(t, b.events(t, "bo"), ">x", "x>b", "b>y")
	}
}

// lostCase is a source of forty cases of cilla's and one more of alva's, in the newest
// rows, that is lost in a restore.
func lostCase(t *testing.T, def *adapter.Definition) *bench {
	b := newBench(t, def)
	b.aCaseEach(1, 40, "a", "cilla")
	b.poll(t)
	b.party("NEW", "alva")
	for i, s := range []string{"in", "begard", "avslag"} {
		if def.Mode == adapter.Net {
			b.setBack(40)
		}
		b.put(41+i, "NEW", s, day(10, i))
		b.poll(t)
	}
	for i := range 30 { // others have gone on, too
		if def.Mode == adapter.Net {
			b.rows[i].id, b.rows[i].status = 50+i, "b"
		} else {
			b.put(50+i, b.rows[i].arende, "b", day(11, i))
		}
	}
	b.poll(t)
	want(t, b.events(t, "alva"), ">in", "in>begard", "begard>avslag")
	b.fail = errors.New("the database is being restored")
	_ = b.loop.Poll(t.Context())
	b.rows = nil
	b.aCaseEach(1, 40, "a", "cilla")
	b.party("NEW")
	b.halted(t, "database-set-back")
	return b
}

// The newest case is lost in a restore, an operator has gone on, and the case system
// gives its number to another person's.
func TestPoint16_LostCaseOfAnother(t *testing.T) {
	for _, mode := range bothModes {
		for _, do := range []string{adapter.Keep, adapter.Withdraw} {
			for name, choose := range map[string]func(*bench, *testing.T){"resync": (*bench).resync, "baseline": (*bench).baseline} {
				t.Run(fmt.Sprint(mode, do, name), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						def := definition(mode)
						def.OnMissing = adapter.MissingRule{Do: do, After: 3}
						b := lostCase(t, def)
						choose(b, t)
						b.party("NEW", "bo")
						b.put(41, "NEW", "in", day(12, 0))
						for range 3 {
							b.poll(t)
							b.sweep(t)
						}
						want(t, b.events(t, "bo"), ">in")
						if mode == adapter.Net { // and a case that was set back goes on
							b.rows[0].id, b.rows[0].status = 42, "c"
							b.poll(t)
							if ch := b.log[len(b.log)-1]; ch.Gammal+">"+ch.Ny != "a>c" {
								t.Errorf("the case that was set back went on with %s>%s", ch.Gammal, ch.Ny)
							}
						}
					})
				})
			}
		}
	}
}
