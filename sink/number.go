package sink

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	bolt "go.etcd.io/bbolt"

	"arendebrygga/adapter"
)

// readSources reads which number each source has.
func (s *Store) readSources(tx *bolt.Tx) error {
	return sourceBucket.in(tx).ForEach(func(k, v []byte) error {
		name, _, err := decodeSource(v)
		if err != nil || len(k) != 4 {
			return damagedAt(sourceBucket, errors.Join(err, errors.New("not a source")))
		}
		s.sources[name] = binary.BigEndian.Uint32(k)
		return nil
	})
}

// source gives a source's number; 0 if the store does not know it.
func (s *Store) source(name string) uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sources[name]
}

// Sources lists the names of the sources that the store has something of, in
// alphabetical order.
func (s *Store) Sources() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.sources))
}

// producer gives a producer's number; 0 if the store does not know it.
func (s *Store) producer(id string) uint16 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.producers[id]
}

// number sees to it that a source and these producers have numbers. It writes only
// the first time that a name is met.
func (s *Store) number(source string, producers map[string]uint16) (uint32, error) {
	s.mu.Lock()
	n, known := s.sources[source]
	for id := range producers {
		p, ok := s.producers[id]
		producers[id], known = p, known && ok
	}
	s.mu.Unlock()
	if known && n > 0 {
		return n, nil
	}
	err := s.update(func(tx *bolt.Tx) (err error) {
		if n, err = numberSource(tx, source); err != nil {
			return err
		}
		return numberProducers(tx, producers)
	})
	if err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sources[source] = n
	maps.Copy(s.producers, producers)
	return n, nil
}

// numberSource finds the source's number in the file, or gives it the next one.
func numberSource(tx *bolt.Tx, name string) (uint32, error) {
	b := sourceBucket.in(tx)
	var last uint32
	c := b.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		found, _, err := decodeSource(v)
		if err != nil || len(k) != 4 {
			return 0, damagedAt(sourceBucket, errors.Join(err, errors.New("not a source")))
		}
		if last = binary.BigEndian.Uint32(k); found == name {
			return last, nil
		}
	}
	value, err := appendCheckpoint(nil, name, &adapter.Checkpoint{})
	if err != nil {
		return 0, err
	}
	return last + 1, b.Put(binary.BigEndian.AppendUint32(nil, last+1), value)
}

// numberProducers does the same for producers.
func numberProducers(tx *bolt.Tx, producers map[string]uint16) error {
	b := metaBucket.in(tx)
	var last uint16
	taken := map[string]uint16{}
	err := eachProducer(b, func(id string, n uint16) {
		taken[id], last = n, max(last, n)
	})
	if err != nil {
		return err
	}
	for id := range producers {
		n, ok := taken[id]
		if !ok {
			if last == math.MaxUint16 {
				return errors.New("65535 producers, more than a store can number")
			}
			last++
			n = last
			if err := b.Put([]byte(metaProducer+id), binary.BigEndian.AppendUint16([]byte(envelope), n)); err != nil {
				return err
			}
		}
		producers[id] = n
	}
	return nil
}

// appendCheckpoint writes a source: its name, then its state as JSON.
func appendCheckpoint(b []byte, name string, cp *adapter.Checkpoint) ([]byte, error) {
	state, err := json.Marshal(cp)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	return append(appendString(append(b, envelope...), name), state...), nil
}

func decodeSource(value []byte) (name string, state []byte, err error) {
	d := newDecoder(value)
	name = d.string()
	return name, d.b, d.err
}

// readCheckpoint reads a source's state inside a transaction.
func readCheckpoint(tx *bolt.Tx, source uint32) (cp adapter.Checkpoint, err error) {
	_, state, err := decodeSource(sourceBucket.in(tx).Get(binary.BigEndian.AppendUint32(nil, source)))
	if err == nil {
		err = json.Unmarshal(state, &cp)
	}
	if err != nil {
		return cp, damagedAt(sourceBucket, err)
	}
	return cp, nil
}

// Checkpoint gives the source's state, making it if the source is new.
func (s *Store) Checkpoint(source string) (cp adapter.Checkpoint, err error) {
	n, err := s.number(source, nil)
	if err != nil {
		return cp, err
	}
	err = s.view(nil, func(tx *bolt.Tx) (err error) {
		cp, err = readCheckpoint(tx, n)
		return err
	})
	return cp, err
}
