package adapter_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// reloaded are ways in which a table of 80 rows is loaded anew with other identities.
var reloaded = map[string]func(b *bench){
	"upwards": func(b *bench) {
		for i := range b.rows {
			b.rows[i].id += 1000
		}
	},
	"in another order": func(b *bench) {
		for i := range b.rows {
			b.rows[i].id = 1000 + i*37%80
		}
	},
	"cases": func(b *bench) {
		for i := range b.rows {
			b.rows[i].arende = "2026-" + b.rows[i].arende
			b.party(b.rows[i].arende, "alva")
		}
	},
}

// TestPoint31_RowsRenumbered: known rows that come again under other identities stop the
// source before anything is published a second time, and a baseline goes on with them.
func TestPoint31_RowsRenumbered(t *testing.T) {
	for _, c := range []struct {
		name, how string
		mode      adapter.Mode
		cursor    adapter.CursorKind
		change    func(*adapter.Definition)
	}{
		{"kept", "upwards", adapter.History, adapter.CursorID, nil},
		{"withdrawn", "upwards", adapter.History, adapter.CursorID, func(d *adapter.Definition) { withdrawing(d) }},
		{"mixed", "in another order", adapter.History, adapter.CursorID, nil},
		{"without a cursor", "in another order", adapter.History, adapter.CursorNone, nil},
		{"only remembered", "upwards", adapter.History, adapter.CursorID, func(d *adapter.Definition) { d.FirstRun.Kind = adapter.Baseline }},
		{"cases", "cases", adapter.Net, adapter.CursorTime, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			def := definition(c.mode)
			if def.Cursor.Kind = c.cursor; c.cursor == adapter.CursorNone {
				def.Cursor.Column = ""
			}
			if c.change != nil {
				c.change(def)
			}
			b := newBench(t, def)
			if c.cursor == adapter.CursorNone {
				b.loop.Source = walked{b.sim}
			}
			b.aCaseEach(1, 80, "a", "alva")
			b.poll(t)
			before := len(b.events(t, "alva"))
			reloaded[c.how](b)
			b.now = b.now.Add(time.Minute)
			err := b.loop.Poll(t.Context())
			isHalt(t, err, "rows-renumbered")
			if way := "baseline sim takes the rows"; c.name != "withdrawn" && !strings.Contains(err.Error(), way) {
				t.Errorf("no way out in %v", err)
			}
			if n := len(b.events(t, "alva")); n != before {
				t.Errorf("%d events, before it was stopped %d", n, before)
			}
			counted, err := b.loop.Resync(t.Context(), true)
			if err != nil || counted.Events != 80 {
				t.Errorf("a resync would publish %d events, error %v", counted.Events, err)
			}
			b.baseline(t)
			b.put(2000, "ny", "a", day(14, 0))
			b.party("ny", "alva")
			for range 2 {
				b.poll(t)
				if b.open(t); c.cursor == adapter.CursorNone {
					b.loop.Source = walked{b.sim}
				}
			}
			if n := len(b.events(t, "alva")); n != before+1 {
				t.Errorf("%d events, want %d", n, before+1)
			}
		})
	}
}

// walked is a database without a cursor.
type walked struct{ *sim }

func (w walked) Read(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	return w.Sweep(ctx, from)
}

// TestRowsThatOnlyLookAlike: rows that say what others of their case say are new if those
// are there, too, and so are a few that clerks have deleted and written once more, also
// more of them among many others, and what comes after old rows were purged.
func TestRowsThatOnlyLookAlike(t *testing.T) {
	for name, c := range map[string]struct {
		change func(b *bench)
		events int
	}{
		"beside the others": {func(b *bench) {
			for i := range 40 {
				b.put(1000+i, b.rows[i].arende, "a", b.rows[i].tid)
			}
		}, 120},
		"written once more": {func(b *bench) {
			b.rows[78].id, b.rows[79].id = 1000, 1001
		}, 82},
		"written once more among many others": {func(b *bench) {
			for i := range 4 {
				b.rows[70+i].id = 1000 + i
			}
			for i := range 20 {
				b.put(2000+i, b.rows[i].arende, "b", day(14, i))
			}
		}, 104},
		"after the newest were deleted": {func(b *bench) {
			for i := 70; i < 80; i++ {
				b.rows[i].committed = false
				b.put(1000+i, b.rows[i].arende, "a", b.rows[i].tid.(time.Time).Add(time.Second))
			}
			for i := range 20 {
				b.put(2000+i, b.rows[i].arende, "a", b.rows[i].tid)
			}
		}, 110},
		"after a purge": {func(b *bench) {
			for i := range 80 {
				b.rows[i].committed = false
				b.put(1000+i, b.rows[i].arende, "a", b.rows[i].tid.(time.Time).Add(time.Second))
			}
		}, 160},
	} {
		t.Run(name, func(t *testing.T) {
			def := definition(adapter.History)
			def.Limits.PageSize = 100 // so that one page has them all
			b := newBench(t, def)
			b.aCaseEach(1, 80, "a", "alva")
			b.poll(t)
			c.change(b)
			b.poll(t)
			b.sweep(t)
			if n := len(b.events(t, "alva")); n != c.events {
				t.Errorf("%d events, want %d", n, c.events)
			}
		})
	}
}

// TestPoint31_LiveRowsRenumbered is the same on servers, where the rows have a time cursor,
// which stays as it is, and it is a sweep that meets most of them first.
func TestPoint31_LiveRowsRenumbered(t *testing.T) {
	onLive(t, []string{"mysql", "postgres", "sqlite"}, adapter.History, func(t *testing.T, l *live) {
		l.def.Cursor.Column, l.def.Cursor.Kind = "tid", adapter.CursorTime
		for i := range 60 {
			arende := fmt.Sprint("A", i%20)
			l.exec(t, fmt.Sprintf("INSERT INTO rad (arende, status, tid) VALUES ('%s', 'a', %s)", arende, stamp(5*time.Hour-time.Duration(i)*time.Minute)))
		}
		for i := range 20 {
			l.exec(t, fmt.Sprintf("INSERT INTO part VALUES ('A%d', 'alva')", i))
		}
		l.poll(t, 0)
		l.exec(t, "UPDATE rad SET id = id + 1000")
		isHalt(t, l.loop.Sweep(t.Context()), "rows-renumbered")
		isHalt(t, l.loop.Poll(t.Context()), "rows-renumbered")
		if n := len(l.events(t)); n != 60 {
			t.Errorf("%d events, want 60", n)
		}
	})
}

// TestManyNewestCasesDeleted: cases that were always there and have the time of those that
// were deleted, as after an import, are none that came under other identities.
func TestManyNewestCasesDeleted(t *testing.T) {
	onLive(t, []string{"sqlite"}, adapter.Net, func(t *testing.T, l *live) {
		byTime(l, 12*time.Hour)
		at := stamp(time.Hour)
		l.exec(t, alva)
		for i := range 120 {
			l.exec(t, fmt.Sprintf("INSERT INTO rad (arende, status, tid) VALUES ('I%03d', 'x', %s)", i, at))
		}
		l.exec(t, "INSERT INTO rad (arende, status, tid) VALUES ('Z', 'x', "+stamp(50*time.Minute)+")")
		l.poll(t, 0)
		l.poll(t, time.Second)
		l.exec(t, "DELETE FROM rad WHERE arende >= 'I060'", "INSERT INTO rad (arende, status, tid) VALUES ('Y', 'x', "+stamp(40*time.Minute)+")")
		for range 3 {
			l.source.ahead += time.Minute
			if err := l.loop.Poll(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}
