// Until version 2017 the certificates that SQL Server makes for itself may have a negative
// serial number, which is refused before it is asked whether the certificate is trusted:
// there would be no way to encrypt. What is verified still is.

//go:debug x509negativeserial=1

// Command arendebrygga polls a case system's database and publishes its status
// changes as kundhändelser of the national standard Mina ärenden.
//
// The nouns, in the order a newcomer meets them: [run] is the whole program; a
// command is made by one new…Command function in a file of its own; [loadAll]
// reads what the operator wrote, the [Config] from arendebrygga.yaml and the rules
// from the mapping files, and gives every mistake in them at once.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
