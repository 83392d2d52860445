package mappings

import (
	"fmt"
	"strings"
	"testing"

	"arendebrygga/adapter"
)

// choices is a mapping in which every way of choosing an event matters.
const choices = `producentarendetyp: A
namn: A
kalla: byggr
mottagare: [SOK, MSOK]
taggar: [a, b]
arenden: [{ typ: Diarienummer, varde: "{{ rad.Dnr }}" }, { typ: Kvittensnummer, varde: "{{ rad.HandelseUtfall }}" }]
handelser:
  - { steg: GRANNE, namn: x, till: [A/*/*], nar: rad.ArendeId == 1, mottagare: [GRAN], bollen: hos_kunden, rubrik: x, beskrivning: x, taggar: [b, c] }
  - { steg: FORST, namn: x, till: [A/*/*], fran: [""], kraverKundatgard: true, klart: false, rubrik: x, beskrivning: x }
  - { steg: IGEN, namn: x, till: [A/*/*], fran: ["B/*/*", "C//"], tidigare: [OMIGEN], kraverKundatgard: false, klart: true, rubrik: x, beskrivning: x }
  - { steg: ALLA, namn: x, till: [A/*/*, "*/ALLA/*"], mottagare: alla, bollen: hos_oss, rubrik: "{{ gammal }}.", beskrivning: x }
  - { steg: BADA, namn: x, till: [D/*/*], kraverKundatgard: true, klart: true, rubrik: x, beskrivning: x }
ignorera: [A/X/*, E/*/*]
`

// TestChoosing holds which event a change becomes, for whom and with which ball.
func TestChoosing(t *testing.T) {
	def := byggr(t)
	set, problems := Load([]string{inFile(t, choices)}, []*adapter.Definition{def}, []adapter.Producent{kommun})
	if set == nil {
		t.Fatal(problems)
	}
	people := []adapter.Row{part(def, "1", "199009222382", "SOK", nil), part(def, "2", "198112272383", "GRAN", nil), part(def, "3", "198012202381", "ANNAN", nil)}
	for _, tt := range []struct {
		name, ny, gammal string
		values           map[string]any
		want             string
	}{
		{"the first that matches wins, and its own roles count", "A//", "", map[string]any{"ArendeId": 1}, "GRANNE to 2 true false [a b c]"},
		{"the first sight is the status before \"\"", "A//", "", nil, "FORST to 1 true false [a b]"},
		{"a pattern of the status before", "A//", "B/x/y", nil, "IGEN to 1 false true [a b]"},
		{"NULL in the status before", "A//", "C//", nil, "IGEN to 1 false true [a b]"},
		{"another status before", "A//", "C/x/", nil, "ALLA to 1 false false [a b] ALLA to 2 false false [a b] ALLA to 3 false false [a b]"},
		{"a status of NULLs is not the first sight", "A//", "//", nil, "ALLA to 1 false false [a b] ALLA to 2 false false [a b] ALLA to 3 false false [a b]"},
		{"an event goes before ignorera", "A/X/", "", nil, "FORST to 1 true false [a b]"},
		{"NULL in nar: the next event would be a guess", "A//", "", map[string]any{"ArendeId": nil}, "parked nar-unknown"},
		{"any part", "x/ALLA/y", "", nil, "ALLA to 1 false false [a b] ALLA to 2 false false [a b] ALLA to 3 false false [a b]"},
		{"case counts in every part", "x/Alla/y", "", nil, "unmapped status-spelling"},
		{"both booleans", "D//", "", nil, "BADA to 1 true true [a b]"},
		{"ignored", "E//", "", nil, "ignored"},
		{"unknown", "F//", "", nil, "unmapped"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			change := handelse(def, [3]string(strings.Split(tt.ny, "/")), tt.values)
			change.Gammal = tt.gammal
			j := set.Rules("byggr").Judge(change, people)
			var got []string
			for _, e := range j.Events {
				got = append(got, fmt.Sprintf("%s to %s %v %v %v", strings.TrimPrefix(e.Typ, "KOMMUN.A."), string(e.Recipient), e.KraverKundatgard, e.Klart, e.Taggar))
			}
			if j.Outcome != adapter.Published {
				got = append(got, j.Outcome.String())
			}
			for _, r := range j.Reasons {
				got = append(got, r.Code)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %s\nwant %s", strings.Join(got, " "), tt.want)
			}
		})
	}
}

// TestLenientIsTold holds that kontrollsiffra: varna publishes, and says so.
func TestLenientIsTold(t *testing.T) {
	def := alkt(t)
	set, problems := Load([]string{inFile(t, serving)}, []*adapter.Definition{def}, []adapter.Producent{kommun})
	if set == nil {
		t.Fatal(problems)
	}
	values := row(def.Columns, map[string]any{"Ärende": "S1", "Läge": "Öppet", "Orgnr": "123456-1234"})
	j := set.Rules("alkt").Judge(adapter.StatusChange{Ny: "Öppet", Status: []string{"Öppet"}, Rad: values, Tidpunkt: may2026}, []adapter.Row{{Values: values}})
	if len(j.Events) != 1 || len(j.Reasons) != 1 || j.Reasons[0].Code != string(IdentityCheckDigit) || strings.Contains(j.Reasons[0].Detail, "1234") {
		t.Errorf("got %v, %v", j.Outcome, j.Reasons)
	}
}
