package adapter_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sink"
)

// inTheRow has the event rows of a source name the recipients.
func inTheRow(def *adapter.Definition) *adapter.Definition {
	for _, name := range []string{"pid", "namn", "roll"} {
		def.Columns = append(def.Columns, adapter.Column{Name: name, Type: adapter.String})
	}
	def.Recipients = adapter.RecipientRule{Recipient: "pid", Role: "roll", Identity: adapter.IdentityRule{Column: "namn"}}
	return def
}

// named gives a row once for each recipient of its case, if the rows name them.
func (s *sim) named(row adapter.Row) []adapter.Row {
	if s.def.Recipients.Query != "" {
		return []adapter.Row{row}
	}
	var rows []adapter.Row
	for _, p := range s.parties[row.Case] {
		r, who := row, []any{string(p.ID), nil, nil}
		copy(who[1:], p.Values)
		r.Values = append(slices.Clip(row.Values), who...)
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		row.Values = append(row.Values, nil, nil, nil)
		return []adapter.Row{row}
	}
	return rows
}

// TestRecipientsInTheRow has event rows that name the recipient themselves, several
// rows for one change.
func TestRecipientsInTheRow(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		t.Run(string(mode), func(t *testing.T) { inRow(t, mode) })
	}
}

func inRow(t *testing.T, mode adapter.Mode) {
	o, _ := openOffice(t, mode, 0)
	o.exec(t, "CREATE TABLE rad (id INT, arende VARCHAR(9), status VARCHAR(9), tid DATETIME, hemlig TINYINT(1), namn VARCHAR(9), alder VARCHAR(9), KEY (id))")
	def := liveDefinition(mode, "rad")
	def.Query, def.Columns = "SELECT * FROM rad", append(def.Columns, adapter.Column{Name: "namn", Type: adapter.String}, adapter.Column{Name: "alder", Type: adapter.Int})
	def.Cursor = adapter.CursorRule{Column: "id", Kind: adapter.CursorID, Table: "rad"}
	def.Recipients = adapter.RecipientRule{Recipient: "namn", Role: "alder"}
	var unread []string
	if mode == adapter.Net {
		unread = []string{">a"} // a case that cannot be read stays where it was
	}
	o.adapt(t, def, filepath.Join(t.TempDir(), "store.db"), func(l *adapter.Loop) error {
		b := &bench{store: l.Store.(*sink.Store)}
		committed := 0
		l.Committed = func(c []adapter.Change) { committed += len(c) }
		for i, step := range []struct {
			change    string
			alva, bo  []string
			committed int
		}{
			{"INSERT INTO rad VALUES (1, 'A1', 'a', '2026-09-01 09:00:00', 0, 'alva', 30), (1, 'A1', 'a', '2026-09-01 09:00:00', 0, 'bo', 40)", []string{">a"}, []string{">a"}, 1},
			{"INSERT INTO rad SELECT * FROM rad WHERE namn = 'bo'", []string{">a"}, []string{">a"}, 2}, // a row that comes twice
			{"DELETE FROM rad WHERE namn = 'bo'", []string{">a"}, nil, 3},
			{"INSERT INTO rad VALUES (1, 'A1', 'a', '2026-09-01 09:00:00', 0, 'bo', 'old')", unread, nil, 4}, // unreadable
			{"UPDATE rad SET alder = IF(namn = 'bo', 40, 'old')", unread, nil, 5},                            // the other one
			{"UPDATE rad SET alder = 40", []string{">a"}, []string{">a"}, 6},
			{"UPDATE rad SET status = 'b', id = 2", []string{">a", "a>b"}, []string{">a", "a>b"}, 7},
		} {
			o.exec(t, step.change)
			for range 2 {
				if err := l.Poll(context.Background()); err != nil {
					return err
				}
			}
			want(t, b.events(t, "alva"), step.alva...)
			want(t, b.events(t, "bo"), step.bo...)
			if mode == adapter.History && committed > step.committed {
				t.Errorf("step %d: %d changes were committed, want at most %d", i, committed, step.committed)
			}
		}
		if idle := committed; l.Poll(context.Background()) != nil || committed != idle {
			t.Errorf("%d changes were committed without any having been made", committed-idle)
		}
		return nil
	})
}

// aside has the rows of two cases lie behind the overlap, where polls do not meet them.
func aside(t *testing.T, def *adapter.Definition) *bench {
	b := newBench(t, def)
	b.give("A1", party("alva"), party("bo"))
	b.step("A1", "a")
	b.poll(t)
	b.step("A1", "b")
	for id := range 150 {
		b.give(fmt.Sprint("B", id), party("cilla", "neighbour"))
		b.step(fmt.Sprint("B", id), "x")
		b.poll(t)
	}
	want(t, b.events(t, "alva"), ">a", "a>b")
	return b
}

