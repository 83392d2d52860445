package adapter

import (
	"math"
	"time"
)

// rawLayout writes a time with the digits that the source gave.
const rawLayout = "2006-01-02T15:04:05.999999999"

// when finds out when a change happened: the time column, with its rule for
// midnight, else the time cursor. The second result is the same as the source wrote
// it. Both are zero if the source does not say.
func (l *Loop) when(values []any) (time.Time, string) {
	s := &l.shape
	t, ok := at(values, s.time)
	if ok && s.midnight >= 0 && midnight(t.In(l.Definition.Location)) {
		if other, has := at(values, s.midnight); has {
			t = other
		}
	}
	if !ok && l.Definition.Cursor.Kind == CursorTime {
		t, ok = at(values, s.cursor)
	}
	if !ok {
		return time.Time{}, ""
	}
	return t, t.Format(rawLayout)
}

func at(values []any, i int) (time.Time, bool) {
	if i < 0 {
		return time.Time{}, false
	}
	t, ok := values[i].(time.Time)
	return t, ok
}

func midnight(t time.Time) bool {
	h, m, s := t.Clock()
	return h == 0 && m == 0 && s == 0 && t.Nanosecond() == 0
}

// afterShadow reads an ambiguous wall clock. Sources give times without a zone in
// their own location, and of the two instants that the hour after summer time has,
// the first. Where the case has already been past that one, it must be the second.
func afterShadow(t, shadow time.Time) time.Time {
	if t.Location() == time.UTC || !t.Before(shadow) {
		return t
	}
	if later := t.Add(time.Hour); sameReading(later, t) {
		return later
	}
	return t
}

// sameReading tells whether a wall clock showed the same at two times.
func sameReading(a, b time.Time) bool { return a.Format(rawLayout) == b.Format(rawLayout) }

// cursorTwice tells whether a row's time cursor is a reading that comes twice, so
// that a lesser one may be the later.
func (l *Loop) cursorTwice(values []any) bool {
	t, ok := at(values, l.shape.cursor)
	return ok && sameReading(t, t.Add(time.Hour))
}

// order gives the place of a change among others with the same tidpunkt: the row's
// number or the cursor's where they are numbers, else the change's own.
func (l *Loop) order(values []any, number uint64) int64 {
	if l.Definition.Mode == History {
		for _, i := range []int{l.shape.row, l.shape.cursor} {
			if i < 0 {
				continue
			}
			if n, ok := values[i].(int); ok {
				return int64(n)
			}
		}
	}
	return int64(min(number, math.MaxInt64))
}
