package adapter_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"arendebrygga/adapter"
)

// restored is a source whose database comes back as it was at a backup, and gives the
// lost numbers to rows of other cases. Every row that was ever written has a case and a
// status of its own.
type restored struct {
	*bench
	written int
	little  int             // how many rows were lost since an operator chose, each time so few that nothing stopped
	read    map[string]bool // the statuses of rows that the loop has read
	taken   map[string]bool // those of rows that a baseline took
}

func (r *restored) write(rows int) {
	next := 1
	if n := len(r.rows); n > 0 {
		next = r.rows[n-1].id + 1
	}
	for id := next; id < next+rows; id++ {
		r.written++
		arende := fmt.Sprint("A", r.written)
		r.party(arende, "alva")
		r.put(id, arende, fmt.Sprint("s", r.written), day(8, r.written))
	}
}

// note is told that all rows were read, and by a baseline or not.
func (r *restored) note(baseline bool) {
	for i := range r.rows {
		status := r.rows[i].status
		if !r.read[status] {
			r.read[status], r.taken[status] = true, baseline
		}
	}
}

// lost counts the rows that the loop has read and that are not there any more.
func (r *restored) lost(before []simRow) int {
	n := 0
	for _, row := range before {
		if r.read[row.status] && !slices.Contains(r.rows, row) {
			n++
		}
	}
	return n
}

// check wants each row published once, but those that a baseline took.
func (r *restored) check(t *testing.T, rt *rapid.T) {
	shown := map[string]int{}
	for _, e := range r.events(t, "alva") {
		_, status, _ := strings.Cut(e, ">")
		shown[status]++
	}
	for i := range r.rows {
		status, wanted := r.rows[i].status, 1
		if r.taken[status] {
			wanted = 0
		}
		if shown[status] != wanted {
			rt.Fatalf("row %d is shown %d times, want %d", r.rows[i].id, shown[status], wanted)
		}
	}
}

// TestSetBackAgainstModel takes backups and restores them, before and after baselines,
// with as many rows written before the adapter looks as may be, and an operator who has
// everything compared when the source stops.
func TestSetBackAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		def := definition(rapid.SampledFrom(bothModes).Draw(rt, "mode"))
		def.FirstRun.Kind = rapid.SampledFrom([]adapter.FirstRunKind{adapter.All, adapter.Baseline}).Draw(rt, "first run")
		def.IfChanged = rapid.SampledFrom([]string{adapter.Replace, adapter.Ignore}).Draw(rt, "changed")
		r := &restored{bench: newBench(t, def), read: map[string]bool{}, taken: map[string]bool{}}
		r.write(rapid.IntRange(0, 120).Draw(rt, "old rows"))
		r.poll(t)
		r.note(def.FirstRun.Kind == adapter.Baseline)
		var backup []simRow
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			switch rapid.IntRange(0, 6).Draw(rt, "step") {
			case 0, 1:
				r.write(rapid.IntRange(1, 30).Draw(rt, "rows"))
			case 2:
				backup = slices.Clone(r.rows)
			case 3:
				r.baseline(t)
				r.note(true)
			case 4:
				r.now = r.now.Add(time.Hour)
			case 5:
				r.open(t)
			case 6:
				if backup == nil {
					continue
				}
				before := r.rows
				r.rows = slices.Clone(backup)
				r.write(rapid.IntRange(0, 60).Draw(rt, "rows since"))
				r.restart(t, rt, r.lost(before))
			}
			if err := r.loop.Poll(t.Context()); err != nil {
				rt.Fatal(err)
			}
			r.note(false)
			r.check(t, rt)
		}
	})
}

// restart wants the source stopped, or in doubt, if many rows are lost, and nothing
// published.
func (r *restored) restart(t *testing.T, rt *rapid.T, lost int) {
	r.open(t)
	before := len(r.log)
	switch err := r.loop.Poll(t.Context()); {
	case err == nil && lost > 4, err != nil && r.little+lost <= 2:
		rt.Fatalf("error %v with %d rows lost", err, lost)
	case err != nil:
		if len(r.log) != before {
			rt.Fatal("something was published before anybody chose")
		}
		r.resync(t)
		r.little = 0
	default:
		r.little += lost
	}
}
