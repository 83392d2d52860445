package sink

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"arendebrygga/adapter"
)

// stored reads the header of the event with this id.
func stored(t *testing.T, s *Store, id adapter.ID) (h header) {
	t.Helper()
	err := s.view(nil, func(tx *bolt.Tx) error {
		key, err := payload(idBucket.in(tx).Get(id[:]))
		if err != nil {
			return err
		}
		return h.read(append([]byte{}, eventBucket.in(tx).Get(key)...))
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestRevisions: an event that comes again unchanged is left alone, also under new
// rules; one that differs keeps its id and gets the next revision.
func TestRevisions(t *testing.T) {
	s := openTemp(t)
	e := makeEvent(makeID("e", 1), kunder[0], instants[5], diarienummer(1))
	steps := []struct {
		name   string
		change func(e *adapter.Kundhandelse)
		want   uint32
	}{
		{"first", func(e *adapter.Kundhandelse) {}, 1},
		{"again", func(e *adapter.Kundhandelse) {}, 1},
		{"text", func(e *adapter.Kundhandelse) { e.Texter[0].Rubrik = "Beslut om bygglov" }, 2},
		{"again", func(e *adapter.Kundhandelse) {}, 2},
		{"kund", func(e *adapter.Kundhandelse) { e.Kund = kunder[1] }, 3},
		{"tidpunkt", func(e *adapter.Kundhandelse) { e.Tidpunkt = e.Tidpunkt.Add(time.Nanosecond) }, 4},
		{"tags", func(e *adapter.Kundhandelse) { e.Taggar = nil }, 5},
		{"ärende", func(e *adapter.Kundhandelse) { e.Arenden = []adapter.Arende{diarienummer(2)} }, 6},
	}
	for i, step := range steps {
		e.Texter = append([]adapter.Text{}, e.Texter...)
		step.change(&e)
		ch := makeChange(1, e)
		ch.Rules = fmt.Sprint("rules-", i)
		mustCommit(t, s, ch)
		if h := stored(t, s, e.ID); h.revision != step.want {
			t.Errorf("%s: revision %d, want %d", step.name, h.revision, step.want)
		}
		nr := diarienummer(1)
		if n := len(idsOf(t, s, Query{Arende: &nr})); n != map[bool]int{true: 1, false: 0}[i < 7] {
			t.Errorf("%s: %d events of the ärende", step.name, n)
		}
	}
	if n := len(idsOf(t, s, Query{Kund: &kunder[0]})); n != 0 {
		t.Errorf("the kund before has %d events left", n)
	}
	if findings, err := s.Verify(t.Context()); err != nil || len(findings) > 0 {
		t.Error(findings, err)
	}
}

// TestGone: what was withdrawn never comes back, and asking for it is no error.
func TestGone(t *testing.T) {
	s := openTemp(t)
	e := makeEvent(makeID("e", 1), kunder[0], instants[5])
	other := makeEvent(makeID("e", 2), kunder[0], instants[5])
	mustCommit(t, s, makeChange(1, e), makeChange(2, other))
	taken := makeChange(1)
	taken.Outcome, taken.Gone = adapter.Withheld, true
	mustCommit(t, s, taken)
	mustCommit(t, s, makeChange(1, e))
	mustCommit(t, s, makeChange(3, e))
	if got := idsOf(t, s, Query{Kund: &kunder[0]}); len(got) != 1 || got[0] != other.ID {
		t.Error(got)
	}
}

func TestRefusedBatches(t *testing.T) {
	s := openTemp(t)
	mustCommit(t, s, makeChange(1), makeChange(2))
	big := batchOf(t, s)
	for n := range uint64(batchLimit + 1) {
		big.Changes = append(big.Changes, makeChange(n+3))
	}
	cases, rows := batchOf(t, s), batchOf(t, s)
	for n := range batchLimit + 1 {
		key := adapter.Key(strconv.Itoa(n))
		cases.Cases, rows.Seen = append(cases.Cases, adapter.Case{Key: key, Known: true}), append(rows.Seen, adapter.Seen{Row: key, Outcome: adapter.Ignored})
	}
	big.Checkpoint.Changes = 2000
	foreign := makeChange(1)
	foreign.Source = "other"
	broken := makeEvent(makeID("e", 1), kunder[0], instants[5])
	broken.Referenser = []byte(`["no object"]`)
	for want, b := range map[string]adapter.Batch{
		"1001 new changes":       big,
		"at most 1000":           cases,
		"lower limits.pageSize":  rows,
		"twice":                  batchOf(t, s, makeChange(2), makeChange(2)),
		"another source":         batchOf(t, s, foreign),
		"not among":              batchOf(t, s, makeChange(0)),
		"the stored one 2":       {Source: source},
		"not a JSON object":      batchOf(t, s, makeChange(3, broken)),
		"commit of source byggr": {Source: source},
	} {
		before := s.size(t)
		if err := s.Commit(b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
		if cp, err := s.Checkpoint(source); err != nil || cp.Changes != 2 || s.size(t) != before {
			t.Errorf("%s: something was written", want)
		}
	}
	// What is stored already does not count.
	page := func(first uint64) (b adapter.Batch) {
		for n := range uint64(batchLimit) {
			key := adapter.Key(strconv.FormatUint(first+n, 10))
			b.Changes = append(b.Changes, makeChange(first+n))
			b.Cases, b.Seen = append(b.Cases, adapter.Case{Key: key, Known: true}), append(b.Seen, adapter.Seen{Row: key, Outcome: adapter.Ignored})
		}
		b.Source, b.Checkpoint.Changes = source, first+batchLimit-1
		return b
	}
	old, both := page(3), page(3+batchLimit)
	both.Changes, both.Cases, both.Seen = append(both.Changes, old.Changes...), append(both.Cases, old.Cases...), append(both.Seen, old.Seen...)
	for _, b := range []adapter.Batch{old, both} {
		if err := s.Commit(b); err != nil {
			t.Error(err)
		}
	}
}

// TestEventsEnd: the caller's error, panic and context each end the reading, and
// the store can be used after it.
func TestEventsEnd(t *testing.T) {
	s := openTemp(t)
	mustCommit(t, s, makeChange(1, makeEvent(makeID("e", 1), kunder[0], instants[5])), makeChange(2, makeEvent(makeID("e", 2), kunder[0], instants[5])))
	q := Query{Kund: &kunder[0]}
	mine := errors.New("mine")
	calls := 0
	if err := s.Events(t.Context(), q, func(*Event) error { calls++; return mine }); err != mine || calls != 1 {
		t.Error(calls, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Events(ctx, q, func(*Event) error { calls++; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || calls != 2 {
		t.Error(calls, err)
	}
	func() {
		defer func() {
			if recover() != "mine" {
				t.Error("the caller's panic does not come out")
			}
		}()
		s.Events(t.Context(), q, func(*Event) error { panic("mine") })
	}()
	if err := s.Events(t.Context(), Query{}, skip); err == nil {
		t.Error("a question about nothing")
	}
	mustCommit(t, s, makeChange(3))
	s.Close()
	if err := s.Events(t.Context(), q, skip); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if err := s.Commit(adapter.Batch{Source: source}); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

// TestSlowReader: a reader that stands still holds up no commit, however much the
// file grows, and still sees the state that it began with.
func TestSlowReader(t *testing.T) {
	s := openTemp(t)
	mustCommit(t, s, makeChange(1, makeEvent(makeID("e", 1), kunder[0], instants[5])), makeChange(2, makeEvent(makeID("e", 2), kunder[0], instants[4])))
	n := 0
	err := s.Events(t.Context(), Query{Kund: &kunder[0]}, func(e *Event) error {
		if n++; n > 1 {
			return nil
		}
		for i := range 20 {
			b := benchBatchOf(i, 20_000)
			for j := range b.Changes {
				b.Changes[j].Number += 2
			}
			b.Checkpoint.Changes += 2
			b.Changes[0].Events[0].Kund = kunder[0]
			if err := s.Commit(b); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || n != 2 {
		t.Error(n, err)
	}
	if got := len(idsOf(t, s, Query{Kund: &kunder[0]})); got != 22 {
		t.Errorf("%d events afterwards", got)
	}
}

// TestParallel lets sources commit while questions are asked; run with -race.
func TestParallel(t *testing.T) {
	s := openTemp(t)
	var wg sync.WaitGroup
	for w := range 3 {
		name := fmt.Sprint("source-", w)
		wg.Go(func() {
			for n := range 20 {
				e := makeEvent(makeID(name, n), kunder[0], instants[5], diarienummer(n))
				e.Producent.ID = fmt.Sprint(w % 2)
				ch := makeChange(uint64(n+1), e)
				ch.Source = name
				if err := s.Commit(adapter.Batch{Source: name, Changes: []adapter.Change{ch}, Checkpoint: adapter.Checkpoint{Changes: ch.Number}}); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 50 {
				s.Events(t.Context(), Query{Producent: fmt.Sprint(w % 2), Kund: &kunder[0]}, func(e *Event) error {
					if len(e.Fragment(0)) == 0 {
						t.Error("an empty fragment")
					}
					return nil
				})
				s.Known(name, []adapter.Key{"1"}, []adapter.Key{"2"})
			}
		})
	}
	wg.Wait()
	if n := len(idsOf(t, s, Query{Producent: "0", Kund: &kunder[0]})); n != 40 {
		t.Errorf("%d events, want 40", n)
	}
	if findings, err := s.Verify(t.Context()); err != nil || len(findings) > 0 {
		t.Error(findings, err)
	}
}
