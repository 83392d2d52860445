package adapter_test

import (
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// TestPoint18_LiveLaggingReplica has a case's row come again as it was before, as from
// a replica that lags behind.
func TestPoint18_LiveLaggingReplica(t *testing.T) {
	onLive(t, allKinds, adapter.Net, func(t *testing.T, l *live) {
		l.def.Cursor.Column, l.def.Cursor.Kind, l.def.Overlap = "tid", adapter.CursorTime, 12*time.Hour
		l.exec(t, alva, row("a", stamp(time.Hour)), "INSERT INTO rad (arende, status, tid) VALUES ('B1', 'x', "+stamp(time.Minute)+")")
		l.poll(t, 0)
		newest, older := stamp(10*time.Minute), stamp(30*time.Minute)
		for _, step := range []struct{ status, tid string }{
			{"b", newest}, {"a", older}, {"x", older}, {"b", newest}, {"a", older}, {"c", stamp(5 * time.Minute)},
		} {
			l.exec(t, "UPDATE rad SET status = '"+step.status+"', tid = "+step.tid+" WHERE arende = 'A1'")
			l.poll(t, time.Second)
			l.open(t)
		}
		l.poll(t, time.Second)
		want(t, l.events(t), ">a", "a>b", "b>c")
	})
}

// TestPoint19_LiveFirstRun walks what is there in several pages, and publishes of it
// what was chosen.
func TestPoint19_LiveFirstRun(t *testing.T) {
	for kind, first := range map[adapter.FirstRunKind][]string{
		adapter.Baseline: nil, adapter.When: {"old>open"}, adapter.All: {">old", "old>open"},
	} {
		t.Run(string(kind), func(t *testing.T) {
			onLive(t, allKinds, adapter.History, func(t *testing.T, l *live) {
				l.def.FirstRun.Kind = kind
				other := ", ('B1', 'old', " + stamp(2*time.Hour) + ")"
				l.exec(t, alva, "INSERT INTO rad (arende, status, tid) VALUES"+strings.Repeat(other, 40)[1:],
					row("old", stamp(time.Hour)), row("open", stamp(30*time.Minute)))
				l.poll(t, 0)
				want(t, l.events(t), first...)
				l.open(t)
				l.exec(t, row("new", stamp(0)))
				l.poll(t, time.Second)
				l.poll(t, time.Second)
				l.sweep(t)
				want(t, l.events(t), append(first[:len(first):len(first)], "open>new")...)
			})
		})
	}
}

// TestPoint21_LivePoison has rows that cannot be judged among others that can.
func TestPoint21_LivePoison(t *testing.T) {
	onLive(t, allKinds, adapter.History, func(t *testing.T, l *live) {
		l.exec(t, alva, row("poison", stamp(time.Hour)), row("unknown", stamp(50*time.Minute)), row("c", "NULL"),
			"INSERT INTO rad (arende, status, tid) VALUES (NULL, 'd', "+stamp(time.Hour)+")", row("e", stamp(time.Minute)))
		l.poll(t, 0)
		l.poll(t, time.Second)
		want(t, l.events(t), "unknown>e")
		if got := (&bench{log: l.log}).outcomes(); got != "map[parked:3 published:1 unmapped:1]" {
			t.Errorf("outcomes %s", got)
		}
	})
}

// TestPoint17_LiveReusedID: where ids are used again, the column in events.created
// tells the cases apart on each database, by the text that it gives of that column.
func TestPoint17_LiveReusedID(t *testing.T) {
	onLive(t, allKinds, adapter.Net, func(t *testing.T, l *live) {
		l.def.Created, l.def.Recipients.Created = "tid", "tid"
		l.def.Recipients.Query = "SELECT p.arende, p.namn, r.tid FROM part p LEFT JOIN rad r ON r.arende = p.arende"
		l.def.Recipients.Columns = append(l.def.Recipients.Columns, adapter.Column{Name: "tid", Type: adapter.Time})
		l.joined(l.def.Recipients.Query, "part", "rad", "arende")
		l.exec(t, alva, row("a", stamp(time.Hour)))
		l.poll(t, 0)
		l.poll(t, time.Second)
		want(t, l.events(t), ">a")
		l.exec(t, "UPDATE rad SET tid = "+stamp(0)+" WHERE arende = 'A1'")
		l.poll(t, time.Second)
		l.sweep(t)
		want(t, l.events(t), ">a", ">a")
		l.poll(t, time.Second)
		want(t, l.events(t), ">a", ">a")
	})
}
