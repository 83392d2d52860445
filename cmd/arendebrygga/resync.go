package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"arendebrygga/adapter"
	"arendebrygga/sink"
)

// newResyncCommand makes `arendebrygga resync`.
func newResyncCommand(environ []string) *cobra.Command {
	p := place{environ: environ}
	var yes bool
	cmd := &cobra.Command{
		Use:   "resync SOURCE",
		Short: "Publishes: compares every row of a source with what is known of it, and publishes what differs",
		Long: `Publishes: compares every row of a source with what is known of it, and publishes what differs.

Counts first how many events that will be, and asks; --dry-run only counts. Rows that
are as they were publish nothing, and an event that has been published keeps its id.

For a source that has stopped because its definition or its database is another one or
an older one, or because its store is missing or older. With onMissing: withdraw, what was
published of rows that are gone is taken back. The rows are walked by the process that
runs, or, when none does, by the next one, within limits.allowedHours; they are counted
at once.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o := cmd.Context(), ordered{Order: "resync", Source: args[0], Dry: p.dry}
			d, err := p.desk(ctx, cmd.ErrOrStderr(), func(l *loaded, why error) error {
				if err := l.countAnew(ctx, cmd.ErrOrStderr(), &o); err != nil || p.dry {
					return cmp.Or(stopped(err), errCounted)
				}
				return confirm(cmd, yes, fmt.Sprintf("%v\nA new store is made, and resync of source %s %s, under other ids than before", why, o.Source, would(o.Totals)))
			})
			if errors.Is(err, errCounted) {
				return p.done(cmd, nil, o)
			}
			if err != nil {
				return err
			}
			defer d.close()
			if o.Running = d.Running; !d.fresh {
				if err := d.count(ctx, cmd.ErrOrStderr(), &o); err != nil {
					return stopped(err)
				}
				if p.dry {
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
	cmd.Flags().BoolVar(&p.dry, "dry-run", false, "only count what would be published")
	return cmd
}

// ordered is what a command had done, or counted.
type ordered struct {
	Order   string          `json:"order"`
	Source  string          `json:"source"`
	Running bool            `json:"running"` // by a process that runs; else the next one does it
	Dry     bool            `json:"dryRun"`
	Totals  *adapter.Totals `json:"counted,omitempty"`

	Open   *adapter.Unpublished `json:"unpublished,omitempty"` // what a baseline does to what is open
	Begins *time.Time           `json:"begins,omitempty"`      // when limits.allowedHours do, if that is later
}

// errCounted keeps a store from being begun anew, as it was only to be counted what that
// would publish.
var errCounted = errors.New("counted")

// countAnew finds out what a resync would do in a store that is begun anew, over one that
// is thrown away.
func (l *loaded) countAnew(ctx context.Context, stderr io.Writer, o *ordered) error {
	dir, err := os.MkdirTemp("", "arendebrygga-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cfg, other := *l.Config, *l
	cfg.Store.Path = filepath.Join(dir, "store.db")
	other.Config = &cfg
	s := &service{loaded: &other, log: zerolog.Nop()}
	store, err := sink.Open(cfg.Store.Path)
	if err != nil {
		return err
	}
	if err := s.halt(store, o.Source, "store-anew", "to be counted"); err != nil {
		return errors.Join(err, store.Close())
	}
	d, err := s.ownDesk(ctx, store)
	if err != nil {
		return err
	}
	return errors.Join(d.count(ctx, stderr, o), d.close())
}

// count finds out what an order would do, telling how far it is on a terminal.
func (d *desk) count(ctx context.Context, stderr io.Writer, o *ordered) error {
	var now advance
	if err := d.ask(ctx, "progress", sourceOrder{Source: o.Source}, &now); err == nil && !now.Opens.IsZero() {
		fmt.Fprintf(stderr, "outside limits.allowedHours, which begin at %s: what is to be counted is read now all the same\n", now.Opens.Format(time.RFC3339))
	}
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
	if !o.Dry {
		var now advance
		if err := d.ask(cmd.Context(), "progress", sourceOrder{Source: o.Source}, &now); err == nil && !now.Opens.IsZero() {
			o.Begins = &now.Opens
		}
	}
	if p.json {
		return writeJSON(cmd.OutOrStdout(), o)
	}
	switch {
	case o.Dry:
		fmt.Fprintf(cmd.OutOrStdout(), "%s of source %s %s; nothing was published\n", o.Order, o.Source, would(o.Totals))
	case d.Running && o.Begins != nil:
		fmt.Fprintf(cmd.OutOrStdout(), "%s of source %s begins at %s, with limits.allowedHours\n", o.Order, o.Source, o.Begins.Format(time.RFC3339))
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
