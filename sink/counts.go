package sink

import (
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"arendebrygga/adapter"
)

// maxNamed bounds how many statuses, or reasons, a count names.
const maxNamed = 200

// Others is where changes are counted whose status or reason is one too many to be
// named.
const Others = "…"

// Counts says how many changes of a source are not settled.
type Counts struct {
	// Outcomes counts by outcome; Published are those of which a recipient was left out.
	Outcomes map[adapter.Outcome]uint64
	// Unmapped counts by status, as [adapter.StatusName] writes it: 200 at most, and
	// the rest under Others.
	Unmapped map[string]uint64
	// Parked counts by the code of the first reason, and bounded alike.
	Parked map[string]uint64
}

// OpenCounts counts the changes of a source that are not settled. A source that the
// store does not know has none.
func (s *Store) OpenCounts(source string) (Counts, error) {
	counts := Counts{Outcomes: map[adapter.Outcome]uint64{}, Unmapped: map[string]uint64{}, Parked: map[string]uint64{}}
	n := s.source(source)
	if n == 0 {
		return counts, s.state()
	}
	err := s.view(nil, func(tx *bolt.Tx) error {
		changes := changeBucket.in(tx).Cursor()
		first, last := newOpenKey(n, 0, 0), newOpenKey(n, 255, 1<<64-1)
		c := openBucket.in(tx).Cursor()
		for k, _ := c.Seek(first[:]); k != nil && string(k) <= string(last[:]); k, _ = c.Next() {
			if len(k) != len(first) {
				return damagedAt(openBucket, errShort)
			}
			outcome := adapter.Outcome(k[4])
			counts.Outcomes[outcome]++
			if outcome != adapter.Unmapped && outcome != adapter.Parked {
				continue
			}
			key := changeKey(n, binary.BigEndian.Uint64(k[5:]))
			reason, status, err := decodeWhy(exactly(changes, key[:]), &s.zones)
			if err != nil {
				return damagedAt(changeBucket, err)
			}
			if outcome == adapter.Parked {
				count(counts.Parked, reason)
			} else {
				count(counts.Unmapped, adapter.StatusName(status))
			}
		}
		return nil
	})
	if err != nil {
		return counts, fmt.Errorf("count open changes of source %s: %w", source, err)
	}
	return counts, nil
}

func count(names map[string]uint64, name string) {
	if _, ok := names[name]; !ok && len(names) >= maxNamed {
		name = Others
	}
	names[name]++
}

// decodeWhy reads the code of a change's first reason, and its status. It is all
// that counting needs of what may be very many changes.
func decodeWhy(value []byte, z *zones) (reason, status string, err error) {
	d := newDecoder(value)
	head := d.head(z)
	if len(head.Reasons) > 0 {
		reason = head.Reasons[0].Code
	}
	d.take(8)     // hash
	for range 5 { // producer, case, row, cursor, old status
		d.bytes()
	}
	return reason, d.string(), d.err
}
