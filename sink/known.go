package sink

import (
	"fmt"

	bolt "go.etcd.io/bbolt"

	"arendebrygga/adapter"
)

// Known looks up what is known of rows and cases, in the order asked.
func (s *Store) Known(source string, rows, cases []adapter.Key) ([]adapter.Seen, []adapter.Case, error) {
	known, shadows := make([]adapter.Seen, len(rows)), make([]adapter.Case, len(cases))
	n := s.source(source)
	if n == 0 {
		return known, shadows, s.state()
	}
	w := s.worker()
	defer s.workers.Put(w)
	err := s.view(nil, func(tx *bolt.Tx) (err error) {
		c := seenBucket.in(tx).Cursor()
		for i := range rows {
			key := w.row(n, rows[i])
			if value := exactly(c, key[:]); value != nil {
				if known[i], err = decodeSeen(value); err != nil {
					return damagedAt(seenBucket, err)
				}
			}
		}
		c = caseBucket.in(tx).Cursor()
		for i := range cases {
			key := w.shadow(n, cases[i])
			if value := exactly(c, key[:]); value != nil {
				if shadows[i], err = decodeCase(value, &s.zones); err != nil {
					return damagedAt(caseBucket, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("look up rows of source %s: %w", source, err)
	}
	return known, shadows, nil
}

// exactly gives the value of a key; nil if there is none. Unlike Bucket.Get it
// makes no cursor of its own.
func exactly(c *bolt.Cursor, key []byte) []byte {
	k, value := c.Seek(key)
	if string(k) != string(key) {
		return nil
	}
	return value
}
