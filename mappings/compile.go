package mappings

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	exprfile "github.com/expr-lang/expr/file"
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
		return nil, []fault{s.explain(err)}
	}
	look := inspector{scope: s, loose: map[*ast.IdentifierNode]bool{}}
	ast.Walk(&tree.Node, &look)
	if found := look.result(); len(found) > 0 {
		return nil, found
	}
	opts := append(s.options(s.visible(), language), expr.Patch(spelling{s}))
	checked, err := expr.Compile(src, opts...)
	if err != nil {
		return nil, []fault{s.explain(err)}
	}
	g := newGuard(s, tree.Node)
	opts = append(s.options(s.flat(), language), append(g.functions(), expr.Patch(g))...)
	program, err := expr.Compile(src, opts...)
	if err != nil {
		return nil, []fault{s.explain(err)}
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

var unknownName = regexp.MustCompile(`^unknown name (\S+)$`)

var unexpected = regexp.MustCompile(`unexpected token \w+\((.*)\)`)

// plainWords turns the compiler's words into those of who declares columns.
var plainWords = strings.NewReplacer("unexpected token EOF", "the expression ends too early", "interface {}", "any", "time.Time", "time", "float64", "number", "[]uint8", "bytes", "time.Duration", "duration", "unknown field", "unknown name",
	"map[string]any", "keys with values", "map[string]interface {}", "keys with values")

// explain makes a fault of what the expression compiler says.
func (s *scope) explain(err error) fault {
	var at *exprfile.Error
	if !errors.As(err, &at) {
		return fault{0, err.Error(), ""}
	}
	f := fault{off: at.From, message: strings.TrimSpace(plainWords.Replace(unexpected.ReplaceAllString(at.Message, "unexpected $1")))}
	m := unknownName.FindStringSubmatch(at.Message)
	switch {
	case m != nil && slices.Contains(switchedOff, m[1]):
		f.message = m[1] + " cannot be used in rules"
		f.hint = "the same change must give the same answer whenever it is judged; tidpunkt is when it happened"
	case m != nil && s.columns.Index(m[1]) >= 0:
		f.hint = "columns are written rad." + s.columns[s.columns.Index(m[1])].Name
	case m != nil && m[1] == "typ":
		f.hint = "typ is known once a producentarendetyp has been chosen: not in the keys that choose it"
	case m != nil:
		f.hint = suggest(m[1], append(s.known(), functionNames...))
	case strings.Contains(at.Message, `Operator("=")`):
		f.hint = "equality is written =="
	case strings.Contains(at.Message, `Operator("&")`), strings.Contains(at.Message, "unrecognized character"):
		f.hint = "write && for and, || for or; texts stand in quotes"
	case strings.Contains(at.Message, "mismatched types"), strings.Contains(at.Message, "in array"):
		f.hint = "compare texts with \"texts\" in quotes and numbers with numbers; the column types are declared in the source"
	}
	return f
}

func (s *scope) known() []string {
	names := []string{"rad"}
	for name := range s.names {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
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

// inspector finds what is wrong with an expression before its types are checked:
// every column must exist, and rad is good for nothing but its columns.
type inspector struct {
	scope   *scope
	columns []int
	loose   map[*ast.IdentifierNode]bool
	gammal  bool
	found   []fault
	// branches tells that some part may not be evaluated, or may meet a NULL unharmed.
	branches bool
}

func (v *inspector) Visit(n *ast.Node) {
	switch n := (*n).(type) {
	case *ast.IdentifierNode:
		switch n.Value {
		case "rad":
			v.loose[n] = true
		case "gammal":
			v.gammal = true
		case "$env":
			v.found = append(v.found, fault{n.Location().From, "$env cannot be used in rules", ""})
		}
	case *ast.ConditionalNode, *ast.PredicateNode, *ast.NilNode:
		v.branches = true
	case *ast.BinaryNode:
		v.branches = v.branches || slices.Contains([]string{"??", "||", "or", "&&", "and"}, n.Operator)
	case *ast.MemberNode:
		id, ok := n.Node.(*ast.IdentifierNode)
		name, isName := n.Property.(*ast.StringNode)
		if !ok || id.Value != "rad" || !isName {
			return
		}
		delete(v.loose, id)
		if i := v.scope.columns.Index(name.Value); i >= 0 {
			v.columns = append(v.columns, i)
			return
		}
		v.found = append(v.found, fault{name.Location().From, "the source has no column " + name.Value, suggest(name.Value, v.scope.columns.Names())})
	}
}

func (v *inspector) result() []fault {
	for id := range v.loose {
		v.found = append(v.found, fault{id.Location().From, "rad is used without a column", "write rad.Column"})
	}
	slices.SortFunc(v.found, func(a, b fault) int { return a.off - b.off })
	return v.found
}

// spelling writes columns as they were declared, as their names match ignoring case.
type spelling struct{ scope *scope }

func (v spelling) Visit(n *ast.Node) {
	if c, ok := v.scope.columnOf(*n); ok {
		if m, ok := (*n).(*ast.MemberNode); ok {
			m.Property.(*ast.StringNode).Value = v.scope.columns[c].Name
		}
	}
}

// resultOf says what an expression gives, for messages.
func (c *code) resultOf() string {
	if _, isNil := c.root.(*ast.NilNode); isNil {
		return "nil"
	}
	return plainWords.Replace(fmt.Sprint(c.root.Type()))
}
