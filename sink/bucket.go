package sink

import bolt "go.etcd.io/bbolt"

// bucket is one of the file's buckets.
type bucket uint8

const (
	eventBucket  bucket = iota // event key → header and fragments
	arendeBucket               // the same key under H(ärende) → H(kund)
	idBucket                   // event id → event key
	changeBucket               // source, number → change
	openBucket                 // source, outcome, number of those not settled → nothing
	caseBucket                 // source, H(case) → shadow
	seenBucket                 // source, H(row) → what is known of the row
	sourceBucket               // source → name and checkpoint
	goneBucket                 // event id → why it is never published again
	metaBucket                 // format, keys, producers
	bucketCount
)

// String gives the bucket's name in the file.
func (b bucket) String() string {
	return [bucketCount]string{"events", "arende", "id", "changes", "open", "cases", "seen", "sources", "gone", "meta"}[b]
}

// in gives the bucket inside a transaction.
func (b bucket) in(tx *bolt.Tx) *bolt.Bucket { return tx.Bucket([]byte(b.String())) }

// goneWithdrawn is why an id is gone: withdrawWhen, or the source took it back.
const goneWithdrawn = 1
