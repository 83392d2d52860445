package tdstest

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"golang.org/x/text/encoding/charmap"
)

var errShort = errors.New("the message is cut short")

// reader takes a message apart. After an error all that it gives is zero.
type reader struct {
	b   []byte
	err error
}

func (r *reader) take(n int) []byte {
	if r.err == nil && (n < 0 || n > len(r.b)) {
		r.err = errShort
	}
	if r.err != nil {
		return make([]byte, min(max(n, 0), 1<<16))
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

func (r *reader) byte() int      { return int(r.take(1)[0]) }
func (r *reader) uint16() int    { return int(little.Uint16(r.take(2))) }
func (r *reader) uint32() int    { return int(little.Uint32(r.take(4))) }
func (r *reader) name() string   { return fromUTF16(r.take(2 * r.byte())) } // B_VARCHAR
func (r *reader) rest() []byte   { return r.take(len(r.b)) }
func (r *reader) headers()       { r.take(r.uint32() - 4) } // ALL_HEADERS
func (r *reader) more() bool     { return r.err == nil && len(r.b) > 0 }
func (r *reader) fail(err error) { r.err = errors.Join(r.err, err) }

// param reads a parameter of a procedure.
func (r *reader) param() Param {
	p := Param{Name: r.name()}
	r.byte() // by reference
	id := byte(r.byte())
	if id == 0x1F {
		p.Type = "nvarchar(1)" // so the driver declares it
		return p
	}
	k, fixed := r.kind(id)
	p.Type = k.String()
	if body, null := r.body(k, fixed); !null && r.err == nil {
		p.Value = k.parse(body)
	}
	return p
}

// kind reads a type.
func (r *reader) kind(id byte) (k kind, fixed bool) {
	size := 0
	for name, known := range kinds {
		known.name = name
		switch {
		case known.fixed != 0 && id == known.fixed:
			return known, true
		case id == known.id && known.user == 0 && known.fixed == 0: // the others are told by their size
			k = known
		}
	}
	switch {
	case id == 0x28:
		return k, false
	case id >= 0x29 && id <= 0x2B:
		k.scale = r.byte()
		return k, false
	case id < 0x80:
		size = r.byte()
	default:
		size = r.uint16()
		if id != 0xA5 && id != 0xAD {
			r.take(5) // collation
		}
	}
	if k.name == "" { // of several sizes
		for name, known := range kinds {
			if known.id == id && known.size == size {
				k, k.name = known, name
			}
		}
	}
	if k.name == "" {
		r.fail(fmt.Errorf("no type %#x of size %d", id, size))
	}
	k.size = size
	if id == 0x6A || id == 0x6C {
		k.prec, k.scale = r.byte(), r.byte()
	}
	return k, false
}

// body reads a value without its length.
func (r *reader) body(k kind, fixed bool) (body []byte, null bool) {
	switch {
	case fixed:
		return r.take(k.size), false
	case k.id < 0x80:
		n := r.byte()
		return r.take(n), n == 0
	case k.size != maxSize:
		if n := r.uint16(); n != 0xFFFF {
			return r.take(n), false
		}
		return nil, true
	}
	if little.Uint64(r.take(8)) == math.MaxUint64 {
		return nil, true
	}
	for {
		n := r.uint32()
		if n == 0 || r.err != nil {
			return body, false
		}
		body = append(body, r.take(n)...)
	}
}

// parse reads a value that is not NULL.
func (k kind) parse(b []byte) any {
	switch k.name {
	case "bit":
		return b[0] != 0
	case "tinyint":
		return int64(b[0])
	case "smallint":
		return int64(int16(little.Uint16(b)))
	case "int":
		return int64(int32(little.Uint32(b)))
	case "bigint":
		return int64(little.Uint64(b))
	case "real":
		return float64(math.Float32frombits(little.Uint32(b)))
	case "float":
		return math.Float64frombits(little.Uint64(b))
	case "smallmoney":
		return unscaled(big.NewInt(int64(int32(little.Uint32(b)))), 4)
	case "money":
		return unscaled(big.NewInt(int64(little.Uint32(b))<<32|int64(little.Uint32(b[4:]))), 4)
	case "decimal", "numeric":
		digits := slices.Clone(b[1:])
		slices.Reverse(digits)
		n := new(big.Int).SetBytes(digits)
		if b[0] == 0 {
			n.Neg(n)
		}
		return unscaled(n, k.scale)
	case "date", "time", "datetime2", "datetimeoffset", "datetime", "smalldatetime":
		return k.parseTime(b)
	case "uniqueidentifier":
		return guidText(b)
	case "nchar", "nvarchar":
		return fromUTF16(b)
	case "char", "varchar":
		if k.id&0x40 != 0 {
			return fromUTF16(b)
		}
		text, _ := charmap.Windows1252.NewDecoder().Bytes(b)
		return string(text)
	}
	return slices.Clone(b)
}

// unscaled is a number with its point.
func unscaled(n *big.Int, scale int) string {
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	return new(big.Rat).SetFrac(n, power).FloatString(scale)
}

// String is the type as it is declared.
func (k kind) String() string {
	switch {
	case k.name == "decimal" || k.name == "numeric":
		return fmt.Sprintf("%s(%d, %d)", k.name, k.prec, k.scale)
	case k.id >= 0x29 && k.id <= 0x2B:
		return fmt.Sprintf("%s(%d)", k.name, k.scale)
	case k.id < 0x80 || k.user == 80:
		return k.name
	case k.utf8 && k.size == maxSize:
		return k.name + "(max) utf8"
	case k.utf8:
		return fmt.Sprintf("%s(%d) utf8", k.name, k.size/2)
	case k.size == maxSize:
		return k.name + "(max)"
	case k.id&0x40 != 0:
		return fmt.Sprintf("%s(%d)", k.name, k.size/2)
	}
	return fmt.Sprintf("%s(%d)", k.name, k.size)
}
