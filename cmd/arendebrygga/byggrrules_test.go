package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// byggrStatuses are the statuses that are publicly known of ByggR, and what the
// example makes of each in a bygglov and in an anmälan: the step for the applicants,
// or the outcome.
var byggrStatuses = []struct{ status, lov, anmalan string }{
	{"ANSÖKAN/Bygglov/", "ANSOKAN_MOTTAGEN hos_oss", "unmapped"},
	{"ANSÖKAN/Strand/Ja", "ANSOKAN_MOTTAGEN hos_oss", "unmapped"},
	{"ANSÖKAN//", "ANSOKAN_MOTTAGEN hos_oss", "unmapped"},
	{"ANM/ANMATT/", "unmapped", "ANMALAN_MOTTAGEN hos_oss"},
	{"ANM//", "unmapped", "ANMALAN_MOTTAGEN hos_oss"},
	{"KOMP/Beslut/", "KOMPLETTERING_BEGARD hos_kunden", "KOMPLETTERING_BEGARD hos_kunden"},
	{"KOMP//", "KOMPLETTERING_BEGARD hos_kunden", "KOMPLETTERING_BEGARD hos_kunden"},
	{"KOMP1//", "KOMPLETTERING_PAMINNELSE hos_kunden", "KOMPLETTERING_PAMINNELSE hos_kunden"},
	{"KOMP1/Brev/Ut", "KOMPLETTERING_PAMINNELSE hos_kunden", "KOMPLETTERING_PAMINNELSE hos_kunden"},
	{"HANDLING/KOMPL/", "KOMPLETTERING_MOTTAGEN hos_oss", "KOMPLETTERING_MOTTAGEN hos_oss"},
	{"HANDLING/KOMPBYGG/", "KOMPLETTERING_MOTTAGEN hos_oss", "KOMPLETTERING_MOTTAGEN hos_oss"},
	{"KOMP/KOMPBYGG/", "KOMPLETTERING_MOTTAGEN hos_oss", "KOMPLETTERING_MOTTAGEN hos_oss"},
	{"KOMP/KOMPTEK/", "KOMPLETTERING_MOTTAGEN hos_oss", "KOMPLETTERING_MOTTAGEN hos_oss"},
	{"HANDLING/KOMPREV/", "REVIDERING_MOTTAGEN hos_oss", "KOMPLETTERING_MOTTAGEN hos_oss"},
	{"STATUS/Komplett/", "ARENDE_KOMPLETT hos_oss", "ARENDE_KOMPLETT hos_oss"},
	{"REMISS/UTSKICK/", "REMISS_SKICKAD hos_oss", "REMISS_SKICKAD hos_oss"},
	{"UNDER/Med/", "waiting", "waiting"}, // the parties of the event are asked: below
	{"UNDER/Utan/", "waiting", "waiting"},
	{"GRANHO/GRAUTS/", "waiting", "waiting"},
	{"GRANHO/GRASVA/", "waiting", "waiting"},
	{"BESLUT/GAAC/", "STARTBESKED hos_oss", "STARTBESKED hos_oss"},
	{"BESLUT/GBCA/", "KONTROLLPLAN hos_oss", "KONTROLLPLAN hos_oss"},
	{"BESLUT/SLU/", "SLUTBESKED i_mal", "SLUTBESKED i_mal"},
	{"BESLUT/SLU/Del", "SLUTBESKED i_mal", "SLUTBESKED i_mal"},
	{"BESLUT/UAB/", "ARENDE_AVSLUTAT i_mal", "ARENDE_AVSLUTAT i_mal"},
	{"BESLUT/AVGIFT/", "unmapped", "unmapped"}, // not the main decision: below
	{"Atom/Kv/Kv2", "ignored", "ignored"},
	{"Atom/Kv/Kv4", "ignored", "ignored"},
	{"Atom/Kv/Kv11", "ignored", "ignored"},
	{"Atom/Kv/Kv12", "unmapped", "unmapped"}, // nobody has said what it is
	{"ARKIV//", "ignored", "ignored"},
	{"DEBIT/ANM/", "ignored", "ignored"},
	{"DIG//", "ignored", "ignored"},
	{"Komp//", "unmapped", "unmapped"}, // case counts
	{"//", "unmapped", "unmapped"},
}

