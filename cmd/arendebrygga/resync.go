package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"arendebrygga/adapter"
)

// newResyncCommand makes `arendebrygga resync`.
func newResyncCommand(environ []string) *cobra.Command {
	p := place{environ: environ}
	var yes, dry bool
	cmd := &cobra.Command{
		Use:   "resync SOURCE",
		Short: "Publishes: compares every row of a source with what is known of it, and publishes what differs",
		Long: `Publishes: compares every row of a source with what is known of it, and publishes what differs.

Counts first how many events that will be, and asks; --dry-run only counts. Rows that
are as they were publish nothing, and an event that has been published keeps its id.

For a source that has stopped because its definition or its database is another one,
or because its store is missing or older. The rows are walked by the process that
runs, or, when none does, by the next one.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o := cmd.Context(), ordered{Order: "resync", Source: args[0], Dry: dry}
			anew := func(why error) error {
				return confirm(cmd, yes, fmt.Sprintf("%v\nA new store is made, and everything that the rules allow in source %s is published, under other ids than before.", why, args[0]))
			}
			if dry {
				anew = nil
			}
			d, err := p.desk(ctx, cmd.ErrOrStderr(), anew)
			if err != nil {
				return err
			}
			defer d.close()
			if o.Running = d.Running; !d.fresh {
				if err := d.count(ctx, cmd.ErrOrStderr(), &o); err != nil {
					return stopped(err)
				}
				if dry {
					return p.done(cmd, d, o)
				}
				if err := confirm(cmd, yes, "resync of source "+o.Source+" "+would(o.Totals)); err != nil {
					return err
				}
			}
			if err := d.ask(ctx, "resync", sourceOrder{Source: o.Source}, &adapter.Totals{}); err != nil {
				return stopped(err)
			}
			return p.done(cmd, d, o)
		},
	}
	p.flags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only count what would be published")
	return cmd
}

// ordered is what a command had done, or counted.
type ordered struct {
	Order   string          `json:"order"`
	Source  string          `json:"source"`
	Running bool            `json:"running"` // by a process that runs; else the next one does it
	Dry     bool            `json:"dryRun"`
	Totals  *adapter.Totals `json:"counted,omitempty"`
}

// count finds out what an order would do, telling how far it is on a terminal.
func (d *desk) count(ctx context.Context, stderr io.Writer, o *ordered) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.tellProgress(ctx, stderr, o.Source)
	}()
	o.Totals = &adapter.Totals{}
	err := d.ask(ctx, o.Order, sourceOrder{Source: o.Source, Dry: true}, o.Totals)
	stop()
	<-ended
	return err
}

// tellProgress writes how many rows have been read, once a second, until ctx ends.
func (d *desk) tellProgress(ctx context.Context, stderr io.Writer, source string) {
	if !terminal(stderr) {
		return
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	defer fmt.Fprint(stderr, "\r\033[K")
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			var now advance
			if d.ask(ctx, "progress", sourceOrder{Source: source}, &now) == nil {
				fmt.Fprintf(stderr, "\r\033[Kcounting, nothing is published yet: %d rows", now.Rows)
			}
		}
	}
}

// would says what an order does, in words.
func would(t *adapter.Totals) string {
	parts := []string{fmt.Sprintf("publishes %s of %s", plural(int(t.Events), "event"), plural(int(t.Published), "change"))}
	for _, p := range []struct {
		n    uint64
		what string
	}{
		{t.Missing, "taken back"}, {t.Withheld, "withheld"}, {t.Ignored, "ignored"}, {t.Unmapped, "unmapped"}, {t.Parked, "parked"},
		{t.Waiting, "waiting"}, {t.Held, "held"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return strings.Join(parts, ", ")
}

// done tells what was done.
func (p *place) done(cmd *cobra.Command, d *desk, o ordered) error {
	if p.json {
		return writeJSON(cmd.OutOrStdout(), o)
	}
	switch {
	case o.Dry:
		fmt.Fprintf(cmd.OutOrStdout(), "%s of source %s %s; nothing was published\n", o.Order, o.Source, would(o.Totals))
	case d.Running:
		fmt.Fprintf(cmd.OutOrStdout(), "%s of source %s begins now; arendebrygga status tells how far it is\n", o.Order, o.Source)
	default:
		fmt.Fprintf(cmd.OutOrStdout(), "%s of source %s is noted; the next arendebrygga run does it\n", o.Order, o.Source)
	}
	return nil
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
