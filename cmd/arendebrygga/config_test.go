package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"arendebrygga/adapter"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the wanted output in testdata")

// TestMistakes holds every message that arendebrygga.yaml can give. A case in
// testdata/fel is a txtar archive: what is wrong, either as a change to
// testdata/ok.yaml (lines to take away begin with -, the ones in their place with +)
// or as a whole arendebrygga.yaml, the environment, other files, and the output.
func TestMistakes(t *testing.T) {
	base, err := os.ReadFile("testdata/ok.yaml")
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob("testdata/fel/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range names {
		name, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			testMistake(t, name, string(base))
		})
	}
}

func testMistake(t *testing.T, name, base string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("KRB5_CONFIG", "nowhere.conf") // this machine's own says nothing about the files
	writeFile(t, "mappings/tom.yaml", "")
	writeFile(t, "arendebrygga.yaml", base)
	environ := []string{}
	var want *txtar.File
	for i, f := range archive.Files {
		switch f.Name {
		case "change":
			writeFile(t, "arendebrygga.yaml", change(t, base, string(f.Data)))
		case "environ":
			environ = strings.Split(strings.TrimSuffix(string(f.Data), "\n"), "\n")
		case "want":
			want = &archive.Files[i]
		default:
			writeFile(t, f.Name, string(f.Data))
		}
	}
	cfg, problems := readConfig("arendebrygga.yaml", environ, nil)
	if cfg != nil {
		problems = append(problems, cfg.serveProblems()...)
	}
	got := problems.Error() + "\n"
	if *update {
		want.Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(want.Data), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", strings.TrimSpace(string(archive.Comment)), diff)
	}
	if strings.Contains(got, "hemlig") {
		t.Error("the output holds a secret")
	}
}

// change applies a case's change to the base file.
func change(t *testing.T, base, edits string) string {
	t.Helper()
	for hunk := range strings.SplitSeq(edits, "\n\n") {
		var old, replacement strings.Builder
		for line := range strings.Lines(strings.TrimSuffix(hunk, "\n") + "\n") {
			switch line[0] {
			case '-':
				old.WriteString(line[1:])
			case '+':
				replacement.WriteString(line[1:])
			default:
				t.Fatalf("a change line begins with - or +: %q", line)
			}
		}
		if strings.Count(base, old.String()) != 1 {
			t.Fatalf("not exactly once in testdata/ok.yaml:\n%s", &old)
		}
		base = strings.Replace(base, old.String(), replacement.String(), 1)
	}
	return base
}

func writeFile(t testing.TB, name, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

// readOK reads testdata/ok.yaml with a change, which must not be a mistake.
func readOK(t *testing.T, edits string, environ ...string) (*Config, adapter.Problems) {
	t.Helper()
	base, err := os.ReadFile("testdata/ok.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(base)
	if edits != "" {
		text = change(t, text, edits)
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "mappings/tom.yaml"), "")
	writeFile(t, filepath.Join(dir, "arendebrygga.yaml"), text)
	cfg, problems := loadConfig(filepath.Join(dir, "arendebrygga.yaml"), environ, nil)
	if cfg == nil {
		t.Fatalf("not taken:\n%v", problems)
	}
	return cfg, problems
}
