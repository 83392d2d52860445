package mappings

import (
	"os"
	"strings"
	"testing"

	"arendebrygga/adapter"
)

// statusSource is a history source whose rows name the recipient, with as many status
// columns as its case system has.
func statusSource(name string) *adapter.Definition {
	def := &adapter.Definition{Name: name, Mode: adapter.History, PublishWhen: adapter.Code{Text: "always"}, Status: []string{"Status"},
		Columns:    adapter.Columns{{Name: "Nr", Type: adapter.String}, {Name: "Status", Type: adapter.String}, {Name: "Person", Type: adapter.String}, {Name: "Slag", Type: adapter.String}, {Name: "Utfall", Type: adapter.String}},
		Recipients: adapter.RecipientRule{Identity: adapter.IdentityRule{Column: "Person"}}}
	if name == "byggr" {
		def.Status = []string{"Status", "Slag", "Utfall"}
	}
	return def
}

// internal are statuses that the published integrations show, and that concern the
// authority alone, or a draft: the mappings ignore them.
var internal = map[string]bool{"byggr Kv2": true, "casedata Intern komplettering": true, "casedata Intern återkoppling": true, "casedata Handläggare tilldelad": true,
	"supportmanagement ASSIGNED": true, "supportmanagement AWAITING_INTERNAL_RESPONSE": true, "oep NEW": true}

// mustAct are statuses in which the kund has to act although the published
// integrations say otherwise.
var mustAct = map[string]bool{"oep WAITING_FOR_MULTISIGN": true, "oep WAITING_FOR_PAYMENT": true}

// TestPublishedStatuses holds that mappings of five real case systems give each of
// their statuses the meaning that Sundsvall's published integrations do.
func TestPublishedStatuses(t *testing.T) {
	table, err := os.ReadFile("../testdata/status_map.tsv")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]int{}
	var sources []*adapter.Definition
	for _, name := range []string{"byggr", "casedata", "supportmanagement", "oep", "ecos2"} {
		sources = append(sources, statusSource(name))
	}
	set := load(t, []string{"testdata/status"}, sources...)
	for line := range strings.Lines(string(table)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		name := strings.ToLower(f[0])
		rules := set.Rules(name)
		// One row of ByggR is the status of a case, not of an event.
		if rules == nil || name == "byggr" && f[1] == "" {
			continue
		}
		asked[name]++
		status := []string{f[4]}
		if name == "byggr" {
			status = []string{fill(f[1], "HANDLING"), fill(f[2], "Slag   "), fill(f[3], "")}
		}
		key := name + " " + f[4]
		values := []any{"A 1", nil, "199009222382", nil, nil}
		j := rules.Judge(adapter.StatusChange{Source: name, Ny: strings.Join(status, "/"), Status: status, Rad: values, Tidpunkt: may2026}, []adapter.Row{{Values: values}})
		switch {
		case internal[key]:
			if j.Outcome != adapter.Ignored {
				t.Errorf("%s: got %s, want ignored", key, j.Outcome)
			}
		case len(j.Events) != 1:
			t.Errorf("%s: got %s, %v", key, j.Outcome, j.Reasons)
		case j.Events[0].KraverKundatgard != (f[8] == "1" || mustAct[key]) || j.Events[0].Klart != (f[9] == "1"):
			t.Errorf("%s: got %s, which wants the kund: %v, is finished: %v", key, j.Events[0].Typ, j.Events[0].KraverKundatgard, j.Events[0].Klart)
		}
	}
	for name, n := range map[string]int{"byggr": 14, "casedata": 16, "supportmanagement": 7, "oep": 7, "ecos2": 4} {
		if asked[name] != n {
			t.Errorf("%d statuses of %s, want %d", asked[name], name, n)
		}
	}
}

// fill puts a value where a status pattern takes any.
func fill(part, value string) string {
	if part == anyPart {
		return value
	}
	return part
}
