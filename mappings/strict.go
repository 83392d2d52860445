package mappings

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// notNil is the function that stops an expression where a value is nil. No name that
// an operator can write holds a full stop.
const notNil = "not.nil"

// takesNil are functions that make something of nil without a word, and givesNil
// those that give nil for what is not there.
var (
	takesNil = []string{"string", "type", "toJSON"}
	givesNil = []string{"first", "last", "get", "find", "findLast", "findIndex", "findLastIndex", "min", "max", "fromJSON", "reduce"}
)

// strict wraps operands that may be nil though no column in them is NULL:
// `fromJSON(rad.Data).secret != true` is true in expr when the key is missing.
func (g *guard) strict(operands ...*ast.Node) {
	for _, n := range operands {
		if g.mayBeNil(*n) {
			ast.Patch(n, &ast.CallNode{Callee: &ast.IdentifierNode{Value: notNil}, Arguments: []ast.Node{*n}})
		}
	}
}

func (g *guard) strictAll(nodes []ast.Node) {
	for i := range nodes {
		g.strict(&nodes[i])
	}
}

func (g *guard) mayBeNil(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.MemberNode, *ast.ChainNode, *ast.ConditionalNode, *ast.PointerNode, *ast.SequenceNode, *ast.VariableDeclaratorNode:
		return true
	case *ast.IdentifierNode: // a variable of let
		_, ours := g.scope.names[n.Value]
		return !ours
	case *ast.BinaryNode:
		return n.Operator == "??"
	case *ast.BuiltinNode:
		return slices.Contains(givesNil, n.Name)
	}
	return false
}
