package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestLostStoreIsCountedFirst holds that a resync tells how much it publishes also where
// the store is lost, whatever firstRun says, and that only to count makes no store.
func TestLostStoreIsCountedFirst(t *testing.T) {
	for _, firstRun := range []string{"all", "baseline"} {
		t.Run(firstRun, func(t *testing.T) {
			c := newSmallSystem(t, "sqlite")
			path := filepath.Join(c.dir, "arendebrygga.db")
			w := startService(t, c.dir)
			w.until(t, 200, "")
			c.add(t, 1, "INKOM")
			c.add(t, 2, "INKOM")
			eventually(t, "the events", func() bool { return len(published(t, w)) == 2 })
			if err := errors.Join(w.stop(), os.Remove(path)); err != nil {
				t.Fatal(err)
			}
			c.write(t, "path: "+filepath.Join(c.dir, "bra.db"), firstRun)
			var done ordered
			mustRun(t, c.dir, &done, "resync", "bra", "--dry-run")
			if !done.Dry || done.Totals == nil || done.Totals.Events != 2 {
				t.Errorf("a dry one counted %+v", done.Totals)
			}
			if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("only to count made a store: %v", err)
			}
			if code, _, why := command(t, c.dir, "resync", "bra"); code != exitUsage || !strings.Contains(why, "publishes 2 events of 2 changes") {
				t.Errorf("exit code %d: %s", code, why)
			}
			if code, _, why := command(t, c.dir, "resync", "bar", "--yes"); code != exitNotOK || !strings.Contains(why, "did you mean bra?") {
				t.Errorf("a source that is not there: exit code %d: %s", code, why)
			}
			mustRun(t, c.dir, &done, "resync", "bra", "--yes")
			w = startService(t, c.dir)
			w.until(t, 200, "")
			if n := len(published(t, w)); n != 2 || done.Totals.Events != 2 {
				t.Errorf("counted %+v, and published %d events", done.Totals, n)
			}
		})
	}
}

// TestResyncOutsideHours holds that a resync that is ordered outside allowedHours says when
// it begins, and that it is counted all the same.
func TestResyncOutsideHours(t *testing.T) {
	c := newSmallSystem(t, "sqlite")
	c.add(t, 1, "INKOM")
	w := startService(t, c.dir)
	eventually(t, "an event", func() bool { return len(published(t, w)) == 1 })
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	opens := time.Now().In(stockholm).Add(2 * time.Hour)
	hours := opens.Format("15:04") + "-" + opens.Add(time.Hour).Format("15:04")
	c.write(t, "path: "+filepath.Join(c.dir, "bra.db"), "all\n    limits: { allowedHours: \""+hours+"\" }")
	c.add(t, 2, "INKOM")
	w = startService(t, c.dir)
	code, out, why := command(t, c.dir, "resync", "bra", "--yes")
	if code != exitOK || !strings.Contains(out, "resync of source bra begins at "+opens.Format("2006-01-02T15:04:00")) || !strings.Contains(why, "counted is read now all the same") {
		t.Errorf("exit code %d: %s%s", code, out, why)
	}
	var done ordered
	mustRun(t, c.dir, &done, "resync", "bra", "--yes")
	if done.Begins == nil || done.Totals.Events != 1 || len(published(t, w)) != 1 {
		t.Errorf("begins at %v, counted %+v, %d published", done.Begins, done.Totals, len(published(t, w)))
	}
}

// TestBaselineTellsWhatIsOpen holds that a baseline says how many changes it leaves
// unpublished, and how many can still be replayed.
func TestBaselineTellsWhatIsOpen(t *testing.T) {
	c := newSmallSystem(t, "sqlite")
	w := startService(t, c.dir)
	c.add(t, 1, "INKOM")
	c.add(t, 2, "UNKNOWN")
	eventually(t, "an unmapped change", func() bool { return openOf(t, c.dir) == 1 })
	if code, _, why := command(t, c.dir, "baseline", "bra"); code != exitUsage || !strings.Contains(why, "0 changes that would be published later") || !strings.Contains(why, "1 change otherwise parked") {
		t.Errorf("exit code %d: %s", code, why)
	}
	var done ordered
	mustRun(t, c.dir, &done, "baseline", "bra", "--yes")
	if done.Open == nil || done.Open.Left != 1 || done.Open.Settled != 0 {
		t.Errorf("told %+v", done.Open)
	}
	w.until(t, 200, "")
	if n := openOf(t, c.dir); n != 1 {
		t.Errorf("%d changes are open after it", n)
	}
}

// openOf counts the changes that parked list lists.
func openOf(t *testing.T, dir string) int {
	t.Helper()
	var list parkedList
	mustRun(t, dir, &list, "parked", "list")
	return len(list.Changes)
}
