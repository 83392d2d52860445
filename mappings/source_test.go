package mappings

import (
	"os"
	"strings"
	"testing"

	"arendebrygga/adapter"

	"github.com/google/go-cmp/cmp"
)

// TestConfigured holds what is said of conditions in the configuration file itself.
func TestConfigured(t *testing.T) {
	config := "sources:\n  byggr:\n    publishWhen: 'rad.Sekretes == false'\n    withdrawWhen: |\n      rad.Sekretess ||\n      rad.Mak\n" +
		"    firstRun: { publishWhen: rad.Dnr }\n    organisationWhen: ny == \"x\"\n"
	bygglov, err := os.ReadFile("testdata/bra/bygglov.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for name, content := range map[string]string{"a.yaml": config, "m.yaml": string(bygglov)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	def := byggr(t)
	at := func(line, col int) adapter.Position { return adapter.Position{File: "a.yaml", Line: line, Col: col} }
	def.PublishWhen = adapter.Code{Text: "rad.Sekretes == false", At: at(3, 18)}
	def.WithdrawWhen = adapter.Code{Text: "rad.Sekretess ||\nrad.Mak\n", At: at(4, 19)}
	def.FirstRun.PublishWhen = adapter.Code{Text: "rad.Dnr", At: at(7, 30)}
	def.Recipients.Identity.OrganisationWhen = adapter.Code{Text: `ny == "x"`, At: at(8, 23)}
	set, problems := Load([]string{"m.yaml"}, []*adapter.Definition{def}, []adapter.Producent{{Aktor: "KÖMMUN"}})
	want := `a.yaml:3:23: the source has no column Sekretes
    publishWhen: 'rad.Sekretes == false'
                      ^
  hint: did you mean Sekretess?
a.yaml:6:11: the source has no column Mak
    rad.Mak
        ^
  hint: known here: HandelseId, ArendeId, Dnr, ArendeTypId, HandelseTyp, HandelseSlag, HandelseUtfall, StartDatum, SlutDatum, Sekretess, ArbetsMtrl, ArMakulerad, Avgift, Kvot, Bild
a.yaml:7:30: firstRun.publishWhen should give true or false, but this gives string
    firstRun: { publishWhen: rad.Dnr }
                             ^
a.yaml:8:23: unknown name ny
    organisationWhen: ny == "x"
                      ^
  hint: a recipient is read by itself: only the columns of the recipients' query are known here
arendebrygga.yaml:5:3: the aktor "KÖMMUN" cannot begin a kundhändelsetyp
  hint: A–Z only, such as KOMMUN`
	if diff := cmp.Diff(want, problems.Error()); diff != "" || set != nil {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestPublishWhenRequired(t *testing.T) {
	def := byggr(t)
	for text, want := range map[string]string{
		" ":       "arendebrygga.yaml:5:3: the source byggr lacks publishWhen\n  hint: say which rows may be published, such as rad.Sekretess == false, or write always",
		"Always ": "arendebrygga.yaml:9:20: publishWhen: \"Always\" is not known\n  hint: did you mean always?",
	} {
		def.PublishWhen = adapter.Code{Text: text, At: adapter.Position{File: "arendebrygga.yaml", Line: 9, Col: 20}}
		_, problems := Load([]string{"testdata/bra"}, []*adapter.Definition{def}, []adapter.Producent{kommun})
		if diff := cmp.Diff(want, problems.Error()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// TestNoSecretBesideAMistake: the line of the configuration that a wrong expression stands
// in is shown, but not if it may hold a password.
func TestNoSecretBesideAMistake(t *testing.T) {
	t.Chdir(t.TempDir())
	for before, excerpt := range map[string]string{
		"a: { firstRun: all, publishWhen: ":                "a: { firstRun: all, publishWhen: rad.Nix\n",
		"a: { password: hemligt, publishWhen: ":            "rad.Nix\n",
		`a: { "dsn": "a;pwd=hemligt", "withdrawWhen": "x"`: "rad.Nix\n",
	} {
		if err := os.WriteFile("a.yaml", []byte(before+"rad.Nix\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		def := byggr(t)
		def.PublishWhen = adapter.Code{Text: "rad.Nix", At: adapter.Position{File: "a.yaml", Line: 1, Col: len(before) + 1}}
		_, problems := Load(nil, []*adapter.Definition{def}, []adapter.Producent{kommun})
		if got := problems[1]; !strings.HasPrefix(got.Excerpt, excerpt) || strings.Contains(problems.Error(), "hemligt") {
			t.Errorf("%s: %v", before, problems)
		}
	}
}

func TestPaths(t *testing.T) {
	for _, tt := range []struct {
		paths []string
		want  string
	}{
		{nil, "no mapping files are named\n  hint: mappings: lists files and folders, such as mappings/"},
		{[]string{"nowhere"}, "nowhere: there is no such mapping file or folder\n  hint: a relative path begins in the folder of the configuration file"},
	} {
		if _, problems := Load(tt.paths, nil, nil); problems.Error() != tt.want {
			t.Errorf("%v: got %s", tt.paths, problems)
		}
	}
	if _, problems := Load([]string{"testdata/bra", "testdata/bra/bygglov.yaml", "./testdata/bra/"}, []*adapter.Definition{byggr(t)}, nil); len(problems) > 0 {
		t.Error("a file that is named three times is read more than once:", problems)
	}
}

// serving is a mapping of several types over a source whose rows name the recipient.
const serving = `producentarendetyper:
  - { id: SERVERING, namn: serveringstillstånd, nar: rad.Ärende startsWith "S" }
  - { id: TOBAK, namn: tobakstillstånd }
kalla: alkt
nar: rad.Ärende != "X"
mottagare: alla
kontrollsiffra: varna
arenden: [{ typ: Diarienummer, varde: "{{ rad.Ärende }}" }]
handelser:
  - { steg: NYTT, namn: Nytt, till: [Öppet], fran: [""], bollen: hos_oss, rubrik: "Ny ansökan om {{ typ.namn }}", beskrivning: "{{ ny }}" }
  - { steg: IGEN, namn: Igen, till: [Öppet], bollen: hos_oss, rubrik: "Ansökan om {{ typ.namn }} öppnad igen", beskrivning: "{{ gammal }}" }
  - { steg: DELAT, namn: Delat, till: ["Ja/Nej"], bollen: hos_oss, rubrik: Delat, beskrivning: Delat }
`

func TestJudgeRowNamesRecipient(t *testing.T) {
	def := alkt(t)
	set, problems := Load([]string{inFile(t, serving)}, []*adapter.Definition{def}, []adapter.Producent{kommun})
	if set == nil {
		t.Fatal(problems)
	}
	for _, tt := range []struct {
		arende, gammal, ny, number string
		want                       string
		outcome                    adapter.Outcome
	}{
		{"S1", "", "Öppet", "556016-0680", "KOMMUN.SERVERING.NYTT: Ny ansökan om serveringstillstånd", adapter.Published},
		{"S1", "Klart", "Öppet", "556016-0680", "KOMMUN.SERVERING.IGEN: Ansökan om serveringstillstånd öppnad igen", adapter.Published},
		{"T1", "", "Öppet", "556016-0680", "KOMMUN.TOBAK.NYTT: Ny ansökan om tobakstillstånd", adapter.Published},
		{"T1", "", "Ja/Nej", "559162-8136", "KOMMUN.TOBAK.DELAT: Delat", adapter.Published},
		{"X", "", "Öppet", "556016-0680", "", adapter.Unmapped},
		{"S1", "", "Öppet", "", "", adapter.Parked},
	} {
		values := row(def.Columns, map[string]any{"Ärende": tt.arende, "Läge": tt.ny, "Orgnr": tt.number})
		j := set.Rules("alkt").Judge(adapter.StatusChange{Gammal: tt.gammal, Ny: tt.ny, Status: []string{tt.ny}, Rad: values, Tidpunkt: may2026}, []adapter.Row{{Values: values}, {Values: values}})
		got := ""
		for _, e := range j.Events {
			got += e.Typ + ": " + e.Texter[0].Rubrik
		}
		if got != tt.want || j.Outcome != tt.outcome {
			t.Errorf("%s %s → %s: got %s %q %v, want %s %q", tt.arende, tt.gammal, tt.ny, j.Outcome, got, j.Reasons, tt.outcome, tt.want)
		}
	}
	one, two := row(def.Columns, map[string]any{"Ärende": "S1", "Orgnr": "556016-0680"}), row(def.Columns, map[string]any{"Ärende": "S1", "Orgnr": "212000-2411"})
	j := set.Rules("alkt").Judge(adapter.StatusChange{Ny: "Öppet", Status: []string{"Öppet"}, Rad: one, Tidpunkt: may2026}, []adapter.Row{{Values: one}, {Values: two}})
	if j.Outcome != adapter.Parked || j.Reasons[0].Code != recipientNoID {
		t.Errorf("two recipients without ids: got %v", j)
	}
}

// TestTwoFiles holds what counts if two files have something to say of a change.
func TestTwoFiles(t *testing.T) {
	def := byggr(t)
	file := func(id, rest string) string {
		return inFile(t, "producentarendetyp: "+id+"\nnamn: A\nkalla: byggr\nmottagare: ["+id+"]\narenden: [{ typ: Diarienummer, varde: \"{{ rad.Dnr }}\" }]\n"+rest)
	}
	event := func(rubrik string) string {
		return "handelser: [{ steg: A, namn: A, till: [A/*/*], bollen: i_mal, rubrik: '" + rubrik + "', beskrivning: x }]\n"
	}
	const fails, works, ignores = "{{ rad.HandelseUtfall }}{{ isodatum(rad.SlutDatum) }}", "x", "handelser: [{ steg: A, namn: A, till: [Z/*/*], bollen: i_mal, rubrik: x, beskrivning: x }]\nignorera: [A/*/*]\n"
	people := []adapter.Row{part(def, "1", "199009222382", "P", nil), part(def, "2", "198112272383", "Q", nil)}
	for _, tt := range []struct {
		name, one, two string
		people         []adapter.Row
		want           adapter.Outcome
		events         int
	}{
		{"both publish", event(works), event(works), people, adapter.Published, 2},
		{"one publishes, one fails", event(fails), event(works), people, adapter.Published, 1},
		{"one waits, one fails", event(works), event(fails), people[1:], adapter.Parked, 0},
		{"one waits, one ignores", event(works), ignores, people[1:], adapter.Waiting, 0},
		{"one fails, one ignores", ignores, event(fails), people, adapter.Parked, 0},
		{"both ignore", ignores, ignores, people, adapter.Ignored, 0},
	} {
		rules := load(t, []string{file("P", tt.one), file("Q", tt.two)}, def).Rules("byggr")
		if j := rules.Judge(handelse(def, [3]string{"A", "", ""}, nil), tt.people); j.Outcome != tt.want || len(j.Events) != tt.events {
			t.Errorf("%s: got %s, %d events; want %s, %d", tt.name, j.Outcome, len(j.Events), tt.want, tt.events)
		}
	}
}

// TestTypUnknown holds that a row whose producentärendetyp cannot be said is not
// taken for the last one in the list.
func TestTypUnknown(t *testing.T) {
	def := alkt(t)
	set, problems := Load([]string{inFile(t, strings.Replace(serving, "nar: rad.Ärende != \"X\"\n", "", 1))}, []*adapter.Definition{def}, []adapter.Producent{kommun})
	if set == nil {
		t.Fatal(problems)
	}
	values := row(def.Columns, map[string]any{"Läge": "Öppet", "Orgnr": "556016-0680"})
	j := set.Rules("alkt").Judge(adapter.StatusChange{Ny: "Öppet", Status: []string{"Öppet"}, Rad: values, Tidpunkt: may2026}, []adapter.Row{{Values: values}})
	if j.Outcome != adapter.Parked || len(j.Reasons) != 1 || j.Reasons[0].Code != conditionUnknown {
		t.Errorf("got %v, %v", j.Outcome, j.Reasons)
	}
}
