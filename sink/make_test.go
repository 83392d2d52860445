package sink

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// Official test numbers of Skatteverket.
var kunder = []adapter.Identity{
	{Typ: adapter.Personnummer, Identifierare: "189001019802"},
	{Typ: adapter.Personnummer, Identifierare: "189010289800"},
	{Typ: adapter.Personnummer, Identifierare: "189108239816"},
	{Typ: adapter.Organisationsnummer, Identifierare: "162120002411"},
	{Typ: adapter.Organisationsnummer, Identifierare: "189001019802", Tillagg: "001"},
	{Typ: adapter.Organisationsnummer, Identifierare: "189001019802", Tillagg: "002"},
}

const source = "byggr"

func openTemp(t testing.TB) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func diarienummer(n int) adapter.Arende {
	return adapter.Arende{Typ: "Diarienummer", Identifierare: fmt.Sprintf("BYGG-2026-%05d", n)}
}

// makeID gives an id that stands for (kind, n).
func makeID(kind string, n int) (id adapter.ID) {
	mac := hmac.New(sha256.New, []byte(kind))
	fmt.Fprint(mac, n)
	copy(id[:], mac.Sum(nil))
	return id
}

// makeEvent gives an event about the kund and the case with this number.
func makeEvent(id adapter.ID, kund adapter.Identity, at time.Time, arenden ...adapter.Arende) adapter.Kundhandelse {
	return adapter.Kundhandelse{
		ID:        id,
		Producent: adapter.Producent{Namn: "Referenskommunen", Aktor: "KOMMUN", Standardversion: "6.1"},
		Kund:      kund, Arenden: arenden, Producentarendetyp: "BYGGLOV", Typ: "KOMMUN.BYGGLOV.KOMPLETTERING_BEGARD", Tidpunkt: at,
		Texter: []adapter.Text{
			{Sprak: "sv", Rubrik: "Komplettera ansökan om bygglov", Beskrivning: "Handlingar saknas i ärendet."},
			{Sprak: "en", Rubrik: "Your application needs more documents", Beskrivning: "Documents are missing."},
		},
		KraverKundatgard: true, Taggar: []string{"bygglov", "kundatgard"},
	}
}

// makeChange gives a published change with these events.
func makeChange(number uint64, events ...adapter.Kundhandelse) adapter.Change {
	ch := adapter.Change{Number: number, Hash: number, Outcome: adapter.Published, Events: events, Rules: "rules-1"}
	ch.Source, ch.Case, ch.Row = source, adapter.Key(fmt.Sprint("case-", number)), adapter.Key(fmt.Sprint("row-", number))
	ch.Status, ch.Ny = []string{"KOMP", ""}, "KOMP/"
	ch.Tidpunkt = time.Date(2026, 9, 2, 12, 30, int(number%60), 0, time.UTC)
	ch.Rad = []any{int(number), "KOMP", nil}
	return ch
}

// batchOf puts changes into a batch that follows the stored checkpoint.
func batchOf(t testing.TB, s *Store, list ...adapter.Change) adapter.Batch {
	t.Helper()
	cp, err := s.Checkpoint(source)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		cp.Changes = max(cp.Changes, list[i].Number)
	}
	return adapter.Batch{Source: source, Changes: list, Checkpoint: cp}
}

func mustCommit(t testing.TB, s *Store, list ...adapter.Change) {
	t.Helper()
	if err := s.Commit(batchOf(t, s, list...)); err != nil {
		t.Fatal(err)
	}
}

// idsOf gives the ids of an answer in its order.
func idsOf(t testing.TB, s *Store, q Query) (found []adapter.ID) {
	t.Helper()
	err := s.Events(context.Background(), q, func(e *Event) error {
		found = append(found, e.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
