package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// newStatusCommand makes `arendebrygga status`.
func newStatusCommand(environ []string) *cobra.Command {
	p := place{environ: environ}
	check, limits := false, statusLimits{}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Publishes nothing: tells how each source is doing, how complete it is and what is open",
		Long: `Publishes nothing: tells how each source is doing, how complete it is and what is open.

Asks the running process; if nothing runs, it says so and reads the store's file.

--check is for Zabbix, SCOM, Nagios and the like: it prints one line, with figures
behind a bar, and exits with 0 if all is well and with 1 if not: nothing runs, it is
not ready, or a limit is passed. 2 is a mistake in the command line. A program that
takes 1 for a warning can be told otherwise: negate -w CRITICAL arendebrygga status --check`,
		Args: func(cmd *cobra.Command, args []string) error {
			if p.json && check {
				return errors.New("--json and --check exclude each other")
			}
			return cobra.NoArgs(cmd, args)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if check {
				return p.checkStatus(cmd, limits)
			}
			report, err := p.report(cmd.Context(), cmd.ErrOrStderr())
			switch {
			case err != nil:
				return err
			case p.json:
				return writeJSON(cmd.OutOrStdout(), report)
			}
			return report.text(cmd.OutOrStdout())
		},
	}
	p.flags(cmd)
	cmd.Flags().BoolVar(&check, "check", false, "print one line, and exit with 1 if something is not ok")
	cmd.Flags().DurationVar(&limits.lag, "max-lag", 0, "--check: a source that lies further behind is not ok; 0: no limit but that of /readyz")
	cmd.Flags().Int64Var(&limits.parked, "max-parked", -1, "--check: more parked changes of a source are not ok; -1: no limit")
	return cmd
}

// checkStatus prints the one line of --check. What keeps it from being told is not ok
// either.
func (p *place) checkStatus(cmd *cobra.Command, limits statusLimits) error {
	line, ok := "", false
	report, err := p.report(cmd.Context(), cmd.ErrOrStderr())
	if err != nil {
		line = "CRITICAL: " + oneLine(err.Error())
	} else {
		line, ok = report.check(limits)
	}
	if _, err := fmt.Fprintln(cmd.OutOrStdout(), line); err != nil || ok {
		return err
	}
	return errReported
}
