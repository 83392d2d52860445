//go:build !windows

package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestRootLeavesFilesToTheService: after a command of root's, given while nothing runs,
// all files of the store are still the service's user's.
func TestRootLeavesFilesToTheService(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	c := newSmallSystem(t, "sqlite")
	c.add(t, 1, "INKOM")
	w := startService(t, c.dir)
	eventually(t, "an event", func() bool { return len(published(t, w)) == 1 })
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	const service = 65534
	store := filepath.Join(c.dir, "arendebrygga.db")
	for _, path := range []string{store, markerPath(store)} {
		if err := os.Chown(path, service, service); err != nil {
			t.Fatal(err)
		}
	}
	anew := []string{"baseline", "bra", "--yes"}
	for _, args := range [][]string{{"parked", "list"}, anew, anew} {
		if code, _, stderr := command(t, c.dir, args...); code != exitOK {
			t.Fatalf("%v: exit code %d: %s", args, code, stderr)
		}
		for _, path := range []string{store, markerPath(store)} {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if of := info.Sys().(*syscall.Stat_t); of.Uid != service || of.Gid != service {
				t.Errorf("after %v: %s belongs to %d:%d", args, filepath.Base(path), of.Uid, of.Gid)
			}
		}
		if args[0] == anew[0] {
			if err := os.Remove(store); err != nil { // the next one begins anew
				t.Fatal(err)
			}
		}
	}
}
