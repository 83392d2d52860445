package adapter

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

// IDKey is the secret that event ids are made with. With the same key the same
// change gives the same id in any store.
type IDKey []byte

// Event gives the id of the kundhändelse that a change makes for one recipient: a
// UUIDv8 from an HMAC-SHA-256 over length-prefixed parts. Only what identifies the
// change is in it, so a corrected text, a new rule or a restart gives the same id:
// the producer, the source, the producentärendetyp, the case, the recipient and, in
// history mode, the row. In net mode, where a row stands for the whole case, the new
// status, the time as the source had it and n take the row's place; n is the number
// of earlier changes of the case that had the same of these. In history mode it is that
// of the case's earlier rows, gone by then, that had the same identity.
func (k IDKey) Event(mode Mode, ch *StatusChange, producentarendetyp string, recipient Key, n int) ID {
	mac := hmac.New(sha256.New, k)
	part := func(s string) {
		var size [4]byte
		binary.BigEndian.PutUint32(size[:], uint32(len(s)))
		mac.Write(size[:])
		mac.Write([]byte(s))
	}
	part("1")
	part(ch.Producent)
	part(ch.Source)
	part(producentarendetyp)
	part(string(ch.Case))
	if mode == Net {
		part("net")
		part(strconv.Itoa(len(ch.Status)))
		for _, s := range ch.Status {
			part(s)
		}
		part(ch.RawTime)
		part(strconv.Itoa(n))
	} else {
		part("row")
		part(string(ch.Row))
		if n != 0 {
			part(strconv.Itoa(n))
		}
	}
	part(string(recipient))
	var id ID
	copy(id[:], mac.Sum(nil))
	id[6] = id[6]&0x0f | 0x80 // RFC 9562: version 8
	id[8] = id[8]&0x3f | 0x80 // and its variant
	return id
}
