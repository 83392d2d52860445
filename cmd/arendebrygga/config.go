package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // timezones are known on machines that have no list of them

	"arendebrygga/adapter"
	"arendebrygga/sink/api"
	"arendebrygga/sources"
)

// Config is what arendebrygga.yaml says, with the environment and the flags on
// top, checked and with defaults filled in. Relative paths in it have been joined
// to the folder of the file.
type Config struct {
	Path        string
	Producenter []adapter.Producent
	Sources     []Source // in the order of the file
	Mappings    []string // files and folders
	Store       StoreConfig
	API         APIConfig
	Ops         OpsConfig
	Log         LogConfig
	Location    *time.Location // of times that are about no source

	pending adapter.Problems // of [Config.serveProblems]
}

// Source is one source: how to read it and how to reach it.
type Source struct {
	Def      *adapter.Definition
	Conn     sources.Connection
	ConnAt   adapter.Position // of the connection
	ServerAt adapter.Position // of its server or DSN
	Unread   bool             // a file with its secret or certificate could not be read, as one of [Config.serveProblems] says
}

// open prepares the source. One whose secret is not there is not tried without it, which
// may lock the login.
func (s *Source) open() (adapter.Source, error) {
	if s.Unread {
		return nil, fmt.Errorf("source %s: a file of its connection cannot be read; arendebrygga validate says which", s.Def.Name)
	}
	return sources.Open(s.Def, s.Conn)
}

// StoreConfig says where events are kept and for how long their details are.
type StoreConfig struct {
	Path string
	Keep time.Duration // of the details of a change
}

// APIConfig is the part of the configuration that the standard API needs.
type APIConfig struct {
	Listen    string // host:port
	Bas       string // path before the routes, such as /mina-arenden/v1
	KeyHeader string
	Insecure  bool       // answer without keys
	Policy    api.Policy // of those without keys
	Consumers []api.Consumer

	at adapter.Position // of the section
}

// OpsConfig says where metrics and health are told.
type OpsConfig struct {
	Listen string // host:port; empty: nowhere
}

// LogConfig says how much is logged and how.
type LogConfig struct {
	Level  string // debug, info, warn or error
	Format string // json or text
}

// loadConfig reads a configuration file. environ is the environment as
// [os.Environ] gives it; flags override the file and the environment and are named
// by path, such as "store.path". The problems may be warnings
// only: then the Config is usable, otherwise it is nil.
func loadConfig(path string, environ []string, flags map[string]any) (*Config, adapter.Problems) {
	cfg, problems := readConfig(path, environ, flags)
	if errs, _ := problems.Split(); len(errs) > 0 {
		return nil, problems
	}
	return cfg, problems
}

// readConfig is [loadConfig], but gives as much of the Config as could be made in
// spite of errors; nil if the file could not be read at all.
func readConfig(path string, environ []string, flags map[string]any) (*Config, adapter.Problems) {
	t := readTree(path, environLookup(environ))
	if t.root == nil {
		return nil, t.problems
	}
	raw := merge(t, environ, flags)
	c := &checker{tree: t, dir: filepath.Dir(path), cfg: &Config{Path: path}}
	c.producenter(&raw)
	c.sources(&raw)
	c.mappings(raw.Mappings)
	c.rest(&raw)
	c.api(&raw.API)
	c.ops(raw.Ops, raw.API.Listen)
	c.problems.Sort()
	return c.cfg, c.problems
}

// mappings checks that there are rules to read.
func (c *checker) mappings(raw list) {
	const hint = "files or folders with rules, such as mappings: [ mappings/ ]"
	if len(raw.Items) == 0 && !c.gone("mappings") {
		c.add(c.at("mappings"), "mappings is missing", hint)
	}
	for _, t := range raw.Items {
		if !c.required(t, "mappings", hint) {
			continue
		}
		path := c.relative(t.Text)
		if _, err := os.Stat(path); err != nil {
			c.add(t.At, fmt.Sprintf("mappings: %s: %v", path, unwrapPath(err)), "a relative path begins in the folder of this file")
			continue
		}
		c.cfg.Mappings = append(c.cfg.Mappings, path)
	}
}

// rest checks the small sections.
func (c *checker) rest(raw *rawConfig) {
	if raw.Store.Path.set() && c.required(raw.Store.Path, "store.path", "the file that keeps the events") {
		c.cfg.Store.Path = c.relative(raw.Store.Path.Text)
	}
	c.cfg.Store.Keep = raw.Store.Keep.Value
	if raw.Store.Keep.set() {
		c.check(c.cfg.Store.Keep >= time.Hour, raw.Store.Keep.text, fmt.Sprintf("keep: %q is less than an hour", raw.Store.Keep.Raw), "such as 90d")
	}
	c.oneOf(raw.Log.Level, "log.level", "debug", "info", "warn", "error")
	c.oneOf(raw.Log.Format, "log.format", "json", "text")
	c.cfg.Log = LogConfig{Level: raw.Log.Level.Text, Format: raw.Log.Format.Text}
}
