package sink

import (
	"bytes"
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"arendebrygga/adapter"
)

// model is what the store should hold, kept the simplest way.
type model struct {
	changes map[uint64]adapter.Change // with the events they brought
	events  map[adapter.ID]modelEvent
	gone    map[adapter.ID]bool
	cases   map[adapter.Key]adapter.Case
	seen    map[adapter.Key]adapter.Seen
}

type modelEvent struct {
	adapter.Kundhandelse
	change uint64
}

// commit says what Commit promises: first what replaced changes had goes, then what
// the batch brings comes, the later one of two with the same id.
func (m *model) commit(b adapter.Batch) {
	for _, ch := range b.Changes {
		for id, e := range m.events {
			if e.change == ch.Number {
				delete(m.events, id)
				if ch.Gone {
					m.gone[id] = true
				}
			}
		}
		if ch.Gone {
			for _, e := range ch.Events {
				delete(m.events, e.ID)
				m.gone[e.ID] = true
			}
		}
	}
	for _, ch := range b.Changes {
		for _, e := range ch.Events {
			if !m.gone[e.ID] {
				m.events[e.ID] = modelEvent{e, ch.Number}
			}
		}
		m.changes[ch.Number] = ch
	}
	for _, c := range b.Cases {
		m.cases[c.Key] = c
	}
	for _, s := range b.Seen {
		m.seen[s.Row] = s
	}
}

// answer gives the ids that a query should find, in order.
func (m *model) answer(q Query) []adapter.ID {
	var found []modelEvent
	for _, e := range m.events {
		switch {
		case e.Producent.ID != q.Producent,
			q.Kund != nil && (q.Kund.Identifierare != e.Kund.Identifierare || q.Kund.Typ != e.Kund.Typ),
			q.Kund != nil && q.Kund.Tillagg != "" && q.Kund.Tillagg != e.Kund.Tillagg,
			q.Arende != nil && !slices.Contains(e.Arenden, *q.Arende),
			q.Owner != "" && q.Owner != e.Kund.Identifierare,
			!q.From.IsZero() && e.Tidpunkt.Before(q.From),
			!q.To.IsZero() && !e.Tidpunkt.Before(q.To):
			continue
		}
		found = append(found, e)
	}
	slices.SortFunc(found, func(x, y modelEvent) int {
		return cmp.Or(y.Tidpunkt.Compare(x.Tidpunkt), cmp.Compare(y.Order, x.Order), bytes.Compare(x.ID[:], y.ID[:]))
	})
	list := make([]adapter.ID, len(found))
	for i := range found {
		list[i] = found[i].ID
	}
	return list
}

// instants are few, so that ties, and bounds that hit an event, are common.
var instants = []time.Time{
	time.Date(-44, 3, 15, 12, 0, 0, 0, time.UTC), time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Unix(-1, 999999999), time.Unix(0, 0), time.Unix(0, 1), time.Date(2026, 9, 2, 12, 30, 0, 0, time.UTC),
	time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), time.Date(2200, 12, 31, 23, 59, 59, 1, time.UTC),
}

func drawEvent(t *rapid.T) adapter.Kundhandelse {
	arenden := rapid.SliceOfN(rapid.IntRange(1, 3), 0, 3).Draw(t, "arenden")
	id := makeID("e", rapid.SampledFrom([]int{1, 2, 3, 4, 5, 6}).Draw(t, "id"))
	e := makeEvent(id, kunder[0], instants[5])
	if rapid.Bool().Draw(t, "elsewhere") {
		e = makeEvent(id, rapid.SampledFrom(kunder).Draw(t, "kund"), rapid.SampledFrom(instants).Draw(t, "at"))
		e.Producent.ID = rapid.SampledFrom([]string{"", "2281"}).Draw(t, "producent")
		e.Order = rapid.SampledFrom([]int64{-1 << 63, -1, 0, 1, 1<<63 - 1}).Draw(t, "order")
	}
	for _, n := range arenden {
		e.Arenden = append(e.Arenden, diarienummer(n))
	}
	e.Klart = rapid.Bool().Draw(t, "klart")
	return e
}

func drawBatch(t *rapid.T, cp adapter.Checkpoint) adapter.Batch {
	b := adapter.Batch{Source: source}
	// SampledFrom is even where IntRange leans to small numbers: replaced changes and
	// ids that come again are what this is about.
	numbers := rapid.SliceOfNDistinct(rapid.SampledFrom([]uint64{1, 2, 3, 4, 5, cp.Changes + 1}), 1, 4, rapid.ID[uint64]).Draw(t, "numbers")
	for _, n := range numbers {
		ch := makeChange(n)
		ch.Outcome = rapid.SampledFrom([]adapter.Outcome{1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 8}).Draw(t, "outcome")
		if ch.Outcome == adapter.Published {
			ch.Events = rapid.SliceOfN(rapid.Custom(drawEvent), 1, 3).Draw(t, "events")
		}
		if ch.Outcome == adapter.Parked || rapid.SampledFrom([]int{0, 1, 2, 3}).Draw(t, "reason") == 0 {
			ch.Reasons = []adapter.Reason{{Code: "identity-check-digit", Detail: "bygglov.yaml"}}
		}
		if ch.Outcome == adapter.Held {
			ch.Due = instants[6]
		}
		ch.Gone = rapid.SampledFrom([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}).Draw(t, "gone") == 0
		b.Changes = append(b.Changes, ch)
		cp.Changes = max(cp.Changes, n)
	}
	for range rapid.IntRange(0, 3).Draw(t, "cases") {
		c := adapter.Case{Key: drawKey(t), Known: true, Status: "A/B", Hash: 1, Tidpunkt: instants[5], Order: -3, Cursor: "2026-09-01 08:00:00.000", Change: cp.Changes}
		if rapid.Bool().Draw(t, "past") {
			c.Past = []adapter.Past{{Change: 1, Hash: 2}, {Change: 3, Hash: 1 << 63}}
			c.Parties = []adapter.Party{{ID: "7", Hash: 9, Since: 1, Until: 3}, {ID: "8"}}
			c.Era, c.Away = rapid.Uint64Range(0, 2).Draw(t, "era"), rapid.Bool().Draw(t, "away")
		}
		b.Cases = append(b.Cases, c)
		b.Seen = append(b.Seen, adapter.Seen{Row: drawKey(t), Hash: rapid.Uint64().Draw(t, "hash"), Outcome: adapter.Parked, Change: 7})
	}
	b.Checkpoint = cp
	return b
}

