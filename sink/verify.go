package sink

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// maxFindings bounds what Verify tells: a file that is damaged in a hundred places
// is damaged.
const maxFindings = 100

// Verify walks the whole file and holds every index against the events and the
// changes that it is made from. It gives what does not agree, a line each and never
// anything personal; no findings: the store is sound. It reads one state of the
// store, whatever is committed meanwhile.
func (s *Store) Verify(ctx context.Context) ([]string, error) {
	v := verifier{ctx: ctx, zones: &s.zones}
	err := s.view(nil, func(tx *bolt.Tx) error {
		v.tx = tx
		return errors.Join(v.eachEvent(), v.eachChange(), v.counts())
	})
	if err != nil {
		return v.findings, fmt.Errorf("verify: %w", err)
	}
	return v.findings, nil
}

// verifier counts what the indexes should hold while it walks.
type verifier struct {
	ctx      context.Context
	tx       *bolt.Tx
	zones    *zones
	findings []string
	head     header

	events, arenden, listed, open int
}

func (v *verifier) find(format string, args ...any) {
	if len(v.findings) < maxFindings {
		v.findings = append(v.findings, fmt.Sprintf(format, args...))
	}
}

// walk goes through a bucket.
func (v *verifier) walk(b bucket, each func(k, value []byte)) error {
	c := b.in(v.tx).Cursor()
	var last []byte
	for k, value := c.First(); k != nil; k, value = c.Next() {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if bytes.Compare(last, k) >= 0 {
			return damagedAt(b, errDisorder) // it could go round for ever
		}
		last = k
		each(k, value)
	}
	return nil
}

// eachEvent checks that an event can be read and found in every way.
func (v *verifier) eachEvent() error {
	ids, arenden, gone := idBucket.in(v.tx), arendeBucket.in(v.tx), goneBucket.in(v.tx)
	return v.walk(eventBucket, func(k, value []byte) {
		v.events++
		if len(k) != longKeyLen {
			v.find("events: a key of %d bytes", len(k))
			return
		}
		key := longKey(k)
		id := key.id()
		if err := v.head.read(value); err != nil {
			v.find("events: event %s: %v", id, err)
			return
		}
		if at, err := payload(ids.Get(id[:])); err != nil || !bytes.Equal(at, k) {
			v.find("id: event %s is not where the index says", id)
		}
		if gone.Get(id[:]) != nil {
			v.find("gone: event %s is published all the same", id)
		}
		kund := key.hash()
		for _, a := range v.head.arenden {
			v.arenden++
			entry := key.with(a)
			if got, err := payload(arenden.Get(entry[:])); err != nil || !bytes.Equal(got, kund[:]) {
				v.find("arende: event %s is not found by one of its ärenden", id)
			}
		}
	})
}

// eachChange checks that a change's events are its own, and its place in the open
// index.
func (v *verifier) eachChange() error {
	ids, events, unsettled := idBucket.in(v.tx), eventBucket.in(v.tx), openBucket.in(v.tx)
	return v.walk(changeBucket, func(k, value []byte) {
		if len(k) != len(numbered{}) {
			v.find("changes: a key of %d bytes", len(k))
			return
		}
		o := owner{binary.BigEndian.Uint32(k), binary.BigEndian.Uint64(k[4:])}
		ch, listed, err := decodeChange(value, v.zones)
		if err != nil {
			v.find("changes: change %d of source %d: %v", o.number, o.source, err)
			return
		}
		for _, id := range listed {
			v.listed++
			at, err := payload(ids.Get(id[:]))
			if err != nil || v.head.read(events.Get(at)) != nil || v.head.owner != o {
				v.find("changes: event %s is not that of change %d of source %d", id, o.number, o.source)
			}
		}
		if indexed(&ch) {
			v.open++
			key := newOpenKey(o.source, ch.Outcome, o.number)
			if unsettled.Get(key[:]) == nil {
				v.find("open: change %d of source %d is missing", o.number, o.source)
			}
		}
	})
}

// counts finds what the indexes hold besides.
func (v *verifier) counts() error {
	for b, want := range map[bucket]int{idBucket: v.events, arendeBucket: v.arenden, openBucket: v.open} {
		n := 0
		if err := v.walk(b, func([]byte, []byte) { n++ }); err != nil {
			return err
		}
		if n != want {
			v.find("%s: %d entries where there should be %d", b, n, want)
		}
	}
	if v.listed != v.events {
		v.find("changes: they have %d events, and there are %d", v.listed, v.events)
	}
	for _, b := range []bucket{caseBucket, seenBucket, sourceBucket, goneBucket} {
		if err := v.walk(b, func(_, value []byte) { v.readable(b, value) }); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) readable(b bucket, value []byte) {
	var err error
	switch b {
	case caseBucket:
		_, err = decodeCase(value, v.zones)
	case seenBucket:
		_, err = decodeSeen(value)
	case sourceBucket:
		_, _, err = decodeSource(value)
	default:
		_, err = payload(value)
	}
	if err != nil {
		v.find("%s: %v", b, err)
	}
}
