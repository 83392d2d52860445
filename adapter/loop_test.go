package adapter_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"arendebrygga/adapter"
	"arendebrygga/sink"
)

func rubrik(e *sink.Event) string {
	var f struct{ Rubrik string }
	if err := json.Unmarshal(e.Fragment(0), &f); err != nil {
		return err.Error()
	}
	return f.Rubrik
}

func day(hour, minute int) time.Time {
	return time.Date(2026, 9, 1, hour, minute, 0, 0, stockholm)
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("events differ (-want +got):\n%s", d)
	}
}

func TestHistoryEachRowOnce(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.put(1, "A1", "a", day(9, 0))
	b.poll(t)
	b.put(2, "A1", "b", day(9, 1))
	b.put(3, "A1", "a", day(9, 2))
	b.poll(t)
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", "a>b", "b>a")
	if len(b.log) != 3 {
		t.Errorf("%d changes were committed, want 3", len(b.log))
	}
}

func TestLateCommit(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	for id := 1; id <= 100; id++ {
		b.put(id, "A1", "old", day(8, 0))
	}
	late := b.put(101, "A1", "late", day(9, 0))
	late.committed = false
	b.put(102, "A1", "b", day(9, 1)) // so the first look sees beyond the open transaction
	b.poll(t)
	for id := 103; id <= 160; id++ { // more than one page behind the open transaction
		b.put(id, "A1", "b", day(9, 1))
	}
	for range 4 * 9 { // nine minutes: inside the overlap
		b.poll(t)
	}
	b.rows[100].committed = true
	b.poll(t)
	b.poll(t)
	got := b.events(t, "alva")
	if n := strings.Count(strings.Join(got, " "), "late"); n != 1 || len(got) != 160 {
		t.Errorf("the late row gave %d events of %d, want 1 of 160", n, len(got))
	}
}

// A transaction that was open when the process went down must be found however
// long it was down: the overlap counts from the last poll, not from now.
func TestLateCommitOverDowntime(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	for id := 1; id <= 100; id++ {
		b.put(id, "A1", "a", day(8, 0))
	}
	for range 4 * 30 {
		b.poll(t)
	}
	b.put(101, "A1", "late", day(9, 0)).committed = false
	b.put(102, "A1", "b", day(9, 0))
	b.poll(t)
	b.rows[100].committed = true
	b.now = b.now.Add(72 * time.Hour)
	b.open(t)
	b.poll(t)
	if got := strings.Join(b.events(t, "alva"), " "); strings.Count(got, "late") != 1 {
		t.Errorf("the late row is missing: %s", got)
	}
}

func TestRingStaysShortAndReadsLittle(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	id := 0
	for range 4 * 60 * 3 { // three hours, a row each poll
		id++
		b.put(id, "A1", "a", day(8, 0))
		b.poll(t)
	}
	ck, err := b.store.Checkpoint("sim")
	if err != nil {
		t.Fatal(err)
	}
	if len(ck.Ring) > 20 {
		t.Errorf("the ring holds %d marks", len(ck.Ring))
	}
	before := b.reads
	b.poll(t)
	if n := b.reads - before; n > 6 { // 40 rows of overlap and two marks of slack, 10 a page
		t.Errorf("a poll read %d windows of 10 rows for an overlap of 40 rows", n)
	}
}

func TestLateRowLeavesShadow(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.put(1, "A1", "a", day(9, 0))
	b.put(2, "A1", "backdated", day(8, 0))
	b.put(3, "A1", "b", day(9, 0))
	b.poll(t)
	want(t, b.events(t, "alva"), ">backdated", ">a", "a>b")
	if !b.log[1].Late || b.log[0].Late || b.log[2].Late {
		t.Error("only the back-dated row should be marked late")
	}
}

func TestPoint26_DraftBecomesFinalThenSecret(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.put(1, "A1", "a", day(9, 0))
	b.put(2, "A1", "b", day(9, 1)).hemlig = nil
	b.put(3, "A1", "c", day(9, 2))
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", "a>c")
	b.rows[1].hemlig = false
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", ">b", "a>c")
	b.rows[1].hemlig = true
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", "a>c")
	b.rows[1].hemlig = false // withdrawn is for ever
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", "a>c")
}

