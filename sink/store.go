package sink

import (
	"errors"

	"arendebrygga/adapter"
)

// Store is the file that holds everything.
type Store struct{}

var _ adapter.Store = (*Store)(nil)

var errTodo = errors.New("not built yet")

// Open opens the store at path, or makes it if there is no file.
func Open(path string) (*Store, error) { return nil, errTodo }

// Close gives the file free.
func (s *Store) Close() error { return nil }

// Checkpoint gives the state of a source; the zero value if it is new.
func (s *Store) Checkpoint(source string) (adapter.Checkpoint, error) {
	return adapter.Checkpoint{}, errTodo
}

// Known tells what is known of rows and cases, in the order asked.
func (s *Store) Known(source string, rows, cases []adapter.Key) ([]adapter.Seen, []adapter.Case, error) {
	return nil, nil, errTodo
}

// Commit writes a batch: all of it, or on an error nothing.
func (s *Store) Commit(batch adapter.Batch) error { return errTodo }

// Open gives the source's changes with this outcome, numbers above after.
func (s *Store) Open(source string, outcome adapter.Outcome, after uint64, limit int) ([]adapter.Change, error) {
	return nil, errTodo
}

// IDKey is the key that event ids are made with.
func (s *Store) IDKey() adapter.IDKey { return nil }
