package sources

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/encoding/charmap"

	"arendebrygga/adapter"
)

// raw is a value as the driver hands it out, copied.
type raw struct{ value any }

// Scan takes the driver's value.
func (r *raw) Scan(value any) error {
	if b, ok := value.([]byte); ok {
		value = string(b) // the driver uses its buffer again
	}
	r.value = value
	return nil
}

func (r raw) text() string { return plain(r.value) }

func (r raw) key() adapter.Key { return blank(decoded(plain(r.value))) }

// truth tells whether a comparison was true; one with NULL was not.
func (r raw) truth() bool { return r.text() == "1" || r.text() == "true" }

// plain is the database's own text for a value. A number that the driver has read
// is written back; both are exact.
func plain(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case uint64:
		return strconv.FormatUint(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case float32:
		return strconv.FormatFloat(float64(v), 'g', -1, 32)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// plainly tells whether plain knows a value's type.
func plainly(value any) bool {
	switch value.(type) {
	case nil, string, []byte, int64, uint64, float64, float32, bool:
		return true
	}
	return false
}

// blank makes the empty key of text that identifies nothing.
func blank(text string) adapter.Key {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return adapter.Key(text)
}

// decoded makes text valid. Bytes that are no UTF-8 come from columns whose
// declared character set is not what the application wrote: in Swedish systems
// that is Windows' code page, of which latin1 is a part.
func decoded(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	valid, err := charmap.Windows1252.NewDecoder().String(text)
	if err != nil {
		return strings.ToValidUTF8(text, "\uFFFD")
	}
	return valid
}

// keyText is the key for a value of a declared column, unless it is blank. Bytes
// have no text of their own: they are written as hexadecimal, 16 bytes of a UUID as
// one.
func keyText(t adapter.ColumnType, traits *columnTraits, value any) string {
	text := plain(value)
	switch {
	case value == nil:
		return ""
	case traits.bits:
		return strconv.FormatUint(bits(text), 10)
	case t == adapter.UUID && len(text) == 16:
		return uuid.UUID([]byte(text)).String()
	case t == adapter.Bytes:
		return hex.EncodeToString([]byte(text))
	}
	return decoded(text)
}

// unscaled is a number as an identity: how many decimals its column has is no part of
// it, or a vendor who makes an INT a DECIMAL(12,2) would make every row another one.
func unscaled(t adapter.ColumnType, key adapter.Key) adapter.Key {
	whole, fraction, scaled := strings.Cut(string(key), ".")
	if !scaled || t != adapter.Int && t != adapter.Decimal || strings.Trim(fraction, "0123456789") != "" {
		return key
	}
	return adapter.Key(strings.TrimSuffix(whole+"."+strings.TrimRight(fraction, "0"), "."))
}

func bits(text string) uint64 {
	var n uint64
	for i := range len(text) {
		n = n<<8 | uint64(text[i])
	}
	return n
}
