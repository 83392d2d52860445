package adapter_test

import (
	"testing"
	"time"

	"arendebrygga/adapter"
)

// A business date has no time of day: exactly midnight on the source's clock is none, and
// another column says when it was.
func TestIfMidnight(t *testing.T) {
	for _, mode := range bothModes {
		def := definition(mode)
		def.Columns = append(def.Columns, adapter.Column{Name: "skapad", Type: adapter.Time})
		def.Time.IfMidnight = "skapad"
		b := newBench(t, def)
		midnight, other := day(0, 0), day(10, 15)
		for i, c := range []struct{ tid, skapad, want any }{
			{midnight, other, other},
			{midnight.UTC(), other, other},
			{midnight, nil, midnight},
			{midnight.Add(time.Millisecond), other, midnight.Add(time.Millisecond)},
			{day(9, 30), other, day(9, 30)},
			{time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC), other, time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)}, // two in the morning
		} {
			row := b.put(i+1, "A"+string(rune('1'+i)), "a", c.tid)
			row.skapad = c.skapad
			b.poll(t)
			if got := b.log[len(b.log)-1].Tidpunkt; len(b.log) != i+1 || !got.Equal(c.want.(time.Time)) {
				t.Errorf("%s, %v and %v: %v of %d changes", mode, c.tid, c.skapad, got, len(b.log))
			}
		}
	}
}
