package adapter

import "time"

// ring is a short list of marks, oldest first, that tells how far the rows reached
// at which time.
type ring []Mark

// from gives the place of the mark where the next poll begins; -1 if there is none.
// It is the newest that stood overlap before the last complete poll: a transaction
// that drew its cursor below the mark had all of overlap to commit before that poll.
// If no mark is that old, the oldest must do.
func (r ring) from(polled time.Time, overlap time.Duration) int {
	at := min(0, len(r)-1)
	for i := range r {
		if r[i].At.After(polled.Add(-overlap)) {
			break
		}
		at = i
	}
	return at
}

// cursor gives the cursor of a mark; none for the place -1.
func (r ring) cursor(at int) Key {
	if at < 0 {
		return ""
	}
	return r[at].Cursor
}

// add adds a mark, and forgets those before the place where a poll began. Marks
// stand at least a sixteenth of the overlap apart, so the ring stays short however
// often a source is polled.
func (r ring) add(m Mark, begun int, overlap time.Duration) ring {
	kept := append(ring{}, r[max(begun, 0):]...)
	if n := len(kept); n == 0 || (kept[n-1].Cursor != m.Cursor || kept[n-1].Snapshot != m.Snapshot) && m.At.Sub(kept[n-1].At) >= overlap/16 {
		kept = append(kept, m)
	}
	return kept
}