// radAv makes the values of a row from those that are given; the rest is NULL.
func radAv(columns adapter.Columns, values map[string]any) []any {
	row := make([]any, len(columns))
	for i, c := range columns {
		row[i] = values[c.Name]
	}
	return row
}

// domd has the example's rules judge an event of an applicant's case. values are
// put over those of a public row.
func domd(l *loaded, typ any, status string, values map[string]any, more ...adapter.Row) adapter.Judgement {
	def := l.Config.Sources[0].Def
	when := time.Date(2026, 8, 7, 12, 29, 0, 0, def.Location)
	all := map[string]any{"HandelseId": 7, "ArendeId": 4711, "Dnr": "BYGG 2026-000123", "ArendeTypId": typ, "StartDatum": when, "Datum": when,
		"ArbetsMtrl": false, "Sekretess": false, "ArMakulerad": false}
	parts := strings.Split(status, "/")
	for i, p := range parts {
		if p != "" {
			all[def.Status[i]] = p
		}
	}
	for name, v := range values {
		all[name] = v
	}
	people := append([]adapter.Row{partrad(def, "1", "199009222382", "SOK", nil)}, more...)
	return l.Rules.Rules("byggr").Judge(adapter.StatusChange{Source: "byggr", Case: "4711", Row: "7", Ny: status, Status: parts,
		Tidpunkt: when, Order: 7, Rad: radAv(def.Columns, all)}, people)
}

func partrad(def *adapter.Definition, id, number, role string, event any) adapter.Row {
	return adapter.Row{ID: adapter.Key(id), Case: "4711", Values: radAv(def.Recipients.Columns,
		map[string]any{"PersOrgNr": number, "ArForetag": false, "Roll": role, "HandelseId": event})}
}

// told is what a judgement comes to: step and turn of the one event, or the outcome.
func told(j adapter.Judgement) string {
	if j.Outcome != adapter.Published {
		return j.Outcome.String()
	}
	var all []string
	for _, e := range j.Events {
		ball := "hos_oss"
		if e.KraverKundatgard {
			ball = "hos_kunden"
		} else if e.Klart {
			ball = "i_mal"
		}
		all = append(all, e.Typ[strings.LastIndexByte(e.Typ, '.')+1:]+" "+ball)
	}
	return strings.Join(all, ", ")
}

// TestByggrStatuses judges every known status by the example's own rules.
func TestByggrStatuses(t *testing.T) {
	l := loadByggr(t)
	for _, tt := range byggrStatuses {
		for typ, want := range map[int]string{1: tt.lov, 2: tt.lov, 3: tt.lov, 11: tt.anmalan, 12: tt.anmalan, 21: "unmapped"} {
			if got := told(domd(l, typ, tt.status, nil)); got != want {
				t.Errorf("%s in a case of type %d: %s, want %s", tt.status, typ, got, want)
			}
		}
		if j := domd(l, nil, tt.status, nil); j.Outcome == adapter.Published || len(j.Events) > 0 {
			t.Errorf("%s in a case of no type: %s", tt.status, told(j))
		}
	}
}

// TestByggrMainDecision: a decision of any code is told if it is the case's main one.
func TestByggrMainDecision(t *testing.T) {
	l := loadByggr(t)
	for _, tt := range []struct {
		main any
		typ  int
		want string
	}{{true, 1, "BESLUT hos_oss"}, {false, 1, "unmapped"}, {nil, 1, "unmapped"}, {true, 11, "unmapped"}} {
		if got := told(domd(l, tt.typ, "BESLUT/BEV/", map[string]any{"ArHuvudBeslut": tt.main})); got != tt.want {
			t.Errorf("ArHuvudBeslut %v in a case of type %d: %s, want %s", tt.main, tt.typ, got, tt.want)
		}
	}
}

