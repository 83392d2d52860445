package mappings

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// TestNoValueInReasons makes everything go wrong that can, with values that stand
// out, and looks for them in what is said about it.
func TestNoValueInReasons(t *testing.T) {
	def := byggr(t)
	def.Recipients.Identity.OrganisationWhen.Text = `rad.ArForetag || int(rad.Tillagg) > 1`
	mapping := `producentarendetyp: A
namn: A
kalla: byggr
mottagare: alla
arenden: [{ typ: Diarienummer, varde: "{{ rad.Dnr }}" }]
handelser:
  - { steg: A, namn: A, till: [A/*/*], bollen: i_mal, rubrik: "{{ rad.Dnr }}", beskrivning: "{{ date(rad.Dnr).Year() }}" }
  - { steg: B, namn: B, till: [B/*/*], bollen: i_mal, rubrik: "{{ rad.Dnr }}{{ rad.HandelseSlag }}", beskrivning: x }
  - { steg: C, namn: C, till: [C/*/*], bollen: i_mal, rubrik: x, beskrivning: "{{ rad.HandelseSlag }}", nar: int(rad.Dnr) > 1 }
  - { steg: D, namn: D, till: [D/*/*], bollen: i_mal, rubrik: x, beskrivning: x, referenser: { a: "{{ fromJSON(rad.Dnr) }}" } }
  - { steg: E, namn: E, till: [E/*/*], bollen: i_mal, rubrik: x, beskrivning: x }
`
	rules := load(t, []string{inFile(t, mapping)}, def).Rules("byggr")
	secret := "hemligt"
	said := 0
	for _, dnr := range []any{secret, strings.Repeat(secret, 60), secret + "\xff"} {
		for _, status := range []string{"A", "B", "C", "D", "E", secret} {
			for _, number := range []string{secret, "199009222383", "19900922-T382", "9999999999", "0409282381"} {
				for _, tillagg := range []any{nil, secret, strings.Repeat(secret, 5), "1"} {
					change := handelse(def, [3]string{status, secret, ""}, map[string]any{"Dnr": dnr})
					change.Gammal = secret
					j := rules.Judge(change, []adapter.Row{part(def, secret, number, secret, map[string]any{"Tillagg": tillagg})})
					for _, r := range j.Reasons {
						said++
						if text := fmt.Sprint(r); strings.Contains(text, secret) || strings.Contains(text, "0922") || strings.Contains(text, "9999") || strings.Contains(text, "0928") {
							t.Fatalf("a value of the row stands in %s", text)
						}
					}
				}
			}
		}
	}
	if said < 100 {
		t.Errorf("only %d reasons were given", said)
	}
}

func TestWrittenText(t *testing.T) {
	def := byggr(t)
	zoned := time.Date(2026, 8, 7, 22, 30, 0, 0, time.UTC) // half past midnight in Stockholm
	values := map[string]any{"Avgift": adapter.Number("1200.50"), "Kvot": 0.25, "StartDatum": zoned, "HandelseSlag": "å/ä & ö+1"}
	for _, tt := range []struct{ text, want string }{
		{"{{ rad.Avgift }} kr", "1200.50 kr"},
		{"{{ rad.Avgift ?? 0 }} kr", "1200.50 kr"},
		{`{{ rad.Avgift > 1000.5 ? rad.Avgift : "lite" }}`, "1200.50"},
		{"{{ rad.Avgift * 2 }}", "2401"},
		{"{{ rad.Kvot }}", "0.25"},
		{"{{ rad.arendeid }}", "4711"},
		{"{{ rad.ArendeId + 1 }}", "4712"},
		{"{{ isodatum(rad.StartDatum) }} {{ klockslag(rad.StartDatum) }}", "2026-08-08 00:30"},
		{"{{ isodatum(tidpunkt) }}", "2026-08-07"},
		{"{{ url(rad.HandelseSlag) }}", "%C3%A5%2F%C3%A4%20%26%20%C3%B6%2B1"},
		{"{{ url(rad.ArendeId) }}", "4711"},
		{"{{ typ.namn }} {{ typ.id }} {{ ny }} {{ gammal }}.", "Aa A A/å/ä & ö+1/ ."},
		{`{{ "{{ }}" }}`, "{{ }}"},
		{"x[[ {{ rad.SlutDatum == nil ? nil : 1 }}]]y", "xy"},
		{"x[[ {{ isodatum(rad.SlutDatum) }} och {{ rad.Dnr }}]]y[[ {{ rad.Dnr }}]]", "xy BYGG 2026-000123"},
		{"[[{{ rad.SlutDatum == nil ? rad.HandelseSlag : rad.Dnr }}]]", "å/ä & ö+1"},
		{"{{ isodatum(rad.SlutDatum ?? rad.StartDatum) }}", "2026-08-08"},
		{`{{ isodatum(date("2026-01-01")) }}`, "2026-01-01"},
		{"  a {{ rad.HandelseUtfall }}  ", "a"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			mapping := "producentarendetyp: A\nnamn: Aa\nkalla: byggr\nmottagare: alla\narenden: [{ typ: Diarienummer, varde: \"{{ rad.Dnr }}\" }]\n" +
				"handelser:\n  - { steg: A, namn: A, till: [A/*/*], bollen: i_mal, rubrik: x, beskrivning: '" + tt.text + "' }\n"
			j := load(t, []string{inFile(t, mapping)}, def).Rules("byggr").Judge(handelse(def, [3]string{"A", "å/ä & ö+1", ""}, values), []adapter.Row{part(def, "9", "199009222382", "X", nil)})
			if len(j.Events) != 1 {
				t.Fatal(j)
			}
			if got := j.Events[0].Texter[0].Beskrivning; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
