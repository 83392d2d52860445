package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// points is how many points the checklist of change detection has.
const points = 31

var pointTest = regexp.MustCompile(`^TestPoint([0-9]{2})_[A-Z]`)

// TestChecklistIsComplete finds a test for each point of the checklist by its name.
func TestChecklistIsComplete(t *testing.T) {
	tests := map[string]int{}
	err := filepath.WalkDir("../..", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				if m := pointTest.FindStringSubmatch(f.Name.Name); m != nil {
					tests[m[1]]++
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= points; n++ {
		if point := fmt.Sprintf("%02d", n); tests[point] == 0 {
			t.Errorf("no test is named TestPoint%s_…", point)
		}
	}
}
