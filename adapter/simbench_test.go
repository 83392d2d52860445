package adapter_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"arendebrygga/adapter"
	"arendebrygga/sink"
)

// kunder are official test numbers, by the names that tests use.
var kunder = map[adapter.Key]string{"alva": "199009222382", "bo": "195410072572", "cilla": "198003192385", "doris": "200001121227"}

// numberOf gives a recipient's number: that of the last name in its row, if there is
// one, else that of its id.
func numberOf(r adapter.Row) string {
	for _, v := range slices.Backward(r.Values) {
		if name, ok := v.(string); ok && kunder[adapter.Key(name)] != "" {
			return kunder[adapter.Key(name)]
		}
	}
	return kunder[r.ID]
}

// rules publish every status as it is, but for a few that stand for the other
// outcomes.
type rules struct{ columns []int }

func (rules) Hash() string                          { return "rules" }
func (r rules) Columns() []int                      { return append(slices.Clone(r.columns), colHemlig) }
func (rules) FirstRun(ch adapter.StatusChange) bool { return ch.Ny == "open" }

func (rules) Judge(ch adapter.StatusChange, recipients []adapter.Row) adapter.Judgement {
	switch hemlig, ok := ch.Rad[colHemlig].(bool); {
	case !ok || hemlig:
		return adapter.Judgement{Outcome: adapter.Withheld, Gone: hemlig}
	case ch.Ny == "unknown":
		return adapter.Judgement{Outcome: adapter.Unmapped}
	case ch.Ny == "skipped":
		return adapter.Judgement{Outcome: adapter.Ignored}
	case ch.Ny == "poison":
		return adapter.Judgement{Outcome: adapter.Parked, Reasons: []adapter.Reason{{Code: "poison"}}}
	case len(recipients) == 0:
		return adapter.Judgement{Outcome: adapter.Waiting}
	}
	j := adapter.Judgement{Outcome: adapter.Published}
	for _, r := range recipients {
		if numberOf(r) == "" || slices.Contains(r.Values, any("neighbour")) {
			continue // nobody, or a role that no mapping allows
		}
		j.Events = append(j.Events, adapter.Kundhandelse{
			Kund: adapter.Identity{Typ: adapter.Personnummer, Identifierare: numberOf(r)}, Recipient: r.ID,
			Arenden: []adapter.Arende{{Typ: "Diarienummer", Identifierare: string(ch.Case)}}, Producentarendetyp: "SIM", Typ: "KOMMUN.SIM.STEG",
			Tidpunkt: ch.Tidpunkt, Order: ch.Order, Texter: []adapter.Text{{Sprak: "sv", Rubrik: ch.Gammal + ">" + ch.Ny}},
		})
	}
	if len(j.Events) == 0 {
		j.Outcome = adapter.Waiting
	}
	return j
}

// bench is a loop over a simulated database and a real store.
type bench struct {
	*sim
	loop  adapter.Loop
	store *sink.Store
	path  string
	log   []adapter.Change // everything committed
}

func newBench(t testing.TB, def *adapter.Definition) *bench {
	b := &bench{sim: &sim{def: def, now: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC), parties: map[adapter.Key][]adapter.Row{}}, path: filepath.Join(t.TempDir(), "store.db")}
	t.Cleanup(func() { _ = b.store.Close() })
	b.open(t)
	return b
}

// open starts the adapter, as after a restart if it ran before.
func (b *bench) open(t testing.TB) {
	t.Helper()
	if b.store != nil {
		if err := b.store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	store, err := sink.Open(b.path)
	if err != nil {
		t.Fatal(err)
	}
	b.store = store
	b.loop = adapter.Loop{Definition: b.def, Source: b.sim, Rules: rules{}, Store: store, Log: zerolog.Nop(),
		Committed: func(c []adapter.Change) { b.log = append(b.log, c...) }}
}

// poll moves the database's clock on and polls once.
func (b *bench) poll(t *testing.T) {
	t.Helper()
	b.now = b.now.Add(15 * time.Second)
	if err := b.loop.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// events gives what a kund is answered, oldest first, as "old>new" texts.
func (b *bench) events(t *testing.T, name adapter.Key) []string {
	t.Helper()
	var got []string
	kund := adapter.Identity{Typ: adapter.Personnummer, Identifierare: kunder[name]}
	err := b.store.Events(t.Context(), sink.Query{Kund: &kund}, func(e *sink.Event) error {
		got = append(got, rubrik(e))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(got)
	return got
}

// outcomes counts the changes that the loop has committed, by outcome.
func (b *bench) outcomes() string {
	counts := map[string]int{}
	for _, c := range b.log {
		counts[c.Outcome.String()]++
	}
	return fmt.Sprint(counts)
}