func drawKey(t *rapid.T) adapter.Key {
	return rapid.SampledFrom([]adapter.Key{"1", "2", "BYGG-2026-00001", "å"}).Draw(t, "key")
}

// TestModel runs random batches against the store and the model, with the store
// closed and opened again in between, and asks every question of both.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "test.db")
		s, err := Open(path)
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { s.Close() }()
		m := &model{map[uint64]adapter.Change{}, map[adapter.ID]modelEvent{}, map[adapter.ID]bool{}, map[adapter.Key]adapter.Case{}, map[adapter.Key]adapter.Seen{}}
		var cp adapter.Checkpoint
		for range rapid.SampledFrom([]int{2, 4, 6}).Draw(rt, "batches") {
			b := drawBatch(rt, cp)
			if err := s.Commit(b); err != nil {
				rt.Fatal(err)
			}
			m.commit(b)
			cp = b.Checkpoint
			if rapid.IntRange(0, 3).Draw(rt, "reopen") == 0 {
				if err := s.Close(); err != nil {
					rt.Fatal(err)
				}
				if s, err = Open(path); err != nil {
					rt.Fatal(err)
				}
			}
			compare(rt, s, m, cp)
		}
	})
}

func compare(t *rapid.T, s *Store, m *model, cp adapter.Checkpoint) {
	if findings, err := s.Verify(context.Background()); err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	if got, err := s.Checkpoint(source); err != nil || got.Changes != cp.Changes {
		t.Fatal(got, err)
	}
	from, to := rapid.SampledFrom(instants).Draw(t, "from"), rapid.SampledFrom(instants).Draw(t, "to")
	for _, q := range questions() {
		for _, span := range [][2]time.Time{{}, {from, to}, {{}, to}, {from, {}}} {
			q.From, q.To = span[0], span[1]
			var got []adapter.ID
			err := s.Events(context.Background(), q, func(e *Event) error {
				got = append(got, e.ID)
				if want := m.events[e.ID]; !want.Tidpunkt.Equal(e.Tidpunkt) || want.Order != e.Order || want.Klart != e.Klart {
					t.Fatalf("event %s: %+v, want %+v", e.ID, e, want)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if want := m.answer(q); !slices.Equal(got, want) {
				t.Fatalf("%+v: got %v, want %v", q, got, want)
			}
		}
	}
	compareShadows(t, s, m)
	for outcome := adapter.Published; outcome <= adapter.Held; outcome++ {
		compareOpen(t, s, m, outcome)
	}
}

// questions are all combinations of producer, kund, ärende and owner.
func questions() (list []Query) {
	for _, producent := range []string{"", "2281", "none"} {
		for k := range len(kunder) + 1 {
			for a := range 4 {
				for _, owner := range []string{"", kunder[0].Identifierare, kunder[1].Identifierare} {
					q := Query{Producent: producent, Owner: owner}
					if k > 0 {
						q.Kund = &kunder[k-1]
					}
					if a > 0 {
						nr := diarienummer(a)
						q.Arende = &nr
					}
					if k > 0 || a > 0 {
						list = append(list, q)
					}
				}
			}
		}
	}
	return list
}

func compareShadows(t *rapid.T, s *Store, m *model) {
	keys := []adapter.Key{"1", "2", "BYGG-2026-00001", "å", "never"}
	rows, cases, err := s.Known(source, keys, keys)
	if err != nil {
		t.Fatal(err)
	}
	for i, key := range keys {
		wantCase, wantRow := m.cases[key], m.seen[key]
		wantCase.Key, wantRow.Row = "", ""
		if diff := gocmp.Diff(wantCase, cases[i]); diff != "" {
			t.Fatal(diff)
		}
		if diff := gocmp.Diff(wantRow, rows[i]); diff != "" {
			t.Fatal(diff)
		}
	}
}

func compareOpen(t *rapid.T, s *Store, m *model, outcome adapter.Outcome) {
	var want []adapter.Change
	for _, ch := range m.changes {
		if ch.Outcome == outcome && (outcome.Open() || outcome == adapter.Published && len(ch.Reasons) > 0) {
			ch.Events = nil
			want = append(want, ch)
		}
	}
	slices.SortFunc(want, func(x, y adapter.Change) int { return cmp.Compare(x.Number, y.Number) })
	got, err := s.Open(source, outcome, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	if len(want) > 1 {
		rest, err := s.Open(source, outcome, want[0].Number, 1)
		if err != nil || len(rest) != 1 || rest[0].Number != want[1].Number {
			t.Fatal(rest, err)
		}
	}
}
