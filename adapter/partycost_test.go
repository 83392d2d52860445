package adapter_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// counted counts what is asked of a source.
type counted struct {
	adapter.Source
	recipients, rows, reads int // statements
}

func (c *counted) Recipients(ctx context.Context, cases []adapter.Key) ([]adapter.Row, error) {
	c.recipients++
	return c.Source.Recipients(ctx, cases)
}

func (c *counted) Rows(ctx context.Context, ids []adapter.Key) ([]adapter.Row, error) {
	c.rows++
	return c.Source.Rows(ctx, ids)
}

func (c *counted) Read(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	c.reads++
	return c.Source.Read(ctx, from)
}

// A thousand changes that waited and get their recipients at once are asked about a
// page at a time, not each on its own.
func TestWaitingIsAskedAboutInPages(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		def := definition(mode)
		def.Limits.PageSize = 1000
		b := newBench(t, def)
		for i := range 1000 {
			b.put(i+1, fmt.Sprint("A", i), "a", day(9, 0))
		}
		b.poll(t)
		for i := range 1000 {
			b.party(fmt.Sprint("A", i), "alva")
		}
		source := &counted{Source: b.sim}
		b.loop.Source = source
		b.poll(t)
		b.poll(t)
		if got := len(b.events(t, "alva")); got != 1000 {
			t.Errorf("%s: %d events", mode, got)
		}
		if source.recipients > 5 || source.rows > 5 || source.reads > 4 {
			t.Errorf("%s: %d statements for recipients, %d for rows, %d windows", mode, source.recipients, source.rows, source.reads)
		}
	}
}

// A change that waits is not published when its row is gone; it stays and says so,
// once, and is published should the row come back.
func TestWaitingRowIsGone(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		b := newBench(t, definition(mode))
		b.step("A1", "a")
		b.poll(t)
		b.rows[0].committed = false
		b.step("B", "x") // so that the end of the rows is where it was
		b.party("A1", "alva")
		for range 3 {
			b.poll(t)
		}
		want(t, b.events(t, "alva"))
		waiting, err := b.store.Open("sim", adapter.Waiting, 0, 10)
		if err != nil || len(waiting) != 2 || len(waiting[0].Reasons) == 0 {
			t.Fatalf("%s: %+v, error %v", mode, waiting, err)
		}
		if got := len(b.log); got != 3 {
			t.Errorf("%s: %d changes were committed", mode, got)
		}
		b.rows[0].committed = true
		b.poll(t)
		want(t, b.events(t, "alva"), ">a")
	}
}

// What committing a change costs must not grow with the number of earlier changes of
// its case, but for the few bytes that each has in the case's record.
func BenchmarkLongCase(b *testing.B) {
	for _, past := range []int{10, 10_000, 100_000} {
		b.Run(fmt.Sprint(past), func(b *testing.B) {
			def := definition(adapter.History)
			def.Limits.PageSize, def.Overlap = 1000, time.Second
			office := newBench(b, def)
			office.party("A1", "alva")
			for id := 1; id <= past; id++ {
				office.put(id, "A1", "a", day(9, 0))
			}
			if err := office.loop.Poll(b.Context()); err != nil {
				b.Fatal(err)
			}
			office.rows = office.rows[past-1:]
			for n := 1; b.Loop(); n++ {
				office.put(past+n, "A1", "a", day(9, 0))
				office.now = office.now.Add(time.Minute)
				office.rows = office.rows[max(0, len(office.rows)-50):]
				if err := office.loop.Poll(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A dry resync counts only, also where recipients have changed meanwhile; a replay gives
// changes to those who may have them.
func TestOrdersFollowTheSet(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		def := definition(mode)
		def.Recipients.Changes.Added = adapter.FromNow
		b := newBench(t, def)
		b.party("A1", "alva")
		b.step("A1", "unknown")
		b.step("B1", "x")
		b.poll(t)
		b.step("A1", "a")
		b.poll(t)
		b.party("A1", "alva", "bo")
		committed := len(b.log)
		b.rows[0].tid = day(7, 7)
		if _, err := b.loop.Resync(t.Context(), true); err != nil || len(b.log) != committed {
			t.Errorf("%s: a dry resync committed %d changes, error %v", mode, len(b.log)-committed, err)
		}
		before := b.events(t, "alva")
		b.loop.Rules = knowing{}
		if _, err := b.loop.Replay(t.Context(), []uint64{1}, false); err != nil {
			t.Fatal(err)
		}
		if got := b.events(t, "alva"); len(got) != len(before)+1 {
			t.Errorf("%s: alva is shown %v after the replay", mode, got)
		}
		want(t, b.events(t, "bo"))
	}
}

// knowing are rules that know every status.
type knowing struct{ rules }

func (knowing) Hash() string { return "knowing rules" }

func (r knowing) Judge(ch adapter.StatusChange, recipients []adapter.Row) adapter.Judgement {
	if ch.Ny == "unknown" {
		ch.Ny = "known"
	}
	return r.rules.Judge(ch, recipients)
}
