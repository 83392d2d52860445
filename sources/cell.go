package sources

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"arendebrygga/adapter"
)

// cell reads the values of one column, row after row, each into the last row of a
// result. It decodes straight out of the driver's buffer, so that a value is copied once.
type cell struct {
	view  *view
	res   *result
	index int
	keyed bool
	wall  wallClock
}

// cells are those of a view's columns, for the rows of a result.
func (v *view) cells(res *result) []cell {
	cells := make([]cell, len(v.columns))
	for i := range cells {
		cells[i] = cell{view: v, res: res, index: i, keyed: i == v.cursor || i == v.id || i == v.kase || i == v.axis.column}
	}
	return cells
}

// Scan reads a value. A value that does not fit the declared type is kept as an
// error beside the row, as it must not stop the rows around it.
func (c *cell) Scan(value any) error {
	if value == nil { // as all of a new row is
		return nil
	}
	col, traits := &c.view.columns[c.index], &c.view.traits[c.index]
	if !plainly(value) {
		c.fail("holds a value of a type that is not known here: convert it in the query")
		return nil
	}
	if c.keyed {
		if b, bytes := value.([]byte); bytes && col.Type == adapter.String && !utf8.Valid(b) {
			c.fail("holds bytes that are no text, so it must be declared as bytes or uuid")
			return nil // guessed at, two of them could look alike
		}
		text := keyText(col.Type, traits, value)
		c.key(text)
		if given, _ := value.(string); col.Type == adapter.String && given != text {
			value = text // what decode would make, made once
		}
	}
	read, ok := c.decode(col.Type, traits, value)
	if !ok {
		c.fail("holds a value that is no " + string(col.Type))
		return nil
	}
	c.res.rows[len(c.res.rows)-1].Values[c.index] = read
	return nil
}

// key puts a key where the row has it. On a walk's axis blank text is a key like any other.
func (c *cell) key(text string) {
	v, last := c.view, len(c.res.rows)-1
	row, key := &c.res.rows[last], blank(text)
	if c.index == v.cursor {
		row.Cursor = key
	}
	if v.traits[c.index].number && (c.index == v.id || c.index == v.kase) {
		key = unscaled(v.columns[c.index].Type, key)
	}
	if c.index == v.id {
		row.ID = key
	}
	if c.index == v.kase {
		row.Case = key
	}
	if c.index == v.axis.column {
		c.res.at[last] = adapter.Key(text)
	}
}

// fail keeps the first error of a row.
func (c *cell) fail(why string) {
	if row := &c.res.rows[len(c.res.rows)-1]; row.Err == nil {
		row.Err = unreadable{c.view.columns[c.index].Name, why}
	}
}

func (c *cell) decode(t adapter.ColumnType, traits *columnTraits, value any) (any, bool) {
	if b, ok := value.([]byte); ok && traits.bits && t != adapter.Bytes {
		value = bits(string(b))
	}
	if f, wide := value.(float64); wide && traits.single {
		value = float32(f) // 0.1, not 0.10000000149011612; a key stays as it compares
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
