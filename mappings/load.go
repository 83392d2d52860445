package mappings

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"slices"

	"arendebrygga/adapter"
)

// Set is the compiled rules of every source.
type Set struct {
	rules map[string]*rules
	hash  string
}

// Load reads the mapping files in paths, which are files or folders, for these
// sources and producers; the conditions in the sources' own definitions are compiled
// with them. In a folder, files that end in _prov.yaml or _prov.yml are left out:
// they are tests. All mistakes of all files are given at once. With any error among
// them the set is nil; with warnings only it can be used. A definition without Columns
// is of a source whose own part is wrong: what does not depend on it is checked in the
// files that are about it, and the set is nil.
func Load(paths []string, sources []*adapter.Definition, producenter []adapter.Producent) (*Set, adapter.Problems) {
	l := loader{rules: map[string]*rules{}, types: map[string]adapter.Position{}}
	for _, def := range sources {
		if len(def.Columns) == 0 {
			l.rules[def.Name] = &rules{def: def}
			continue
		}
		l.source(def, producenter)
	}
	for _, path := range find(paths, &l.problems) {
		content, err := os.ReadFile(path)
		if err != nil {
			l.problems = append(l.problems, adapter.Problem{At: adapter.Position{File: path}, Message: "cannot be read: " + reason(err)})
			l.lost = true
			continue
		}
		l.mapping(&file{name: path, content: content, problems: &l.problems})
	}
	l.unserved(sources)
	l.problems.Sort()
	unknown := func(def *adapter.Definition) bool { return len(def.Columns) == 0 }
	if errs, _ := l.problems.Split(); len(errs) > 0 || slices.ContainsFunc(sources, unknown) {
		return nil, l.problems
	}
	return l.set(), l.problems
}

// Rules gives the rules of one source. A source that was not given to Load has none:
// nil.
func (s *Set) Rules(source string) adapter.Rules {
	if r, ok := s.rules[source]; ok {
		return r
	}
	return nil
}

// Hash identifies the rules of all sources together, see the hash of one.
func (s *Set) Hash() string { return s.hash }

// loader is the work of one Load.
type loader struct {
	problems adapter.Problems
	rules    map[string]*rules
	types    map[string]adapter.Position // source and producentärendetyp → where
	lost     bool                        // a file could not be attributed to a source
}

// unserved warns of sources that no file is about.
func (l *loader) unserved(sources []*adapter.Definition) {
	if l.lost {
		return
	}
	for _, def := range sources {
		if r := l.rules[def.Name]; r != nil && !r.served {
			l.problems = append(l.problems, adapter.Problem{At: def.At, Warning: true,
				Message: "no mapping file is about the source " + def.Name,
				Hint:    "every change of it will be counted as unmapped; a mapping names it with kalla: " + def.Name})
		}
	}
}

func (l *loader) set() *Set {
	all := sha256.New()
	s := &Set{rules: l.rules}
	for _, r := range sorted(l.rules) {
		r.finish()
		all.Write([]byte(r.hash))
	}
	s.hash = hex.EncodeToString(all.Sum(nil)[:16])
	return s
}

func sorted(byName map[string]*rules) []*rules {
	var out []*rules
	for _, r := range byName {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *rules) int { return cmp.Compare(a.def.Name, b.def.Name) })
	return out
}