// TestByggrWithheld: anything but a clear no to draft, secret and makulerad keeps an
// event from being told, whatever its status; only a yes takes it back for good.
func TestByggrWithheld(t *testing.T) {
	l := loadByggr(t)
	for _, tt := range byggrStatuses {
		for _, column := range []string{"ArbetsMtrl", "Sekretess", "ArMakulerad", "MakDatum"} {
			for _, v := range []any{true, nil} {
				if column == "MakDatum" {
					if v == nil {
						continue
					}
					v = time.Now()
				}
				j := domd(l, 1, tt.status, map[string]any{column: v})
				gone := v == true && (column == "Sekretess" || column == "ArMakulerad")
				if j.Outcome != adapter.Withheld || len(j.Events) > 0 || j.Gone != gone {
					t.Errorf("%s with %s %v: %s, for good: %v", tt.status, column, v, told(j), j.Gone)
				}
			}
		}
	}
	if j := domd(l, 1, "KOMP//", map[string]any{"Sekretess": nil, "ArMakulerad": true}); !j.Gone {
		t.Error("makulerad, and a secrecy that is NULL: not for good")
	}
}

// TestByggrNoticesGoToTheirParties: roles of the case and of the event are not taken
// for each other.
func TestByggrNoticesGoToTheirParties(t *testing.T) {
	l := loadByggr(t)
	def := l.Config.Sources[0].Def
	people := []adapter.Row{
		partrad(def, "2", "195410072572", "GRAN", 7), partrad(def, "3", "198003192385", "GRAN", 8),
		partrad(def, "4", "200001121227", "GRAN", nil), partrad(def, "5", "197702042396", "MSOK", 7),
	}
	for status, want := range map[string]string{
		"UNDER/Med/": "2:GRANNEHORANDE.YTTRANDE_BEGART 5:BYGGLOV.YTTRANDE_BEGART", "UNDER/Utan/": "2:GRANNEHORANDE.UNDERRATTELSE 5:BYGGLOV.UNDERRATTELSE",
		"GRANHO/GRAUTS/": "2:GRANNEHORANDE.YTTRANDE_BEGART", "GRANHO/GRASVA/": "2:GRANNEHORANDE.YTTRANDE_MOTTAGET", "BESLUT/SLU/": "1:BYGGLOV.SLUTBESKED",
	} {
		var got []string
		for _, e := range domd(l, 1, status, nil, people...).Events {
			got = append(got, fmt.Sprintf("%s:%s", string(e.Recipient), strings.TrimPrefix(e.Typ, "KOMMUN.")))
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%s goes to %v, want %s", status, got, want)
		}
	}
}

// TestByggrTexts: the texts without a date to reply by, and with one, in both
// languages; no text has a code of ByggR in it.
func TestByggrTexts(t *testing.T) {
	l := loadByggr(t)
	day := time.Date(2026, 8, 28, 0, 0, 0, 0, time.UTC)
	with := domd(l, 1, "KOMP//", map[string]any{"SlutDatum": day}).Events[0]
	for i, want := range []string{"Handlingar eller uppgifter saknas i ärende BYGG 2026-000123. Skicka in dem senast 28 augusti 2026.",
		"Documents or information are missing in case BYGG 2026-000123. Send them to us by 28 August 2026."} {
		if got := with.Texter[i].Beskrivning; got != want {
			t.Errorf("%s: %s", with.Texter[i].Sprak, got)
		}
	}
	if got, want := string(with.UtokadInformation), `{"senastDatum":"2026-08-28","lank":"https://e-tjanster.teststad.example/komplettera?dnr=BYGG%202026-000123"}`; got != want {
		t.Errorf("for machines: %s", got)
	}
	for _, tt := range byggrStatuses {
		for _, typ := range []int{1, 11} {
			for _, e := range domd(l, typ, tt.status, nil, partrad(l.Config.Sources[0].Def, "2", "195410072572", "GRAN", 7)).Events {
				if len(e.Texter) != 2 || len(e.Taggar) == 0 {
					t.Errorf("%s: %d languages, tags %v", tt.status, len(e.Texter), e.Taggar)
				}
				for _, text := range e.Texter {
					for _, code := range strings.Split(tt.status, "/") {
						if len(code) > 3 && strings.Contains(text.Rubrik+text.Beskrivning, code) {
							t.Errorf("%s: the text has a code in it: %s", tt.status, text.Rubrik)
						}
					}
					if strings.Contains(text.Beskrivning, "senast") || strings.Contains(text.Beskrivning, " by ") {
						t.Errorf("%s: a date that is not there: %s", tt.status, text.Beskrivning)
					}
				}
			}
		}
	}
}
