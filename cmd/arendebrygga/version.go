package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// buildInfo says which build this is, as the Go tool stamped it.
type buildInfo struct {
	Version  string `json:"version"`            // of the module: a tag, a pseudo-version or "devel"
	Revision string `json:"revision,omitempty"` // commit
	Released string `json:"released,omitempty"` // day of the commit, as 2006-01-02
	Modified bool   `json:"modified,omitempty"` // built from a tree with changes that are not committed
	Go       string `json:"go"`
}

// readBuildInfo asks the binary itself, so that no variable has to be set by a
// linker flag.
func readBuildInfo() buildInfo {
	b := buildInfo{Version: "devel"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Go = info.GoVersion
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time": // RFC 3339
			b.Released = s.Value[:min(len(s.Value), len("2006-01-02"))]
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// newVersionCommand makes `arendebrygga version`.
func newVersionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Publishes nothing: prints which build this is",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			b := readBuildInfo()
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(b)
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), b)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

// String gives one line to read.
func (b buildInfo) String() string {
	s := "arendebrygga " + b.Version
	if b.Revision != "" {
		s += ", commit " + b.Revision[:min(len(b.Revision), 12)]
	}
	if b.Modified {
		s += " with changes"
	}
	if b.Released != "" {
		s += " of " + b.Released
	}
	return s + ", " + b.Go
}
