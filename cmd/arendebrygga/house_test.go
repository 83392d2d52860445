package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which rooms each room may import: imports point downwards only.
// A room that is not here must be added before it can be built.
var mayImport = map[string][]string{
	"adapter":            {},
	"mappings":           {"adapter"},
	"sources":            {"adapter"},
	"sources/servertest": {},
	"sources/tdstest":    {},
	"sink":               {"adapter"},
	"sink/api":           {"adapter", "sink"},
	"examples":           {},
	"cmd/arendebrygga":   {"adapter", "mappings", "sources", "sink", "sink/api", "examples"},
}

// TestImportsPointDownwards reads the import clauses of every file that is not a
// test.
func TestImportsPointDownwards(t *testing.T) {
	const module, root = "arendebrygga/", "../.."
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		room := path.Dir(filepath.ToSlash(rel))
		allowed, known := mayImport[room]
		if !known {
			t.Errorf("%s: %s is no room of this house", rel, room)
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if neighbour, ours := strings.CutPrefix(imported, module); ours && !slices.Contains(allowed, neighbour) {
				t.Errorf("%s: %s may not import %s", rel, room, neighbour)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