func TestPoint28_RewriteKeepsID(t *testing.T) {
	for _, how := range []string{adapter.Replace, adapter.Ignore} {
		t.Run(how, func(t *testing.T) {
			def := definition(adapter.History)
			def.IfChanged = how
			b := newBench(t, def)
			b.party("A1", "alva")
			b.put(1, "A1", "a", day(9, 0))
			b.poll(t)
			id := b.log[0].Events[0].ID
			b.rows[0].status = "corrected"
			b.poll(t)
			b.poll(t)
			if how == adapter.Ignore {
				want(t, b.events(t, "alva"), ">a")
				b.rows[0].hemlig = true // secrecy counts even so
				b.poll(t)
				want(t, b.events(t, "alva"))
				return
			}
			want(t, b.events(t, "alva"), ">corrected")
			if len(b.log) != 2 || b.log[1].Events[0].ID != id {
				t.Error("the corrected row should replace its event under the same id, once")
			}
		})
	}
}

func TestWaitsForRecipient(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.put(1, "A1", "a", day(9, 0))
	b.put(2, "A1", "b", day(9, 1))
	b.poll(t)
	b.open(t)
	b.poll(t)
	if got := b.outcomes(); got != "map[waiting:2]" {
		t.Fatalf("outcomes %s", got)
	}
	b.party("A1", "alva", "bo")
	b.poll(t)
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", "a>b")
	want(t, b.events(t, "bo"), ">a", "a>b")
	if got := b.outcomes(); got != "map[published:2 waiting:2]" {
		t.Errorf("outcomes %s", got)
	}
}

func TestPoint21_PoisonStopsNothing(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.put(1, "A1", "poison", day(9, 0))
	b.put(2, "A1", "unknown", day(9, 1))
	b.put(3, "A1", "c", nil)
	b.put(4, "", "d", day(9, 3))
	b.put(5, "A1", "e", day(9, 4))
	b.poll(t)
	b.poll(t)
	want(t, b.events(t, "alva"), "unknown>e")
	if got := b.outcomes(); got != "map[parked:3 published:1 unmapped:1]" {
		t.Errorf("outcomes %s", got)
	}
}

func TestNet(t *testing.T) {
	b := newBench(t, definition(adapter.Net))
	b.party("A1", "alva")
	b.put(1, "A1", "a", nil)
	b.poll(t)
	row := &b.rows[0]
	for i, status := range []string{"b", "b", "a", "b"} {
		row.id, row.status = 2+i, status // a touched row gets a new cursor
		b.poll(t)
	}
	want(t, b.events(t, "alva"), ">a", "a>b", "b>a", "a>b")
	ids := map[adapter.ID]bool{}
	for _, c := range b.log {
		ids[c.Events[0].ID] = true
	}
	if len(ids) != 4 {
		t.Errorf("%d ids for four changes", len(ids))
	}
	row.hemlig = true
	b.poll(t)
	want(t, b.events(t, "alva"))
}

func TestNotUnique(t *testing.T) {
	b := newBench(t, definition(adapter.Net))
	b.party("A1", "alva")
	b.put(1, "A1", "a", nil)
	b.put(2, "A1", "b", nil)
	err := b.loop.Poll(t.Context())
	if err == nil || !strings.Contains(err.Error(), "not unique") || !strings.Contains(err.Error(), "arende") {
		t.Errorf("error %v", err)
	}
	if len(b.log) != 0 {
		t.Error("something was committed")
	}
}

func TestRunStopsAndRecovers(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.put(1, "A1", "a", day(9, 0))
	b.fail = errors.New("the database is down")
	ctx, stop := context.WithCancel(t.Context())
	b.loop.Committed = func(c []adapter.Change) {
		if b.log = append(b.log, c...); len(b.log) == 1 {
			stop()
		}
	}
	b.loop.Run(ctx)
	want(t, b.events(t, "alva"), ">a")
}

// The autumn night has the hour from two to three twice.
func TestPoint07_AmbiguousHour(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	summer := func(minute int) time.Time {
		return time.Date(2026, 10, 25, 0, minute, 0, 0, time.UTC).In(stockholm) // 02:xx summer time
	}
	b.put(1, "A1", "a", summer(30))
	b.put(2, "A1", "b", summer(50))
	b.put(3, "A1", "c", summer(10)) // the clock has been set back since
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", "a>b", "b>c")
	if got := b.log[2].Tidpunkt.UTC().Format(time.TimeOnly); got != "01:10:00" {
		t.Errorf("the third change happened at %s UTC, want 01:10:00", got)
	}
}
