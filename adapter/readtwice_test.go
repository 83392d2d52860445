package adapter_test

import (
	"context"
	"strings"
	"testing"

	"arendebrygga/adapter"
)

// overtaking is a database without row versions: while a page is read a writer moves its
// first row ahead of the reader, which so meets it twice, as it was and as it is.
type overtaking struct {
	*sim
	times int // for how many readings there is such a writer
}

func (o *overtaking) Read(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	page, err := o.sim.Read(ctx, from)
	if o.times > 0 && len(page.Rows) > 0 {
		o.times--
		older := o.row(simRow{id: 1, arende: "A1", status: "a", hemlig: false})
		page.Rows = append([]adapter.Row{older}, page.Rows...)
	}
	return page, err
}

// A row that was read twice since it moved is read once more, and is no fault of the
// query; a query that gives a row twice every time is.
func TestRowMovedWhileItIsRead(t *testing.T) {
	for times, want := range []string{"a>b", "a>b", "not unique"} {
		def := definition(adapter.Net)
		def.Cursor.Kind = adapter.CursorTime
		b := newBench(t, def)
		b.party("A1", "alva")
		b.put(1, "A1", "a", nil)
		b.poll(t)
		b.rows[0].id, b.rows[0].status = 5, "b"
		b.loop.Source = &overtaking{b.sim, times}
		got := ""
		if err := b.loop.Poll(t.Context()); err != nil {
			got = err.Error()
		}
		if got += strings.Join(b.events(t, "alva")[1:], " "); !strings.Contains(got, want) {
			t.Errorf("read twice %d times: %s, want %s", times, got, want)
		}
	}
}
