package sources

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"arendebrygga/adapter"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of the wanted text.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestCheckQueries(t *testing.T) {
	files, err := filepath.Glob("testdata/check/*.sql")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			query, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			kind, rest, _ := strings.Cut(filepath.Base(file), "-")
			def := &adapter.Definition{Kind: kind, Query: string(query), At: adapter.Position{File: "arendebrygga.yaml", Line: 5, Col: 3}}
			text := ""
			if problems := Check(def); len(problems) > 0 {
				text = problems.Error() + "\n"
			}
			if strings.HasPrefix(rest, "fine") != (text == "") {
				t.Errorf("problems: %q", text)
			}
			golden(t, strings.TrimSuffix(file, ".sql")+".golden", text)
		})
	}
}

func TestCheckTellsAllAtOnce(t *testing.T) {
	def := &adapter.Definition{
		Kind: "postgres", Query: "SELECT 1 LIMIT 1", At: adapter.Position{File: "arendebrygga.yaml", Line: 5, Col: 3},
		Recipients: adapter.RecipientRule{Query: "SELECT 1;", Columns: adapter.Columns{{Name: "changed", Type: adapter.Int}}, Cursor: adapter.CursorRule{Column: "changed", Kind: adapter.CursorTime}},
		Columns:    adapter.Columns{{Name: "id", Type: adapter.UUID}},
		Cursor:     adapter.CursorRule{Column: "ID", Kind: adapter.CursorID},
	}
	text := Check(def).Error() + "\n"
	for _, kind := range []string{"MariaDB", "oracle"} {
		def.Kind = kind
		text += Check(def)[0].String() + "\n"
	}
	golden(t, "testdata/check/all-at-once.golden", text)
}

// TestCheckTables has names that would be quoted whole, and such as are fine.
func TestCheckTables(t *testing.T) {
	text := ""
	for _, tc := range [][2]string{
		{"mssql", "dbo.x;"}, {"mssql", "dbo.x WITH (NOLOCK)"}, {"mssql", "dbo.[x"}, {"mssql", "(SELECT 1)"}, {"postgres", "a, b"},
		{"mssql", "ByggR..[Ärende; händelse]"}, {"mssql", "dbo.Ärende händelse"}, {"mssql", "[a]]b].\"c;\""}, {"mysql", "bygg-r.`x;`"}, {"postgres", "\"Event;\""}, {"sqlite", "e"}, {"mssql", ""},
	} {
		def := &adapter.Definition{
			Kind: tc[0], Query: "SELECT id FROM e", At: adapter.Position{File: "arendebrygga.yaml", Line: 5, Col: 3},
			Columns: adapter.Columns{{Name: "id", Type: adapter.Int}}, Cursor: adapter.CursorRule{Column: "id", Kind: adapter.CursorID, Table: tc[1]},
		}
		text += fmt.Sprintf("%s %s\n", tc[0], tc[1])
		for _, p := range Check(def) {
			text += "  " + p.Message + "\n"
		}
	}
	golden(t, "testdata/check/tables.golden", text)
}
