package sources

import (
	"context"
	"fmt"
	"time"

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

// Finding is one thing that an inspection found. It names things of the schema and
// counts, never values of rows.
type Finding struct {
	Level Level
	What  string
	Hint  string           // what to do; may be empty, or have several lines
	At    adapter.Position // of the query that it is about; none: it is about the connection
}

// Inspection is what a database tells about a source that is to be read from it.
type Inspection struct {
	Findings []Finding
	Grants   []string // SQL for a DBA: what the login needs or, if it may do more than read, one of its own that may not; empty where there are no logins
}

// inspectTimeout bounds each statement of an inspection, if limits.queryTimeout does
// not do so earlier: what cannot be counted in that time stays unknown.
const inspectTimeout = 10 * time.Second

// inspection is one under way.
type inspection struct {
	*poller
	Inspection
	tables   []pair           // schema and name of those that the queries name, as far as the login sees them
	ofEvents int              // so many of them, the first ones, are named by the events query
	database string           // that we are connected to
	login    login            // that we connected with
	reads    bool             // that one may only read
	at       adapter.Position // of what is looked at, for the findings
}

// Inspect looks into a source's database without changing anything: what the login
// may do, whether the queries give what is declared, how a poll would be carried out.
// What goes wrong is a finding, too; an error means that it could not be begun.
func Inspect(ctx context.Context, def *adapter.Definition, conn Connection) (Inspection, error) {
	limited := *def
	if limited.Limits.QueryTimeout == 0 || limited.Limits.QueryTimeout > inspectTimeout {
		limited.Limits.QueryTimeout = inspectTimeout
	}
	i := &inspection{}
	conn.Warn = func(text string) { i.tell(Warning, "", "%s", text) }
	src, err := Open(&limited, conn)
	if err != nil {
		return Inspection{}, err
	}
	defer src.Close()
	i.poller = src.(*poller)
	if _, err := i.Clock(ctx); err != nil {
		return Inspection{}, err
	}
	i.ask(ctx, "the server", i.dia.inspect.server)
	before := i.about(def.QueryAt)
	i.ask(ctx, "the tables that are read", (*inspection).look)
	before()
	i.ask(ctx, "the rights of the login", i.dia.inspect.rights)
	i.ask(ctx, "the login", (*inspection).grants)
	defer i.about(def.QueryAt)()
	i.ask(ctx, "whose row versions they are", (*inspection).versions)
	i.ask(ctx, "the clock", (*inspection).clocks)
	i.ask(ctx, "the columns", (*inspection).columns)
	if i.events != nil {
		i.rows(ctx)
	}
	return i.Inspection, ctx.Err()
}

// Rights looks up only what the login of an open source may do, with its own
// connections: little enough to be asked at every start. A login that may do more than
// read is a finding of level Warning, and the grants say what would do.
func Rights(ctx context.Context, source adapter.Source) (Inspection, error) {
	p, ok := source.(*poller)
	if !ok {
		return Inspection{}, fmt.Errorf("the source was not opened by this package")
	}
	i := &inspection{poller: p}
	for _, part := range []struct {
		doing string
		ask   func(*inspection, context.Context) error
	}{
		{"look up the tables that are read", (*inspection).look},
		{"look up the rights of the login", i.dia.inspect.rights},
		{"look up the login", (*inspection).grants},
	} {
		if err := part.ask(i, ctx); err != nil {
			return Inspection{}, p.failed(part.doing, err)
		}
	}
	return i.Inspection, nil
}

func (i *inspection) tell(level Level, hint, what string, args ...any) {
	i.Findings = append(i.Findings, Finding{Level: level, What: fmt.Sprintf(what, args...), Hint: hint, At: i.at})
}

// about says what is looked at, until the function that it gives is called.
func (i *inspection) about(at adapter.Position) (before func()) {
	last := i.at
	i.at = at
	return func() { i.at = last }
}

// ask carries out a part of the inspection. That it cannot be is a finding.
func (i *inspection) ask(ctx context.Context, what string, part func(*inspection, context.Context) error) {
	if ctx.Err() != nil {
		return
	}
	if err := part(i, ctx); err != nil {
		i.tell(Warning, "", "%s could not be looked up: %s", what, i.dia.text(err))
	}
}

// clocks compares the database's clock with ours. Nothing but what is shown to
// people goes by ours.
func (i *inspection) clocks(ctx context.Context) error {
	theirs, err := i.Clock(ctx)
	if err != nil {
		return err
	}
	level, hint := OK, ""
	off := time.Since(theirs).Round(time.Second)
	if off.Abs() > time.Minute {
		level, hint = Info, "nothing is lost by it, as all reading goes by the database's clock; but its times look early or late beside others"
	}
	i.tell(level, hint, "the database's clock and ours differ by %s", off.Abs())
	return nil
}
