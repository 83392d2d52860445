package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"arendebrygga/adapter"
)

// newRunCommand makes `arendebrygga run`.
func newRunCommand(environ []string) *cobra.Command {
	var path, listen, store string
	var existing bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Publishes: polls the sources and serves the standard API until it is stopped",
		Long: `Publishes: polls the sources and serves the standard API until it is stopped.

Reads the configuration and the mappings, refuses to start if anything in them is
wrong, and then polls every source, each on its own, and answers questions at the
same time. SIGTERM or Ctrl-C ends it at any point without losing anything. SIGHUP
has it read the mapping files again, and of each source publishWhen, withdrawWhen and
what the recipients' role, row and identity are; with a mistake in any file, or other
columns or another status, nothing changes. Other changes take a restart.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			flags := map[string]any{}
			for path, name := range flagNames {
				if flag := cmd.Flag(strings.TrimPrefix(name, "--")); flag.Changed {
					flags[path] = flag.Value.String()
				}
			}
			l, problems := loadToServe(path, environ, flags, false)
			errs, warnings := problems.Split()
			for _, p := range problems {
				fmt.Fprintln(cmd.ErrOrStderr(), p)
			}
			if len(errs) > 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s; nothing was started\n", countProblems(len(errs), len(warnings)))
				return errReported
			}
			log, err := newLogger(l.Config.Log, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			at, err := faultPoint(environ)
			if err != nil {
				return err
			}
			s := service{loaded: l, log: log, at: at, existing: existing, again: func() (*loaded, adapter.Problems) { return loadAll(path, environ, flags) }}
			return s.run(cmd.Context())
		},
	}
	cmd.Flags().StringVarP(&path, "config", "c", "arendebrygga.yaml", "the configuration `file`")
	cmd.Flags().StringVar(&listen, "listen", "", "`address` for the API, over api.listen")
	cmd.Flags().StringVar(&store, "store", "", "the store's `file`, over store.path")
	cmd.Flags().BoolVar(&existing, "existing", false, "never make a new store: for service units, where a missing one is a mistake")
	return cmd
}
