package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestMistakesOfAllFilesAtOnce: a source whose part is wrong hides no mistake in the
// rules about it that does not depend on that part, and none of another source.
func TestMistakesOfAllFilesAtOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "bra.db", "")
	config := "sources:" + fmt.Sprintf(runSource, "bra", "sqlite", "path: bra.db", "NULL") + fmt.Sprintf(runSource, "bredvid", "sqlite", "path: bra.db", "NULL") + runRest
	mapping := strings.Replace(runMapping, "hos_oss", "hos_os", 1) + "nar: rad.nix == 1\n"
	writeFile(t, "mappings/bra.yaml", mapping)
	writeFile(t, "mappings/bredvid.yaml", strings.Replace(mapping, "kalla: bra", "kalla: bredvid", 1))

	const ball, column = "bollen cannot be hos_os", "the source has no column nix"
	for _, test := range []struct {
		from, to string // in the first source
		want     []string
	}{
		{"kind: sqlite", "kind: sqlit", []string{`kind: "sqlit" is not known`, "bra.yaml:8:59: " + ball, "bra.yaml:9:10: " + column, "bredvid.yaml:8:59: " + ball, "bredvid.yaml:9:10: " + column}},
		{"kod: string", "kod: strng", []string{`there is no type "strng"`, "bra.yaml:8:59: " + ball, "bredvid.yaml:8:59: " + ball, "bredvid.yaml:9:10: " + column}},
		{"producent: { namn: Teststads kommun, aktor: KOMMUN }", "", []string{"producent is missing", "bra.yaml:8:59: " + ball, "bra.yaml:9:10: " + column, "bredvid.yaml:8:59: " + ball, "bredvid.yaml:9:10: " + column}},
	} {
		writeFile(t, "arendebrygga.yaml", strings.Replace(config, test.from, test.to, 1))
		l, problems := loadAll("arendebrygga.yaml", nil, nil)
		if l != nil || len(problems) != len(test.want) {
			t.Errorf("%s: %d problems, want %d: %v", test.to, len(problems), len(test.want), problems)
		}
		for _, want := range test.want {
			if !strings.Contains(problems.Error(), want) {
				t.Errorf("%s: not told: %s", test.to, want)
			}
		}
	}

	// Right rules about a source that is wrong: no set that lacks it is given out.
	writeFile(t, "mappings/bra.yaml", runMapping)
	writeFile(t, "mappings/bredvid.yaml", strings.Replace(runMapping, "kalla: bra", "kalla: bredvid", 1))
	writeFile(t, "arendebrygga.yaml", strings.Replace(config, "kod: string", "kod: strng", 1))
	if l, problems := loadAll("arendebrygga.yaml", nil, nil); l != nil || len(problems) != 1 {
		t.Errorf("%v, want the type alone", problems)
	}
}
