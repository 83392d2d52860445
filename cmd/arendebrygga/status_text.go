package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"arendebrygga/adapter"
)

// text prints a report to be read.
func (r *statusReport) text(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	switch {
	case !r.Running:
		fmt.Fprintln(t, "nothing is running; this is what the store says")
	case r.Ready:
		fmt.Fprintf(t, "arendebrygga %s runs since %s: ready\n", r.Version, r.Begun.Format(time.RFC3339))
	default:
		fmt.Fprintf(t, "arendebrygga %s runs since %s: not ready\n", r.Version, r.Begun.Format(time.RFC3339))
		for _, why := range r.Reasons {
			fmt.Fprintln(t, "  "+why.String())
		}
	}
	fmt.Fprintf(t, "store %s, %.1f MB\n", r.Store.Path, float64(r.Store.Size)/1e6)
	for i := range r.Sources {
		fmt.Fprintln(t)
		r.Sources[i].text(t)
	}
	return t.Flush()
}

func (s *sourceReport) text(w io.Writer) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "  %s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	fmt.Fprintln(w, s.Source)
	row("doing", "%s", s.about())
	row("completeness", "%s", s.Completeness)
	if !s.CaughtUp.IsZero() {
		row("lag", "%s", time.Duration(s.LagSeconds)*time.Second)
	}
	switch {
	case s.Overhold:
		row("hold", "a transaction has been open for longer than maxHold, and %s", overheld(s.Blocks))
	case s.HoldSeconds > 0 && s.Blocks:
		row("hold", "a transaction has been open for %s: what was written since it began is read when it has ended", time.Duration(s.HoldSeconds)*time.Second)
	case s.HoldSeconds > 0:
		row("hold", "a transaction has been open for %s: polls begin before it", time.Duration(s.HoldSeconds)*time.Second)
	}
	if s.Failures > 0 {
		row("last error", "%s since %s: %s", plural(s.Failures, "failure"), s.Failing.Format(time.RFC3339), s.Error)
	}
	if s.Halted != nil {
		row("stopped", "%s since %s: %s", s.Halted.Reason, s.Halted.At.Format(time.RFC3339), s.Halted.Detail)
	}
	if s.Collisions > 0 {
		row("collisions", "%s gave way to others in the database, and were sent again", plural(int(s.Collisions), "statement"))
	}
	t := s.Totals
	row("rows", "%d read, %d of them again as they were", t.Rows, t.Reread)
	row("changes", "%d, events %d", t.Changes, t.Events)
	var judged []string
	for _, o := range outcomes {
		judged = append(judged, fmt.Sprintf("%s %d", o.outcome, o.of(&t)))
	}
	row("outcomes", "%s", strings.Join(judged, ", "))
	row("noticed", "late %d, behind %d, rewrites %d, missed by polls %d, undone %d, missing %d, recipients changed %d, overholds %d",
		t.Late, t.Behind, t.Rewrites, t.Missed, t.Undone, t.Missing, t.Parties, t.Overholds)
	s.Open.text(row)
}

// about says what the source is about, in one line.
func (s *sourceReport) about() string {
	line := s.Doing
	if s.Phase != adapter.New && s.Phase != adapter.Following {
		line += " (" + string(s.Phase) + ")"
	}
	if !s.Since.IsZero() {
		line += " since " + s.Since.Format(time.RFC3339)
	}
	if s.Progress > 0 {
		line += fmt.Sprintf(", %s read so far", plural(int(s.Progress), "row"))
	}
	if !s.Next.IsZero() {
		line += ", goes on at " + s.Next.Format(time.RFC3339)
	}
	return line
}

// text lists what is open, the most frequent first.
func (o *openReport) text(row func(name, format string, args ...any)) {
	n := func(outcome adapter.Outcome) uint64 { return o.Outcomes[outcome.String()] }
	row("unmapped", "%d%s", n(adapter.Unmapped), listed(o.Unmapped))
	row("parked", "%d%s", n(adapter.Parked), listed(o.Parked))
	row("open", "waiting %d, held %d, withheld %d, published but not to all %d", n(adapter.Waiting), n(adapter.Held), n(adapter.Withheld), o.LeftOut)
}

// listedNames is how many names a line lists; --json has them all.
const listedNames = 10

func listed(counts map[string]uint64) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var b strings.Builder
	for i, name := range names {
		switch {
		case i == listedNames:
			fmt.Fprintf(&b, ", and %d more", len(names)-i)
			return b.String()
		case i == 0:
			b.WriteString(": ")
		default:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %d", name, counts[name])
	}
	return b.String()
}
