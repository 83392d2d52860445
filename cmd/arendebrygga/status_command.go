package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"arendebrygga/sink"
)

// statusFlags are what the flags of `arendebrygga status` say.
type statusFlags struct {
	config, store string
	json, check   bool
	limits        statusLimits
	environ       []string
}

// newStatusCommand makes `arendebrygga status`.
func newStatusCommand(environ []string) *cobra.Command {
	f := statusFlags{environ: environ}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Publishes nothing: tells how each source is doing, how complete it is and what is open",
		Long: `Publishes nothing: tells how each source is doing, how complete it is and what is open.

Asks the running process; if nothing runs, it says so and reads the store's file.

--check is for Zabbix, SCOM, Nagios and the like: it prints one line, with figures
behind a bar, and exits with 0 if all is well and 1 if something runs that is not
ready, nothing runs at all or a limit is passed. A program that takes 1 for a
warning can be told otherwise, as by: negate -w CRITICAL arendebrygga status --check`,
		Args: func(cmd *cobra.Command, args []string) error {
			if f.json && f.check {
				return errors.New("--json and --check exclude each other")
			}
			return cobra.NoArgs(cmd, args)
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	cmd.Flags().StringVarP(&f.config, "config", "c", "arendebrygga.yaml", "the configuration `file`")
	cmd.Flags().StringVar(&f.store, "store", "", "the store's `file`, over store.path")
	cmd.Flags().BoolVar(&f.json, "json", false, "print as JSON")
	cmd.Flags().BoolVar(&f.check, "check", false, "print one line and exit with 1 if something is not ok")
	cmd.Flags().DurationVar(&f.limits.lag, "max-lag", 0, "--check: a source that lies further behind is not ok; 0: no limit but that of /readyz")
	cmd.Flags().Int64Var(&f.limits.parked, "max-parked", -1, "--check: more parked changes of a source are not ok; -1: no limit")
	return cmd
}

func (f *statusFlags) run(cmd *cobra.Command) error {
	report, err := f.ask(cmd)
	out := cmd.OutOrStdout()
	switch {
	case err != nil && f.check:
		fmt.Fprintln(out, "CRITICAL: "+oneLine(err.Error()))
		return errReported
	case err != nil:
		return err
	case f.check:
		line, ok := report.check(f.limits)
		fmt.Fprintln(out, line)
		if !ok {
			return errReported
		}
		return nil
	case f.json:
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(report)
	}
	return report.text(out)
}

// ask has the running process tell how it is doing, or reads the store's file.
func (f *statusFlags) ask(cmd *cobra.Command) (statusReport, error) {
	flags := map[string]any{}
	if f.store != "" {
		flags["store.path"] = f.store
	}
	cfg, problems := loadConfig(f.config, f.environ, flags)
	if cfg == nil {
		for _, p := range problems {
			fmt.Fprintln(cmd.ErrOrStderr(), p)
		}
		errs, warnings := problems.Split()
		if f.check {
			return statusReport{}, fmt.Errorf("%s in the configuration; see `arendebrygga validate`", countProblems(len(errs), len(warnings)))
		}
		return statusReport{}, errReported
	}
	ctx, stop := context.WithTimeout(cmd.Context(), askTimeout)
	defer stop()
	report, running, err := askRunning(ctx, cfg)
	if running || err != nil {
		return report, err
	}
	return readStored(cfg)
}

// askTimeout is how long the running process has to tell how it is doing: less than
// most monitoring waits for a check.
const askTimeout = 8 * time.Second

// readStored reads the store's file while nothing runs. It makes none.
func readStored(cfg *Config) (statusReport, error) {
	if _, err := os.Stat(cfg.Store.Path); errors.Is(err, fs.ErrNotExist) {
		return statusReport{}, fmt.Errorf("nothing is running, and there is no store at %s yet", cfg.Store.Path)
	}
	store, err := sink.Open(cfg.Store.Path)
	if err != nil {
		return statusReport{}, err
	}
	report, err := storedReport(cfg, store)
	return report, errors.Join(err, store.Close())
}
