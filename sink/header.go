package sink

import (
	"encoding/binary"

	"arendebrygga/adapter"
)

// A stored event is envelope ‖ revision(4) ‖ source(4) ‖ change(8) ‖ rules ‖
// content. The content is all that an answer or an index is made from; when an
// event is written again it decides whether there is a new revision.
const (
	revisionAt = len(envelope)
	sourceAt   = revisionAt + 4
	changeAt   = sourceAt + 4
	rulesAt    = changeAt + 8
)

// Flags of a stored event.
const (
	flagKrav = 1 << iota
	flagKlart
)

// owner is the change that an event belongs to.
type owner struct {
	source uint32
	number uint64
}

// header is a stored event as it is read. Everything in it lies in the value.
type header struct {
	revision  uint32
	owner     owner
	content   []byte // from here on the value counts as the event's content
	flags     byte
	kundTyp   []byte
	tillagg   []byte
	recipient []byte
	typ       []byte
	taggar    [][]byte
	arenden   []digest
	sprak     [][]byte
	fragments [][]byte
}

// appendHeader begins an event's value with revision 1, up to its content.
func appendHeader(b []byte, o owner, rules string) []byte {
	b = append(b, envelope...)
	b = binary.BigEndian.AppendUint32(b, 1)
	b = binary.BigEndian.AppendUint32(b, o.source)
	b = binary.BigEndian.AppendUint64(b, o.number)
	return appendString(b, rules)
}

// appendContent writes the content: the kund's type and tillägg, the recipient's id
// in the case system, the type, the hashes of its ärenden, the tags, the fragments.
func appendContent(b []byte, e *adapter.Kundhandelse, arenden []digest, r *renderer) (_ []byte, err error) {
	var flags byte
	if e.KraverKundatgard {
		flags |= flagKrav
	}
	if e.Klart {
		flags |= flagKlart
	}
	b = append(b, flags)
	for _, s := range [...]string{string(e.Kund.Typ), e.Kund.Tillagg, string(e.Recipient), e.Producentarendetyp, e.Typ} {
		b = appendString(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(arenden)))
	for i := range arenden {
		b = append(b, arenden[i][:]...)
	}
	b = binary.AppendUvarint(b, uint64(len(e.Taggar)))
	for _, s := range e.Taggar {
		b = appendString(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(e.Texter)))
	for i := range e.Texter {
		b = appendString(b, e.Texter[i].Sprak)
		if b, err = r.sized(b, e, &e.Texter[i]); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// sized appends a fragment after its length(4).
func (r *renderer) sized(b []byte, e *adapter.Kundhandelse, text *adapter.Text) ([]byte, error) {
	at := len(b)
	b, err := r.fragment(append(b, 0, 0, 0, 0), e, text)
	if err != nil {
		return nil, err
	}
	binary.BigEndian.PutUint32(b[at:], uint32(len(b)-at-4))
	return b, nil
}

// read takes a stored event apart, using the slices of h again.
func (h *header) read(value []byte) error {
	d := newDecoder(value)
	h.revision = d.uint32()
	h.owner = owner{source: d.uint32(), number: d.uint64()}
	d.bytes() // rules
	h.content = d.b
	h.flags = d.byte()
	h.kundTyp, h.tillagg = d.bytes(), d.bytes()
	h.recipient = d.bytes()
	d.bytes() // producentärendetyp
	h.typ = d.bytes()
	h.arenden = h.arenden[:0]
	for n := d.uvarint(); n > 0 && d.err == nil; n-- {
		if b := d.take(hashLen); b != nil {
			h.arenden = append(h.arenden, digest(b))
		}
	}
	h.taggar = h.taggar[:0]
	for n := d.uvarint(); n > 0 && d.err == nil; n-- {
		h.taggar = append(h.taggar, d.bytes())
	}
	h.sprak, h.fragments = h.sprak[:0], h.fragments[:0]
	for n := d.uvarint(); n > 0 && d.err == nil; n-- {
		h.sprak = append(h.sprak, d.bytes())
		h.fragments = append(h.fragments, d.take(uint64(d.uint32())))
	}
	return d.end()
}
