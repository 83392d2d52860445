package main

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"arendebrygga/adapter"
	"arendebrygga/mappings"

	"github.com/goccy/go-yaml/ast"
)

// value turns a node into what the tree holds: map[string]any, []any, scalar, or
// nil if it was told about as a mistake.
func (t *tree) value(path string, n ast.Node) any {
	switch n := n.(type) {
	case *ast.MappingNode:
		return t.mapping(path, n.Values)
	case *ast.MappingValueNode:
		return t.mapping(path, []*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		return t.sequence(path, n)
	case *ast.StringNode:
		return t.scalar(path, n, n.Value)
	case *ast.LiteralNode:
		return t.scalar(path, n, n.Value.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return t.scalar(path, n, n.GetToken().Value)
	case *ast.NullNode, nil:
		at := t.at(path)
		t.breakOff(path, at, lastKey(path)+" has no value", "write one, or leave the key out")
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		t.breakOff(path, t.pos(n), "anchors and aliases (& and *) are not supported", "write the value out; a text that begins with & or * stands in quotes")
	case *ast.TagNode:
		t.swallowed = t.swallowed || mappings.Swallows(n)
		t.breakOff(path, t.pos(n), "tags (!) are not supported", "put a text that begins with ! in quotes")
	default:
		t.breakOff(path, t.pos(n), fmt.Sprintf("a %s is not supported here", n.Type()), "")
	}
	return nil
}

func (t *tree) mapping(path string, values []*ast.MappingValueNode) map[string]any {
	m := make(map[string]any, len(values))
	for _, v := range values {
		at := t.pos(v.Key)
		switch v.Key.(type) {
		case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		default:
			t.add(at, "a key must be plain text", "anchors, aliases, merges (<<) and ? keys are not supported: write the values out")
			continue
		}
		key := v.Key.GetToken().Value
		sub := join(path, key)
		if first, ok := t.places[sub]; ok {
			t.add(at, fmt.Sprintf("key %q is given twice, first on line %d", key, first.Line), "")
			continue
		}
		t.places[sub] = at
		if t.bare(path, key, v.Value) {
			continue
		}
		if v := t.value(sub, v.Value); v != nil {
			m[key] = v
		}
	}
	return m
}

// bare reports a key without a value that is no key here, and does not quote it: what
// lacks its colon, or stands behind a comma, may be a part of a password.
func (t *tree) bare(path, key string, value ast.Node) bool {
	section := typeAt(path)
	if _, null := value.(*ast.NullNode); value != nil && !null || section.Kind() != reflect.Struct || slices.Contains(knownKeys(section), key) {
		return false
	}
	sub := join(path, key)
	t.breakOff(sub, t.at(sub), "no value stands behind this, and it is no key", "a colon and a blank stand behind a key; a text with a comma in it stands in quotes")
	return true
}

func (t *tree) sequence(path string, n *ast.SequenceNode) []any {
	list := make([]any, 0, len(n.Values))
	for i, item := range n.Values {
		sub := join(path, strconv.Itoa(i))
		if item == nil {
			t.places[sub] = t.pos(n)
		} else {
			t.places[sub] = t.pos(item)
		}
		if v := t.value(sub, item); v != nil {
			list = append(list, v)
		}
	}
	return list
}

// scalar fills in ${NAME}; the result is nil if that could not be done.
func (t *tree) scalar(path string, n ast.Node, raw string) any {
	at := t.textPos(n)
	text, wrong := interpolate(raw, t.lookup)
	if wrong != nil {
		t.breakOff(path, at, lastKey(path)+": "+wrong.Message, wrong.Hint)
		return nil
	}
	return scalar{Text: text, Raw: raw, At: at}
}

// breakOff reports a mistake that leaves the path without a value.
func (t *tree) breakOff(path string, at adapter.Position, message, hint string) {
	t.broken[path] = true
	t.add(at, message, hint)
}

// at gives the place of a path's key, or of the nearest section around it.
func (t *tree) at(path string) adapter.Position {
	for ; path != ""; path = parent(path) {
		if at, ok := t.places[path]; ok {
			return at
		}
	}
	return adapter.Position{File: t.file, Line: 1, Col: 1}
}
