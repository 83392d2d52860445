package mappings

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// code is a compiled expression.
type code struct {
	program *vm.Program
	tree    ast.Node // as written
	root    ast.Node // with types
	column  int      // if it is nothing but rad.Column: the column's index; else -1
	needs   []int    // columns without which it certainly stops, for saying so without running it
}

// maxExpression in bytes keeps the parser, which recurses, well inside the stack.
const maxExpression = 10_000

// compile checks an expression against the scope and compiles it; language is that
// of the text around it. It gives a code, or what is wrong.
func (s *scope) compile(src, language string) (*code, []fault) {
	if strings.TrimSpace(src) == "" {
		return nil, []fault{{0, "the expression is empty", ""}}
	}
	if len(src) > maxExpression {
		return nil, []fault{{0, "the expression is too long", "a view in the database can do part of the work"}}
	}
	tree, err := parser.Parse(src)
	if err != nil {
		return nil, []fault{s.explain(src, err)}
	}
	look := inspector{scope: s, loose: map[*ast.IdentifierNode]bool{}}
	ast.Walk(&tree.Node, &look)
	if found := look.result(); len(found) > 0 {
		return nil, found
	}
	opts := append(s.options(s.visible(), language), expr.Patch(spelling{s}))
	checked, err := expr.Compile(src, opts...)
	if err != nil {
		return nil, []fault{s.explain(src, err)}
	}
	g := newGuard(s, tree.Node)
	opts = append(s.options(s.flat(), language), append(g.functions(), expr.Patch(g))...)
	program, err := expr.Compile(src, opts...)
	if err != nil {
		return nil, []fault{s.explain(src, err)}
	}
	for _, c := range look.columns {
		s.use.columns[c] = true
	}
	s.use.gammal = s.use.gammal || look.gammal
	c := &code{program: program, tree: tree.Node, root: checked.Node(), column: -1}
	if i, ok := s.columnOf(tree.Node); ok {
		c.column = i
	}
	if !look.branches {
		c.needs = look.columns
	}
	return c, nil
}

// columnOf tells which column a node reads, if it is rad.Column.
func (s *scope) columnOf(n ast.Node) (int, bool) {
	if c, ok := n.(*ast.ChainNode); ok {
		n = c.Node
	}
	m, ok := n.(*ast.MemberNode)
	if !ok {
		return 0, false
	}
	id, ok := m.Node.(*ast.IdentifierNode)
	name, isName := m.Property.(*ast.StringNode)
	if !ok || id.Value != "rad" || !isName {
		return 0, false
	}
	i := s.columns.Index(name.Value)
	return i, i >= 0
}

// resultOf says what an expression gives, for messages.
func (c *code) resultOf() string {
	if _, isNil := c.root.(*ast.NilNode); isNil {
		return "nil"
	}
	return plainWords.Replace(fmt.Sprint(c.root.Type()))
}
