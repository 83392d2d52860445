package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/mappings"

	"github.com/google/go-cmp/cmp"
)

var codeSpan = regexp.MustCompile("`([^`]+)`")

// referenceKeys gives the keys in the first column of the table under a heading of
// the reference, each with its line.
func referenceKeys(t *testing.T, heading string) map[string]string {
	t.Helper()
	b, err := os.ReadFile("../../examples/REFERENCE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(b), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("REFERENCE.md has no heading %q", heading)
	}
	text, _, _ = strings.Cut(text, "\n#")
	rows := map[string]string{}
	for line := range strings.Lines(text) {
		if cells := strings.Split(line, "|"); len(cells) > 2 && !strings.Contains(cells[1], " of a ") {
			for _, span := range codeSpan.FindAllStringSubmatch(cells[1], -1) {
				rows[span[1]] = line
			}
		}
	}
	return rows
}

// schemaKeys gives the keys of a section, and instead of each of those in flat the
// keys behind it.
func schemaKeys(t reflect.Type, flat ...string) (keys []string) {
	for _, key := range knownKeys(t) {
		if !slices.Contains(flat, key) {
			keys = append(keys, key)
			continue
		}
		for _, inner := range knownKeys(fieldType(t, key)) {
			keys = append(keys, key+"."+inner)
		}
	}
	return keys
}

func compareKeys(t *testing.T, heading string, want []string, got map[string]string) {
	t.Helper()
	var documented []string
	for key := range got {
		documented = append(documented, key)
	}
	slices.Sort(want)
	slices.Sort(documented)
	if diff := cmp.Diff(want, documented); diff != "" {
		t.Errorf("%s: keys that the program knows and those of REFERENCE.md (-want +got):\n%s", heading, diff)
	}
}

// TestReferenceOfConfiguration holds that examples/REFERENCE.md lists exactly the
// keys of arendebrygga.yaml.
func TestReferenceOfConfiguration(t *testing.T) {
	for heading, want := range map[string][]string{
		"## arendebrygga.yaml": schemaKeys(reflect.TypeFor[rawConfig](), "store", "api", "ops", "log"),
		"### A source":         schemaKeys(reflect.TypeFor[rawSource](), "limits"),
		"### events":           schemaKeys(reflect.TypeFor[rawEvents](), "cursor"),
		"### recipients": slices.DeleteFunc(schemaKeys(reflect.TypeFor[rawRecipients](), "identity"),
			func(key string) bool { return key == "column" }), // told above the table
	} {
		compareKeys(t, heading, want, referenceKeys(t, heading))
	}
	for _, inner := range []struct {
		heading, row string
		section      reflect.Type
	}{
		{"## arendebrygga.yaml", "producent", reflect.TypeFor[rawProducent]()},
		{"## arendebrygga.yaml", "api.consumers", reflect.TypeFor[rawConsumer]()},
		{"### A source", "connection", reflect.TypeFor[rawConnection]()},
		{"### A source", "firstRun", reflect.TypeFor[rawFirstRun]()},
		{"### events", "time", reflect.TypeFor[rawTime]()},
		{"### events", "onMissing", reflect.TypeFor[rawMissing]()},
		{"### recipients", "cursor", reflect.TypeFor[rawCursor]()},
		{"### recipients", "changes", reflect.TypeFor[rawChanges]()},
		{"### recipients", "identity.century", reflect.TypeFor[rawCentury]()},
	} {
		line := referenceKeys(t, inner.heading)[inner.row]
		for _, key := range knownKeys(inner.section) {
			if !regexp.MustCompile("[`{ ]" + key + "[`:, ]").MatchString(line) {
				t.Errorf("%s: the row of %s does not tell of %s", inner.heading, inner.row, key)
			}
		}
	}
}

// TestReferenceOfMappings holds the same of the mapping files, whose keys the loader
// tells where a key resembles none of them.
func TestReferenceOfMappings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	writeFile(t, path, "qqqqqqqqqqqqqqqqqqqqqqq: x\nhandelser:\n  - qqqqqqqqqqqqqqqqqqqqqqq: x\n")
	_, problems := mappings.Load([]string{path}, []*adapter.Definition{{Name: "byggr"}}, nil)
	for heading, in := range map[string]string{"## Mapping files": "in the mapping", "### An event under handelser": "in the event"} {
		i := slices.IndexFunc(problems, func(p adapter.Problem) bool { return strings.HasSuffix(p.Message, in) })
		if i < 0 {
			t.Fatalf("no unknown key %s:\n%v", in, problems)
		}
		_, known, _ := strings.Cut(problems[i].Hint, ": ")
		compareKeys(t, heading, strings.Split(known, ", "), referenceKeys(t, heading))
	}
}

// TestReferenceOfReasons holds that the table of reasons lists every code that the
// rules and the loop can give.
func TestReferenceOfReasons(t *testing.T) {
	told := referenceKeys(t, "## Reasons")
	code := regexp.MustCompile(`(?:Code: |Code = )"([a-z-]+)"|"((?:arende|case|identity|nar|no|producent|publish|recipient|row|status|text|time|value|withdraw|withdrawn)(?:-[a-z]+)+)"`)
	found := 0
	for _, room := range []string{"adapter", "mappings"} {
		for _, m := range inProgram(t, room, code) {
			found++
			code := m[1] + m[2]
			if _, ok := told[strings.TrimSuffix(code, "-unknown")]; !ok && told[code] == "" {
				t.Errorf("%s is not in the table", code)
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d codes were found", found)
	}
}

// TestReferenceOfHalts holds the same of the words that say why a source stops.
func TestReferenceOfHalts(t *testing.T) {
	told := referenceKeys(t, "## Why a source stops")
	word := regexp.MustCompile(`(?:\bstop\(|newHalt\(|\bhalt\(store, [^"]*, |\thalt[A-Z]\w+ += )"([a-z-]+)"`)
	for _, room := range []string{"adapter", "cmd/arendebrygga"} {
		for _, m := range inProgram(t, room, word) {
			if told[m[1]] == "" {
				t.Errorf("%s is not in the table", m[1])
			}
		}
	}
}

// inProgram finds what matches in a room's files, apart from its tests.
func inProgram(t *testing.T, room string, re *regexp.Regexp) (matches [][]string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", room, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		matches = append(matches, re.FindAllStringSubmatch(string(text), -1)...)
	}
	return matches
}
