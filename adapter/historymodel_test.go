package adapter_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"arendebrygga/adapter"
)

// historyRow is what should be shown of one row in history mode.
type historyRow struct {
	ny                     string
	hemlig                 any
	party                  bool
	known, shown, takenOff bool // polled before; published once; taken back for ever
}

func (r *historyRow) poll() {
	if r.known = true; r.hemlig == true {
		r.takenOff = r.takenOff || r.shown
	}
	if r.hemlig == false && r.party {
		r.shown = true
	}
}

func (r *historyRow) visible() bool {
	return r.known && r.party && r.hemlig == false && !r.takenOff
}

// TestHistoryAgainstModel writes rows, rewrites them, hides them and gives them
// parties in any order, with cuts, restarts and commits that fail although they are
// written.
func TestHistoryAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		def := definition(adapter.History)
		def.Overlap = 24 * time.Hour
		b := newBench(t, def)
		names := []adapter.Key{"alva", "bo"}
		party := map[int]bool{}
		var rows []historyRow
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			i := rapid.IntRange(0, 100).Draw(rt, "row")
			switch what := rapid.IntRange(0, 5).Draw(rt, "what"); {
			case what <= 1 || len(rows) == 0:
				rows = append(rows, historyRow{ny: fmt.Sprint("s", len(rows)), hemlig: false})
				b.put(len(rows), fmt.Sprint("A", i%2), rows[len(rows)-1].ny, day(8, i%60))
			case what == 2:
				r := &rows[i%len(rows)]
				r.ny += "x"
				b.rows[i%len(rows)].status = r.ny
			case what == 3:
				r := &rows[i%len(rows)]
				r.hemlig = rapid.SampledFrom([]any{false, false, nil, true}).Draw(rt, "hemlig")
				b.rows[i%len(rows)].hemlig = r.hemlig
			case what == 4:
				party[i%2] = true
				b.party(fmt.Sprint("A", i%2), string(names[i%2]))
			default:
				b.open(t)
			}
			if rapid.IntRange(0, 3).Draw(rt, "polled") == 0 {
				continue
			}
			store := &faltering{Store: b.store, fail: rapid.Bool().Draw(rt, "commit fails")}
			if rapid.IntRange(0, 4).Draw(rt, "cut") == 0 {
				b.fail = errors.New("cut")
			}
			b.loop.Store = store
			for range 2 {
				b.now = b.now.Add(15 * time.Second)
				_ = b.loop.Poll(t.Context())
			}
			store.fail, b.fail = false, nil
			b.poll(t)
			b.poll(t)
			wanted := map[adapter.Key][]string{}
			for i := range rows {
				r, place := &rows[i], int(b.rows[i].arende[1]-'0')
				r.party = party[place]
				if r.poll(); r.visible() {
					wanted[names[place]] = append(wanted[names[place]], r.ny)
				}
			}
			for _, name := range names {
				var got []string
				for _, e := range b.events(t, name) {
					got = append(got, e[slices.Index([]byte(e), '>')+1:])
				}
				slices.Sort(got)
				slices.Sort(wanted[name])
				if !slices.Equal(got, wanted[name]) {
					rt.Fatalf("%s: events %v, want %v", string(name), got, wanted[name])
				}
			}
		}
	})
}
