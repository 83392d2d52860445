package sink

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// envelope begins every value: version(1) ‖ keyId(4). Key 0 is none: the payload
// is in clear.
const envelope = "\x01\x00\x00\x00\x00"

// How a damaged file shows itself.
var (
	errShort    = errors.New("a value ends too early")
	errDisorder = errors.New("its keys are not in order")
)

// payload takes the envelope off a value.
func payload(value []byte) ([]byte, error) {
	switch {
	case len(value) < len(envelope):
		return nil, errShort
	case value[0] != envelope[0]:
		return nil, fmt.Errorf("a value of version %d", value[0])
	case binary.BigEndian.Uint32(value[1:]) != 0:
		return nil, errors.New("a value that is encrypted")
	}
	return value[len(envelope):], nil
}

// appendString and its neighbours write what decoder reads.
func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// appendLen writes the length of a slice so that nil and empty stay apart.
func appendLen(b []byte, n int, isNil bool) []byte {
	if isNil {
		return append(b, 0)
	}
	return binary.AppendUvarint(b, uint64(n)+1)
}

func appendStrings(b []byte, list []string) []byte {
	b = appendLen(b, len(list), list == nil)
	for _, s := range list {
		b = appendString(b, s)
	}
	return b
}

// decoder reads a payload. After the first error every read gives the zero value.
type decoder struct {
	b   []byte
	err error
}

// newDecoder begins after the envelope.
func newDecoder(value []byte) *decoder {
	b, err := payload(value)
	return &decoder{b: b, err: err}
}

// fail notes that the value is not what it should be.
func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err, d.b = err, nil
	}
}

// take gives the next n bytes, not copied.
func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.b)) {
		d.fail(errShort)
		return nil
	}
	part := d.b[:n:n]
	d.b = d.b[n:]
	return part
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.fail(errShort)
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.fail(errShort)
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) byte() byte {
	if b := d.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) uint32() uint32 {
	if b := d.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (d *decoder) uint64() uint64 {
	if b := d.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (d *decoder) bytes() []byte { return d.take(d.uvarint()) }

func (d *decoder) string() string { return string(d.bytes()) }

// len reads what appendLen wrote; -1 is nil. Every element takes at least a byte,
// so a length beyond what is left is damage and not a reason to allocate.
func (d *decoder) len() int {
	n := d.uvarint()
	if n > uint64(len(d.b))+1 {
		d.fail(errShort)
		return -1
	}
	return int(n) - 1
}

func (d *decoder) strings() []string {
	n := d.len()
	if n < 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = d.string()
	}
	return list
}

// end gives the error, also if something is left unread.
func (d *decoder) end() error {
	if d.err == nil && len(d.b) > 0 {
		return errors.New("a value that goes on too long")
	}
	return d.err
}
