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
	cfg, problems := readConfig(path, environ, flags)
	if cfg == nil {
		return nil, problems
	}
	var defs []*adapter.Definition
	for _, s := range cfg.Sources {
		if declared(s.Def) {
			defs = append(defs, s.Def)
			problems = append(problems, sources.Check(s.Def)...)
		}
	}
	var rules *mappings.Set
	if len(defs) == len(cfg.Sources) && len(defs) > 0 && len(cfg.Producenter) > 0 {
		var more adapter.Problems
		rules, more = mappings.Load(cfg.Mappings, defs, cfg.Producenter)
		if len(cfg.Mappings) == 0 { // told already; the configuration's own expressions are checked all the same
			more = slices.DeleteFunc(more, func(p adapter.Problem) bool { return p.Warning || p.At.File == "" })
		}
		problems = append(problems, more...)
	}
	if errs, _ := problems.Split(); len(errs) == 0 && len(cfg.pending) == 0 {
		problems = append(problems, openable(cfg)...)
	}
	problems.Sort()
	if errs, _ := problems.Split(); len(errs) > 0 {
		return nil, problems
	}
	return &loaded{Config: cfg, Rules: rules}, problems
}

// declared tells whether a source's part of the configuration has what the queries
// and rules are checked against. Where it has not, checking them would only repeat
// that mistake in other words.
func declared(def *adapter.Definition) bool {
	typed := func(columns adapter.Columns) bool {
		return len(columns) > 0 && !slices.ContainsFunc(columns, func(c adapter.Column) bool { return c.Type == "" })
	}
	return def.Kind != "" && def.Query != "" && def.Mode != "" && def.Location != nil && typed(def.Columns) &&
		(def.Recipients.Query == "" || typed(def.Recipients.Columns))
}

// openable checks that the parts of each connection fit each other: only the
// driver can read its DSN. Nothing is connected to.
func openable(cfg *Config) (problems adapter.Problems) {
	for _, s := range cfg.Sources {
		source, err := sources.Open(s.Def, s.Conn)
		if err == nil {
			err = source.Close()
		}
		if err != nil {
			problems = append(problems, adapter.Problem{At: s.ConnAt, Message: err.Error()})
		}
	}
	return problems
}
