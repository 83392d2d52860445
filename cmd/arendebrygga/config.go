package main

import (
	"time"

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
	Log         LogConfig
}

// Source is one source: how to read it and how to reach it.
type Source struct {
	Def  *adapter.Definition
	Conn sources.Connection
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

	at adapter.Position // of the section, or of what made it insecure
}

// LogConfig says how much is logged and how.
type LogConfig struct {
	Level  string // debug, info, warn or error
	Format string // json or text
}

// loadConfig reads a configuration file. environ is the environment as
// [os.Environ] gives it; flags override the file and the environment and are named
// by path, such as "store.path", see [configFlags]. The problems may be warnings
// only: then the Config is usable, otherwise it is nil.
func loadConfig(path string, environ []string, flags map[string]any) (*Config, adapter.Problems) {
	return nil, nil
}
