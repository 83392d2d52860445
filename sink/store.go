package sink

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"arendebrygga/adapter"
)

// What is wrong with a store.
var (
	ErrHeld    = errors.New("another process holds the store; only one arendebrygga can run on it at a time")
	ErrDamaged = errors.New("damaged")
	ErrClosed  = errors.New("the store is closed")
)

// damage makes the error for a file that cannot be read as it should. The cause
// may be what a panic gave.
func damage(cause any) error {
	if fault, ok := cause.(interface{ Addr() uintptr }); ok && fault.Addr() != 0 {
		cause = "a part of the file is missing"
	}
	return fmt.Errorf("the store is %w (%v); keep the file and put a backup in its place: a new store would publish old events again, under other ids", ErrDamaged, cause)
}

// Store is one open file. Its methods may be called by many goroutines at a time.
type Store struct {
	path      string
	db        *bolt.DB
	file      *os.File // what db reads and writes
	idKey     adapter.IDKey
	hashKey   []byte
	made      time.Time
	copied    time.Time // see Copied
	zones     zones
	stockholm *time.Location
	workers   sync.Pool // of *worker

	mu        sync.Mutex
	sources   map[string]uint32 // numbers in the file; those handed out by a failed commit are not
	producers map[string]uint16
	broken    error // a write that panicked: the file in memory cannot be trusted any more

	record func(b bucket, key, value []byte) // told of every write, nil values being deletions; for the benchmark
}

var _ adapter.Store = (*Store)(nil)

// worker holds what one goroutine uses while it commits or answers.
type worker struct {
	*hasher
	renderer
	stage stage
	event Event
	head  header
	words map[string]string
}

func (s *Store) worker() *worker { return s.workers.Get().(*worker) }

// Made tells when the store was made.
func (s *Store) Made() time.Time { return s.made }

// Writes tells how often the file has been written, so that an older copy of it has
// fewer.
func (s *Store) Writes() (n uint64, err error) {
	err = s.view(nil, func(tx *bolt.Tx) error {
		n = uint64(tx.ID())
		return nil
	})
	return n, err
}

// IDKey is the key that event ids are made with.
func (s *Store) IDKey() adapter.IDKey { return s.idKey }

// Close waits for what is under way and gives the file free.
func (s *Store) Close() error {
	if s.state() != nil {
		return s.file.Close() // bbolt could wait for the broken write for ever
	}
	return s.db.Close()
}

// state gives the error that every call gets once a write has panicked.
func (s *Store) state() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

// view reads in one transaction. Damaged pages make bbolt panic or fault: that
// becomes ErrDamaged, unless foreign says that the panic is the caller's own.
func (s *Store) view(foreign *bool, read func(tx *bolt.Tx) error) (err error) {
	if err := s.state(); err != nil {
		return err
	}
	defer func() {
		if foreign == nil || !*foreign {
			s.rescue(recover(), &err)
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return s.wrap(s.db.View(read))
}

// update writes in one transaction, synced to the disk before it returns.
func (s *Store) update(write func(tx *bolt.Tx) error) (err error) {
	if err := s.state(); err != nil {
		return err
	}
	defer func() {
		if s.rescue(recover(), &err) {
			s.mu.Lock()
			s.broken = err
			s.mu.Unlock()
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return s.wrap(s.db.Update(write))
}

func (s *Store) rescue(panicked any, err *error) bool {
	if panicked != nil {
		*err = s.wrap(damage(panicked))
	}
	return panicked != nil
}

// wrap says which file an error is about.
func (s *Store) wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		err = ErrClosed
	}
	return fmt.Errorf("store %s: %w", s.path, err)
}
