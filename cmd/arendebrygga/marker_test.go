package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"arendebrygga/sink"
)

// refused runs the service and gives why it did not start.
func refused(t *testing.T, c *smallSystem) string {
	t.Helper()
	code, _, stderr := command(t, c.dir, "run")
	if code != exitNotOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	return stderr
}

// TestPoint23_MissingStore: a store that is gone is no new installation, though
// firstRun says all: nothing is published until an operator has chosen. A store of
// another installation in its place is as bad.
func TestPoint23_MissingStore(t *testing.T) {
	for name, lose := range map[string]func(t *testing.T, path string) error{
		"missing": func(_ *testing.T, path string) error { return os.Remove(path) },
		"another": func(t *testing.T, path string) error {
			other := filepath.Join(t.TempDir(), "other.db")
			s, err := sink.Open(other)
			return errors.Join(err, s.Close(), os.Rename(other, path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachKind(t, func(t *testing.T, c *smallSystem) { lostStore(t, c, name == "another", lose) })
		})
	}
}

func lostStore(t *testing.T, c *smallSystem, another bool, lose func(t *testing.T, path string) error) {
	path := filepath.Join(c.dir, "arendebrygga.db")
	c.add(t, 1, "INKOM")
	w := startService(t, c.dir)
	eventually(t, "an event", func() bool { return len(published(t, w)) == 1 })
	old := published(t, w)
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(path)
	if err := errors.Join(err, lose(t, path)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if why := refused(t, c); !strings.Contains(why, errLost.Error()) || !strings.Contains(why, "backup") || !strings.Contains(why, "baseline") {
			t.Error(why)
		}
	}
	for _, args := range [][]string{{"status"}, {"parked", "list"}, {"backup", filepath.Join(c.dir, "copy.db")}} {
		if another && args[0] == "status" {
			continue // it tells of the file that is there
		}
		if code, _, why := command(t, c.dir, args...); code != exitNotOK || !strings.Contains(why, errLost.Error()) {
			t.Errorf("%v: exit code %d: %s", args, code, why)
		}
	}
	if code, _, why := command(t, c.dir, "baseline", "bra"); code != exitUsage || !strings.Contains(why, "new store") {
		t.Errorf("begun anew without a yes: exit code %d: %s", code, why)
	}
	begunAnew(t, c, kept, old)
}

// begunAnew has the operator choose, and then finds the old store again.
func begunAnew(t *testing.T, c *smallSystem, kept []byte, old map[string]string) {
	path := filepath.Join(c.dir, "arendebrygga.db")
	mustRun(t, c.dir, &ordered{}, "baseline", "bra", "--yes")
	w := startService(t, c.dir)
	w.until(t, 200, "")
	c.add(t, 2, "INKOM")
	eventually(t, "what comes after the baseline", func() bool { return len(published(t, w)) > 0 })
	if n := len(published(t, w)); n != 1 {
		t.Errorf("%d events, want only the one after the baseline", n)
	}
	if err := errors.Join(w.stop(), os.WriteFile(path, kept, 0o600), os.Remove(markerPath(path))); err != nil {
		t.Fatal(err)
	}
	w = startService(t, c.dir) // the old store with the same ids, were it found again
	w.until(t, 503, "store may be older")
	mustRun(t, c.dir, &ordered{}, "resync", "bra", "--yes")
	eventually(t, "both", func() bool { return len(published(t, w)) == 2 })
	for id := range old {
		if _, ok := published(t, w)[id]; !ok {
			t.Error("the old event has another id")
		}
	}
}

// TestPoint23_OlderStore: a backup in the place of the store stops its sources until
// an operator has chosen. A resync then publishes what is missing, under the ids that
// it had; a baseline does not.
func TestPoint23_OlderStore(t *testing.T) {
	for _, choice := range []string{"resync", "baseline"} {
		t.Run(choice, func(t *testing.T) {
			eachKind(t, func(t *testing.T, c *smallSystem) {
				path := filepath.Join(c.dir, "arendebrygga.db")
				c.add(t, 1, "INKOM")
				w := startService(t, c.dir)
				eventually(t, "an event", func() bool { return len(published(t, w)) == 1 })
				before := published(t, w)
				mustRun(t, c.dir, &backedUp{}, "backup", filepath.Join(c.dir, "copy.db"))
				c.add(t, 2, "INKOM")
				eventually(t, "another event", func() bool { return len(published(t, w)) == 2 })
				all := published(t, w)
				if err := errors.Join(w.stop(), os.Rename(filepath.Join(c.dir, "copy.db"), path)); err != nil {
					t.Fatal(err)
				}

				w = startService(t, c.dir)
				w.until(t, 503, "store is older")
				c.add(t, 3, "INKOM")
				if diff := cmp.Diff(before, published(t, w)); diff != "" {
					t.Error("a source over an older store went on:", diff)
				}
				mustRun(t, c.dir, &ordered{}, choice, "bra", "--yes")
				w.until(t, 200, "") // it is on its way: what was published before is answered meanwhile
				want := map[string]int{"resync": 3, "baseline": 1}[choice]
				eventually(t, fmt.Sprint(want, " events"), func() bool { return len(published(t, w)) == want })
				got := published(t, w)
				maps.DeleteFunc(got, func(id, text string) bool { return strings.Contains(text, "08:03") })
				if diff := cmp.Diff(all, got); diff != "" && choice == "resync" {
					t.Error("the events came back changed:", diff)
				}
				if err := w.stop(); err != nil {
					t.Fatal(err)
				}
				w = startService(t, c.dir)
				w.until(t, 200, "") // the choice lasts
			})
		})
	}
}

// TestPoint23_OlderStoreOfOrders: a backup that lacks no change but what an operator took
// back is an older store too, and shows nobody what was withdrawn without a word.
func TestPoint23_OlderStoreOfOrders(t *testing.T) {
	c := newSmallSystem(t, "sqlite")
	c.add(t, 1, "INKOM")
	w := startService(t, c.dir)
	eventually(t, "an event", func() bool { return len(published(t, w)) == 1 })
	mustRun(t, c.dir, &backedUp{}, "backup", filepath.Join(c.dir, "copy.db"))
	mustRun(t, c.dir, &withdrawal{}, "withdraw", "--source", "bra", "--change", "1", "--yes")
	if err := errors.Join(w.stop(), os.Rename(filepath.Join(c.dir, "copy.db"), filepath.Join(c.dir, "arendebrygga.db"))); err != nil {
		t.Fatal(err)
	}
	startService(t, c.dir).until(t, 503, "withdrawn by hand")
}

// TestPoint23_OlderFile: so is the file itself, copied while nothing ran, which does not say
// that it is a copy.
func TestPoint23_OlderFile(t *testing.T) {
	c := newSmallSystem(t, "sqlite")
	path := filepath.Join(c.dir, "arendebrygga.db")
	c.add(t, 1, "INKOM")
	w := startService(t, c.dir)
	eventually(t, "an event", func() bool { return len(published(t, w)) == 1 })
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	older, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	mustRun(t, c.dir, &withdrawal{}, "withdraw", "--source", "bra", "--change", "1", "--yes")
	writeFile(t, path, string(older))
	startService(t, c.dir).until(t, 503, "withdrawn by hand")
}

// TestPoint23_DamagedStore: a store that cannot be read is never replaced by a new one.
func TestPoint23_DamagedStore(t *testing.T) {
	eachKind(t, func(t *testing.T, c *smallSystem) {
		path := filepath.Join(c.dir, "arendebrygga.db")
		c.add(t, 1, "INKOM")
		w := startService(t, c.dir)
		eventually(t, "an event", func() bool { return len(published(t, w)) == 1 })
		if err := w.stop(); err != nil {
			t.Fatal(err)
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for name, broken := range map[string][]byte{"cut": whole[:len(whole)/2], "empty": {}, "overwritten": make([]byte, len(whole))} {
			if err := os.WriteFile(path, broken, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"run"}, {"baseline", "bra", "--yes"}, {"resync", "bra", "--yes"}} {
				cmd := exec.Command("arendebrygga", args...) // a process of its own, as one that met a damaged file keeps it locked
				cmd.Dir = c.dir
				why, err := cmd.CombinedOutput()
				if cmd.ProcessState.ExitCode() != exitNotOK || !strings.Contains(string(why), "backup") {
					t.Errorf("%s, %v: %v: %s", name, args, err, why)
				}
			}
			if after, _ := os.ReadFile(path); len(after) != len(broken) {
				t.Errorf("%s: the file was changed", name)
			}
		}
	})
}

// TestExisting: a service unit says that a store must be there, for the day when its
// volume is not mounted.
func TestExisting(t *testing.T) {
	c := newSmallSystem(t, "sqlite")
	if code, _, why := command(t, c.dir, "run", "--existing"); code != exitNotOK || !strings.Contains(why, "mounted") {
		t.Errorf("exit code %d: %s", code, why)
	}
	if left, _ := filepath.Glob(filepath.Join(c.dir, "arendebrygga.db*")); len(left) > 0 {
		t.Error("something was made:", left)
	}
}

// TestMarkerThatCannotBeRead: only what is in the file, never that it cannot be opened,
// is a reason to remove it, which stops every source.
func TestMarkerThatCannotBeRead(t *testing.T) {
	store := filepath.Join(t.TempDir(), "a.db")
	if err := os.Mkdir(markerPath(store), 0o700); err != nil { // who runs tests as root may read any file
		t.Fatal(err)
	}
	if _, err := readMarker(store); err == nil || strings.Contains(err.Error(), "remove") || !strings.Contains(err.Error(), "as the user") {
		t.Errorf("of one that cannot be opened: %v", err)
	}
	if err := os.Remove(markerPath(store)); err != nil {
		t.Fatal(err)
	}
	writeFile(t, markerPath(store), "x")
	if _, err := readMarker(store); err == nil || !strings.Contains(err.Error(), "remove this file") {
		t.Errorf("of one with other content: %v", err)
	}
}
