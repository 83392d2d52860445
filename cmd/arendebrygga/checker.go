package main

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"arendebrygga/adapter"
)

// checker turns the decoded file into a [Config]. Every check adds its problem and
// goes on, so that all mistakes are found at once.
type checker struct {
	*tree
	dir string // relative paths begin here
	cfg *Config
}

// check reports a mistake in a leaf unless ok.
func (c *checker) check(ok bool, t text, message, hint string) bool {
	if !ok {
		c.add(t.At, message, hint)
	}
	return ok
}

func (c *checker) warn(at adapter.Position, message, hint string) {
	c.problems = append(c.problems, adapter.Problem{At: at, Message: message, Hint: hint, Warning: true})
}

// gone tells whether a path, or a section around it, already was reported as
// having no usable value.
func (c *checker) gone(path string) bool {
	for ; path != ""; path = parent(path) {
		if c.broken[path] {
			return true
		}
	}
	return c.broken[""]
}

// required reports a leaf that was not given.
func (c *checker) required(t text, path, hint string) bool {
	if t.set() && strings.TrimSpace(t.Text) != "" {
		return true
	}
	switch {
	case c.gone(path):
	case t.set():
		c.add(t.At, lastKey(path)+" is empty", hint)
	default:
		for at := parent(path); at != "" && c.places[at].Line == 0; at = parent(at) {
			path = at // of a section that is missing altogether, that is told, and once
		}
		c.broken[path] = true
		c.add(c.at(path), lastKey(path)+" is missing", hint)
	}
	return false
}

// oneOf reports a leaf that is none of some words. A leaf that is not set is fine.
func (c *checker) oneOf(t text, path string, words ...string) bool {
	if !t.set() || slices.Contains(words, t.Text) {
		return t.set()
	}
	hint := "one of " + strings.Join(words, ", ")
	c.add(t.At, fmt.Sprintf("%s: %q is not known", lastKey(path), t.Raw), hint)
	return false
}

// absent reports a leaf that has no meaning here.
func (c *checker) absent(t text, path, why string) {
	c.check(!t.set() || t.At.File == "default", t, lastKey(path)+" has no meaning here: "+why, "leave it out")
}

// children tells whether the file has a section with something in it, be it wrong.
func (c *checker) children(path string) bool {
	for p := range c.places {
		if parent(p) == path {
			return true
		}
	}
	return false
}

// relative gives a path in the file as seen from the working folder.
func (c *checker) relative(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.dir, path)
}

// inFileOrder gives the keys of a section as they stand in the file; those from
// elsewhere come last, by name.
func inFileOrder[V any](c *checker, path string, section map[string]V) []string {
	return slices.SortedFunc(maps.Keys(section), func(a, b string) int {
		x, y := c.places[join(path, a)], c.places[join(path, b)]
		return cmp.Or(-cmp.Compare(min(x.Line, 1), min(y.Line, 1)), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Col, y.Col), cmp.Compare(a, b))
	})
}
