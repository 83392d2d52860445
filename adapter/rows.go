package adapter

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// shape is where a source's rows have what the loop needs; worked out once.
type shape struct {
	status    []int
	time      int // -1: no time column
	midnight  int // -1: no such rule
	row       int
	cursor    int
	producent int   // -1: one producer for all rows
	compared  []int // the columns that make a row another one
	filled    []int // those that do when they get a value
	parties   []int // the columns that tell recipients of one change apart, in the event row
	told      []int // those that say, in the event row, who each of them is
	recipient int   // -1: none, or it is the query's
}

// newShape finds the columns; used are those that the rules use.
func newShape(d *Definition, used []int) shape {
	index := d.Columns.Index
	s := shape{time: index(d.Time.Column), midnight: index(d.Time.IfMidnight), row: index(d.Row), cursor: index(d.Cursor.Column), producent: index(d.ProducentColumn)}
	for _, name := range d.Status {
		s.status = append(s.status, index(name))
	}
	s.recipient = -1
	if d.Recipients.Query == "" {
		r := &d.Recipients
		s.recipient = index(r.Recipient)
		for _, name := range []string{r.Recipient, r.Role, r.Identity.Column, r.Identity.Tillagg} {
			if i := index(name); i >= 0 && i != s.row && name != d.Case {
				s.parties = append(s.parties, i)
			}
		}
		s.told = slices.Clone(s.parties)
		for i := range d.Columns {
			if strings.Contains(r.Identity.OrganisationWhen.Text, d.Columns[i].Name) && !slices.Contains(s.told, i) {
				s.told = append(s.told, i)
			}
		}
	}
	for i := range d.Columns {
		// A touched row is not another row: what only says when it was written is left out.
		timely := i == s.time || i == s.midnight
		switch {
		case slices.Contains(s.parties, i):
		case timely && !slices.Contains(used, i):
			s.filled = append(s.filled, i)
		case timely || i != s.cursor || d.Cursor.Kind == CursorID && d.Mode != Net:
			s.compared = append(s.compared, i)
		}
	}
	return s
}

// group is one row of the source, or several that differ only in the recipient.
type group struct {
	Row
	more []Row
}

// makeGroups puts together the rows of a page that are the same change. The same
// identity with different content is an error: a join that doubles rows would
// otherwise make the case flap between them for ever.
func (l *Loop) makeGroups(rows []Row) ([]group, error) {
	groups := make([]group, 0, len(rows))
	at := make(map[Key]int, len(rows))
	for _, r := range rows {
		if r.ID == "" {
			groups = append(groups, group{Row: r})
			continue
		}
		i, again := at[r.ID]
		if !again {
			at[r.ID] = len(groups)
			groups = append(groups, group{Row: r})
			continue
		}
		if name := l.differs(groups[i].Row, r); name != "" {
			return nil, notUnique{l.identityColumn(), name, groups[i].Cursor != r.Cursor}
		}
		groups[i].more = append(groups[i].more, r)
		groups[i].Err = cmp.Or(groups[i].Err, r.Err)
	}
	return groups, nil
}

// notUnique is the error of two rows with one identity. If their cursors differ, too, it
// may be one row that was read twice: a server without row versions reads along an
// index, and a writer may move a row that was read ahead of the reader.
type notUnique struct {
	identity, column string
	moved            bool
}

// Error names columns, not values.
func (n notUnique) Error() string {
	return fmt.Sprintf("the events query is not unique: two of its rows have the same %s but differ in %s; a join gives several rows where one was meant", n.identity, n.column)
}

func (l *Loop) identityColumn() string {
	if l.Definition.Mode == Net {
		return l.Definition.Case
	}
	return l.Definition.Row
}

// differs names the first column in which two rows of one identity differ, other
// than those that name the recipient.
func (l *Loop) differs(a, b Row) string {
	for i := range l.Definition.Columns {
		if !slices.Contains(l.shape.parties, i) && !sameValue(a.Values[i], b.Values[i]) {
			return l.Definition.Columns[i].Name
		}
	}
	return ""
}

func sameValue(a, b any) bool {
	switch a := a.(type) {
	case []byte:
		b, ok := b.([]byte)
		return ok && slices.Equal(a, b)
	case time.Time:
		b, ok := b.(time.Time)
		return ok && a.Equal(b)
	}
	return a == b
}

// hash tells whether a row read again is still the same. The recipients that event
// rows name come in no order, so theirs are added up.
func (s *shape) hash(g *group, parties [][]any) uint64 {
	sum := hashOf(g.Values, s.compared, g.Err)
	for n, i := range s.filled {
		if g.Values[i] != nil {
			sum += 1 << n
		}
	}
	for _, values := range parties {
		sum += hashOf(values, s.parties, nil)
	}
	return sum
}

func hashOf(values []any, columns []int, err error) uint64 {
	h := fnv.New64a()
	b := make([]byte, 0, 256)
	for _, i := range columns {
		b = appendValue(b, values[i])
	}
	_, _ = h.Write(b)
	if err != nil {
		_, _ = io.WriteString(h, err.Error())
	}
	return h.Sum64()
}

// appendValue writes a value so that no two different ones look alike.
func appendValue(b []byte, v any) []byte {
	text := func(kind byte, s string) []byte {
		b = binary.BigEndian.AppendUint32(append(b, kind), uint32(len(s)))
		return append(b, s...)
	}
	switch v := v.(type) {
	case nil:
		return append(b, '0')
	case string:
		return text('s', v)
	case Number:
		return text('n', string(v))
	case []byte:
		return text('y', string(v))
	case int:
		return binary.BigEndian.AppendUint64(append(b, 'i'), uint64(v))
	case float64:
		return binary.BigEndian.AppendUint64(append(b, 'f'), math.Float64bits(v))
	case bool:
		return strconv.AppendBool(b, v)
	case time.Time:
		b = binary.BigEndian.AppendUint64(append(b, 't'), uint64(v.Unix()))
		return binary.BigEndian.AppendUint32(b, uint32(v.Nanosecond()))
	}
	panic(fmt.Sprintf("a row holds a %T", v))
}

// status gives the status columns' texts and the status they make together.
func (l *Loop) status(values []any) ([]string, string) {
	parts := make([]string, len(l.shape.status))
	for i, col := range l.shape.status {
		parts[i] = plain(values[col])
	}
	return parts, strings.Join(parts, "/")
}

// plain writes a value as status texts are compared: NULL is empty, and blanks
// that pad a code do not count.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimRight(v, " ")
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.Format(time.DateTime)
	}
	return fmt.Sprint(v)
}
