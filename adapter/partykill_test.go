package adapter_test

import (
	"errors"
	"fmt"
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/sink"
)

// mortal is a store whose nth commit fails, before or after it is written, as does all
// that comes after.
type mortal struct {
	*sink.Store
	left    int
	written bool
	largest int // changes in one commit
}

func (m *mortal) Commit(batch adapter.Batch) error {
	m.left--
	m.largest = max(m.largest, len(batch.Changes))
	if m.left > 0 || m.left == 0 && m.written {
		if err := m.Store.Commit(batch); err != nil {
			return err
		}
	}
	if m.left > 0 {
		return nil
	}
	return errors.New("killed")
}

// TestPoint30_KilledBetweenCommits: a case with more changes than one commit takes gets
// other recipients, and the process is killed at each of the commits.
func TestPoint30_KilledBetweenCommits(t *testing.T) {
	const changes = 2300
	for n := 1; n <= 4; n++ {
		for _, written := range []bool{false, true} {
			t.Run(fmt.Sprint(n, written), func(t *testing.T) {
				t.Parallel()
				def := definition(adapter.History)
				def.Limits.PageSize = 1000
				b := newBench(t, def)
				b.give("A1", party("alva"), party("bo"))
				for id := 1; id <= changes; id++ {
					b.put(id, "A1", "a", day(9, 0))
				}
				b.poll(t)
				b.give("A1", party("alva"), party("cilla"))
				store := &mortal{Store: b.store, left: n, written: written}
				b.loop.Store = store
				if err := b.loop.Sweep(t.Context()); err == nil {
					t.Fatal("the sweep should be killed")
				}
				if store.largest > 1000 {
					t.Errorf("a commit of %d changes", store.largest)
				}
				b.open(t)
				b.poll(t)
				b.sweep(t)
				for name, wanted := range map[adapter.Key]int{"alva": changes, "bo": 0, "cilla": changes} {
					if got := len(b.events(t, name)); got != wanted {
						t.Errorf("%s is shown %d events, want %d", string(name), got, wanted)
					}
				}
			})
		}
	}
}
