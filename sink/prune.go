package sink

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

// pruneScan is how many changes one read transaction of a pruning looks at.
const pruneScan = 20_000

// Prune forgets the details of changes that are settled and were noted before the
// given time: the row's values, which is all that is personal in them. Events,
// shadows, what is seen and which events a change made stay, as does every change
// that is not settled. It returns how many changes it pruned.
func (s *Store) Prune(ctx context.Context, before time.Time) (int, error) {
	pruned := 0
	for from := []byte{}; from != nil; {
		var keys [][]byte
		err := s.view(nil, func(tx *bolt.Tx) (err error) {
			keys, from, err = s.prunable(tx, from, before)
			return err
		})
		if err == nil {
			err = ctx.Err()
		}
		for keys := range slices.Chunk(keys, batchLimit) {
			if err == nil {
				err = s.update(func(tx *bolt.Tx) error { return s.pruneChanges(tx, keys) })
				pruned += len(keys)
			}
		}
		if err != nil {
			return pruned, fmt.Errorf("prune changes: %w", err)
		}
	}
	return pruned, nil
}

// prunable finds the keys of changes to prune among the next ones, and where to
// look after them: nil at the end.
func (s *Store) prunable(tx *bolt.Tx, from []byte, before time.Time) (keys [][]byte, next []byte, err error) {
	c := changeBucket.in(tx).Cursor()
	seen := 0
	for k, v := c.Seek(from); k != nil; k, v = c.Next() {
		if seen++; seen > pruneScan {
			return keys, slices.Clone(k), nil
		}
		ch, _, err := decodeChange(v, &s.zones)
		if err != nil {
			return nil, nil, damagedAt(changeBucket, err)
		}
		if !indexed(&ch) && ch.Rad != nil && ch.Noted.Before(before) {
			keys = append(keys, slices.Clone(k))
		}
	}
	return keys, nil, nil
}

// pruneChanges rewrites changes without their details. A change may have got
// another outcome since it was found, so it is looked at again.
func (s *Store) pruneChanges(tx *bolt.Tx, keys [][]byte) error {
	b := changeBucket.in(tx)
	for _, k := range keys {
		ch, ids, err := decodeChange(b.Get(k), &s.zones)
		if err != nil {
			return damagedAt(changeBucket, err)
		}
		if indexed(&ch) {
			continue
		}
		ch.Rad, ch.Parter = nil, nil
		value, err := appendChange(nil, &ch, ids)
		if err != nil {
			return err
		}
		if err := b.Put(k, value); err != nil {
			return fmt.Errorf("change %d: %w", binary.BigEndian.Uint64(k[4:]), err)
		}
	}
	return nil
}
