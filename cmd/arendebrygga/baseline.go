package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// newBaselineCommand makes `arendebrygga baseline`.
func newBaselineCommand(environ []string) *cobra.Command {
	p := place{environ: environ}
	var yes bool
	cmd := &cobra.Command{
		Use:   "baseline SOURCE",
		Short: "Publishes nothing: has a source remembered as it is now, so that only what comes later is published",
		Long: `Publishes nothing: has a source remembered as it is now, so that only what comes later is published.

For a source that has stopped because its definition or its database is another one,
or because its store is missing or older. What happened while it was stopped is then
never published; arendebrygga resync publishes that. What was published before stays.

The rows are walked by the process that runs, or, when none does, by the next one.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			d, err := p.desk(ctx, cmd.ErrOrStderr(), func(why error) error {
				return confirm(cmd, yes, fmt.Sprintf("%v\nA new store is made, and begins with a baseline of source %s.", why, args[0]))
			})
			if err != nil {
				return err
			}
			defer d.close()
			if !d.fresh {
				question := fmt.Sprintf("Source %s is remembered as it is now: what changed in it and has not been published yet never will be.", args[0])
				if err := confirm(cmd, yes, question); err != nil {
					return err
				}
			}
			if err := d.ask(ctx, "baseline", sourceOrder{Source: args[0]}, &nothing{}); err != nil {
				return stopped(err)
			}
			return p.done(cmd, d, ordered{Order: "baseline", Source: args[0], Running: d.Running})
		},
	}
	p.flags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
