package mappings

import (
	"strings"
	"testing"

	"arendebrygga/adapter"
)

// TestHostile loads files that are made to exhaust a parser.
func TestHostile(t *testing.T) {
	const n = 200_000
	head := "producentarendetyp: A\nnamn: A\nkalla: byggr\nmottagare: alla\narenden: [{ typ: Diarienummer, varde: x }]\nhandelser: []\n"
	for name, content := range map[string]string{
		"brackets":   strings.Repeat("[", n),
		"braces":     strings.Repeat("{", n),
		"dashes":     strings.Repeat("- ", n),
		"keys":       strings.Repeat("a: ", n),
		"quotes":     strings.Repeat(`"`, n),
		"newlines":   strings.Repeat("\n", n),
		"carets":     head + "nar: " + strings.Repeat("(", n) + "\n",
		"nots":       head + "nar: " + strings.Repeat("!", n/20) + "true\n",
		"optional":   head + "namn2: x\nnar: rad.Dnr == ''\ntaggar: ['" + strings.Repeat("[[", n/10) + "']\n",
		"templates":  strings.Replace(head, "varde: x", "varde: '"+strings.Repeat("[[{{", n/10)+"'", 1),
		"one key":    strings.Repeat("a: 1\n", 20_000),
		"long words": head + strings.Repeat("x", n) + ": 1\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Load([]string{inFile(t, content)}, []*adapter.Definition{byggr(t)}, []adapter.Producent{kommun})
			if errs, _ := problems.Split(); len(errs) == 0 {
				t.Error("nothing is wrong with it")
			}
		})
	}
}
