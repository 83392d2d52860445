package sources

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"arendebrygga/adapter"
)

// cell reads the values of one column, row after row. It decodes straight out of
// the driver's buffer, so that a value is copied once.
type cell struct {
	view  *view
	index int
	keyed bool
	wall  wallClock

	value any
	key   adapter.Key
	at    adapter.Key // the key of a value on a walk's axis, where blank text is one like any other
	err   error
}

// Scan reads a value. A value that does not fit the declared type is kept as an
// error beside the row, as it must not stop the rows around it.
func (c *cell) Scan(value any) error {
	col, traits := c.view.columns[c.index], c.view.traits[c.index]
	c.value, c.key, c.at, c.err = nil, "", "", nil
	if value == nil {
		return nil
	}
	if !plainly(value) {
		c.err = unreadable{col.Name, "holds a value of a type that is not known here: convert it in the query"}
		return nil
	}
	if c.keyed {
		if b, bytes := value.([]byte); bytes && col.Type == adapter.String && !utf8.Valid(b) {
			c.err = unreadable{col.Name, "holds bytes that are no text, so it must be declared as bytes or uuid"}
			return nil // guessed at, two of them could look alike
		}
		text := keyText(col.Type, traits, value)
		c.at, c.key = adapter.Key(text), blank(text)
	}
	var ok bool
	if c.value, ok = c.decode(col.Type, traits, value); !ok {
		c.value = nil
		c.err = unreadable{col.Name, "holds a value that is no " + string(col.Type)}
	}
	return nil
}

func (c *cell) decode(t adapter.ColumnType, traits columnTraits, value any) (any, bool) {
	if b, ok := value.([]byte); ok && traits.bits && t != adapter.Bytes {
		value = bits(string(b))
	}
	if traits.float && t == adapter.Decimal {
		if f, err := strconv.ParseFloat(plain(value), 64); err == nil {
			value = f
		}
	}
	switch t {
	case adapter.String:
		if text, ok := value.(string); ok && utf8.ValidString(text) {
			return value, true // as the driver put it into an interface, not once more
		}
		return decoded(plain(value)), true
	case adapter.Int:
		return toInt(value)
	case adapter.Decimal:
		return toNumber(value)
	case adapter.Float:
		f, err := strconv.ParseFloat(strings.TrimSpace(plain(value)), 64)
		return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
	case adapter.Bool:
		return toBool(value)
	case adapter.Time, adapter.Date:
		return c.time(t, traits, value)
	case adapter.UUID:
		return toUUID(value)
	case adapter.Bytes:
		return []byte(plain(value)), true
	}
	return nil, false
}

func toInt(value any) (any, bool) {
	if n, ok := value.(int64); ok {
		return int(n), true
	}
	text := strings.TrimSpace(plain(value))
	if whole, fraction, ok := strings.Cut(text, "."); ok && strings.Trim(fraction, "0") == "" {
		text = whole // a decimal column, as Oracle's heirs have them
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

func toNumber(value any) (any, bool) {
	text := strings.TrimSpace(plain(value))
	switch v := value.(type) {
	case float64:
		text = strconv.FormatFloat(v, 'f', -1, 64)
	case float32:
		text = strconv.FormatFloat(float64(v), 'f', -1, 32)
	}
	digits := strings.TrimPrefix(text, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if whole+fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return nil, false
	}
	return adapter.Number(text), true
}

func toBool(value any) (any, bool) {
	switch strings.ToLower(strings.TrimSpace(plain(value))) {
	case "1", "true":
		return true, true
	case "0", "false":
		return false, true
	}
	return nil, false
}

func toUUID(value any) (any, bool) {
	text := plain(value)
	if len(text) == 16 {
		return uuid.UUID([]byte(text)).String(), true
	}
	id, err := uuid.Parse(strings.TrimSpace(text))
	return id.String(), err == nil
}
