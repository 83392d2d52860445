package mappings

import (
	"fmt"
	"slices"

	"arendebrygga/adapter"

	"github.com/expr-lang/expr/ast"
)

// maxLets bounds how often a text can double itself: let a = x + x; let b = a + a …
const maxLets = 8

// tooMuch is the hint for expressions that one row could keep busy for ever.
const tooMuch = "a view in the database can do part of the work"

// inspector finds what is wrong with an expression before its types are checked:
// every column must exist, and rad is good for nothing but its columns.
type inspector struct {
	scope   *scope
	columns []int
	loose   map[*ast.IdentifierNode]bool
	gammal  bool
	lets    int
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
	case *ast.BuiltinNode:
		v.builtin(n)
	case *ast.ConditionalNode, *ast.NilNode:
		v.branches = true
	case *ast.PredicateNode:
		v.branches = true
		if ast.Find(n.Node, isPredicate) != nil {
			v.found = append(v.found, fault{n.Location().From, "a loop inside a loop cannot be used in rules", tooMuch})
		}
	case *ast.VariableDeclaratorNode:
		if v.lets++; v.lets == maxLets+1 {
			v.found = append(v.found, fault{n.Location().From, fmt.Sprintf("more than %d times let in one expression", maxLets), tooMuch})
		}
	case *ast.BinaryNode:
		v.branches = v.branches || slices.Contains([]string{"??", "||", "or", "&&", "and"}, n.Operator)
		if id, ok := comparedWithNil(n).(*ast.IdentifierNode); ok && statusNames[id.Value] != nil {
			v.found = append(v.found, fault{id.Location().From, id.Value + " is never NULL", `where there is no status, ny and gammal are ""`})
		}
		from, ok := n.Left.(*ast.IntegerNode)
		to, also := n.Right.(*ast.IntegerNode)
		if n.Operator == ".." && ok && also && to.Value-from.Value > maxElements {
			v.found = append(v.found, fault{n.Location().From, fmt.Sprintf("a range of more than %d numbers", maxElements), "write >= and <= instead"})
		}
	case *ast.MemberNode:
		v.member(n)
	}
}

// builtin refuses functions of expr's own that are switched off.
func (v *inspector) builtin(n *ast.BuiltinNode) {
	hint := ""
	switch {
	case slices.Contains(switchedOff, n.Name):
		hint = "the same change must give the same answer whenever it is judged; tidpunkt is when it happened"
	case slices.Contains(oversized, n.Name):
		hint = tooMuch
	default:
		return
	}
	v.found = append(v.found, fault{n.Location().From, n.Name + " cannot be used in rules", hint})
}

// member looks at what stands behind a full stop: a column, or a method of a time.
func (v *inspector) member(n *ast.MemberNode) {
	id, ok := n.Node.(*ast.IdentifierNode)
	name, isName := n.Property.(*ast.StringNode)
	if isName && name.Value == "Local" {
		v.found = append(v.found, fault{name.Location().From, "Local cannot be used in rules", "it depends on the machine; times are shown in the zone of the source already"})
	}
	if !ok || id.Value != "rad" || !isName {
		return
	}
	delete(v.loose, id)
	if i := v.scope.columns.Index(name.Value); i >= 0 {
		v.columns = append(v.columns, i)
		return
	}
	v.found = append(v.found, fault{name.Location().From, "the source has no column " + name.Value, adapter.Suggest(name.Value, v.scope.columns.Names())})
}

// comparedWithNil gives what stands beside nil in == and !=, or nil.
func comparedWithNil(n *ast.BinaryNode) ast.Node {
	if n.Operator != "==" && n.Operator != "!=" {
		return nil
	}
	if _, ok := n.Right.(*ast.NilNode); ok {
		return n.Left
	}
	if _, ok := n.Left.(*ast.NilNode); ok {
		return n.Right
	}
	return nil
}

func isPredicate(n ast.Node) bool {
	_, ok := n.(*ast.PredicateNode)
	return ok
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
