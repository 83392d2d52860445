package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources"
)

// inspectTime bounds the questions to one source. Each of their statements is
// bounded by limits.queryTimeout, too.
const inspectTime = 2 * time.Minute

// inspected is what the database of one source told.
type inspected struct {
	Source   string        `json:"source"`
	OK       bool          `json:"ok"`
	Findings []findingJSON `json:"findings"`
	Grants   []string      `json:"grants,omitempty"`
}

// findingJSON is a [sources.Finding] for programs.
type findingJSON struct {
	Level sources.Level `json:"level"`
	What  string        `json:"what"`
	Hint  string        `json:"hint,omitempty"`
	File  string        `json:"file,omitempty"` // of an error or a warning: what it is about
	Line  int           `json:"line,omitempty"`
	Col   int           `json:"col,omitempty"`
}

// inspector is [sources.Inspect].
type inspector func(context.Context, Source) (sources.Inspection, error)

// inspect asks the databases of all sources at the same time. One that cannot be
// asked is an error of that source alone.
func inspect(ctx context.Context, list []Source, ask inspector) []inspected {
	results := make([]inspected, len(list))
	var asked sync.WaitGroup
	for i, src := range list {
		asked.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, inspectTime)
			defer cancel()
			found, err := ask(ctx, src)
			results[i] = newInspected(src, found, err)
		})
	}
	asked.Wait()
	return results
}

func newInspected(src Source, found sources.Inspection, err error) inspected {
	r := inspected{Source: src.Def.Name, OK: true, Findings: []findingJSON{}, Grants: found.Grants}
	if err != nil {
		f := sources.Finding{Level: sources.Error, What: err.Error(), Hint: "look at connection; run would try again and again"}
		var network *net.OpError
		if errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) { // nobody answers
			f.At = src.ServerAt
		}
		found.Findings = append(found.Findings, f)
	}
	for _, f := range found.Findings {
		told := findingJSON{Level: f.Level, What: f.What, Hint: f.Hint}
		if f.Level == sources.Warning || f.Level == sources.Error {
			at := cmp.Or(f.At, src.ConnAt)
			told.File, told.Line, told.Col = at.File, at.Line, at.Col
		}
		r.Findings = append(r.Findings, told)
		r.OK = r.OK && f.Level != sources.Error
	}
	return r
}

// count gives how many findings are of a level.
func (r *inspected) count(level sources.Level) (n int) {
	for _, f := range r.Findings {
		if f.Level == level {
			n++
		}
	}
	return n
}

// text writes a line for each finding, and its hint under it.
func (r *inspected) text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:\n", r.Source)
	for _, f := range r.Findings {
		at := adapter.Problem{At: adapter.Position{File: f.File, Line: f.Line, Col: f.Col}, Message: f.What}
		fmt.Fprintf(&b, "  %-8s %s\n", f.Level, at)
		if f.Hint != "" {
			fmt.Fprintf(&b, "           hint: %s\n", strings.ReplaceAll(f.Hint, "\n", "\n             "))
		}
	}
	if len(r.Grants) > 0 {
		fmt.Fprintf(&b, "  all that a login needs for this source:\n    %s\n", strings.Join(r.Grants, "\n    "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
