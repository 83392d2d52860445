package adapter_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// A restore between two polls cuts no connection: rows are deleted and loaded. It is
// noticed all the same before anything is published, whether or not the lost numbers
// have been given again by then.
func TestPoint16_RestoredBetweenPolls(t *testing.T) {
	for _, mode := range bothModes {
		for _, last := range []int{30, 31, 36, 40, 60, 75} {
			t.Run(fmt.Sprint(mode, last), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBench(t, definition(mode))
					b.aCaseEach(1, 60, "a", "alva")
					for range 4 * 15 { // the ring has moved on
						b.poll(t)
					}
					b.setBack(30)
					b.aCaseEach(31, last, "b", "bo")
					reason := "database-set-back"
					if mode == adapter.History && last >= 36 {
						reason = "rows-reused"
					}
					b.halted(t, reason)
					b.resync(t)
					if n := len(b.events(t, "bo")); n != last-30 {
						t.Errorf("%d events after a resync, want %d", n, last-30)
					}
				})
			})
		}
	}
}

// ends counts how often the end of the rows is asked for.
type ends struct {
	*sim
	extents, rows int
}

func (c *ends) Extent(ctx context.Context) (adapter.Extent, error) {
	c.extents++
	return c.sim.Extent(ctx)
}

func (c *ends) Rows(ctx context.Context, ids []adapter.Key) ([]adapter.Row, error) {
	c.rows++
	return c.sim.Rows(ctx, ids)
}

// Rows that are deleted as they were mistakes stop nothing; several of the newest at
// once only hold the source up for as long as a replica may lag behind. Where nothing is
// new, or new rows follow the ones that are known, nothing is asked for it.
func TestNewestRowsDeletedBetweenPolls(t *testing.T) {
	for _, n := range []int{0, 1, 2, 15, -15} {
		synctest.Test(t, func(t *testing.T) {
			def := definition(adapter.History)
			if n < 0 { // rows that have no numbers, which nobody would see given again
				n, def.Columns[0].Type = -n, adapter.UUID
			}
			b := newBench(t, def)
			b.aCaseEach(1, 60, "a", "alva")
			c := &ends{sim: b.sim}
			b.loop.Source = c
			b.poll(t)
			c.extents, c.rows = 0, 0
			b.setBack(60 - n)
			late := 0
			for id := 61; id <= 100; id++ {
				if id > 62 && id%2 == 0 {
					b.aCaseEach(id, id, "b", "bo")
				}
				b.now = b.now.Add(15 * time.Second)
				time.Sleep(time.Minute)
				if err := b.loop.Poll(t.Context()); errors.As(err, new(*adapter.Halt)) {
					t.Fatalf("%d deleted: %v", n, err)
				} else if err != nil {
					late++
				}
			}
			if got := len(b.events(t, "bo")); got != 19 {
				t.Errorf("%d deleted: %d events of what came then", n, got)
			}
			if n <= 2 && late > 0 || late > 10 {
				t.Errorf("%d deleted: %d polls failed", n, late)
			}
			if most := min(n, 1) * (2 + 2*late); c.extents > most || c.rows > most {
				t.Errorf("%d deleted: asked %d times for the end, %d times for rows, and %d polls failed", n, c.extents, c.rows, late)
			}
		})
	}
}
