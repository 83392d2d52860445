package sink

import (
	"encoding/binary"
	"fmt"

	"arendebrygga/adapter"
)

// Flags of a stored change.
const (
	flagDetected = 1 << iota
	flagLate
	flagGone
	flagShown
	flagMissed
	flagDue // the time of Due follows
)

// appendChange writes a change, without its source and number, which are its key,
// and with the ids of its events instead of the events. The ids come last.
func appendChange(b []byte, c *adapter.Change, ids []adapter.ID) (_ []byte, err error) {
	b = append(b, envelope...)
	var flags byte
	for i, set := range [...]bool{c.Detected, c.Late, c.Gone, c.Shown, c.Missed, !c.Due.IsZero()} {
		if set {
			flags |= 1 << i
		}
	}
	b = append(b, byte(c.Outcome), flags)
	if flags&flagDue != 0 {
		b = appendTime(b, c.Due)
	}
	b = appendString(b, c.Rules)
	b = appendTime(b, c.Noted)
	b = appendLen(b, len(c.Reasons), c.Reasons == nil)
	for _, r := range c.Reasons {
		b = appendString(appendString(b, r.Code), r.Detail)
	}
	b = binary.BigEndian.AppendUint64(b, c.Hash)
	for _, s := range [...]string{c.Producent, string(c.Case), string(c.Row), string(c.Cursor), c.Gammal, c.Ny, c.RawTime} {
		b = appendString(b, s)
	}
	b = appendStrings(b, c.Status)
	b = appendTime(b, c.Tidpunkt)
	b = binary.AppendVarint(b, c.Order)
	b = binary.AppendUvarint(b, uint64(c.N))
	if b, err = appendValues(b, c.Rad); err != nil {
		return nil, err
	}
	if b, err = appendRows(b, c.Parter); err != nil {
		return nil, err
	}
	return appendIDs(b, ids), nil
}

// decodeChange reads what appendChange wrote.
func decodeChange(value []byte, z *zones) (c adapter.Change, ids []adapter.ID, err error) {
	d := newDecoder(value)
	c = d.head(z)
	c.Hash = d.uint64()
	c.Producent = d.string()
	c.Case, c.Row, c.Cursor = adapter.Key(d.string()), adapter.Key(d.string()), adapter.Key(d.string())
	c.Gammal, c.Ny, c.RawTime = d.string(), d.string(), d.string()
	c.Status = d.strings()
	c.Tidpunkt = d.time(z)
	c.Order = d.varint()
	c.N = int(d.uvarint())
	c.Rad = d.values(z)
	c.Parter = d.rows(z)
	ids = d.ids()
	return c, ids, d.end()
}

// head reads how a change was judged, which comes first.
func (d *decoder) head(z *zones) (c adapter.Change) {
	c.Outcome = adapter.Outcome(d.byte())
	flags := d.byte()
	c.Detected, c.Late, c.Gone = flags&flagDetected != 0, flags&flagLate != 0, flags&flagGone != 0
	c.Shown, c.Missed = flags&flagShown != 0, flags&flagMissed != 0
	if flags&flagDue != 0 {
		c.Due = d.time(z)
	}
	c.Rules = d.string()
	c.Noted = d.time(z)
	if n := d.len(); n >= 0 {
		c.Reasons = make([]adapter.Reason, n)
		for i := range c.Reasons {
			c.Reasons[i] = adapter.Reason{Code: d.string(), Detail: d.string()}
		}
	}
	return c
}

func (d *decoder) ids() []adapter.ID {
	n := uint64(d.uint32())
	raw := d.take(n * idLen)
	if raw == nil {
		return nil
	}
	ids := make([]adapter.ID, n)
	for i := range ids {
		copy(ids[i][:], raw[i*idLen:])
	}
	return ids
}

// indexed tells whether the open index holds the change: those that are not
// settled, and those that were published without some of their recipients.
func indexed(c *adapter.Change) bool {
	return c.Outcome.Open() || c.Outcome == adapter.Published && len(c.Reasons) > 0
}

// appendSeen writes what is known of a row.
func appendSeen(b []byte, s *adapter.Seen) []byte {
	b = append(b, envelope...)
	b = binary.BigEndian.AppendUint64(b, s.Hash)
	b = append(b, byte(s.Outcome))
	return binary.AppendUvarint(b, s.Change)
}

func decodeSeen(value []byte) (adapter.Seen, error) {
	d := newDecoder(value)
	s := adapter.Seen{Hash: d.uint64(), Outcome: adapter.Outcome(d.byte()), Change: d.uvarint()}
	return s, d.end()
}

// damagedAt says in which bucket a value could not be read; never its key.
func damagedAt(bucket bucket, err error) error {
	return damage(fmt.Sprintf("bucket %s: %v", bucket, err))
}
