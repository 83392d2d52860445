package adapter_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// step gives a case its next status, as its mode does.
func (b *bench) step(arende, status string) { b.stepOf(nil, arende, status) }

// stepOf does so to the case with this id that was made then.
func (b *bench) stepOf(skapad any, arende, status string) {
	id := 1
	for i := range b.rows {
		id = max(id, b.rows[i].id+1)
	}
	tid := day(9, 0).Add(time.Duration(id) * time.Second)
	at := slices.IndexFunc(b.rows, func(r simRow) bool { return r.arende == arende && r.skapad == skapad })
	if b.def.Mode == adapter.Net && at >= 0 {
		b.rows[at].id, b.rows[at].status, b.rows[at].tid = id, status, tid
		return
	}
	b.put(id, arende, status, tid).skapad = skapad
}

// give sets a case's recipients: an id, or an id, a colon and what its row says.
func (b *bench) give(arende string, rows ...adapter.Row) {
	b.party(arende)
	for i := range rows {
		rows[i].Case = adapter.Key(arende)
	}
	b.parties[adapter.Key(arende)] = rows
}

func party(id adapter.Key, says ...any) adapter.Row {
	return adapter.Row{ID: id, Values: append([]any{string(id)}, says...)}
}

// detections are the ways in which changed recipients are found. Each says which step
// of the case it takes, if any.
var detections = []struct {
	name   string
	define func(*adapter.Definition)
	detect func(t *testing.T, b *bench)
	step   bool
}{
	{name: "page", detect: func(t *testing.T, b *bench) { b.step("A1", "b"); b.poll(t) }, step: true},
	{name: "cursor", define: func(d *adapter.Definition) {
		d.Recipients.Cursor = adapter.CursorRule{Column: "skriven", Kind: adapter.CursorTime}
	}, detect: func(t *testing.T, b *bench) { b.poll(t) }},
	{name: "sweep", detect: func(t *testing.T, b *bench) {
		if b.sweep(t); b.def.Recipients.Query == "" {
			b.poll(t) // which the sweep leaves such young rows to
		}
	}},
}

// sets are the sources whose recipients are those of the case, by name.
var sets = map[string]func() *adapter.Definition{
	"history":    func() *adapter.Definition { return definition(adapter.History) },
	"net":        func() *adapter.Definition { return definition(adapter.Net) },
	"net in row": func() *adapter.Definition { return inTheRow(definition(adapter.Net)) },
}

// onParties runs a test for each kind of source, policy and way of detection.
func onParties(t *testing.T, test func(t *testing.T, b *bench, changes adapter.PartyChanges, how int)) {
	for name, define := range sets {
		for _, added := range []string{adapter.WholeHistory, adapter.FromNow} {
			for _, removed := range []string{adapter.Hide, adapter.Keep} {
				for how := range detections {
					t.Run(fmt.Sprint(name, " ", added, " ", removed, " ", detections[how].name), func(t *testing.T) {
						t.Parallel()
						def := define()
						def.Recipients.Changes = adapter.PartyChanges{Added: added, Removed: removed}
						if define := detections[how].define; define != nil {
							define(def)
						}
						test(t, newBench(t, def), def.Recipients.Changes, how)
					})
				}
			}
		}
	}
}

// TestPoint30_PartiesOfACaseChange: one is added, one is removed, one gets another
// identity number; the adapter is restarted before and after.
func TestPoint30_PartiesOfACaseChange(t *testing.T) {
	onParties(t, func(t *testing.T, b *bench, changes adapter.PartyChanges, how int) {
		b.give("A1", party("alva"), party("bo"))
		b.step("A1", "a")
		b.poll(t)
		want(t, b.events(t, "bo"), ">a")
		b.open(t)
		b.poll(t)
		b.give("A1", adapter.Row{ID: "alva", Values: []any{"doris"}}, party("cilla"))
		detections[how].detect(t, b)
		all, since := []string{">a"}, []string(nil)
		if detections[how].step {
			all, since = append(all, "a>b"), append(since, "a>b")
		}
		check := func() {
			t.Helper()
			kept, news := []string(nil), all
			if changes.Removed == adapter.Keep {
				kept = []string{">a"}
			}
			if changes.Added == adapter.FromNow {
				news = since
			}
			want(t, b.events(t, "alva"))
			want(t, b.events(t, "doris"), all...)
			want(t, b.events(t, "bo"), kept...)
			want(t, b.events(t, "cilla"), news...)
		}
		check()
		b.open(t)
		b.poll(t)
		b.sweep(t)
		check()
		status := "c"
		step := all[len(all)-1][len(all[len(all)-1])-1:] + ">" + status
		all, since = append(all, step), append(since, step)
		b.step("A1", status)
		b.poll(t)
		check()
		if ck, err := b.store.Checkpoint("sim"); err != nil || ck.Totals.Parties != 1 {
			t.Errorf("%d cases are counted, error %v", ck.Totals.Parties, err)
		}
	})
}

