package adapter_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"arendebrygga/adapter"
)

// TestSweepAgainstModel lets rows commit however late, change without moving their
// cursor, and go and come back, with polls, sweeps and commits that fail and restarts in between.
// When all has settled, two complete sweeps have made the events what the rows are.
func TestSweepAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		def := definition(adapter.History)
		def.Overlap = time.Minute
		def.OnMissing = adapter.MissingRule{Do: adapter.Withdraw, After: 2}
		b := newBench(t, def)
		b.party("A1", "alva")
		const steady = 20 // so that never half of the rows are gone
		for id := 1; id <= steady; id++ {
			b.put(id, "A1", fmt.Sprint("r", id, "."), day(9, id))
		}
		b.poll(t)
		deleted := map[int]bool{}
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			i := 0
			if len(b.rows) > steady {
				i = rapid.IntRange(steady, len(b.rows)-1).Draw(rt, "row")
			}
			switch what := rapid.IntRange(0, 8).Draw(rt, "what"); {
			case what <= 2 || len(b.rows) == steady:
				id := len(b.rows) + 1
				b.put(id, "A1", fmt.Sprint("r", id, "."), day(9, id%60)).committed = rapid.Bool().Draw(rt, "committed")
			case what == 3:
				deleted[i] = deleted[i] && rapid.Bool().Draw(rt, "stays deleted")
				b.rows[i].committed = !deleted[i]
			case what == 4:
				b.rows[i].status += "x"
			case what == 5 && b.rows[i].committed && rapid.IntRange(0, 3).Draw(rt, "deleted") == 0:
				deleted[i], b.rows[i].committed = true, false
			case what == 6:
				b.open(t)
				b.poll(t)
			case what == 7:
				b.now = b.now.Add(10 * time.Minute)
			default:
				b.failSweep = rapid.SampledFrom([]error{nil, errors.New("cut")}).Draw(rt, "sweep fails")
				store := &faltering{Store: b.store, fail: rapid.Bool().Draw(rt, "commit fails")}
				b.loop.Store = store
				if err := b.loop.Sweep(t.Context()); err != nil && errors.As(err, new(*adapter.Halt)) {
					rt.Fatal(err)
				}
				b.failSweep, b.loop.Store = nil, b.store
			}
			if rapid.Bool().Draw(rt, "polled") {
				b.now = b.now.Add(15 * time.Second)
				if err := b.loop.Poll(t.Context()); err != nil {
					rt.Fatal(err)
				}
			}
		}
		var wanted []string
		for i := range b.rows {
			if b.rows[i].committed = !deleted[i]; !deleted[i] {
				wanted = append(wanted, b.rows[i].status)
			}
		}
		b.poll(t)
		b.sweep(t)
		b.sweep(t)
		b.poll(t)
		var got []string
		for _, e := range b.events(t, "alva") {
			_, ny, _ := strings.Cut(e, ">")
			got = append(got, ny)
		}
		slices.Sort(got)
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) {
			rt.Fatalf("events %v, want %v", got, wanted)
		}
		before := len(b.log)
		b.sweep(t)
		if len(b.log) != before {
			rt.Fatalf("an idle sweep committed %v", b.log[before:])
		}
	})
}
