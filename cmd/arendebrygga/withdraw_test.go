package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWithdraw: what an operator takes back is gone from the next answer on, and stays
// gone whatever happens.
func TestWithdraw(t *testing.T) {
	eachKind(t, func(t *testing.T, c *smallSystem) {
		for id := range 3 {
			c.add(t, id+1, "INKOM")
		}
		w := startService(t, c.dir)
		eventually(t, "the events", func() bool { return len(published(t, w)) == 3 })
		var ids []string
		for id := range published(t, w) {
			ids = append(ids, id)
		}
		if code, _, stderr := command(t, c.dir, "withdraw", ids[0]); code != exitUsage || !strings.Contains(stderr, "1 event of 1 change is taken back") {
			t.Errorf("exit code %d: %s", code, stderr)
		}
		var took withdrawal
		mustRun(t, c.dir, &took, "withdraw", ids[0], "--yes")
		if diff := cmp.Diff(withdrawal{Changes: 1, Events: 1}, took); diff != "" {
			t.Error(diff)
		}
		left := published(t, w)
		if _, ok := left[ids[0]]; ok || len(left) != 2 {
			t.Errorf("%d events after one of 3 was withdrawn", len(left))
		}
		if code, _, stderr := command(t, c.dir, "withdraw", ids[0], "--yes"); code != exitNotOK || !strings.Contains(stderr, "not found") {
			t.Errorf("withdrawn twice: exit code %d: %s", code, stderr)
		}
		if code, _, stderr := command(t, c.dir, "withdraw", "nonsense", "--yes"); code != exitNotOK || !strings.Contains(stderr, "kundhandelseId") {
			t.Errorf("exit code %d: %s", code, stderr)
		}
		var list parkedList
		mustRun(t, c.dir, &list, "parked", "list")
		var done replayed
		mustRun(t, c.dir, &done, "parked", "replay", "--source", "bra", "--outcome", "withheld", "--yes")
		mustRun(t, c.dir, &ordered{}, "resync", "bra", "--yes")
		w.until(t, 200, "")
		if err := w.stop(); err != nil {
			t.Fatal(err)
		}
		mustRun(t, c.dir, &took, "withdraw", "--source", "bra", "--change", "1,2,3", "--yes") // on the file
		w = startService(t, c.dir)
		w.until(t, 200, "")
		if n := len(published(t, w)); n != 0 || took.Changes != 3 || took.Events != 2 {
			t.Errorf("%d events are left; took back %+v", n, took)
		}
	})
}

// TestDiscard: what is discarded is settled, and not judged again by a replay.
func TestDiscard(t *testing.T) {
	c := newSmallSystem(t, "sqlite")
	for id, kod := range []string{"INKOM", "OKAND", "OKAND", "ANNAN"} {
		c.add(t, id+1, kod)
	}
	w := startService(t, c.dir)
	eventually(t, "the event", func() bool { return len(published(t, w)) == 1 })
	if code, _, stderr := command(t, c.dir, "parked", "discard", "--status", "OKAND"); code != exitUsage || !strings.Contains(stderr, "2 changes will never be published") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	var n settledCount
	mustRun(t, c.dir, &n, "parked", "discard", "--status", "OK*", "--yes")
	if n.Changes != 2 {
		t.Errorf("discarded %d changes, want 2", n.Changes)
	}
	var list parkedList
	mustRun(t, c.dir, &list, "parked", "list")
	if len(list.Changes) != 1 || list.Changes[0].Status != "ANNAN" {
		t.Errorf("left: %+v", list.Changes)
	}
	if code, text, stderr := command(t, c.dir, "parked", "show", "bra/4"); code != exitOK || !regexp.MustCompile(`(?m)^reason +no mapping takes this status$`).MatchString(text) {
		t.Errorf("exit code %d: %s%s", code, text, stderr)
	}
	var shown []openChange
	mustRun(t, c.dir, &shown, "parked", "show", "bra/2")
	if len(shown) != 1 || shown[0].Outcome != "ignored" || shown[0].Reasons[0].Code != "discarded" || shown[0].Row != "" || shown[0].Case != "" {
		t.Errorf("%+v", shown)
	}
	mustRun(t, c.dir, &shown, "parked", "show", "bra/2", "--keys")
	if shown[0].Row == "" || shown[0].Case == "" {
		t.Errorf("%+v", shown)
	}
}
