package mappings

import (
	"errors"
	"testing"
	"time"

	"arendebrygga/adapter"

	"github.com/google/go-cmp/cmp"
)

// row makes a row of a query from the values that matter; the others are NULL.
func row(columns adapter.Columns, values map[string]any) []any {
	out := make([]any, len(columns))
	for name, v := range values {
		out[columns.Index(name)] = v
	}
	return out
}

// handelse makes a change of a ByggR case from what matters in it.
func handelse(def *adapter.Definition, status [3]string, values map[string]any) adapter.StatusChange {
	all := map[string]any{"HandelseId": 7, "ArendeId": 4711, "Dnr": "BYGG 2026-000123", "ArendeTypId": 12, "HandelseTyp": status[0], "HandelseSlag": status[1],
		"HandelseUtfall": status[2], "Sekretess": false, "ArbetsMtrl": false, "ArMakulerad": false}
	for name, v := range values {
		all[name] = v
	}
	return adapter.StatusChange{Source: "byggr", Case: "4711", Row: "7", Ny: status[0] + "/" + status[1] + "/" + status[2], Status: status[:],
		Tidpunkt: time.Date(2026, 8, 7, 12, 29, 0, 0, def.Location), Order: 7, Rad: row(def.Columns, all)}
}

// part makes a recipient of a ByggR case.
func part(def *adapter.Definition, id, number, role string, values map[string]any) adapter.Row {
	all := map[string]any{"PersOrgNr": number, "Roll": role, "ArForetag": false}
	for name, v := range values {
		all[name] = v
	}
	return adapter.Row{ID: adapter.Key(id), Case: "4711", Values: row(def.Recipients.Columns, all)}
}

