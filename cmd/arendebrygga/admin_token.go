package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// openTokenDoor listens for commands on a port of this machine, where there are no
// Unix sockets. The port and a token stand in a file that the folder of the store
// keeps from others.
func openTokenDoor(store string) (*door, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &door{Listener: ln, token: rand.Text(), path: doorPath(store)}
	if err := d.writeToken(); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return d, nil
}

// writeToken puts the file in place when it is whole.
func (d *door) writeToken() error {
	draft, err := os.CreateTemp(filepath.Dir(d.path), filepath.Base(d.path)+".new-*") // with mode 0600
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(draft, "%s %s\n", d.Addr(), d.token)
	if err = errors.Join(err, draft.Close()); err == nil {
		err = os.Rename(draft.Name(), d.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return nil
}

// findTokenDoor is [findDoor] for a port with a token.
func findTokenDoor(store string) (*knock, error) {
	path := doorPath(store)
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errNobody
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%w; run this as the user that runs arendebrygga", err)
	case err != nil:
		return nil, err
	}
	addr, token, ok := strings.Cut(strings.TrimSpace(string(text)), " ")
	if host, _, err := net.SplitHostPort(addr); !ok || err != nil || host != "127.0.0.1" {
		return nil, fmt.Errorf("%s does not say a port and a token; remove it and start arendebrygga again", path)
	}
	dial := func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", addr)
	}
	conn, err := dial(context.Background())
	switch {
	case err == nil:
		return &knock{dial: dial, token: token}, conn.Close()
	case errors.Is(err, syscall.ECONNREFUSED):
		return nil, errNobody // its process died
	}
	return nil, err
}
