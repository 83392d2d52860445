//go:build !windows

package main

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a file that is made beside a store the store's owner. A command that
// root gives while nothing runs would leave one there that the service's user cannot
// read, and the service would not start any more.
func keepOwner(made *os.File, store string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(store)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	of := info.Sys().(*syscall.Stat_t)
	return made.Chown(int(of.Uid), int(of.Gid))
}
