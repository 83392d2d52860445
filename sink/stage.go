package sink

import (
	"bytes"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// arena keeps the values of one commit alive: bbolt wants them unchanged until the
// transaction ends. Its blocks serve the next commit again.
type arena struct {
	blocks [][]byte
	used   int    // blocks in use; the last of them is being filled
	draft  []byte // where a value is put together, for keep
}

const (
	arenaBlock = 256 << 10
	arenaKept  = 8 << 20 // beyond this a commit's blocks are left to the garbage collector
)

// keep copies b and gives the copy.
func (a *arena) keep(b []byte) []byte {
	if a.used == 0 || len(a.blocks[a.used-1])+len(b) > cap(a.blocks[a.used-1]) {
		if a.used == len(a.blocks) || cap(a.blocks[a.used]) < len(b) {
			a.blocks = slices.Insert(a.blocks, a.used, make([]byte, 0, max(arenaBlock, len(b))))
		}
		a.used++
	}
	block := &a.blocks[a.used-1]
	at := len(*block)
	*block = append(*block, b...)
	return (*block)[at:len(*block):len(*block)]
}

// keep2 keeps the two parts as one.
func (a *arena) keep2(head string, tail []byte) []byte {
	a.draft = append(append(a.draft[:0], head...), tail...)
	return a.keep(a.draft)
}

// reset forgets what was kept.
func (a *arena) reset() {
	size := cap(a.draft)
	for i := range a.blocks {
		a.blocks[i] = a.blocks[i][:0]
		size += cap(a.blocks[i])
	}
	a.used = 0
	if size > arenaKept {
		*a = arena{}
	}
}

// stage collects the writes of a commit. They are done bucket by bucket in the
// order of their keys, which lets bbolt find each page once.
type stage struct {
	arena
	writes [bucketCount][]write
}

type write struct {
	key, value []byte // value nil: delete
}

// put and del note a write. A later write of the same key counts.
func (s *stage) put(b bucket, key, value []byte) {
	s.writes[b] = append(s.writes[b], write{s.keep(key), value})
}

func (s *stage) del(b bucket, key []byte) {
	s.writes[b] = append(s.writes[b], write{key: s.keep(key)})
}

// reset forgets the writes and what they hold.
func (s *stage) reset() {
	for b := range s.writes {
		clear(s.writes[b])
		s.writes[b] = s.writes[b][:0]
	}
	s.arena.reset()
}

// apply does the writes.
func (s *stage) apply(tx *bolt.Tx, record func(b bucket, key, value []byte)) error {
	for b := range bucketCount {
		list := s.writes[b]
		if len(list) == 0 {
			continue
		}
		slices.SortStableFunc(list, func(x, y write) int { return bytes.Compare(x.key, y.key) })
		target := b.in(tx)
		for i := range list {
			w := &list[i]
			if i+1 < len(list) && bytes.Equal(w.key, list[i+1].key) {
				continue
			}
			if record != nil {
				record(b, w.key, w.value)
			}
			var err error
			if w.value == nil {
				err = target.Delete(w.key)
			} else {
				err = target.Put(w.key, w.value)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
