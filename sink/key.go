package sink

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"time"

	"arendebrygga/adapter"
)

// Widths of the parts of a key, in bytes. An event's key is
// producer ‖ H(kund) ‖ time order ‖ id, an ärende's the same with H(ärende).
const (
	producerLen = 2
	hashLen     = 16
	prefixLen   = producerLen + hashLen
	instantLen  = 8 + 4 // seconds, nanoseconds
	orderLen    = 8
	idLen       = 16
	suffixLen   = instantLen + orderLen + idLen
	longKeyLen  = prefixLen + suffixLen
)

// digest is H(x): what stands in a key instead of a number or an operator's key.
type digest [hashLen]byte

// longKey is a key of the buckets events and arende.
type longKey [longKeyLen]byte

// The domains of H: the same text hashed as a kund and as a case differs.
const (
	domainKund   = "kund"
	domainArende = "arende"
	domainCase   = "case"
	domainRow    = "row"
)

// hasher computes H under one store's key. It is used by one goroutine at a time.
type hasher struct {
	mac hash.Hash
	in  []byte
	out [sha256.Size]byte
}

func newHasher(key []byte) *hasher { return &hasher{mac: hmac.New(sha256.New, key)} }

// sum gives H(domain, scope, a, b). The scope is the number of a producer or of a
// source rather than its name, so that a name may change.
func (h *hasher) sum(domain string, scope uint32, a, b string) (d digest) {
	in := appendPart(h.in[:0], domain)
	in = binary.BigEndian.AppendUint32(in, 4)
	in = binary.BigEndian.AppendUint32(in, scope)
	in = appendPart(in, a)
	in = appendPart(in, b)
	h.in = in
	h.mac.Reset()
	h.mac.Write(in)
	copy(d[:], h.mac.Sum(h.out[:0]))
	return d
}

func appendPart(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

func (h *hasher) kund(producer uint16, identifierare string) digest {
	return h.sum(domainKund, uint32(producer), identifierare, "")
}

func (h *hasher) arende(producer uint16, a adapter.Arende) digest {
	return h.beside(domainArende, uint32(producer), a.Typ, a.Identifierare)
}

func (h *hasher) shadow(source uint32, key adapter.Key) sourceKey {
	return appendSource(source, h.beside(domainCase, source, "", string(key)))
}

func (h *hasher) row(source uint32, key adapter.Key) sourceKey {
	return appendSource(source, h.beside(domainRow, source, "", string(key)))
}

// besideLen is how much of a hash says only which hundred a number belongs to, and
// besideCut how many characters at the end of a number count within a hundred.
const (
	besideLen = 4
	besideCut = 2
)

// beside gives H(domain, scope, a, b) with its first bytes taken from the H of b
// without its last characters, so that the keys of numbers that were handed out one
// after the other lie side by side. A commit, whose rows and cases mostly follow each
// other, then touches few pages of the file and not one for each key, however many
// there are. The rest of the hash tells apart what lies side by side.
func (h *hasher) beside(domain string, scope uint32, a, b string) digest {
	d := h.sum(domain, scope, a, b)
	hundred := h.sum(domain+" hundred", scope, a, b[:max(0, len(b)-besideCut)])
	copy(d[:besideLen], hundred[:])
	return d
}

// sourceKey is a key of the buckets cases and seen: source(4) ‖ H.
type sourceKey [4 + hashLen]byte

func appendSource(source uint32, d digest) (k sourceKey) {
	binary.BigEndian.PutUint32(k[:], source)
	copy(k[4:], d[:])
	return k
}

// prefix is the part of a long key that all keys of one kund or ärende share.
func prefix(producer uint16, d digest) (p [prefixLen]byte) {
	binary.BigEndian.PutUint16(p[:], producer)
	copy(p[producerLen:], d[:])
	return p
}

// eventKey gives the key of an event. Later times and greater orders come first.
func eventKey(producer uint16, kund digest, t time.Time, order int64, id adapter.ID) (k longKey) {
	p := prefix(producer, kund)
	copy(k[:], p[:])
	at := instant(t)
	copy(k[prefixLen:], at[:])
	binary.BigEndian.PutUint64(k[prefixLen+instantLen:], descending(order))
	copy(k[longKeyLen-idLen:], id[:])
	return k
}

// instant orders times as bytes, the latest first.
func instant(t time.Time) (b [instantLen]byte) {
	binary.BigEndian.PutUint64(b[:], descending(t.Unix()))
	binary.BigEndian.PutUint32(b[8:], ^uint32(t.Nanosecond()))
	return b
}

// descending maps numbers, negative ones too, to bytes that order the other way.
func descending(n int64) uint64 { return ^(uint64(n) ^ 1<<63) }

// time and order read back what eventKey wrote; in UTC.
func (k *longKey) time() time.Time {
	sec := int64(^binary.BigEndian.Uint64(k[prefixLen:]) ^ 1<<63)
	nsec := ^binary.BigEndian.Uint32(k[prefixLen+8:])
	return time.Unix(sec, int64(nsec)).UTC()
}

func (k *longKey) order() int64 {
	return int64(^binary.BigEndian.Uint64(k[prefixLen+instantLen:]) ^ 1<<63)
}

func (k *longKey) id() adapter.ID { return adapter.ID(k[longKeyLen-idLen:]) }

func (k *longKey) hash() digest { return digest(k[producerLen:prefixLen]) }

// with gives the key with the same suffix under another hash.
func (k *longKey) with(d digest) longKey {
	other := *k
	copy(other[producerLen:], d[:])
	return other
}

// numbered is a key of the bucket changes: source(4) ‖ number(8).
type numbered [4 + 8]byte

func changeKey(source uint32, number uint64) (k numbered) {
	binary.BigEndian.PutUint32(k[:], source)
	binary.BigEndian.PutUint64(k[4:], number)
	return k
}

// openKey is a key of the bucket open: source(4) ‖ outcome(1) ‖ number(8).
type openKey [4 + 1 + 8]byte

func newOpenKey(source uint32, outcome adapter.Outcome, number uint64) (k openKey) {
	binary.BigEndian.PutUint32(k[:], source)
	k[4] = byte(outcome)
	binary.BigEndian.PutUint64(k[5:], number)
	return k
}
