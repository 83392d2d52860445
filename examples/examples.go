// Package examples holds what an operator can deploy with: a folder for each case
// system, with its configuration, its mappings and a README. The quickstart folder
// is also what the demo command runs, so it is built in.
package examples

import "embed"

// Quickstart holds the folder quickstart: schema.sql, arendebrygga.yaml, mappings
// and README.md, each under its path from here, such as quickstart/schema.sql.
//
//go:embed quickstart
var Quickstart embed.FS
