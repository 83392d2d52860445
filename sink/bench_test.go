package sink

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"arendebrygga/adapter"
)

const benchBatch = 1000

// benchKund gives a kund whose number has the right form; there are not enough
// official ones to fill a store.
func benchKund(n int) adapter.Identity {
	return adapter.Identity{Typ: adapter.Organisationsnummer, Identifierare: fmt.Sprintf("16%010d", n)}
}

// benchBatchOf gives the n-th batch of a first load: a thousand rows, each a change
// with one event, about as many kunder and cases as make twenty events a kund.
func benchBatchOf(n, total int) adapter.Batch {
	kunder := max(1, total/20)
	rnd := rand.New(rand.NewPCG(uint64(n), 1))
	b := adapter.Batch{Source: source}
	for i := range benchBatch {
		number := n*benchBatch + i + 1
		k := rnd.IntN(kunder)
		at := time.Date(2020, 1, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(number) * 97 * time.Second)
		e := makeEvent(makeID("bench", number), benchKund(k), at, diarienummer(number/5), adapter.Arende{Typ: "Producentarendereferens", Identifierare: fmt.Sprint(number / 5)})
		e.Referenser = []byte(`{"producentReferens":"BYGG-2026-00123"}`)
		e.Recipient = adapter.Key(fmt.Sprint(k))
		ch := makeChange(uint64(number), e)
		b.Changes = append(b.Changes, ch)
		b.Cases = append(b.Cases, adapter.Case{Key: adapter.Key(fmt.Sprint("case-", number/5)), Known: true, Status: "KOMP/", Tidpunkt: at, Change: ch.Number})
		b.Seen = append(b.Seen, adapter.Seen{Row: ch.Row, Hash: ch.Hash, Outcome: ch.Outcome, Change: ch.Number})
	}
	b.Checkpoint.Changes = uint64((n + 1) * benchBatch)
	return b
}

// rawWrite is one write as the store did it.
type rawWrite struct {
	bucket     bucket
	key, value []byte
}

// BenchmarkCommitRatio commits batches of a thousand rows and does the same writes
// in the same order, in transactions of the same size, with bbolt alone. The two
// take turns, so that the disk's moods hit both. The metric ratio is the store's
// speed over bbolt's: what share of bbolt's own speed is left.
func BenchmarkCommitRatio(b *testing.B) {
	s := openTemp(b)
	var writes []rawWrite
	s.record = func(bk bucket, key, value []byte) {
		w := rawWrite{bucket: bk, key: append([]byte{}, key...)}
		if value != nil {
			w.value = append([]byte{}, value...)
		}
		writes = append(writes, w)
	}
	raw := openRaw(b, filepath.Join(b.TempDir(), "raw.db"))
	var ours, theirs time.Duration
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		batch := benchBatchOf(n, 100_000)
		n++
		writes = writes[:0]
		b.StartTimer()
		start := time.Now()
		if err := s.Commit(batch); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(start)
		b.StopTimer()
		start = time.Now()
		if err := raw.Update(func(tx *bolt.Tx) error { return replay(tx, writes) }); err != nil {
			b.Fatal(err)
		}
		theirs += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(n*benchBatch)/ours.Seconds(), "events/s")
	b.ReportMetric(float64(n*benchBatch)/theirs.Seconds(), "bare/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
}

func openRaw(b *testing.B, path string) *bolt.DB {
	db, err := bolt.Open(path, 0o600, options(mapped(), nil))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	if err := db.Update(initialise); err != nil {
		b.Fatal(err)
	}
	return db
}

// replay does recorded writes with nothing around them.
func replay(tx *bolt.Tx, writes []rawWrite) error {
	var buckets [bucketCount]*bolt.Bucket
	for b := range bucketCount {
		buckets[b] = b.in(tx)
	}
	for _, w := range writes {
		var err error
		if w.value == nil {
			err = buckets[w.bucket].Delete(w.key)
		} else {
			err = buckets[w.bucket].Put(w.key, w.value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkEventsBySize asks the same questions, for the twenty events of one of five
// hundred kunder, of a store with 10,000 events and of one with 100,000, or with
// -million 1,000,000. The two take turns; the metric slowdown is what the size costs.
func BenchmarkEventsBySize(b *testing.B) {
	const small = 10_000
	large := 100_000
	if *million {
		large = 1_000_000
	}
	stores := [2]*Store{filled(b, small), filled(b, large)}
	var spent [2]time.Duration
	asked, found := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		for i, s := range stores {
			start := time.Now()
			for n := range small / 20 {
				kund := benchKund(n)
				err := s.Events(context.Background(), Query{Kund: &kund}, func(e *Event) error {
					found += min(len(e.Fragment(0)), 1)
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			spent[i] += time.Since(start)
		}
		asked += small / 20
	}
	b.ReportMetric(float64(found)/float64(2*asked), "events/answer")
	b.ReportMetric(float64(spent[0].Nanoseconds())/float64(asked), "ns/small")
	b.ReportMetric(float64(spent[1].Nanoseconds())/float64(asked), "ns/large")
	b.ReportMetric(spent[1].Seconds()/spent[0].Seconds(), "slowdown")
}

func filled(b *testing.B, size int) *Store {
	s := openTemp(b)
	for n := range size / benchBatch {
		if err := s.Commit(benchBatchOf(n, size)); err != nil {
			b.Fatal(err)
		}
	}
	return s
}
