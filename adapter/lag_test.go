package adapter_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
)

// A replica lags behind for so long that its newest rows are taken for deleted, or taken
// back. When it has caught up, what becomes of them is as ordinary as ever.
func TestReplicaCatchesUpLate(t *testing.T) {
	for _, mode := range bothModes {
		for _, sweeps := range []int{0, 3} {
			for _, first := range []adapter.FirstRunKind{adapter.All, adapter.Baseline} {
				t.Run(fmt.Sprint(mode, sweeps, first), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						def := withdrawing(definition(mode))
						if def.FirstRun.Kind = first; mode == adapter.Net {
							def.Cursor.Kind = adapter.CursorTime
						}
						b := newBench(t, def)
						b.aCaseEach(1, 40, "a", "alva")
						b.poll(t)
						for i := 30; i < 40; i++ {
							b.rows[i].committed = false
						}
						for range 11 {
							_ = b.loop.Poll(t.Context())
							time.Sleep(time.Minute)
						}
						b.poll(t)
						for range sweeps {
							b.sweep(t)
						}
						for i := 30; i < 40; i++ {
							b.rows[i].committed = true
						}
						b.poll(t)
						events := map[adapter.FirstRunKind]int{adapter.All: 40}[first]
						if b.rows[35].status = "b"; mode == adapter.Net { // in history mode the row's event is corrected
							b.rows[35].id = 50
							events++
						}
						b.poll(t)
						if n := len(b.events(t, "alva")); n != events {
							t.Errorf("%d events, want %d", n, events)
						}
					})
				})
			}
		}
	}
}
