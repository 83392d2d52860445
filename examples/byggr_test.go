package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

// byggrQueries are the two queries of the example and the table of its cursor.
type byggrQueries struct {
	Sources struct {
		Byggr struct {
			Events struct {
				Query   string
				Columns map[string]string
				Cursor  struct{ Table string }
			}
			Recipients struct {
				Query   string
				Columns map[string]string
			}
		}
	}
}

// TestByggrValidate: the program takes the example as it is. What an operator has to
// add, the password, it only warns of.
func TestByggrValidate(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("byggr")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "byggr.pw"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program(t), "validate", "--config", filepath.Join(dir, "arendebrygga.yaml")).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "ok: 1 source, 3 mapping files") || strings.Contains(string(out), "warning") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestByggrGrants: the rights that the README asks for are those of the tables that
// the queries read, no more and no fewer; of a table that it grants columns of, they
// are all that is read of it. schema.sql has all of them.
func TestByggrGrants(t *testing.T) {
	var q byggrQueries
	if err := yaml.Unmarshal(read(t, "byggr/arendebrygga.yaml"), &q); err != nil {
		t.Fatal(err)
	}
	byggr := q.Sources.Byggr
	queries := byggr.Events.Query + "\n" + byggr.Recipients.Query
	tables := distinct(regexp.MustCompile(`dbo\.\w+`).FindAllString(queries, -1))
	var granted []string
	for _, g := range regexp.MustCompile(`GRANT SELECT ON (dbo\.\w+)(?: \(([^)]*)\))? TO arendebrygga;`).FindAllStringSubmatch(string(read(t, "byggr/README.md")), -1) {
		granted = append(granted, g[1])
		if g[2] == "" {
			continue
		}
		var used []string
		for _, alias := range distinct(regexp.MustCompile(regexp.QuoteMeta(g[1])+` (\w+)`).FindAllString(queries, -1)) {
			name := alias[strings.LastIndexByte(alias, ' ')+1:]
			for _, c := range regexp.MustCompile(`\b`+name+`\.(\w+)`).FindAllStringSubmatch(queries, -1) {
				used = append(used, c[1])
			}
		}
		want := strings.Split(g[2], ", ")
		slices.Sort(want)
		if diff := cmp.Diff(want, distinct(used)); diff != "" {
			t.Errorf("columns of %s (-granted +used):\n%s", g[1], diff)
		}
	}
	if diff := cmp.Diff(tables, distinct(granted)); diff != "" || len(granted) != len(tables) {
		t.Errorf("tables (-read +granted, %d times):\n%s", len(granted), diff)
	}
	schema := string(read(t, "byggr/schema.sql"))
	for _, table := range tables {
		if !strings.Contains(schema, "CREATE TABLE "+table+" (") {
			t.Errorf("schema.sql has no %s", table)
		}
	}
	if !slices.Contains(tables, byggr.Events.Cursor.Table) {
		t.Errorf("the cursor's table %s is not read", byggr.Events.Cursor.Table)
	}
}

// TestByggrReadsNothingNeedless: what is not read cannot get out. Every column that is
// selected is declared, and free text and names are not among them.
func TestByggrReadsNothingNeedless(t *testing.T) {
	text := string(read(t, "byggr/arendebrygga.yaml"))
	for _, column := range []string{"Anteckning", "Rubrik", "ArendeMening", "Namn", "SELECT *"} {
		if regexp.MustCompile(`\b[a-z]{1,2}\.` + column + `\b|` + regexp.QuoteMeta("SELECT *")).MatchString(text) {
			t.Errorf("%s is read", column)
		}
	}
}

func distinct(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}
