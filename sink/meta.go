package sink

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"

	"arendebrygga/adapter"
)

// format is the version of everything in the file. A reader refuses a greater one.
const format = 1

// The keys in meta. A producer's number stands under its id.
const (
	metaFormat   = "format"
	metaMade     = "made"
	metaStoreKey = "storeKey"
	metaIDKey    = "idKey"
	metaCopied   = "copied" // only in a copy, see MarkCopy
	metaProducer = "producer/"
)

// initialise makes the buckets of a new file and its keys.
func initialise(tx *bolt.Tx) error {
	for b := range bucketCount {
		if _, err := tx.CreateBucket([]byte(b.String())); err != nil {
			return err
		}
	}
	var keys [64]byte
	rand.Read(keys[:])
	for name, value := range map[string][]byte{
		metaFormat:   binary.BigEndian.AppendUint32(nil, format),
		metaMade:     []byte(time.Now().UTC().Format(time.RFC3339)),
		metaStoreKey: keys[:32],
		metaIDKey:    keys[32:],
	} {
		if err := metaBucket.in(tx).Put([]byte(name), append([]byte(envelope), value...)); err != nil {
			return err
		}
	}
	return nil
}

// check reads what must be known before anything else.
func (s *Store) check() error {
	return bare(s.view(nil, func(tx *bolt.Tx) error {
		if info, err := s.file.Stat(); err != nil {
			return err
		} else if info.Size() < tx.Size() {
			return damage(fmt.Sprintf("it has %d bytes of %d", info.Size(), tx.Size()))
		}
		if metaBucket.in(tx) == nil {
			return errors.New("is a bbolt file, but not a store of arendebrygga; give another path")
		}
		if err := s.readMeta(tx); err != nil {
			return err
		}
		for b := range bucketCount {
			if b.in(tx) == nil {
				return damage(fmt.Sprintf("bucket %s is missing", b))
			}
		}
		return s.readSources(tx)
	}))
}

// bare takes off what wrap put on, as Open wraps once more.
func bare(err error) error {
	if err == nil {
		return nil
	}
	return errors.Unwrap(err)
}

func (s *Store) readMeta(tx *bolt.Tx) error {
	m := metaBucket.in(tx)
	get := func(name string, length int) ([]byte, error) {
		b, err := payload(m.Get([]byte(name)))
		if err == nil && length > 0 && len(b) != length {
			err = errShort
		}
		if err != nil {
			return nil, damagedAt(metaBucket, fmt.Errorf("%s: %w", name, err))
		}
		return append([]byte{}, b...), nil
	}
	version, err := get(metaFormat, 4)
	if err != nil {
		return err
	}
	if v := binary.BigEndian.Uint32(version); v != format {
		return fmt.Errorf("has format %d, and this arendebrygga knows format %d; run the newer version that wrote it", v, format)
	}
	if s.hashKey, err = get(metaStoreKey, 32); err != nil {
		return err
	}
	idKey, err := get(metaIDKey, 32)
	if err != nil {
		return err
	}
	s.idKey = adapter.IDKey(idKey)
	made, err := get(metaMade, 0)
	if err != nil {
		return err
	}
	if s.made, err = time.Parse(time.RFC3339, string(made)); err != nil {
		return damagedAt(metaBucket, errors.New("made: not a time"))
	}
	if m.Get([]byte(metaCopied)) != nil {
		copied, err := get(metaCopied, 0)
		if err != nil {
			return err
		}
		if s.copied, err = time.Parse(time.RFC3339, string(copied)); err != nil {
			return damagedAt(metaBucket, errors.New("copied: not a time"))
		}
	}
	return eachProducer(m, func(id string, n uint16) { s.producers[id] = n })
}

// eachProducer goes through the producers that have a number.
func eachProducer(m *bolt.Bucket, each func(id string, n uint16)) error {
	c := m.Cursor()
	for k, v := c.Seek([]byte(metaProducer)); k != nil; k, v = c.Next() {
		id, ok := strings.CutPrefix(string(k), metaProducer)
		if !ok {
			return nil
		}
		b, err := payload(v)
		if err != nil || len(b) != producerLen {
			return damagedAt(metaBucket, errors.New("producer: not a number"))
		}
		each(id, binary.BigEndian.Uint16(b))
	}
	return nil
}

// newWorker is what the pool of workers makes new ones with.
func (s *Store) newWorker() any {
	return &worker{hasher: newHasher(s.hashKey), renderer: renderer{stockholm: s.stockholm}, words: map[string]string{}}
}
