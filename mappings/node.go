package mappings

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// kind is what a YAML value is.
type kind uint8

const (
	nothing kind = iota
	aText
	aNumber
	aBool
	aList
	anObject
	broken // already reported
)

var kindNames = [...]string{"nothing", "a text", "a number", "true or false", "a list", "keys with values", "broken"}

func (k kind) String() string { return kindNames[k] }

// node is a YAML value with its place.
type node struct {
	kind   kind
	text   string // of a scalar, with quotes, escapes and folding undone
	at     place
	items  []*node // of a list
	fields []field // of an object, in the order written
}

// field is a key with its value.
type field struct {
	key   string
	at    place // of the key
	value *node
}

// maxDepth is far more than a mapping file needs, and far less than the stack holds.
const maxDepth = 40

// convert makes nodes of the parser's tree, reporting what mapping files don't use.
func (f *file) convert(n ast.Node, depth int) *node {
	if n == nil {
		return &node{at: place{1, 1}}
	}
	at := placeOf(n.GetToken())
	if depth > maxDepth {
		f.wrong(at, "nested too deeply", "")
		return &node{kind: broken, at: at}
	}
	scalar := func(k kind) *node { return &node{kind: k, at: at, text: n.GetToken().Value} }
	switch n := n.(type) {
	case *ast.NullNode:
		return scalar(nothing)
	case *ast.StringNode:
		return &node{kind: aText, at: at, text: n.Value}
	case *ast.LiteralNode:
		return &node{kind: aText, at: placeOf(n.Start), text: n.Value.Value}
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return scalar(aNumber)
	case *ast.BoolNode:
		return scalar(aBool)
	case *ast.SequenceNode:
		l := &node{kind: aList, at: at}
		for _, item := range n.Values {
			l.items = append(l.items, f.convert(item, depth+1))
		}
		return l
	case *ast.MappingNode:
		o := &node{kind: anObject, at: at}
		if len(n.Values) > 0 && n.GetToken().Type != token.MappingStartType {
			o.at = placeOf(n.Values[0].Key.GetToken())
		}
		for _, v := range n.Values {
			f.convertField(o, v, depth)
		}
		return o
	case *ast.MappingValueNode:
		o := &node{kind: anObject, at: placeOf(n.Key.GetToken())}
		f.convertField(o, n, depth)
		return o
	}
	if tag, ok := n.(*ast.TagNode); ok {
		f.swallowed = f.swallowed || Swallows(tag)
	}
	f.wrong(at, unsupported(n)+" cannot be used in a mapping file", `a text that begins with *, & or ! must stand in quotes: "…"`)
	return &node{kind: broken, at: at}
}

// Swallows tells whether the parser gave the keys on the lines below to a tag, as it does
// when nothing but the tag is the value: `nar: !rad.Sekretess`. They are then missing
// where they belong, which is not to be told.
func Swallows(tag *ast.TagNode) bool {
	switch tag.Value.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

// unsupported names what YAML has and mapping files don't need.
func unsupported(n ast.Node) string {
	switch n.(type) {
	case *ast.AnchorNode:
		return "an anchor (&)"
	case *ast.AliasNode:
		return "an alias (*)"
	case *ast.TagNode:
		return "a tag (!)"
	}
	return "YAML of the kind " + n.Type().String()
}

func (f *file) convertField(o *node, v *ast.MappingValueNode, depth int) {
	at := placeOf(v.Key.GetToken())
	switch key := v.Key.(type) {
	case *ast.StringNode:
		o.fields = append(o.fields, field{key.Value, at, f.convert(v.Value, depth+1)})
	case *ast.IntegerNode, *ast.BoolNode, *ast.FloatNode:
		o.fields = append(o.fields, field{v.Key.GetToken().Value, at, f.convert(v.Value, depth+1)})
	default:
		f.wrong(at, "a key must be a plain word", "")
	}
}

func placeOf(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{1, 1}
	}
	return place{t.Position.Line, max(t.Position.Column, 1)}
}
