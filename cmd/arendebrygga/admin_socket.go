//go:build !windows

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
)

// openDoor listens for commands on a Unix socket that only the user who runs the
// process can connect to. Whoever opens a door holds the store, so a socket that is
// there already belonged to a process that is dead.
func openDoor(store string) (*door, error) {
	path := doorPath(store)
	switch info, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSocket == 0:
		return nil, fmt.Errorf("%s is in the way: it is not a socket, so it is left alone", path)
	default:
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return &door{Listener: ln, path: path}, nil
}

// findDoor finds out how to reach the process that holds a store; see [errNobody].
func findDoor(store string) (*knock, error) {
	path := doorPath(store)
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errNobody
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSocket == 0:
		return nil, fmt.Errorf("%s is not a socket", path)
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; !trusted(owner, store) {
		return nil, fmt.Errorf("%s belongs to another user than the store, who may have put it there", path)
	}
	dial := func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	switch conn, err := dial(context.Background()); {
	case err == nil:
		return &knock{dial: dial}, conn.Close()
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, fs.ErrNotExist):
		return nil, errNobody // its process died, or has just ended
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%w; run this as the user that runs arendebrygga, or as root", err)
	default:
		return nil, err
	}
}

// trusted tells whether a user may stand behind a store's door: the owner of the
// store, or who asks.
func trusted(owner uint32, store string) bool {
	if int(owner) == os.Geteuid() || owner == 0 {
		return true
	}
	info, err := os.Stat(store)
	return err == nil && info.Sys().(*syscall.Stat_t).Uid == owner
}