// TestPoint30_InTheRowWithoutTouch: the sweep finds recipients of rows that were not
// touched, and earlier changes of the case follow, also those that have been pruned.
func TestPoint30_InTheRowWithoutTouch(t *testing.T) {
	for _, pruned := range []bool{false, true} {
		b := aside(t, inTheRow(definition(adapter.Net)))
		if pruned {
			if _, err := b.store.Prune(t.Context(), time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		b.give("A1", adapter.Row{ID: "alva", Values: []any{"doris"}}, party("cilla"))
		b.poll(t)
		want(t, b.events(t, "bo"), ">a", "a>b")
		b.sweep(t)
		news := []string{">a", "a>b"}
		if pruned {
			news = news[1:] // what the row says now
		}
		want(t, b.events(t, "alva"))
		want(t, b.events(t, "bo"))
		want(t, b.events(t, "cilla"), news...)
		want(t, b.events(t, "doris"), news...)
	}
}

// Who is another person in the row of a source without ids for them gets the case's
// events, and the one before loses them.
func TestPoint30_InTheRowWithoutIDs(t *testing.T) {
	def := inTheRow(definition(adapter.Net))
	def.Recipients.Recipient = ""
	b := newBench(t, def)
	b.give("A1", party("alva"))
	b.step("A1", "a")
	b.poll(t)
	b.step("A1", "b")
	b.poll(t)
	b.give("A1", party("bo"))
	b.poll(t)
	want(t, b.events(t, "alva"))
	want(t, b.events(t, "bo"), ">a", "a>b")
	b.give("A1")
	b.poll(t)
	want(t, b.events(t, "bo"))
}

// What became secret together with its recipients is shown to none of them.
func TestPoint30_InTheRowAndSecret(t *testing.T) {
	for _, hemlig := range []any{true, nil} {
		b := aside(t, inTheRow(definition(adapter.Net)))
		b.rows[0].hemlig = hemlig
		b.give("A1", party("cilla"), party("doris"))
		b.sweep(t)
		b.poll(t)
		for name := range kunder {
			if got := b.events(t, name); hemlig == true && len(got) > 0 || name != "alva" && name != "bo" && len(got) > 0 {
				t.Errorf("%v: %s is shown %v", hemlig, string(name), got)
			}
		}
		want(t, b.events(t, "alva"))
		want(t, b.events(t, "bo"))
	}
}

// TestPoint30_InTheRowKilled kills the process at each commit that other recipients
// lead to.
func TestPoint30_InTheRowKilled(t *testing.T) {
	for n := 1; n <= 5; n++ {
		for _, written := range []bool{false, true} {
			b := aside(t, inTheRow(definition(adapter.Net)))
			b.give("A1", adapter.Row{ID: "alva", Values: []any{"doris"}}, party("cilla"))
			b.loop.Store = &mortal{Store: b.store, left: n, written: written}
			err := b.loop.Sweep(t.Context())
			if n == 1 && err == nil {
				t.Fatal("the sweep should be killed")
			}
			b.open(t)
			b.poll(t)
			if n > 1 || written {
				want(t, b.events(t, "alva"))
				want(t, b.events(t, "bo"))
			}
			b.sweep(t)
			for name, wanted := range map[adapter.Key]int{"alva": 0, "bo": 0, "cilla": 2, "doris": 2} {
				if got := len(b.events(t, name)); got != wanted {
					t.Errorf("killed at %d %v: %s is shown %d events, want %d", n, written, string(name), got, wanted)
				}
			}
		}
	}
}

// A replica that lags behind names those who were recipients once; they get nothing
// more.
func TestPoint30_InTheRowOnALaggingReplica(t *testing.T) {
	b := newBench(t, inTheRow(definition(adapter.Net)))
	b.give("A1", party("alva"))
	b.step("A1", "a")
	b.poll(t)
	before := b.rows[0]
	b.give("A1", party("bo"))
	b.rows[0].id += 5
	b.put(20, "B1", "x", nil)
	b.poll(t)
	now := b.rows[0]
	for range 2 {
		b.rows[0] = before
		b.give("A1", party("alva"))
		b.poll(t)
		b.sweep(t)
		want(t, b.events(t, "alva"))
		want(t, b.events(t, "bo"), ">a")
		b.rows[0] = now
		b.give("A1", party("bo"))
		b.open(t)
	}
}

// Recipients who change once more while a row is read again get what the row says then,
// not what it said before.
func TestPoint30_InTheRowChangesMeanwhile(t *testing.T) {
	b := newBench(t, inTheRow(definition(adapter.Net)))
	b.give("A1", party("alva"))
	b.step("A1", "a")
	b.poll(t)
	b.give("A1", party("bo"))
	b.beforeRows = func() {
		b.step("A1", "b")
		b.give("A1", party("bo", "doris"))
		b.beforeRows = nil
	}
	b.poll(t)
	want(t, b.events(t, "alva"))
	want(t, b.events(t, "bo"))
	want(t, b.events(t, "doris"), ">a", "a>b")
	for _, ch := range b.log {
		for _, e := range ch.Events {
			if ch.Ny == "b" && e.Kund.Identifierare != kunder["doris"] {
				t.Error("for a while somebody else was shown it")
			}
		}
	}
}
