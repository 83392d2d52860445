package main

import (
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"arendebrygga/adapter"
)

// The mapping of TestPoint21 before and after it is mended.
const (
	faultyMapping = runMapping + `  - { steg: BESLUT, namn: Beslut, till: [BESLUT], bollen: i_mal, rubrik: Beslut, beskrivning: "Vilar {{ rad.vila }}" }
`
	mendedMapping = runMapping + `  - { steg: BESLUT, namn: Beslut, till: [BESLUT], bollen: i_mal, rubrik: Beslut, beskrivning: "Klart.[[ Vilar {{ rad.vila }}.]]" }
  - { steg: NY, namn: Ny, till: [NY], bollen: hos_oss, rubrik: Ny, beskrivning: Ny }
`
)

// TestPoint21_ReplayAfterAFix: an unknown status, an error in a rule and a row without
// a time are unmapped and parked with their reasons while everything else goes on.
// Replay after a fix publishes each exactly once, with its own tidpunkt.
func TestPoint21_ReplayAfterAFix(t *testing.T) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // one that comes too early must not end the test
	eachKind(t, func(t *testing.T, c *smallSystem) {
		mapping := filepath.Join(c.dir, "mappings/byra.yaml")
		writeFile(t, mapping, faultyMapping)
		for id, kod := range []string{"", "INKOM", "NY", "BESLUT"} {
			if kod != "" {
				c.add(t, id, kod)
			}
		}
		execAll(t, c.db, "INSERT INTO handelse VALUES (4, '199009222382', NULL, 'INKOM')")
		c.add(t, 5, "INKOM")
		w := startService(t, c.dir)
		w.again = func() (*loaded, adapter.Problems) {
			return loadAll(filepath.Join(c.dir, "arendebrygga.yaml"), nil, nil)
		}
		go w.reloadAtHangup(t.Context())
		eventually(t, "the good rows are published", func() bool { return len(published(t, w)) == 2 })

		var list parkedList
		mustRun(t, c.dir, &list, "parked", "list")
		got := map[string]bool{}
		for _, ch := range list.Changes {
			got[ch.Outcome+" "+ch.Status] = ch.Outcome == "unmapped" || len(ch.Reasons) > 0
		}
		want := map[string]bool{"unmapped NY": true, "parked BESLUT": true, "parked INKOM": true}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		var before replayed
		mustRun(t, c.dir, &before, "parked", "replay", "--all", "--yes")
		if before.Totals.Events != 0 || len(published(t, w)) != 2 {
			t.Error("something was published before anything was mended:", before)
		}

		writeFile(t, mapping, mendedMapping)
		hangup(t, w, "rules reloaded")
		if code, _, stderr := command(t, c.dir, "parked", "replay", "--all"); code != exitUsage || !strings.Contains(stderr, "publishes 2 events of 2 changes") || !strings.Contains(stderr, "--yes") {
			t.Errorf("exit code %d: %s", code, stderr)
		}
		if code, text, stderr := command(t, c.dir, "parked", "replay", "--all", "--dry-run"); code != exitOK || !strings.Contains(text, "2 events of 2 changes, 1 as before; nothing was published") {
			t.Errorf("exit code %d: %s%s", code, text, stderr)
		}
		if code, text, stderr := command(t, c.dir, "parked", "list"); code != exitOK || !strings.Contains(text, "+0") { // in the source's zone
			t.Errorf("exit code %d: %s%s", code, text, stderr)
		}
		var dry replayed
		mustRun(t, c.dir, &dry, "parked", "replay", "--all", "--dry-run")
		if dry.Totals.Events != 2 || len(published(t, w)) != 2 {
			t.Error("a dry run counts wrong, or publishes:", dry, len(published(t, w)))
		}
		var done replayed
		mustRun(t, c.dir, &done, "parked", "replay", "--all", "--yes")
		events := published(t, w)
		times := []string{"BESLUT 2026-05-04T08:03:00+02:00", "INKOM 2026-05-04T08:01:00+02:00", "INKOM 2026-05-04T08:05:00+02:00", "NY 2026-05-04T08:02:00+02:00"}
		for i := range times {
			times[i] = "KOMMUN.BYRA." + times[i]
		}
		if diff := cmp.Diff(times, sortedValues(events)); diff != "" {
			t.Error(diff)
		}
		mustRun(t, c.dir, &done, "parked", "replay", "--all", "--yes")
		if diff := cmp.Diff(events, published(t, w)); diff != "" || done.Totals.Events != 0 {
			t.Error("a second replay does something:", diff, done)
		}
		if _, text, _ := command(t, c.dir, "parked", "replay", "--status", "INGEN", "--yes"); !strings.Contains(text, "no open change is meant") {
			t.Errorf("printed %s", text)
		}
		mustRun(t, c.dir, &list, "parked", "list", "--reason", list.Changes[0].Reasons[0].Code)
		if err := w.stop(); err != nil {
			t.Error(err)
		}
		mustRun(t, c.dir, &list, "parked", "list") // by now on the file itself
		if len(list.Changes) != 1 || list.Changes[0].Status != "INKOM" {
			t.Error("what cannot be mended is not parked any more:", list)
		}
	})
}
