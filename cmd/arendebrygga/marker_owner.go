//go:build !windows

package main

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a file that was made the owner of the one that it belongs to: a marker its
// store's, and a store that begins anew its marker's. A command that root gives while nothing
// runs would leave one there that the service's user cannot read, and the service would not
// start any more.
func keepOwner(made, other string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(other)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	of := info.Sys().(*syscall.Stat_t)
	return os.Chown(made, int(of.Uid), int(of.Gid))
}
