package sink

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"arendebrygga/adapter"
)

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 9, 2, 12, 30, 0, 0, time.UTC)
	e := makeEvent(makeID("e", 1), kunder[0], at, diarienummer(123))
	e.UtokadInformation = []byte(`{ "senastDatum": "2026-09-30" }`)
	e.Referenser = []byte(`{"diarienummer":"BYGG-2026-00123"}`)
	mustCommit(t, s, makeChange(1, e))
	key := s.IDKey()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if diff := cmp.Diff(key, s.IDKey()); diff != "" {
		t.Error("the id key changed", diff)
	}
	a := diarienummer(123)
	for name, q := range map[string]Query{
		"kund": {Kund: &kunder[0]}, "arende": {Arende: &a}, "both": {Kund: &kunder[0], Arende: &a},
		"owner": {Arende: &a, Owner: kunder[0].Identifierare}, "times": {Kund: &kunder[0], From: at, To: at.Add(1)},
	} {
		n := 0
		err := s.Events(context.Background(), q, func(got *Event) error {
			n++
			want := `{"kundhandelseId":"` + e.ID.String() + `","rubrik":"Komplettera ansökan om bygglov","beskrivning":"Handlingar saknas i ärendet.","sprak":"sv",` +
				`"producent":"Referenskommunen","tidpunkt":"2026-09-02T14:30:00+02:00","kundhandelseTyp":"KOMMUN.BYGGLOV.KOMPLETTERING_BEGARD",` +
				`"producentarendetKraverKundatgard":true,"producentarendetKlart":false,"version":"6.1",` +
				`"utokadInformation":{"senastDatum":"2026-09-30"},"referenser":{"diarienummer":"BYGG-2026-00123"}}`
			if diff := cmp.Diff(want, string(got.Fragment(0))); diff != "" {
				t.Error(name, diff)
			}
			if got.ID != e.ID || got.Typ != e.Typ || !got.Tidpunkt.Equal(at) || !got.KraverKundatgard || got.Klart ||
				!cmp.Equal(got.Taggar, e.Taggar) || !cmp.Equal(got.Sprak, []string{"sv", "en"}) {
				t.Errorf("%s: %+v", name, got)
			}
			return nil
		})
		if err != nil || n != 1 {
			t.Errorf("%s: %d events, %v", name, n, err)
		}
	}
	none := []Query{{Kund: &kunder[1]}, {Kund: &kunder[4]}, {Kund: &kunder[0], Owner: kunder[1].Identifierare}, {Kund: &kunder[0], To: at},
		{Kund: &kunder[0], From: at.Add(1)}, {Producent: "other", Kund: &kunder[0]}, {Arende: &adapter.Arende{Typ: "Kvittensnummer", Identifierare: a.Identifierare}}}
	for i, q := range none {
		if got := idsOf(t, s, q); len(got) != 0 {
			t.Errorf("question %d: %d events", i, len(got))
		}
	}
}
