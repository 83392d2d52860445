package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"arendebrygga/adapter"
)

// newBaselineCommand makes `arendebrygga baseline`.
func newBaselineCommand(environ []string) *cobra.Command {
	p := place{environ: environ}
	var yes bool
	cmd := &cobra.Command{
		Use:   "baseline SOURCE",
		Short: "Publishes nothing: has a source remembered as it is now, so that only what comes later is published",
		Long: `Publishes nothing: has a source remembered as it is now, so that only what comes later is published.

For a source that has stopped because its definition or its database is another one or
an older one, or because its store is missing or older. What happened while it was
stopped is then never published; arendebrygga resync publishes that. What was published
before stays, but for rows that are gone: with onMissing: withdraw the sweeps that follow
take that back. Changes that are held, or wait for a recipient, are settled as ignored;
others that are parked or unmapped stay until arendebrygga parked replay.

The rows are walked by the process that runs, or, when none does, by the next one, within
limits.allowedHours. What is written while they are is new, and published: in net mode
that is also a case that is only touched then, with the status that it has.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			d, err := p.desk(ctx, cmd.ErrOrStderr(), func(_ *loaded, why error) error {
				return confirm(cmd, yes, fmt.Sprintf("%v\nA new store is made, and begins with a baseline of source %s.", why, args[0]))
			})
			if err != nil {
				return err
			}
			defer d.close()
			o := ordered{Order: "baseline", Source: args[0], Running: d.Running, Open: &adapter.Unpublished{}}
			if !d.fresh {
				if err := d.ask(ctx, o.Order, sourceOrder{Source: o.Source, Dry: true}, o.Open); err != nil {
					return stopped(err)
				}
				question := fmt.Sprintf("Source %s is remembered as it is now: what changed in it and has not been published yet never will be. "+
					"%s that would be published later, held, waiting or parked for the sake of a recipient, will be ignored; %s otherwise parked, or unmapped, can still be replayed.",
					o.Source, plural(o.Open.Settled, "change"), plural(o.Open.Left, "change"))
				if err := confirm(cmd, yes, question); err != nil {
					return err
				}
			}
			if err := d.ask(ctx, o.Order, sourceOrder{Source: o.Source}, o.Open); err != nil {
				return stopped(err)
			}
			return p.done(cmd, d, o)
		},
	}
	p.flags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
