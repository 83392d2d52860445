package tdstest

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

var little = binary.LittleEndian

// encode appends a value of a row.
func (k kind) encode(buf []byte, value any) ([]byte, error) {
	prefix := k.prefix()
	if value == nil {
		switch prefix {
		case 0:
			return nil, fmt.Errorf("NULL in a column of %s that is not null", k.name)
		case 1:
			return append(buf, 0), nil
		}
		return append(buf, bytes.Repeat([]byte{0xFF}, min(prefix, 8))...), nil
	}
	start := len(buf)
	buf, err := k.body(append(buf, make([]byte, prefix)...), value)
	if err != nil {
		return nil, err
	}
	size := len(buf) - start - prefix
	switch prefix {
	case 1:
		buf[start] = byte(size)
	case 2:
		if size > k.size {
			return nil, fmt.Errorf("a value of %d bytes is too long for %s of %d", size, k.name, k.size)
		}
		little.PutUint16(buf[start:], uint16(size))
	case 12: // the whole, then one part and an empty one
		little.PutUint64(buf[start:], uint64(size))
		little.PutUint32(buf[start+8:], uint32(size))
		if size > 0 {
			buf = little.AppendUint32(buf, 0)
		}
	}
	return buf, nil
}

// prefix is how many bytes before a value tell its length.
func (k kind) prefix() int {
	switch {
	case k.bare:
		return 0
	case k.id < 0x80:
		return 1
	case k.size == maxSize:
		return 12
	}
	return 2
}

// body appends a value without its length.
func (k kind) body(buf []byte, value any) ([]byte, error) {
	switch k.name {
	case "bit":
		if b, ok := value.(bool); ok {
			if b {
				return append(buf, 1), nil
			}
			return append(buf, 0), nil
		}
	case "tinyint", "smallint", "int", "bigint":
		if n, ok := integer(value); ok {
			return little.AppendUint64(buf, uint64(n))[:len(buf)+k.size], nil
		}
	case "real":
		if f, ok := value.(float64); ok {
			return little.AppendUint32(buf, math.Float32bits(float32(f))), nil
		}
	case "float":
		if f, ok := value.(float64); ok {
			return little.AppendUint64(buf, math.Float64bits(f)), nil
		}
	case "smallmoney", "money", "decimal", "numeric":
		if n, ok := scaled(value, k.scale); ok {
			return k.number(buf, n), nil
		}
	case "date", "time", "datetime2", "datetimeoffset", "datetime", "smalldatetime":
		if t, ok := moment(value); ok {
			return k.time(buf, t), nil
		}
	case "uniqueidentifier":
		if text, ok := value.(string); ok {
			if b, err := hex.DecodeString(strings.ReplaceAll(text, "-", "")); err == nil && len(b) == 16 {
				return append(buf, mixed(b)...), nil
			}
		}
	case "rowversion":
		if n, ok := integer(value); ok {
			return binary.BigEndian.AppendUint64(buf, uint64(n)), nil
		}
		if b, ok := value.([]byte); ok && len(b) == 8 {
			return append(buf, b...), nil
		}
	case "binary", "varbinary":
		if b, ok := value.([]byte); ok {
			return k.pad(append(buf, b...), len(b), 0), nil
		}
	default:
		if text, ok := value.(string); ok {
			return k.text(buf, text)
		}
	}
	return nil, fmt.Errorf("%T is no value for %s", value, k.name)
}

func (k kind) text(buf []byte, text string) ([]byte, error) {
	start := len(buf)
	if k.id&0x40 != 0 {
		buf = utf16le(buf, text)
		for k.name == "nchar" && len(buf)-start < k.size {
			buf = append(buf, ' ', 0)
		}
		return buf, nil
	}
	for _, r := range text {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			return nil, fmt.Errorf("%q is not in cp1252", r)
		}
		buf = append(buf, b)
	}
	return k.pad(buf, len(buf)-start, ' '), nil
}

// pad fills a value of fixed length.
func (k kind) pad(buf []byte, size int, with byte) []byte {
	for ; (k.name == "char" || k.name == "binary") && size < k.size; size++ {
		buf = append(buf, with)
	}
	return buf
}

// number appends a number without its point.
func (k kind) number(buf []byte, n *big.Int) []byte {
	switch {
	case k.name == "smallmoney":
		return little.AppendUint32(buf, uint32(n.Int64()))
	case k.name == "money": // the upper half comes first
		return little.AppendUint32(little.AppendUint32(buf, uint32(n.Int64()>>32)), uint32(n.Int64()))
	}
	sign := byte(1)
	if n.Sign() < 0 {
		sign = 0
	}
	digits := new(big.Int).Abs(n).FillBytes(make([]byte, 16))
	buf = append(buf, sign)
	for i := len(digits) - 1; i >= 0; i-- {
		buf = append(buf, digits[i])
	}
	return buf
}

// integer is any Go integer.
func integer(value any) (int64, bool) {
	v := reflect.ValueOf(value)
	switch {
	case v.CanInt():
		return v.Int(), true
	case v.CanUint():
		return int64(v.Uint()), true
	}
	return 0, false
}

// scaled is a number times ten to the power of scale.
func scaled(value any, scale int) (*big.Int, bool) {
	r, ok := new(big.Rat).SetString(fmt.Sprint(value))
	if !ok {
		return nil, false
	}
	r.Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)))
	return r.Num(), r.IsInt()
}

// mixed turns a GUID between its text's order of bytes and the database's, in which
// the first three groups are the other way round.
func mixed(b []byte) []byte {
	return []byte{b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]}
}

func guidText(b []byte) string {
	b = mixed(b)
	return strings.ToUpper(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

func utf16le(buf []byte, text string) []byte {
	for _, r := range text {
		if r < 0x10000 {
			buf = append(buf, byte(r), byte(r>>8))
			continue
		}
		hi, lo := utf16.EncodeRune(r)
		buf = append(buf, byte(hi), byte(hi>>8), byte(lo), byte(lo>>8))
	}
	return buf
}

func fromUTF16(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = little.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// moment is a value as a time, with its zone if it has one.
func moment(value any) (time.Time, bool) {
	if t, ok := value.(time.Time); ok {
		return t, true
	}
	text, _ := value.(string)
	for _, layout := range []string{time.DateTime, time.DateTime + " -07:00", time.DateTime + "Z07:00", time.DateOnly, "20060102", time.TimeOnly} {
		if t, err := time.Parse(layout, strings.Replace(text, "T", " ", 1)); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