func TestJudgeWhole(t *testing.T) {
	def := byggr(t)
	rules := load(t, []string{"testdata/bra/bygglov.yaml"}, def).Rules("byggr")
	change := handelse(def, [3]string{"KOMP", "Beslut", ""}, map[string]any{
		"SlutDatum": time.Date(2026, 8, 28, 0, 0, 0, 0, def.Location), "Avgift": adapter.Number("1200.50")})
	got := rules.Judge(change, []adapter.Row{part(def, "9", "19900922-2382", "SOK", nil)})
	want := adapter.Judgement{Outcome: adapter.Published, Events: []adapter.Kundhandelse{{
		Producent: kommun, Kund: adapter.Identity{Typ: adapter.Personnummer, Identifierare: "199009222382"}, Recipient: "9",
		Arenden:            []adapter.Arende{{Typ: "Diarienummer", Identifierare: "BYGG 2026-000123"}, {Typ: "Producentarendereferens", Identifierare: "4711"}},
		Producentarendetyp: "BYGGLOV", Typ: "KOMMUN.BYGGLOV.KOMPLETTERING_BEGARD", Tidpunkt: change.Tidpunkt, Order: 7,
		Texter: []adapter.Text{
			{Sprak: "sv", Rubrik: "Komplettera ansökan om bygglov", Beskrivning: "Handlingar saknas i ärende BYGG 2026-000123. Svara senast 28 augusti 2026."},
			{Sprak: "en", Rubrik: "Your application needs more documents", Beskrivning: "Documents are missing. Reply by 28 August 2026."},
			{Sprak: "fi", Rubrik: "Täydennä hakemusta", Beskrivning: "Asiakirjoja puuttuu. 2026-08-28"}},
		KraverKundatgard: true, Taggar: []string{"bygglov", "kundatgard"},
		UtokadInformation: []byte(`{"senastDatum":"2026-08-28","avgift":"1200.50","antal":2,"digitalt":true,"länkar":["https://example.se/?dnr=BYGG%202026-000123"]}`),
		Referenser:        []byte(`{"producentReferens":"BYGG 2026-000123","diarienummer":"BYGG 2026-000123"}`),
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	change = handelse(def, [3]string{"BESLUT", "SLU", "x"}, nil)
	if e := rules.Judge(change, []adapter.Row{part(def, "9", "199009222382", "SOK", nil)}).Events[0]; !e.Klart || e.KraverKundatgard || len(e.UtokadInformation) > 0 {
		t.Errorf("got %+v", e)
	}
}

func TestJudgeOutcomes(t *testing.T) {
	def := byggr(t)
	rules := load(t, []string{"testdata/bra/bygglov.yaml"}, def).Rules("byggr")
	anna := part(def, "9", "19900922-2382", "SOK", nil)
	komp, debit := [3]string{"KOMP", "", ""}, [3]string{"DEBIT", "ANM", ""}
	for _, tt := range []struct {
		name   string
		status [3]string
		values map[string]any
		people []adapter.Row
		want   adapter.Outcome
		events int
		codes  []string
	}{
		{"published", komp, nil, []adapter.Row{anna}, adapter.Published, 1, nil},
		{"status padded by the database", [3]string{"KOMP      ", "", ""}, nil, []adapter.Row{anna}, adapter.Published, 1, nil},
		{"status in decomposed form", [3]string{"ANSO\u0308KAN", "", ""}, nil, []adapter.Row{anna}, adapter.Published, 1, nil},
		{"case counts", [3]string{"Komp", "", ""}, nil, []adapter.Row{anna}, adapter.Unmapped, 0, []string{"status-spelling"}},
		{"blanks inside count", [3]string{"KO MP", "", ""}, nil, []adapter.Row{anna}, adapter.Unmapped, 0, []string{"status-spelling"}},
		{"case of ignored counts", [3]string{"debit", "", ""}, nil, []adapter.Row{anna}, adapter.Unmapped, 0, []string{"status-spelling"}},
		{"another letter is another status", [3]string{"KOMPP", "", ""}, nil, []adapter.Row{anna}, adapter.Unmapped, 0, nil},
		{"ignored", debit, nil, []adapter.Row{anna}, adapter.Ignored, 0, nil},
		{"ignored needs nar too", debit, map[string]any{"ArendeTypId": 99}, []adapter.Row{anna}, adapter.Unmapped, 0, nil},
		{"unknown status", [3]string{"NYTT", "", ""}, nil, []adapter.Row{anna}, adapter.Unmapped, 0, nil},
		{"nar does not hold", komp, map[string]any{"ArendeTypId": 99}, []adapter.Row{anna}, adapter.Unmapped, 0, nil},
		{"nar is NULL", komp, map[string]any{"ArendeTypId": nil}, []adapter.Row{anna}, adapter.Unmapped, 0, []string{"nar-unknown"}},
		{"secret", komp, map[string]any{"Sekretess": true}, []adapter.Row{anna}, adapter.Withheld, 0, []string{"withdraw-when"}},
		{"secrecy NULL", komp, map[string]any{"Sekretess": nil}, []adapter.Row{anna}, adapter.Withheld, 0, []string{"withdraw-when-unknown"}},
		{"draft", komp, map[string]any{"ArbetsMtrl": true}, []adapter.Row{anna}, adapter.Withheld, 0, []string{"publish-when"}},
		{"draft NULL", komp, map[string]any{"ArbetsMtrl": nil}, []adapter.Row{anna}, adapter.Withheld, 0, []string{"publish-when-unknown"}},
		{"text needs a NULL", komp, map[string]any{"Dnr": nil}, []adapter.Row{anna}, adapter.Parked, 0, []string{"value-null"}},
		{"blank case number", komp, map[string]any{"Dnr": "  "}, []adapter.Row{anna}, adapter.Parked, 0, []string{"arende-blank"}},
		{"other case number NULL", komp, map[string]any{"ArendeId": nil}, []adapter.Row{anna}, adapter.Published, 1, nil},
		{"nobody", komp, nil, nil, adapter.Waiting, 0, []string{"no-recipient"}},
		{"only a neighbour", komp, nil, []adapter.Row{part(def, "9", "199009222382", "GRAN", nil)}, adapter.Waiting, 0, []string{"no-recipient"}},
		{"role NULL", komp, nil, []adapter.Row{part(def, "9", "199009222382", "SOK", map[string]any{"Roll": nil})}, adapter.Waiting, 0, []string{"no-recipient"}},
		{"role padded", komp, nil, []adapter.Row{part(def, "9", "199009222382", "SOK   ", nil)}, adapter.Published, 1, nil},
		{"number NULL", komp, nil, []adapter.Row{part(def, "9", "", "SOK", map[string]any{"PersOrgNr": nil})}, adapter.Parked, 0, []string{"identity-missing"}},
		{"wrong check digit", komp, nil, []adapter.Row{part(def, "9", "199009222383", "SOK", nil)}, adapter.Parked, 0, []string{"identity-check-digit"}},
		{"one of two is good", komp, nil, []adapter.Row{part(def, "8", "900922-T382", "MSOK", nil), anna}, adapter.Published, 1, []string{"identity-interim"}},
		{"firm or person unknown", komp, nil, []adapter.Row{part(def, "9", "199009222382", "SOK", map[string]any{"ArForetag": nil})}, adapter.Parked, 0, []string{"identity-organisation-when"}},
		{"tillagg too long", komp, nil, []adapter.Row{part(def, "9", "199009222382", "SOK", map[string]any{"Tillagg": "123456789012345678901"})}, adapter.Parked, 0, []string{"identity-tillagg"}},
		{"unreadable recipient", komp, nil, []adapter.Row{{ID: "9", Err: errors.New("column PersOrgNr is no string")}}, adapter.Parked, 0, []string{"recipient-unreadable"}},
		{"recipient without an id", komp, nil, []adapter.Row{part(def, "", "199009222382", "SOK", nil)}, adapter.Parked, 0, []string{"recipient-no-id"}},
		{"two roles, one event", komp, nil, []adapter.Row{anna, part(def, "9", "199009222382", "MSOK", nil)}, adapter.Published, 1, nil},
		{"registered twice, one event", komp, nil, []adapter.Row{anna, part(def, "31", "900922-2382", "MSOK", nil)}, adapter.Published, 1, nil},
		{"one id, two numbers", komp, nil, []adapter.Row{anna, part(def, "9", "198112272383", "MSOK", nil)}, adapter.Parked, 0, []string{"recipient-ambiguous"}},
		{"two people", komp, nil, []adapter.Row{anna, part(def, "10", "198112272383", "MSOK", nil)}, adapter.Published, 2, nil},
		{"two firms of one owner", komp, nil, []adapter.Row{part(def, "9", "199009222382", "SOK", map[string]any{"ArForetag": true, "Tillagg": "001"}),
			part(def, "10", "199009222382", "SOK", map[string]any{"ArForetag": true, "Tillagg": "002"})}, adapter.Published, 2, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := rules.Judge(handelse(def, tt.status, tt.values), tt.people)
			var codes []string
			for _, r := range got.Reasons {
				codes = append(codes, r.Code)
			}
			if got.Outcome != tt.want || len(got.Events) != tt.events || cmp.Diff(tt.codes, codes) != "" {
				t.Errorf("got %s, %d events, %v; want %s, %d, %v", got.Outcome, len(got.Events), got.Reasons, tt.want, tt.events, tt.codes)
			}
			if gone := tt.name == "secret"; got.Gone != gone {
				t.Errorf("gone: %v", got.Gone)
			}
		})
	}
}

// TestJudgeLeastID holds that a kund who is registered twice always keeps the event
// of the same recipient, however the rows come.
func TestJudgeLeastID(t *testing.T) {
	def := byggr(t)
	rules := load(t, []string{"testdata/bra/bygglov.yaml"}, def).Rules("byggr")
	a, b := part(def, "31", "199009222382", "SOK", nil), part(def, "30", "9009222382", "SOK", nil)
	for _, people := range [][]adapter.Row{{a, b}, {b, a}} {
		got := rules.Judge(handelse(def, [3]string{"KOMP", "", ""}, nil), people)
		if len(got.Events) != 1 || got.Events[0].Recipient != "30" {
			t.Errorf("got %v", got.Events)
		}
	}
}

// TestNearRole holds what an operator is told of a role that drifted in spelling.
func TestNearRole(t *testing.T) {
	def := byggr(t)
	rules := load(t, []string{"testdata/bra/bygglov.yaml"}, def).Rules("byggr")
	for role, want := range map[string]string{
		"Sok ": "bygglov.yaml:21 KOMPLETTERING_BEGARD: the case has no recipient with a role that mottagare allows; one differs only in case or blanks",
		"GRAN": "bygglov.yaml:21 KOMPLETTERING_BEGARD: the case has no recipient with a role that mottagare allows",
	} {
		got := rules.Judge(handelse(def, [3]string{"KOMP", "", ""}, nil), []adapter.Row{part(def, "9", "199009222382", role, nil)})
		if len(got.Reasons) != 1 || got.Reasons[0].Detail != want {
			t.Errorf("%s: got %v", role, got.Reasons)
		}
	}
}

// TestNearStatus holds what an operator is told of a status that drifted in spelling.
func TestNearStatus(t *testing.T) {
	def := byggr(t)
	rules := load(t, []string{"testdata/bra/bygglov.yaml"}, def).Rules("byggr")
	got := rules.Judge(handelse(def, [3]string{"handling", "Kompl ", "x"}, nil), nil)
	want := []adapter.Reason{{Code: "status-spelling", Detail: `bygglov.yaml:42: the pattern "HANDLING/KOMPL/*" differs only in case or blanks`}}
	if diff := cmp.Diff(want, got.Reasons); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := rules.Judge(handelse(def, [3]string{"handling", "Kompl ", "x"}, map[string]any{"ArendeTypId": 99}), nil); got.Reasons != nil {
		t.Errorf("a row that is not the file's: %v", got.Reasons)
	}
}

func TestFirstRun(t *testing.T) {
	def := byggr(t)
	rules := load(t, []string{"testdata/bra/bygglov.yaml"}, def).Rules("byggr")
	if !rules.FirstRun(handelse(def, [3]string{}, nil)) {
		t.Error("an open case is not published")
	}
	if rules.FirstRun(handelse(def, [3]string{}, map[string]any{"SlutDatum": time.Now()})) {
		t.Error("a closed case is published")
	}
}

func TestProducentUnknown(t *testing.T) {
	def := byggr(t)
	change := handelse(def, [3]string{"KOMP", "", ""}, nil)
	change.Producent = "2281"
	got := load(t, []string{"testdata/bra/bygglov.yaml"}, def).Rules("byggr").Judge(change, nil)
	if got.Outcome != adapter.Parked || got.Reasons[0].Code != "producent-unknown" {
		t.Errorf("got %v", got)
	}
}

func TestColumnsAndHash(t *testing.T) {
	def := byggr(t)
	set := load(t, []string{"testdata/bra/bygglov.yaml"}, def)
	rules := set.Rules("byggr")
	var names []string
	for _, i := range rules.Columns() {
		names = append(names, def.Columns[i].Name)
	}
	want := []string{"ArendeId", "Dnr", "ArendeTypId", "HandelseUtfall", "SlutDatum", "Sekretess", "ArbetsMtrl", "ArMakulerad", "Avgift"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if again := load(t, []string{"testdata/bra"}, byggr(t)); again.Hash() != set.Hash() || again.Rules("byggr").Hash() != rules.Hash() {
		t.Error("the same rules have different hashes")
	}
	other := byggr(t)
	other.PublishWhen.Text = "always"
	if load(t, []string{"testdata/bra"}, other).Rules("byggr").Hash() == rules.Hash() {
		t.Error("different rules have the same hash")
	}
}
