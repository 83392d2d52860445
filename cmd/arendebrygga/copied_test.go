package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"arendebrygga/sink"
)

// TestPoint23_CopyElsewhere: on another machine, where no marker is or only one of the
// moment of the copy, a backup is an older store too, and so is a bare copy of the file.
// Looking at it is no choice. The store that was copied never takes itself for a copy.
func TestPoint23_CopyElsewhere(t *testing.T) {
	eachKind(t, func(t *testing.T, c *smallSystem) {
		c.add(t, 1, "INKOM")
		w := startService(t, c.dir)
		eventually(t, "an event", func() bool { return len(published(t, w)) == 1 })
		here := filepath.Join(c.dir, "arendebrygga.db")
		backup, marked := filepath.Join(c.dir, "copy.db"), filepath.Join(c.dir, "marked.db")
		mustRun(t, c.dir, &backedUp{}, "backup", backup) // while it runs
		if err := w.stop(); err != nil {
			t.Fatal(err)
		}
		mustRun(t, c.dir, &backedUp{}, "backup", marked) // while nothing does
		file, err := os.ReadFile(here)
		mark, markErr := os.ReadFile(markerPath(here))
		if err := errors.Join(err, markErr); err != nil {
			t.Fatal(err)
		}
		w = startService(t, c.dir)
		mustRun(t, c.dir, &withdrawal{}, "withdraw", "--source", "bra", "--change", "1", "--yes")
		eventually(t, "the event is taken back", func() bool { return len(published(t, w)) == 0 })
		for _, there := range []struct {
			name, says string
			store      []byte
			mark       []byte
		}{
			{"a backup", "a copy that was made on", bytesOf(t, backup), nil},
			{"a backup with its marker", "a copy that was made on", bytesOf(t, marked), mark},
			{"the bare file", "arendebrygga.db.made", file, nil},
		} {
			t.Run(there.name, func(t *testing.T) {
				dir := t.TempDir()
				elsewhere(t, c.dir, dir)
				path := filepath.Join(dir, "arendebrygga.db")
				writeFile(t, path, string(there.store))
				if there.mark != nil {
					writeFile(t, markerPath(path), string(there.mark))
				}
				copied(t, c, dir, there.says)
			})
		}
		if err := w.stop(); err != nil {
			t.Fatal(err)
		}
		startService(t, c.dir).until(t, 200, "")
	})
}

// copied looks at a copy in dir, and runs and chooses.
func copied(t *testing.T, c *smallSystem, dir, says string) {
	t.Helper()
	for _, args := range [][]string{{"status"}, {"backup", "--verify", filepath.Join(dir, "arendebrygga.db")}, {"parked", "list"}, {"status"}} {
		if code, _, stderr := command(t, dir, args...); code != exitOK {
			t.Errorf("%v: exit code %d: %s", args, code, stderr)
		}
	}
	w := startService(t, dir)
	w.until(t, 503, says)
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	w = startService(t, dir) // it stays so over a restart
	w.until(t, 503, "withdraw it again")
	mustRun(t, dir, &ordered{}, "resync", "bra", "--yes")
	w.until(t, 200, "")
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	w = startService(t, dir)
	w.until(t, 200, "")
	mustRun(t, dir, &backedUp{}, "backup", filepath.Join(dir, "again.db"))
	if store, err := sink.OpenCopy(filepath.Join(dir, "again.db")); err != nil || store.Copied().IsZero() || store.Close() != nil {
		t.Error("a copy of the store that was a copy is none:", err)
	}
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	if store, err := sink.OpenCopy(filepath.Join(dir, "arendebrygga.db")); err != nil || !store.Copied().IsZero() || store.Close() != nil {
		t.Error("a store in its own right is taken for a copy:", err)
	}
}

func bytesOf(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCopyHaltsWhatIsNotInIt: a source that the copy knows nothing of may have been added
// after it was made, so it does not begin as firstRun says.
func TestCopyHaltsWhatIsNotInIt(t *testing.T) {
	c := newSmallSystem(t, "sqlite")
	c.add(t, 1, "INKOM")
	path := filepath.Join(c.dir, "arendebrygga.db")
	if store, err := sink.Open(path); err != nil || store.Close() != nil {
		t.Fatal(err)
	}
	mustRun(t, c.dir, &backedUp{}, "backup", filepath.Join(c.dir, "copy.db"))
	if err := errors.Join(os.Rename(filepath.Join(c.dir, "copy.db"), path), os.Remove(markerPath(path))); err != nil {
		t.Fatal(err)
	}
	w := startService(t, c.dir)
	w.until(t, 503, "store is older")
	if n := len(published(t, w)); n != 0 {
		t.Errorf("%d events of a source that waits for a choice", n)
	}
	if code, stdout, _ := command(t, c.dir, "status"); code != exitOK || !strings.Contains(stdout, "resync bra") {
		t.Errorf("exit code %d, the way on is not told: %s", code, stdout)
	}
}
