package mappings

import (
	"slices"
	"strconv"
	"time"

	"arendebrygga/adapter"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
)

// guard makes NULL stop an expression instead of slipping through it.
//
// Every column may be NULL, which is nil in expr, and expr is lenient with nil:
// `not (rad.A in ["x"])`, `rad.A != 1` and `!(rad.A startsWith "x")` are all true if
// A is NULL. A decision that may rest on such an answer is not safe. So each read of
// a column is wrapped in a call that fails on nil. Two places are left bare, where
// the operator has thought of NULL: an operand of `== nil` and `!= nil`, and what
// stands left of `??`. What else may be nil, such as a key that a JSON column lacks,
// fails where it is compared. Reads that are skipped don't count: in `rad.A == nil ||
// rad.A > 1` the second read is never reached when A is NULL.
type guard struct {
	scope  *scope
	digits map[int]bool // where a decimal is read to be printed, by offset
}

// nullError says that an expression needed a column that is NULL.
type nullError struct{ column string }

func (e *nullError) Error() string { return "rad." + e.column + " is NULL" }

func newGuard(s *scope, root ast.Node) *guard {
	g := &guard{scope: s, digits: map[int]bool{}}
	g.printed(root)
	return g
}

// printed notes the decimals whose value is the value of the whole expression: a
// text prints their digits as the database wrote them, without a detour by float64.
func (g *guard) printed(n ast.Node) {
	switch m := n.(type) {
	case *ast.ConditionalNode:
		g.printed(m.Exp1)
		g.printed(m.Exp2)
	case *ast.BinaryNode:
		if m.Operator == "??" {
			g.printed(m.Left)
			g.printed(m.Right)
		}
	default:
		if c, ok := g.scope.columnOf(n); ok && g.scope.columns[c].Type == adapter.Decimal {
			g.digits[n.Location().From] = true
		}
	}
}

// Visit comes to the children of a node before the node itself.
func (g *guard) Visit(n *ast.Node) {
	switch m := (*n).(type) {
	case *ast.MemberNode:
		c, ok := g.scope.columnOf(m)
		if !ok {
			return
		}
		col := g.scope.columns[c]
		name, check := valueOf(col), "present"+strconv.Itoa(c)
		if g.digits[m.Location().From] && col.Type == adapter.Decimal {
			name, check = digitsOf(col), "digits"+strconv.Itoa(c)
		}
		ast.Patch(n, &ast.CallNode{Callee: &ast.IdentifierNode{Value: check}, Arguments: []ast.Node{&ast.IdentifierNode{Value: name}}})
	case *ast.BinaryNode:
		switch m.Operator {
		case "==", "!=":
			_, right := m.Right.(*ast.NilNode)
			_, left := m.Left.(*ast.NilNode)
			if right {
				g.bare(&m.Left)
			}
			if left {
				g.bare(&m.Right)
			}
			if !left && !right {
				g.strict(&m.Left, &m.Right)
			}
		case "??":
			g.bareDefault(&m.Left)
		case "||", "or", "&&", "and":
		default:
			g.strict(&m.Left, &m.Right)
		}
	case *ast.BuiltinNode:
		if slices.Contains(takesNil, m.Name) {
			g.strictAll(m.Arguments)
		}
	case *ast.ArrayNode:
		g.strictAll(m.Nodes)
	}
}

// bareDefault takes the guards off what stands left of ??; a ?? b ?? c is
// (a ?? b) ?? c.
func (g *guard) bareDefault(n *ast.Node) {
	if b, ok := (*n).(*ast.BinaryNode); ok && b.Operator == "??" {
		g.bareDefault(&b.Right)
		return
	}
	g.bare(n)
}

func (g *guard) bare(n *ast.Node) {
	if chain, ok := (*n).(*ast.ChainNode); ok {
		n = &chain.Node
	}
	call, ok := (*n).(*ast.CallNode)
	if !ok || len(call.Arguments) != 1 {
		return
	}
	arg, ok := call.Arguments[0].(*ast.IdentifierNode)
	if !ok {
		return
	}
	for _, c := range g.scope.columns {
		if arg.Value == valueOf(c) || arg.Value == digitsOf(c) {
			*n = arg
			return
		}
	}
}

// functions are the guards themselves, one for each column.
func (g *guard) functions() []expr.Option {
	var opts []expr.Option
	for i, c := range g.scope.columns {
		missing := &nullError{c.Name}
		check := func(params ...any) (any, error) {
			if params[0] == nil {
				return nil, missing
			}
			return params[0], nil
		}
		opts = append(opts, expr.Function("present"+strconv.Itoa(i), check, signature(c.Type)))
		if c.Type == adapter.Decimal {
			opts = append(opts, expr.Function("digits"+strconv.Itoa(i), check, signature(adapter.String)))
		}
	}
	return append(opts, expr.Function(notNil, func(params ...any) (any, error) {
		if params[0] == nil {
			return nil, errNil
		}
		return params[0], nil
	}, new(func(any) any)))
}

// signature gives a guard's type, which keeps the type of the column.
func signature(t adapter.ColumnType) any {
	switch t {
	case adapter.Int:
		return new(func(int) int)
	case adapter.Bool:
		return new(func(bool) bool)
	case adapter.Decimal, adapter.Float:
		return new(func(float64) float64)
	case adapter.Time, adapter.Date:
		return new(func(time.Time) time.Time)
	case adapter.Bytes:
		return new(func([]byte) []byte)
	}
	return new(func(string) string)
}
