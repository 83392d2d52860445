package mappings

import (
	"os"
	"path/filepath"
	"testing"

	"arendebrygga/adapter"
)

// FuzzLoad holds that no file makes the loader panic, and that whatever it accepts
// can judge a change.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "a.yaml")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		def, net := byggr(t), alkt(t)
		set, problems := Load([]string{path}, []*adapter.Definition{def, net}, []adapter.Producent{kommun})
		_ = problems.Error()
		if set == nil {
			return
		}
		people := []adapter.Row{part(def, "9", "19900922-2382", "SOK", nil)}
		for _, status := range [][3]string{{"KOMP", "", ""}, {"ANSÖKAN", "A", "B"}, {"", "", ""}} {
			set.Rules("byggr").Judge(handelse(def, status, nil), people)
			set.Rules("byggr").Judge(adapter.StatusChange{Status: status[:], Rad: make([]any, len(def.Columns))}, people)
		}
	})
}
