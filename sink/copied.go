package sink

import (
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"
)

// MarkCopy notes in a file that Backup wrote that it is a copy, made at a time: what
// opens it as its store knows by that that it may lack what came later. The store that
// was copied is never touched, and one that is in use is ErrHeld.
func MarkCopy(path string, at time.Time) error {
	s, err := Open(path)
	if err != nil {
		return err
	}
	s.db.AllocSize = 0 // it grows by no more than it needs
	err = s.update(func(tx *bolt.Tx) error {
		return metaBucket.in(tx).Put([]byte(metaCopied), append([]byte(envelope), at.UTC().Format(time.RFC3339)...))
	})
	return errors.Join(err, s.Close())
}

// Copied tells when the store was copied from another one, if it is a copy; else zero,
// and for a copy that has become a store in its own right.
func (s *Store) Copied() time.Time { return s.copied }

// OwnRight has a copy be a store in its own right from now on.
func (s *Store) OwnRight() error {
	err := s.update(func(tx *bolt.Tx) error { return metaBucket.in(tx).Delete([]byte(metaCopied)) })
	if err == nil {
		s.copied = time.Time{}
	}
	return err
}
