package mappings

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/expr-lang/expr/ast"
)

// condition is an expression that decides something. Only true is yes: NULL, an
// error and anything that is no boolean are no answer at all.
type condition struct {
	where string // for reasons: the key, and file and line
	any   []*code
	yes   bool // always true; no code
}

// verdict is what a condition says.
type verdict uint8

const (
	no verdict = iota
	yes
	unknown // it needed a value that is NULL, or failed
)

// condition compiles an expression that must give true or false.
func (s *scope) condition(src, key, where string) (*condition, []fault) {
	c, found := s.compile(src, swedish)
	if len(found) > 0 {
		return nil, found
	}
	if t := c.root.Type(); t.Kind() != reflect.Bool && t.Kind() != reflect.Interface || c.resultOf() == "nil" {
		return nil, []fault{{0, fmt.Sprintf("%s should give true or false, but this gives %s", key, c.resultOf()), ""}}
	}
	return &condition{where: where, any: []*code{c}}, nil
}

// anyOf compiles like condition, but each side of an `||` at the top counts by
// itself: one that is true makes the whole true, even if another meets a NULL. That
// is for withdrawWhen, where true is the safe answer.
func (s *scope) anyOf(src, key, where string) (*condition, []fault) {
	whole, found := s.condition(src, key, where)
	if len(found) > 0 {
		return nil, found
	}
	c, _ := s.compile(src, swedish)
	sides := alternatives(c.tree)
	if len(sides) == 1 {
		return whole, nil
	}
	split := &condition{where: where}
	for _, side := range sides {
		part, found := s.condition(side.String(), key, where)
		if len(found) > 0 {
			return whole, nil
		}
		split.any = append(split.any, part.any...)
	}
	return split, nil
}

func alternatives(n ast.Node) []ast.Node {
	if b, ok := n.(*ast.BinaryNode); ok && (b.Operator == "||" || b.Operator == "or") {
		return append(alternatives(b.Left), alternatives(b.Right)...)
	}
	return []ast.Node{n}
}

// ask evaluates the condition. If it is unknown, why says what was missing, without
// any value.
func (c *condition) ask(e *evaluator) (v verdict, why string) {
	if c.yes {
		return yes, ""
	}
	for _, side := range c.any {
		got, err := e.run(side)
		if b, ok := got.(bool); ok && err == nil {
			if b {
				return yes, ""
			}
			continue
		}
		v, why = unknown, c.where+": "+blame(err)
	}
	return v, why
}

// blame says why an expression failed. What the error itself says is left out, as
// it may quote a value; the name of a column is safe.
func blame(err error) string {
	var missing *nullError
	if errors.As(err, &missing) {
		return missing.Error()
	}
	if errors.Is(err, errNil) {
		return "a value in the expression is missing"
	}
	return "the expression could not be evaluated"
}