// TestPoint30_PartyComesBack: who was removed and comes again is one who is added.
func TestPoint30_PartyComesBack(t *testing.T) {
	onParties(t, func(t *testing.T, b *bench, changes adapter.PartyChanges, how int) {
		b.give("A1", party("alva"), party("bo"))
		b.step("A1", "a")
		b.poll(t)
		b.give("A1", party("alva"))
		b.sweep(t)
		b.step("A1", "x")
		b.poll(t)
		b.give("A1", party("alva"), party("bo"))
		detections[how].detect(t, b)
		b.step("A1", "z")
		b.poll(t)
		all := b.events(t, "alva")
		wanted := all
		if changes.Added == adapter.FromNow {
			if wanted = all[2:]; changes.Removed == adapter.Keep {
				wanted = append([]string{">a"}, wanted...)
			}
		}
		want(t, b.events(t, "bo"), wanted...)
	})
}

// A role that changes is a change of the recipient: who has none that is allowed any
// more loses the events.
func TestPoint30_RoleChanges(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		b := newBench(t, definition(mode))
		b.give("A1", party("alva"), party("bo"))
		b.step("A1", "a")
		b.poll(t)
		b.give("A1", party("alva"), party("bo", "neighbour"))
		b.sweep(t)
		want(t, b.events(t, "bo"))
		b.give("A1", party("alva", "neighbour"), party("bo", "neighbour"))
		b.sweep(t)
		want(t, b.events(t, "alva"))
		b.give("A1", party("alva"), party("bo"))
		b.sweep(t)
		want(t, b.events(t, "alva"), ">a")
		want(t, b.events(t, "bo"), ">a")
	}
}

// Everybody who comes first gets what waited, also by `added: fromNow`; what somebody
// else was shown before is past.
func TestPoint30_FirstPartyGetsWhatWaited(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		def := definition(mode)
		def.Recipients.Changes.Added = adapter.FromNow
		b := newBench(t, def)
		b.step("A1", "a")
		b.poll(t)
		b.party("A1", "alva")
		b.poll(t)
		want(t, b.events(t, "alva"), ">a")
		b.party("A1")
		b.sweep(t)
		want(t, b.events(t, "alva"))
		b.step("A1", "b")
		b.poll(t)
		b.party("A1", "bo")
		b.poll(t)
		want(t, b.events(t, "bo"), "a>b")
	}
}

// Whatever else fails, who is not a recipient any more loses the events; who is one
// now gets them when the rows can be read.
func TestPoint30_RemovedAlthoughRowsCannotBeRead(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		b := newBench(t, definition(mode))
		b.give("A1", party("alva"), party("bo"), party("cilla"))
		b.step("A1", "a")
		b.poll(t)
		b.give("A1", party("alva"), party("cilla", "again"), party("doris"))
		for range 3 {
			b.failRows = errors.New("cut")
			if err := b.loop.Sweep(t.Context()); err == nil {
				t.Fatal("the sweep should fail")
			}
			want(t, b.events(t, "alva"), ">a")
			want(t, b.events(t, "bo"))
			want(t, b.events(t, "cilla"))
			want(t, b.events(t, "doris"))
		}
		if n := len(b.log); n != 2 {
			t.Errorf("%d changes were committed", n)
		}
		b.open(t)
		b.poll(t)
		b.sweep(t)
		for _, name := range []adapter.Key{"alva", "cilla", "doris"} {
			want(t, b.events(t, name), ">a")
		}
	}
}

// What the store has pruned and the source no longer has cannot be judged again: who
// still is a recipient keeps it, who is removed loses it.
func TestPoint30_ChangesThatCannotBeJudged(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		b := newBench(t, definition(mode))
		b.give("A1", party("alva"), party("bo"))
		b.step("A1", "a")
		b.poll(t)
		b.step("A1", "b")
		b.poll(t)
		if _, err := b.store.Prune(t.Context(), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if mode == adapter.History {
			b.rows[0].committed = false // deleted
		}
		b.give("A1", party("alva"), party("cilla"))
		b.sweep(t)
		want(t, b.events(t, "alva"), ">a", "a>b")
		want(t, b.events(t, "bo"))
		if mode == adapter.History {
			want(t, b.events(t, "cilla"), "a>b")
		}
	}
}

// A row that became secret long after the polls had passed it is not published to
// somebody who is added, nor to anybody any more.
func TestPoint30_SecretMeanwhile(t *testing.T) {
	for _, hemlig := range []any{true, nil} {
		for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
			b := newBench(t, definition(mode))
			b.give("A1", party("alva"), party("bo"))
			b.step("A1", "a")
			b.poll(t)
			for id := 2; id <= 150; id++ { // far beyond the overlap
				b.step(fmt.Sprint("B", id), "x")
				b.poll(t)
			}
			b.rows[0].hemlig = hemlig
			b.def.Recipients.Cursor.Column = "skriven"
			b.give("A1", party("alva"), party("cilla"))
			b.poll(t)
			for _, name := range []adapter.Key{"alva", "bo", "cilla"} {
				want(t, b.events(t, name))
			}
		}
	}
}
