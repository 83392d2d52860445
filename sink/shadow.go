package sink

import (
	"encoding/binary"

	"arendebrygga/adapter"
)

// appendCase writes the shadow of a case.
func appendCase(b []byte, c *adapter.Case) []byte {
	b = append(b, envelope...)
	b = appendString(b, c.Status)
	b = binary.BigEndian.AppendUint64(b, c.Hash)
	b = appendTime(b, c.Tidpunkt)
	b = binary.AppendVarint(b, c.Order)
	b = appendString(b, string(c.Cursor))
	b = binary.AppendUvarint(b, c.Change)
	b = appendPast(b, c.Past)
	if b = appendParties(b, c.Parties); c.Era != 0 || c.Away {
		b = binary.AppendUvarint(b, c.Era)
	}
	if c.Away {
		b = append(b, 1)
	}
	return b
}

func decodeCase(value []byte, z *zones) (adapter.Case, error) {
	d := newDecoder(value)
	c := adapter.Case{Known: true, Status: d.string(), Hash: d.uint64(), Tidpunkt: d.time(z), Order: d.varint(), Cursor: adapter.Key(d.string()), Change: d.uvarint()}
	c.Past = d.past()
	c.Parties = d.parties()
	if d.err == nil && len(d.b) > 0 {
		c.Era = d.uvarint()
		if c.Away = c.Era == 0 || len(d.b) > 0; c.Away && d.byte() != 1 {
			d.fail(errShort)
		}
	}
	return c, d.end()
}

// appendPast writes each number as what it is more than the one before: a case with
// hundreds of changes is written anew with each of them. The hashes are left out if
// all are 0, as they are in history mode.
func appendPast(b []byte, past []adapter.Past) []byte {
	b = appendLen(b, len(past), past == nil)
	if len(past) == 0 {
		return b
	}
	var hashed byte
	for i := range past {
		if past[i].Hash != 0 {
			hashed = 1
		}
	}
	b = append(b, hashed)
	var last uint64
	for i := range past {
		b = binary.AppendVarint(b, int64(past[i].Change-last))
		last = past[i].Change
		if hashed != 0 {
			b = binary.BigEndian.AppendUint64(b, past[i].Hash)
		}
	}
	return b
}

func (d *decoder) past() []adapter.Past {
	n := d.len()
	if n < 0 {
		return nil
	}
	past := make([]adapter.Past, n)
	hashed := n > 0 && d.byte() != 0
	var last uint64
	for i := range past {
		last += uint64(d.varint())
		past[i].Change = last
		if hashed {
			past[i].Hash = d.uint64()
		}
	}
	return past
}

func appendParties(b []byte, parties []adapter.Party) []byte {
	b = appendLen(b, len(parties), parties == nil)
	for i := range parties {
		p := &parties[i]
		b = appendString(b, string(p.ID))
		b = binary.BigEndian.AppendUint64(b, p.Hash)
		b = binary.AppendUvarint(b, p.Since)
		b = binary.AppendUvarint(b, p.Until)
	}
	return b
}

func (d *decoder) parties() []adapter.Party {
	n := d.len()
	if n < 0 {
		return nil
	}
	parties := make([]adapter.Party, n)
	for i := range parties {
		parties[i] = adapter.Party{ID: adapter.Key(d.string()), Hash: d.uint64(), Since: d.uvarint(), Until: d.uvarint()}
	}
	return parties
}
