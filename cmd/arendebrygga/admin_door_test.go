package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// serveDoor opens a door as a running process does, and answers who is there.
func serveDoor(t *testing.T, open func(string) (*door, error), store string) *door {
	t.Helper()
	d, err := open(store)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /hello", answers(func(context.Context, nothing) (greeting, error) { return greeting{Process: 7}, nil }))
	srv := &http.Server{Handler: guarded(d.token, mux), ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(d) }()
	t.Cleanup(func() { _ = errors.Join(srv.Close(), d.Close()) })
	return d
}

// doors are both ways to reach a process; the second is the one of Windows, and works
// anywhere.
var doors = map[string]struct {
	open func(string) (*door, error)
	find func(string) (*knock, error)
}{"system": {openDoor, findDoor}, "token": {openTokenDoor, findTokenDoor}}

// TestDoor: nobody is there, somebody is there and only for its owner, somebody was
// there and died.
func TestDoor(t *testing.T) {
	for name, way := range doors {
		t.Run(name, func(t *testing.T) {
			store := filepath.Join(t.TempDir(), "store.db")
			writeFile(t, store, "")
			if _, err := way.find(store); !errors.Is(err, errNobody) {
				t.Error("somebody answers before anything runs:", err)
			}
			d := serveDoor(t, way.open, store)
			if info, err := os.Stat(d.path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("others may come in: %v, %v", info.Mode(), err)
			}
			k, err := way.find(store)
			if err != nil {
				t.Fatal(err)
			}
			got, err := approach(t.Context(), k)
			if err != nil || got.Process != 7 {
				t.Errorf("%+v, %v", got, err)
			}
			if d.token != "" {
				k.token = strings.ToLower(k.token)
				if _, err := approach(t.Context(), k); err == nil || !strings.Contains(err.Error(), "token") {
					t.Error("a wrong token is let in:", err)
				}
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(d.path); !errors.Is(err, os.ErrNotExist) {
				t.Error("the file is left behind:", err)
			}
			if _, err := way.find(store); !errors.Is(err, errNobody) {
				t.Error(err)
			}
		})
	}
}

// TestDeadDoor: what a process that was killed left behind is in nobody's way.
func TestDeadDoor(t *testing.T) {
	for name, way := range doors {
		t.Run(name, func(t *testing.T) {
			store := filepath.Join(t.TempDir(), "store.db")
			d, err := way.open(store)
			if err != nil {
				t.Fatal(err)
			}
			if l, ok := d.Listener.(*net.UnixListener); ok {
				l.SetUnlinkOnClose(false)
			}
			if err := d.Listener.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(d.path); err != nil {
				t.Fatal("nothing was left behind:", err)
			}
			if _, err := way.find(store); !errors.Is(err, errNobody) {
				t.Error("a dead process is taken for one that runs:", err)
			}
			serveDoor(t, way.open, store)
			if _, err := way.find(store); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDoorPath: a path that is too long for a socket is shortened, to the same one for
// everybody who means this store.
func TestDoorPath(t *testing.T) {
	store := filepath.Join(t.TempDir(), strings.Repeat("long", 30), "store.db")
	writeFile(t, store, "")
	if n := len(doorPath(store)); n > maxSocketPath {
		t.Errorf("a path of %d bytes", n)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Dir(store), link); err != nil {
		t.Skip(err)
	}
	if a, b := doorPath(store), doorPath(filepath.Join(link, "store.db")); a != b {
		t.Error("one store, two doors:", a, b)
	}
	serveDoor(t, openDoor, store)
	if _, err := findDoor(filepath.Join(link, "store.db")); err != nil {
		t.Error(err)
	}
	t.Setenv("TMPDIR", filepath.Dir(store)) // which is no shorter
	if n := len(doorPath(store)); n > maxSocketPath {
		t.Errorf("a path of %d bytes in a folder for temporary files that is as long", n)
	}
}

// TestDoorInTheWay: a file that is not a socket is never removed.
func TestDoorInTheWay(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no sockets here")
	}
	store := filepath.Join(t.TempDir(), "store.db")
	writeFile(t, doorPath(store), "somebody's file")
	if _, err := openDoor(store); err == nil || !strings.Contains(err.Error(), "in the way") {
		t.Error(err)
	}
	if text, err := os.ReadFile(doorPath(store)); string(text) != "somebody's file" {
		t.Error(text, err)
	}
	if _, err := findDoor(store); err == nil || errors.Is(err, errNobody) {
		t.Error(err)
	}
}

// TestSilentProcess: a process that holds the store and does not answer is told as
// that, and not waited for without end.
func TestSilentProcess(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store.db")
	d, err := openDoor(store)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	k, err := findDoor(store)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	if _, err := approach(ctx, k); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
