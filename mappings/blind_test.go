package mappings

import (
	"strings"
	"testing"

	"arendebrygga/adapter"
)

// TestNetModeSeesNoSteps: gammal in a condition of a source in net mode is warned of
// where it stands, and only there.
func TestNetModeSeesNoSteps(t *testing.T) {
	def := alkt(t)
	def.PublishWhen = adapter.Code{Text: `gammal != "Klart"`, At: adapter.Position{File: "arendebrygga.yaml", Line: 47, Col: 20}}
	set, problems := Load([]string{inFile(t, serving)}, []*adapter.Definition{def}, []adapter.Producent{kommun})
	if set == nil {
		t.Fatal(problems)
	}
	var at []adapter.Position
	for _, p := range problems {
		if strings.HasPrefix(p.Message, "publishWhen: gammal") && p.Warning {
			at = append(at, p.At)
		}
	}
	if len(at) != 1 || at[0].Line != 47 {
		t.Errorf("%v", problems)
	}
	def.Mode = adapter.History
	if _, problems = Load([]string{inFile(t, serving)}, []*adapter.Definition{def}, []adapter.Producent{kommun}); len(problems) > 0 {
		t.Errorf("in history mode: %v", problems)
	}
}
