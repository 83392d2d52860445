package sources

import (
	"context"
	"errors"

	"arendebrygga/adapter"
)

// Level says how much a finding matters.
type Level string

// The levels of findings.
const (
	OK      Level = "ok"      // as it should be
	Info    Level = "info"    // worth knowing
	Warning Level = "warning" // works, but should be mended
	Error   Level = "error"   // the source cannot be read like this
)

var errNotYet = errors.New("not supported in this version")

// Finding is one thing that an inspection found. It names things of the schema and
// counts, never values of rows.
type Finding struct {
	Level Level
	What  string
	Hint  string // what to do; may be empty, or have several lines
}

// Inspection is what a database tells about a source that is to be read from it.
type Inspection struct {
	Findings []Finding
	Grants   []string // SQL for a DBA: a login that may do no more than the source needs; empty where there are no logins
}

// Inspect looks into a source's database without changing anything: what the login
// may do, whether the queries give what is declared, how a poll would be carried out.
// What goes wrong is a finding, too; an error means that it could not be begun.
func Inspect(ctx context.Context, def *adapter.Definition, conn Connection) (Inspection, error) {
	return Inspection{}, errNotYet
}

// Rights looks up only what the login of an open source may do, with its own
// connections: little enough to be asked at every start. A login that may do more than
// read is a finding of level Warning, and the grants say what would do.
func Rights(ctx context.Context, source adapter.Source) (Inspection, error) {
	return Inspection{}, errNotYet
}
