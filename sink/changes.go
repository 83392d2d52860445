package sink

import (
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"arendebrygga/adapter"
)

// Open gives the source's changes with this outcome, numbers above after, at most
// limit, in rising order. Only changes that are not settled are found, and with the
// outcome Published those of which a recipient was left out; see Reasons.
func (s *Store) Open(source string, outcome adapter.Outcome, after uint64, limit int) ([]adapter.Change, error) {
	n := s.source(source)
	if n == 0 || after+1 == 0 {
		return nil, s.state()
	}
	var found []adapter.Change
	err := s.view(nil, func(tx *bolt.Tx) error {
		r := s.changeReader(tx, source, n)
		first, last := newOpenKey(n, outcome, after+1), newOpenKey(n, outcome, 1<<64-1)
		c := openBucket.in(tx).Cursor()
		for k, _ := c.Seek(first[:]); k != nil && string(k) <= string(last[:]) && len(found) < limit; k, _ = c.Next() {
			if len(k) != len(first) {
				return damagedAt(openBucket, errShort)
			}
			ch, err := r.read(binary.BigEndian.Uint64(k[5:]))
			if err != nil {
				return err
			}
			found = append(found, ch)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read open changes of source %s: %w", source, err)
	}
	return found, nil
}

// Changes reads back changes by their numbers, in the order asked, without their
// events. A number that is not stored is an error.
func (s *Store) Changes(source string, numbers []uint64) ([]adapter.Change, error) {
	if len(numbers) == 0 {
		return nil, s.state()
	}
	found := make([]adapter.Change, len(numbers))
	n := s.source(source)
	err := s.view(nil, func(tx *bolt.Tx) (err error) {
		r := s.changeReader(tx, source, n)
		for i, number := range numbers {
			if found[i], err = r.read(number); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read changes of source %s: %w", source, err)
	}
	return found, nil
}

// changeReader reads changes of one source inside a transaction.
type changeReader struct {
	cursor *bolt.Cursor
	zones  *zones
	source string
	number uint32
}

func (s *Store) changeReader(tx *bolt.Tx, source string, n uint32) *changeReader {
	return &changeReader{changeBucket.in(tx).Cursor(), &s.zones, source, n}
}

func (r *changeReader) read(number uint64) (adapter.Change, error) {
	key := changeKey(r.number, number)
	value := exactly(r.cursor, key[:])
	if value == nil {
		return adapter.Change{}, fmt.Errorf("change %d is not in the store", number)
	}
	ch, _, err := decodeChange(value, r.zones)
	if err != nil {
		return ch, damagedAt(changeBucket, err)
	}
	ch.Source, ch.Number = r.source, number
	return ch, nil
}
