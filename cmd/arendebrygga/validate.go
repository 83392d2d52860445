package main

import "github.com/spf13/cobra"

// newValidateCommand makes `arendebrygga validate`.
func newValidateCommand(environ []string) *cobra.Command {
	return &cobra.Command{Use: "validate", Short: "Publishes nothing: checks the configuration and mapping files"}
}
