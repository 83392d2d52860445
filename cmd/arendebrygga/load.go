package main

import (
	"slices"

	"arendebrygga/adapter"
	"arendebrygga/mappings"
	"arendebrygga/sources"
)

// loaded is everything that the operator wrote, read and checked.
type loaded struct {
	Config *Config
	Rules  *mappings.Set
}

// loadAll reads the configuration and the mapping files that it names; every
// command that needs them goes through it. The arguments are those of [loadConfig].
// With an error among the problems the result is nil.
func loadAll(path string, environ []string, flags map[string]any) (*loaded, adapter.Problems) {
	return usable(loadFiles(path, environ, flags))
}

// loadToServe is [loadAll] and [Config.serveProblems], as warnings where files are only
// checked.
func loadToServe(path string, environ []string, flags map[string]any, check bool) (*loaded, adapter.Problems) {
	l, problems := loadFiles(path, environ, flags)
	if l != nil {
		for _, p := range l.Config.serveProblems() {
			p.Warning = check
			problems = append(problems, p)
		}
	}
	return usable(l, problems)
}

// usable drops what was loaded if there is an error among the problems, and sorts these.
func usable(l *loaded, problems adapter.Problems) (*loaded, adapter.Problems) {
	problems.Sort()
	if errs, _ := problems.Split(); len(errs) > 0 {
		return nil, problems
	}
	return l, problems
}

// loadFiles gives as much of the files as could be made in spite of errors; nil if the
// configuration could not be read at all.
func loadFiles(path string, environ []string, flags map[string]any) (*loaded, adapter.Problems) {
	cfg, problems := readConfig(path, environ, flags)
	if cfg == nil {
		return nil, problems
	}
	var defs []*adapter.Definition
	for _, s := range cfg.Sources {
		if readable(s.Def) {
			problems = append(problems, sources.Check(s.Def)...)
		}
		if described(s.Def) {
			defs = append(defs, s.Def)
		} else { // rules about it are checked by themselves
			defs = append(defs, &adapter.Definition{Name: s.Def.Name, At: s.Def.At})
		}
	}
	var rules *mappings.Set
	if len(defs) > 0 {
		var more adapter.Problems
		rules, more = mappings.Load(cfg.Mappings, defs, cfg.Producenter)
		if len(cfg.Mappings) == 0 { // told already; the configuration's own expressions are checked all the same
			more = slices.DeleteFunc(more, func(p adapter.Problem) bool { return p.Warning || p.At.File == "" })
		}
		problems = append(problems, more...)
	}
	return &loaded{Config: cfg, Rules: rules}, problems
}

// readable tells whether a source's part of the configuration has what queries are
// checked against. Where it has not, checking them would only repeat that mistake in
// other words.
func readable(def *adapter.Definition) bool {
	return def.Kind != "" && def.Query != "" && def.Mode != "" && def.Location != nil && described(def)
}

// described tells the same of what rules are checked against.
func described(def *adapter.Definition) bool {
	known := func(columns adapter.Columns) bool {
		return len(columns) > 0 && !slices.ContainsFunc(columns, func(c adapter.Column) bool { return c.Type == "" })
	}
	return known(def.Columns) && (def.Recipients.Query == "" || known(def.Recipients.Columns))
}
