package mappings

import (
	"fmt"
	"strings"
	"testing"

	"arendebrygga/adapter"
)

// TestRecipientsOfTheEvent: a neighbour who is heard in one event belongs to that
// event row and hears of nothing else; the applicant belongs to the case.
func TestRecipientsOfTheEvent(t *testing.T) {
	def := byggr(t)
	def.Recipients.Row = "HandelseId"
	def.Recipients.Columns = append(def.Recipients.Columns, adapter.Column{Name: "HandelseId", Type: adapter.Int})
	set, problems := Load([]string{inFile(t, `producentarendetyp: A
namn: A
kalla: byggr
mottagare: [SOK, GRAN]
arenden: [{ typ: Diarienummer, varde: "{{ rad.Dnr }}" }]
handelser:
  - { steg: GRANNE, namn: x, till: [GRANHO/*/*], mottagare: { handelsens: [GRAN] }, bollen: hos_kunden, rubrik: x, beskrivning: x }
  - { steg: ALLA, namn: x, till: [GRAUTS/*/*], mottagare: { handelsens: alla }, bollen: hos_oss, rubrik: x, beskrivning: x }
  - { steg: VANLIG, namn: x, till: [KOMP/*/*], bollen: hos_kunden, rubrik: x, beskrivning: x }
`)}, []*adapter.Definition{def}, []adapter.Producent{kommun})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	of := func(row any) map[string]any { return map[string]any{"HandelseId": row} }
	people := []adapter.Row{
		part(def, "1", "199009222382", "SOK", nil), part(def, "2", "198112272383", "GRAN", of(7)),
		part(def, "3", "198012202381", "GRAN", of(8)), part(def, "4", "200006012397", "OMB", of(7)),
	}
	for status, want := range map[string]string{"GRANHO": "[2]", "GRAUTS": "[2 4]", "KOMP": "[1]"} {
		got := set.Rules("byggr").Judge(handelse(def, [3]string{status, "", ""}, nil), people)
		var ids []string
		for _, e := range got.Events {
			ids = append(ids, string(e.Recipient))
		}
		if fmt.Sprint(ids) != want {
			t.Errorf("%s goes to %v, want %s", status, ids, want)
		}
	}
	if got := set.Rules("byggr").Judge(handelse(def, [3]string{"GRANHO", "", ""}, nil), people[:1]); got.Outcome != adapter.Waiting {
		t.Errorf("an event that nobody belongs to yet is %s", got.Outcome)
	}
}

// TestRecipientsOfTheEventUnknown: the source must say to which event they belong.
func TestRecipientsOfTheEventUnknown(t *testing.T) {
	_, problems := Load([]string{"testdata/fel/mottagare_handelsens.yaml"}, []*adapter.Definition{byggr(t)}, []adapter.Producent{kommun})
	if len(problems) != 1 || !strings.Contains(problems.Error(), "do not say which event they belong to") {
		t.Errorf("problems %v", problems)
	}
}
