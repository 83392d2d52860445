package tdstest

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// precedence of types: of two, the later one is what both are compared as.
var precedence = []string{
	"binary", "varbinary", "rowversion", "char", "varchar", "nchar", "nvarchar", "uniqueidentifier", "bit", "tinyint", "smallint", "int", "bigint",
	"smallmoney", "money", "numeric", "decimal", "real", "float", "time", "date", "smalldatetime", "datetime", "datetime2", "datetimeoffset",
}

const (
	rankRowversion = 2
	rankGUID       = 7
	rankFloat      = 18
)

func rank(k kind) int {
	for i, name := range precedence {
		if name == k.name {
			return i
		}
	}
	return -1
}

func timed(k kind) bool   { return rank(k) > rankFloat }
func isText(k kind) bool  { return rank(k) > rankRowversion && rank(k) < rankGUID }
func isBytes(k kind) bool { return rank(k) <= rankRowversion }

// compare orders two values that are not NULL.
func compare(x, y any, a, b kind, binary bool) int {
	if m, ok := x.(int64); ok {
		if n, ok := y.(int64); ok {
			return cmp.Compare(m, n)
		}
	}
	k := a
	if rank(b) > rank(a) {
		k = b
	}
	if a.name != b.name || timed(a) && a.scale != b.scale {
		if timed(k) && k.id >= 0x29 && k.id <= 0x2B {
			k.scale = 7
		}
		if isText(k) {
			k.size = maxSize
		}
		if k.id == 0x6A || k.id == 0x6C {
			k.prec, k.scale = 38, max(a.scale, b.scale)
		}
		x, y = convert(x, a, k, 0), convert(y, b, k, 0)
	}
	switch {
	case timed(k):
		return x.(time.Time).Compare(y.(time.Time))
	case k.name == "uniqueidentifier":
		return bytes.Compare(guidOrder(x), guidOrder(y))
	case isText(k):
		s, t := strings.TrimRight(x.(string), " "), strings.TrimRight(y.(string), " ")
		switch {
		case binary:
			return cmp.Compare(s, t)
		case plain(s) && plain(t): // a collator takes long
			return cmp.Compare(strings.ToLower(s), strings.ToLower(t))
		}
		return collate.New(language.Swedish, collate.IgnoreCase).CompareString(s, t)
	case isBytes(k):
		return bytes.Compare(x.([]byte), y.([]byte))
	case k.name == "bit":
		return cmp.Compare(btoi(x.(bool)), btoi(y.(bool)))
	}
	m, _ := asNumber(x)
	n, _ := asNumber(y)
	return m.Cmp(n)
}

// plain tells whether text is of ASCII letters and digits.
func plain(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 'z' || r < '0' || r > '9' && r < 'A' || r > 'Z' && r < 'a' }) < 0
}

// guidOrder has a GUID's bytes in the order that the database compares them.
func guidOrder(value any) []byte {
	b, _ := typeOf("uniqueidentifier", 0).body(nil, value)
	return append(append(append(append(append([]byte(nil), b[10:]...), b[8:10]...), b[6:8]...), b[4:6]...), b[:4]...)
}

// asNumber is the value of a number, or of bytes as a number.
func asNumber(value any) (*big.Rat, bool) {
	if b, ok := value.([]byte); ok {
		return new(big.Rat).SetInt(new(big.Int).SetBytes(b)), true
	}
	if b, ok := value.(bool); ok {
		value = btoi(b)
	}
	return new(big.Rat).SetString(strings.TrimSpace(fmt.Sprint(value)))
}

// convert gives a value as another type has it. It panics with an *Error where that
// cannot be.
func convert(value any, from, to kind, style int) any {
	if value == nil || from.String() == to.String() && !timed(to) {
		return value
	}
	failed := &Error{Number: 8114, State: 5, Message: fmt.Sprintf("Error converting data type %s to %s.", from.name, to.name)}
	switch {
	case isText(to):
		shown := []rune(show(value, from, to, style))
		most := to.size
		if to.id&0x40 != 0 && to.size != maxSize {
			most /= 2
		}
		return string(shown[:min(len(shown), most)])
	case isBytes(to):
		b := toBytes(value, from)
		if s, ok := value.(string); ok && isText(from) && style > 0 {
			var err error
			if b, err = hex.DecodeString(strings.TrimPrefix(s, "0x")); err != nil {
				panic(failed)
			}
		}
		if to.name == "rowversion" {
			to.size = 8
		}
		if to.name == "binary" && len(b) < to.size {
			b = append(slices.Clone(b), make([]byte, to.size-len(b))...)
		}
		return b[:min(len(b), to.size)]
	case timed(to) || to.name == "uniqueidentifier":
		if b, ok := value.([]byte); ok && len(b) == 16 {
			return guidText(b)
		}
		_, fraction, _ := strings.Cut(fmt.Sprint(value), ".")
		if strings.HasSuffix(to.name, "datetime") && isText(from) && len(fraction) > 3 {
			panic(&Error{Number: 241, State: 1, Message: "Conversion failed when converting date and/or time from character string."})
		}
	default:
		n, ok := asNumber(value)
		if !ok {
			panic(failed)
		}
		switch to.name {
		case "bit":
			return n.Sign() != 0
		case "real", "float":
			f, _ := n.Float64()
			value = f
		case "decimal", "numeric", "money", "smallmoney":
			value = n.FloatString(to.scale)
		default:
			whole := new(big.Int).Quo(n.Num(), n.Denom())
			if !whole.IsInt64() || to.size < 8 && new(big.Int).Abs(whole).BitLen() > 8*to.size {
				panic(&Error{Number: 8115, State: 2, Message: "Arithmetic overflow error converting expression to data type " + to.name + "."})
			}
			value = whole.Int64()
		}
	}
	body, err := to.body(nil, value)
	if err != nil {
		panic(failed)
	}
	return to.parse(body)
}

// show is a value as text: of bytes with style 1 or 2 as hexadecimal, of times in the
// ISO form, which is that of the styles 121 and 126.
func show(value any, from, to kind, style int) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		return strconv.Itoa(btoi(v))
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []byte:
		switch {
		case style == 1:
			return "0x" + strings.ToUpper(hex.EncodeToString(v))
		case style == 2:
			return strings.ToUpper(hex.EncodeToString(v))
		}
		to.name = strings.TrimPrefix(to.name, "n")
		if to.id&0x40 != 0 {
			to.name = "nvarchar"
		}
		shown, _ := to.parse(v).(string)
		return shown
	case time.Time:
		layout, digits := "2006-01-02 15:04:05", from.scale
		switch from.name {
		case "date":
			return v.Format(time.DateOnly)
		case "datetime":
			digits = 3
			v = v.Round(time.Millisecond)
		}
		iso := style == 126 || style == 127
		if digits > 0 && (!iso || from.name != "datetime" || v.Nanosecond() > 0) {
			layout += "." + strings.Repeat("0", digits)
		}
		if from.name == "time" {
			layout = layout[11:]
		}
		if from.name == "datetimeoffset" {
			layout += " -07:00"
		}
		if iso {
			layout = strings.Replace(strings.Replace(layout, " ", "T", 1), " ", "", 1)
		}
		return v.Format(layout)
	}
	return fmt.Sprint(value)
}

// toBytes is a value as varbinary: numbers with the highest byte first.
func toBytes(value any, k kind) []byte {
	switch v := value.(type) {
	case []byte:
		return v
	case int64:
		b := little.AppendUint64(nil, uint64(v))[:k.size]
		for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
			b[i], b[j] = b[j], b[i]
		}
		return b
	}
	b, _ := k.body(nil, value)
	return b
}
