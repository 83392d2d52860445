package mappings

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"arendebrygga/adapter"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the wanted messages anew")

// TestMistakes loads every file in testdata/fel and compares what Load says with the
// .txt beside it. A folder is loaded as a whole.
func TestMistakes(t *testing.T) {
	t.Chdir("testdata/fel")
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if filepath.Ext(name) == ".txt" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			set, problems := Load([]string{name}, []*adapter.Definition{byggr(t), alkt(t)}, []adapter.Producent{kommun})
			errs, _ := problems.Split()
			if name != "okopplad_kalla.yaml" {
				problems = slices.DeleteFunc(problems, func(p adapter.Problem) bool { return strings.HasPrefix(p.Message, "no mapping file is about") })
			}
			if (set == nil) != (len(errs) > 0) {
				t.Errorf("set is nil: %v, but there are %d errors", set == nil, len(errs))
			}
			golden(t, strings.TrimSuffix(name, filepath.Ext(name))+".txt", problems.Error()+"\n")
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestLoadGood(t *testing.T) {
	set := load(t, []string{"testdata/bra/bygglov.yaml"}, byggr(t))
	if set.Rules("byggr") == nil || set.Rules("other") != nil {
		t.Error("wrong rules for a source")
	}
}
