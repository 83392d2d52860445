package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

// door is where commands reach the process that holds a store.
type door struct {
	net.Listener
	token string // that a command must show; empty where the system keeps others out
	path  string // of the socket, or of the file with the token

	once   sync.Once
	closed error
}

// Close ends listening, and takes the file away that says where.
func (d *door) Close() error {
	d.once.Do(func() {
		d.closed = d.Listener.Close() // with it goes the file of a socket
		if d.token != "" {
			d.closed = errors.Join(d.closed, os.Remove(d.path))
		}
	})
	return d.closed
}

// errNobody says that no process can be reached beside a store.
var errNobody = errors.New("nobody answers")

// maxSocketPath is how long a socket's path may be: the shortest limit of any system
// is 104 bytes.
const maxSocketPath = 100

// doorPath gives where the door to a store is: beside it, or in the system's folder
// of temporary files if that path would be too long for a socket, or in /tmp if that one
// would be, too.
func doorPath(store string) string {
	if abs, err := filepath.Abs(store); err == nil {
		store = abs
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(store)); err == nil {
		store = filepath.Join(folder, filepath.Base(store))
	}
	if path := store + ".sock"; len(path) <= maxSocketPath {
		return path
	}
	sum := sha256.Sum256([]byte(store))
	name := "arendebrygga-" + hex.EncodeToString(sum[:8]) + ".sock"
	if path := filepath.Join(os.TempDir(), name); len(path) <= maxSocketPath || runtime.GOOS == "windows" { // where it is an ordinary file
		return path
	}
	return filepath.Join("/tmp", name)
}
