package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// The exit codes of every command.
const (
	exitOK    = 0
	exitNotOK = 1 // what was asked about is not ok, or could not be done
	exitUsage = 2 // the command line is wrong
)

// errReported ends a command with [exitNotOK] when it has already said why.
var errReported = errors.New("already reported")

// commands lists every command of the program.
func commands(environ []string) []*cobra.Command {
	return []*cobra.Command{
		newBackupCommand(environ),
		newBaselineCommand(environ),
		newDemoCommand(environ),
		newParkedCommand(environ),
		newResyncCommand(environ),
		newRunCommand(environ),
		newStatusCommand(environ),
		newValidateCommand(environ),
		newVersionCommand(),
		newWithdrawCommand(environ),
	}
}

// run is the program. args are the arguments without the program's name, environ
// the environment as [os.Environ] gives it; the result is the exit code.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root, started := newRootCommand(environ)
	root.SetArgs(append([]string{}, args...)) // never nil, for which cobra would take the process's own
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	switch {
	case err == nil:
		return exitOK
	case !*started && cmd.HasParent():
		fmt.Fprintf(stderr, "arendebrygga: %v\n  hint: it is written %s; %s --help tells more\n", err, cmd.UseLine(), cmd.CommandPath())
		return exitUsage
	case !*started:
		fmt.Fprintf(stderr, "arendebrygga: %v\n  hint: `arendebrygga help` lists the commands, `arendebrygga help COMMAND` the flags of one\n", err)
		return exitUsage
	case errors.Is(err, errUsage):
		fmt.Fprintf(stderr, "arendebrygga: %v\n", err)
		return exitUsage
	case !errors.Is(err, errReported):
		fmt.Fprintf(stderr, "arendebrygga: %v\n", err)
	}
	return exitNotOK
}

// newRootCommand makes the command tree. started becomes true when the command
// line was understood and a command begins: an error before that is of usage.
func newRootCommand(environ []string) (root *cobra.Command, started *bool) {
	started = new(bool)
	root = &cobra.Command{
		Use:   "arendebrygga",
		Short: "Publishes a case system's status changes as kundhändelser of Mina ärenden",
		Long: `Polls the database of a case system, turns its status changes into kundhändelser
by the rules in YAML files, keeps them and answers the questions of the standard
Mina ärenden. The first line of each command's help says whether it publishes.

Exit codes: 0 ok, 1 the thing asked about is not ok, 2 wrong usage.`,
		Version:          readBuildInfo().String(),
		SilenceErrors:    true,
		SilenceUsage:     true,
		PersistentPreRun: func(*cobra.Command, []string) { *started = true },
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(commands(environ)...)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd() // only now: a tree without commands gets none
	for _, c := range root.Commands() {
		if c.Name() == "help" || c.Name() == "completion" { // made by the library
			c.Short = "Publishes nothing: " + map[string]string{"help": "explains a command", "completion": "writes the script that completes commands in a shell"}[c.Name()]
			c.Long = c.Short + "\n\n" + c.Long
		}
	}
	return root, started
}
