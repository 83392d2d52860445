package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// errUsage ends a command with [exitUsage] when it has already begun.
var errUsage = errors.New("wrong usage")

// terminal tells whether somebody sits at it.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// confirm wants a typed yes before something that publishes, or that cannot be taken
// back. Without a terminal only --yes will do.
func confirm(cmd *cobra.Command, yes bool, what string) error {
	if yes {
		return nil
	}
	in := cmd.InOrStdin()
	if !terminal(in) {
		return fmt.Errorf("%w: %s\n  hint: nobody can be asked here, so say --yes if that is what you want", errUsage, what)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s\nType yes to go on: ", what)
	answer := make(chan string, 1)
	go func() { answer <- readLine(in) }() // it ends with the process: reading cannot be interrupted
	select {
	case text := <-answer:
		if strings.EqualFold(strings.TrimSpace(text), "yes") {
			return nil
		}
	case <-cmd.Context().Done():
		fmt.Fprintln(cmd.ErrOrStderr())
	}
	return errors.New("nothing was done")
}

func readLine(r io.Reader) string {
	text, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		return ""
	}
	return text
}

// stopped says what Ctrl-C left behind.
func stopped(err error) error {
	if errors.Is(err, context.Canceled) {
		return errors.New("stopped before it was done; what was done stays, and doing it again is harmless")
	}
	return err
}
