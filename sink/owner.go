package sink

import (
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"arendebrygga/adapter"
)

// Owner tells which change an event belongs to. One that is not published, as one
// that was withdrawn, is not found.
func (s *Store) Owner(id adapter.ID) (source string, number uint64, found bool, err error) {
	var o owner
	err = s.view(nil, func(tx *bolt.Tx) error {
		value := idBucket.in(tx).Get(id[:])
		if value == nil {
			return nil
		}
		key, err := payload(value)
		if err != nil {
			return damagedAt(idBucket, err)
		}
		var h header
		if err := h.read(eventBucket.in(tx).Get(key)); err != nil {
			return damagedAt(eventBucket, err)
		}
		o, found = h.owner, true
		return nil
	})
	if err != nil || !found {
		return "", 0, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, n := range s.sources {
		if n == o.source {
			return name, o.number, true, nil
		}
	}
	return "", 0, false, s.wrap(damagedAt(sourceBucket, fmt.Errorf("source %d is missing", o.source)))
}

// EventIDs gives the ids of the events that are published of a change. A change that is not
// stored is an error.
func (s *Store) EventIDs(source string, number uint64) (ids []adapter.ID, err error) {
	key := changeKey(s.source(source), number)
	err = s.view(nil, func(tx *bolt.Tx) error {
		value := changeBucket.in(tx).Get(key[:])
		if value == nil {
			return fmt.Errorf("source %s has no change %d", source, binary.BigEndian.Uint64(key[4:]))
		}
		if _, ids, err = decodeChange(value, &s.zones); err != nil {
			return damagedAt(changeBucket, err)
		}
		return nil
	})
	return ids, err
}
