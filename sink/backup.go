package sink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Backup writes a copy of the store as it is at one moment, which works as a store
// itself: the keys that ids are made with are in it. Commits go on meanwhile. size is
// told how many bytes there will be, before the first of them; it may be nil. A copy
// is whole only if there was no error.
func (s *Store) Backup(ctx context.Context, w io.Writer, size func(int64)) error {
	copied := &patient{ctx: ctx, to: w}
	err := s.view(nil, func(tx *bolt.Tx) error {
		if size != nil {
			size(tx.Size())
		}
		n, err := tx.WriteTo(copied)
		if err == nil && n != tx.Size() {
			err = damage(fmt.Sprintf("it has %d bytes of %d", n, tx.Size()))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("backup: %w", errors.Join(copied.failed, unless(copied.failed, err)))
	}
	return nil
}

// unless gives err only where there is no better one: bbolt writes errors of the
// writer into a text of its own.
func unless(better, err error) error {
	if better != nil {
		return nil
	}
	return err
}

// patient is a writer that ends with its context.
type patient struct {
	ctx    context.Context
	to     io.Writer
	failed error
}

func (p *patient) Write(b []byte) (n int, err error) {
	if p.failed = p.ctx.Err(); p.failed == nil {
		n, p.failed = p.to.Write(b)
	}
	return n, p.failed
}

// OpenCopy opens a store that nobody writes to, such as a backup, without changing
// anything in it: only what reads works on it. No file at path is an error.
func OpenCopy(path string) (*Store, error) {
	s := &Store{path: path, sources: map[string]uint32{}, producers: map[string]uint16{}}
	if err := s.openCopy(); err != nil {
		s.letGo()
		return nil, s.wrap(err)
	}
	s.workers.New = s.newWorker
	return s, nil
}

func (s *Store) openCopy() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = damage(p)
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	if info, err := os.Stat(s.path); err != nil {
		return plain(err)
	} else if !info.Mode().IsRegular() {
		return errors.New("is not a regular file")
	}
	o := options(0, func(name string, flag int, mode os.FileMode) (_ *os.File, err error) {
		s.file, err = os.OpenFile(name, flag&^os.O_CREATE, mode)
		return s.file, err
	})
	o.ReadOnly = true
	s.db, err = bolt.Open(s.path, 0, o)
	switch {
	case err == nil:
		return s.check()
	case errors.Is(err, berrors.ErrTimeout):
		return ErrHeld
	case errors.As(err, new(*fs.PathError)):
		return plain(err)
	}
	return foreign(s.path, err)
}
