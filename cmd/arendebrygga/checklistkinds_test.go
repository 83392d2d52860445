package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"arendebrygga/sources"
)

// room is what the tests of a package consist of, by name.
type room struct {
	functions map[string]*ast.FuncDecl
	lists     map[string]ast.Expr // the values of variables
}

// opens says which kind of database a function of another package starts.
var opens = map[string]string{
	"servertest.MariaDB": "mysql", "servertest.Private": "mysql", "servertest.PostgreSQL": "postgres", "servertest.PrivatePostgreSQL": "postgres",
	"tdstest.Start": "mssql",
}

// readRooms reads the tests of each package below a folder.
func readRooms(t *testing.T, root string) map[string]*room {
	t.Helper()
	rooms := map[string]*room{}
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := filepath.Dir(name)
		if rooms[dir] == nil {
			rooms[dir] = newRoom()
		}
		rooms[dir].read(file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rooms
}

func newRoom() *room {
	return &room{functions: map[string]*ast.FuncDecl{}, lists: map[string]ast.Expr{}}
}

func parseRoom(t *testing.T, text string) *room {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	r := newRoom()
	r.read(file)
	return r
}

func (r *room) read(file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				r.functions[d.Name.Name] = d
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && len(v.Names) == len(v.Values) {
					for i, name := range v.Names {
						r.lists[name.Name] = v.Values[i]
					}
				}
			}
		}
	}
}

// runsOn gives the kinds of databases that a test runs on: those that are written out
// where it calls a function with a parameter kind or kinds, by itself or through
// others; where there is no such call, those that it starts. A server that was there
// before counts for none.
func (r *room) runsOn(test string) map[string]bool {
	s := search{room: r, named: map[string]bool{}, started: map[string]bool{}, met: map[string]bool{}}
	s.function(test)
	if len(s.named) > 0 {
		return s.named
	}
	return s.started
}

type search struct {
	*room
	named, started map[string]bool
	met            map[string]bool // functions
}

func (s *search) function(name string) {
	f := s.functions[name]
	if f == nil || f.Body == nil || s.met[name] {
		return
	}
	s.met[name] = true
	s.walk(f.Body)
}

func (s *search) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			s.call(n)
		case *ast.SelectorExpr:
			s.opened(n)
			s.walk(n.X) // and not what is selected, which is no function of the package
			return false
		case *ast.Ident:
			s.function(n.Name)
		}
		return true
	})
}

// call looks at what a call says of kinds.
func (s *search) call(c *ast.CallExpr) {
	switch callee := c.Fun.(type) {
	case *ast.Ident:
		if at := s.kindsAt(callee.Name); at >= 0 && at < len(c.Args) {
			s.list(c.Args[at])
			s.met[callee.Name] = true // what it can start is not what it is told to
		}
	case *ast.SelectorExpr:
		if from, ok := callee.X.(*ast.Ident); ok && from.Name == "sql" && callee.Sel.Name == "Open" && len(c.Args) > 0 {
			s.text(c.Args[0], s.started)
		}
	}
}

// kindsAt gives the place of a function's parameter kind or kinds, or -1.
func (s *search) kindsAt(name string) int {
	f, at := s.functions[name], 0
	if f == nil {
		return -1
	}
	for _, field := range f.Type.Params.List {
		for _, p := range field.Names {
			if p.Name == "kind" || p.Name == "kinds" {
				return at
			}
			at++
		}
	}
	return -1
}

// list takes a kind that is written out, or a list of them, here or as a variable's value.
func (s *search) list(e ast.Expr) {
	s.text(e, s.named)
	if name, ok := e.(*ast.Ident); ok {
		e = s.lists[name.Name]
	}
	if list, ok := e.(*ast.CompositeLit); ok {
		for _, element := range list.Elts {
			s.text(element, s.named)
		}
	}
}

func (s *search) text(e ast.Expr, into map[string]bool) {
	if lit, ok := e.(*ast.BasicLit); ok {
		if kind, err := strconv.Unquote(lit.Value); err == nil && slices.Contains(sources.Kinds(), kind) {
			into[kind] = true
		}
	}
}

func (s *search) opened(e *ast.SelectorExpr) {
	if from, ok := e.X.(*ast.Ident); ok {
		if kind := opens[from.Name+"."+e.Sel.Name]; kind != "" {
			s.started[kind] = true
		}
	}
}
