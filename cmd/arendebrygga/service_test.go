package main

import (
	"testing"

	"arendebrygga/adapter"
)

// TestRenamedSource: a source that may be an old one under another name does not
// begin, unless that can publish nothing twice.
func TestRenamedSource(t *testing.T) {
	source := func(name string, first adapter.FirstRunKind) Source {
		return Source{Def: &adapter.Definition{Name: name, FirstRun: adapter.FirstRun{Kind: first}}}
	}
	for _, c := range []struct {
		name    string
		sources []Source
		stored  []string
		refused bool
	}{
		{"a new store", []Source{source("a", adapter.All)}, nil, false},
		{"a known source", []Source{source("a", adapter.All)}, []string{"a", "b"}, false},
		{"one more source", []Source{source("a", adapter.All), source("b", adapter.All)}, []string{"b"}, false},
		{"renamed", []Source{source("a", adapter.All)}, []string{"b"}, true},
		{"renamed, some published", []Source{source("a", adapter.When)}, []string{"b"}, true},
		{"renamed, nothing old published", []Source{source("a", adapter.Baseline)}, []string{"b"}, false},
	} {
		s := service{loaded: &loaded{Config: &Config{Sources: c.sources}}}
		if err := s.renamed(c.sources[0].Def, c.stored); (err != nil) != c.refused {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
