package sink

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync"
	"time"

	"arendebrygga/adapter"
)

// What a value of a row is, as its first byte.
const (
	kindNil byte = iota
	kindString
	kindInt
	kindNumber
	kindFloat
	kindFalse
	kindTrue
	kindUTC
	kindZoned
	kindBytes
)

// appendValue writes one value of a Row.
func appendValue(b []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(b, kindNil), nil
	case string:
		return appendString(append(b, kindString), v), nil
	case int:
		return binary.AppendVarint(append(b, kindInt), int64(v)), nil
	case adapter.Number:
		return appendString(append(b, kindNumber), string(v)), nil
	case float64:
		return binary.BigEndian.AppendUint64(append(b, kindFloat), math.Float64bits(v)), nil
	case bool:
		if v {
			return append(b, kindTrue), nil
		}
		return append(b, kindFalse), nil
	case time.Time:
		return appendTime(b, v), nil
	case []byte:
		return appendString(append(b, kindBytes), string(v)), nil
	}
	return nil, fmt.Errorf("a row has a value of type %T, which no column can have", value)
}

// appendTime keeps the instant and the zone, by name; the offset stands in where
// the name cannot be found when it is read.
func appendTime(b []byte, t time.Time) []byte {
	zone := t.Location()
	kind := kindZoned
	if zone == time.UTC {
		kind = kindUTC
	}
	b = append(b, kind)
	b = binary.AppendVarint(b, t.Unix())
	b = binary.AppendUvarint(b, uint64(t.Nanosecond()))
	if kind == kindUTC {
		return b
	}
	_, offset := t.Zone()
	return binary.AppendVarint(appendString(b, zone.String()), int64(offset))
}

func appendValues(b []byte, row []any) (_ []byte, err error) {
	b = appendLen(b, len(row), row == nil)
	for _, v := range row {
		if b, err = appendValue(b, v); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// appendRows writes the values of several rows.
func appendRows(b []byte, rows [][]any) (_ []byte, err error) {
	b = appendLen(b, len(rows), rows == nil)
	for _, row := range rows {
		if b, err = appendValues(b, row); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (d *decoder) value(z *zones) any {
	switch kind := d.byte(); kind {
	case kindNil:
		return nil
	case kindString:
		return d.string()
	case kindInt:
		return int(d.varint())
	case kindNumber:
		return adapter.Number(d.string())
	case kindFloat:
		return math.Float64frombits(d.uint64())
	case kindFalse, kindTrue:
		return kind == kindTrue
	case kindUTC, kindZoned:
		return d.timeOf(kind, z)
	case kindBytes:
		return append([]byte{}, d.bytes()...)
	default:
		d.fail(fmt.Errorf("a value of kind %d", kind))
		return nil
	}
}

func (d *decoder) time(z *zones) time.Time { return d.timeOf(d.byte(), z) }

func (d *decoder) timeOf(kind byte, z *zones) time.Time {
	sec, nsec := d.varint(), d.uvarint()
	if kind == kindUTC {
		return time.Unix(sec, int64(nsec)).UTC()
	}
	if kind != kindZoned {
		d.fail(fmt.Errorf("a time of kind %d", kind))
	}
	name, offset := d.string(), int(d.varint())
	if d.err != nil {
		return time.Time{}
	}
	return time.Unix(sec, int64(nsec)).In(z.find(name, offset))
}

func (d *decoder) values(z *zones) []any {
	n := d.len()
	if n < 0 {
		return nil
	}
	row := make([]any, n)
	for i := range row {
		row[i] = d.value(z)
	}
	return row
}

func (d *decoder) rows(z *zones) [][]any {
	n := d.len()
	if n < 0 {
		return nil
	}
	rows := make([][]any, n)
	for i := range rows {
		rows[i] = d.values(z)
	}
	return rows
}

// zones remembers the time zones that were loaded: loading one reads a file.
type zones struct {
	mu    sync.Mutex
	found map[string]*time.Location
}

func (z *zones) find(name string, offset int) *time.Location {
	z.mu.Lock()
	defer z.mu.Unlock()
	if loc := z.found[name]; loc != nil {
		return loc
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" {
		return time.FixedZone(name, offset)
	}
	if z.found == nil {
		z.found = map[string]*time.Location{}
	}
	z.found[name] = loc
	return loc
}
