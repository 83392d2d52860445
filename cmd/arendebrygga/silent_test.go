package main

import (
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"
)

// TestPoint15_DatabaseSilent: what stands where the database should be takes connections
// and never answers, as a server that is out of memory or a way that loses packets does.
// Readiness says so in time, and the process stops promptly while a login waits.
func TestPoint15_DatabaseSilent(t *testing.T) {
	for _, kind := range []string{"mssql", "mysql", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			_, w := startSilent(t, kind, "2s")
			w.until(t, http.StatusServiceUnavailable, "failure")
			stopsPromptly(t, w)
			ln, w := startSilent(t, kind, "5m")
			conn, err := ln.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			stopsPromptly(t, w)
		})
	}
}

// startSilent starts a service whose database's connections are taken by the system, as
// long as nobody accepts them.
func startSilent(t *testing.T, kind, queryTimeout string) (net.Listener, *working) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	connection := fmt.Sprintf("server: %q, database: bra, user: x, password: hemligt }\n    limits: { queryTimeout: %s", ln.Addr(), queryTimeout)
	return ln, startService(t, layOutOps(t, kind, connection))
}

func stopsPromptly(t *testing.T, w *working) {
	t.Helper()
	begun := time.Now()
	if err := w.stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > promptly {
		t.Errorf("stopping took %v", took)
	}
}
