package sink

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"arendebrygga/adapter"
)

// TestDamagedValues breaks one value of each bucket: every way to read it gives an
// error that names the bucket, and nothing personal.
func TestDamagedValues(t *testing.T) {
	nr := diarienummer(1)
	read := map[bucket]func(s *Store) error{
		eventBucket:  func(s *Store) error { return s.Events(t.Context(), Query{Kund: &kunder[0]}, skip) },
		arendeBucket: func(s *Store) error { return s.Events(t.Context(), Query{Arende: &nr}, skip) },
		idBucket:     func(s *Store) error { return recommit(t, s) },
		changeBucket: func(s *Store) error { _, err := s.Changes(source, []uint64{1}); return err },
		caseBucket:   func(s *Store) error { _, _, err := s.Known(source, nil, []adapter.Key{"case-1"}); return err },
		seenBucket:   func(s *Store) error { _, _, err := s.Known(source, []adapter.Key{"row-1"}, nil); return err },
	}
	for b, read := range read {
		for _, breaks := range []func([]byte) []byte{
			func(v []byte) []byte { return v[:len(v)/2] },
			func(v []byte) []byte { return append(v, 0) },
			func(v []byte) []byte { v[0] = 9; return v },
			func(v []byte) []byte { v[4] = 1; return v },
			func(v []byte) []byte { return []byte{} },
		} {
			s := openTemp(t)
			ch := makeChange(1, makeEvent(makeID("e", 1), kunder[0], instants[5], nr))
			batch := batchOf(t, s, ch)
			batch.Cases = []adapter.Case{{Key: ch.Case, Known: true}}
			batch.Seen = []adapter.Seen{{Row: ch.Row}}
			if err := s.Commit(batch); err != nil {
				t.Fatal(err)
			}
			err := s.update(func(tx *bolt.Tx) error {
				k, v := b.in(tx).Cursor().First()
				return b.in(tx).Put(append([]byte{}, k...), breaks(append([]byte{}, v...)))
			})
			if err != nil {
				t.Fatal(err)
			}
			err = read(s)
			if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "bucket "+b.String()) {
				t.Errorf("%s: %v", b, err)
			}
			if err != nil && strings.Contains(err.Error(), kunder[0].Identifierare) {
				t.Errorf("%s: the error tells the number", b)
			}
			if findings, err := s.Verify(t.Context()); err == nil && len(findings) == 0 {
				t.Errorf("%s: Verify finds nothing", b)
			}
		}
	}
}

func skip(*Event) error { return nil }

// recommit commits the event of change 1 once more.
func recommit(t *testing.T, s *Store) error {
	return s.Commit(batchOf(t, s, makeChange(1, makeEvent(makeID("e", 1), kunder[0], instants[5]))))
}

// TestDamagedPages overwrites stretches of the file at random. What is left of it
// may be read wrongly, as bbolt's pages have no checksums, but nothing panics.
func TestDamagedPages(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole.db")
	s, err := Open(whole)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 5 {
		b := benchBatchOf(n, 1000)
		b.Changes, b.Cases, b.Seen = b.Changes[:100], b.Cases[:100], b.Seen[:100]
		for i := range b.Changes {
			b.Changes[i].Source = source
		}
		if err := s.Commit(b); err != nil {
			t.Fatal(err)
		}
	}
	used := int(s.size(t))
	s.Close()
	intact, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for round := range 60 {
		rnd := rand.New(rand.NewPCG(uint64(round), 7))
		b := append([]byte{}, intact[:used]...)
		for range 1 + rnd.IntN(8) {
			at := rnd.IntN(used)
			fill(b[at:min(at+1+rnd.IntN(300), used)], byte(rnd.IntN(256)))
		}
		path := filepath.Join(t.TempDir(), "test.db")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		useDamaged(t, path)
	}
}

// size gives how much of the file is in use.
func (s *Store) size(t *testing.T) (n int64) {
	if err := s.view(nil, func(tx *bolt.Tx) error { n = tx.Size(); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func useDamaged(t *testing.T, path string) {
	s, err := Open(path)
	if err != nil {
		return
	}
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for k := range 50 {
		kund, nr := benchKund(k), diarienummer(k)
		s.Events(ctx, Query{Kund: &kund}, skip)
		s.Events(ctx, Query{Arende: &nr}, skip)
	}
	s.Open(source, adapter.Waiting, 0, 100)
	s.Known(source, []adapter.Key{"row-1"}, []adapter.Key{"case-1"})
	s.Verify(ctx)
	if ctx.Err() != nil {
		t.Error("reading goes on without end")
	}
	if cp, err := s.Checkpoint(source); err == nil {
		s.Commit(killing(cp))
		s.Commit(killing(cp))
	}
	if ctx.Err() != nil {
		t.Error("reading goes on without end")
	}
}
