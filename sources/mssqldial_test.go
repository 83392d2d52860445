package sources

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/tdstest"
)

// silent is a server that takes connections, gives each the same answer, and says no more.
// It tells of each when the client ends it.
func silent(t *testing.T, answer []byte) (address string, taken, ended <-chan struct{}) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	began, gone := make(chan struct{}, 100), make(chan struct{}, 100)
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = conn.Write(answer)
				began <- struct{}{}
				_, _ = io.Copy(io.Discard, conn)
				conn.Close()
				gone <- struct{}{}
			}()
		}
	}()
	return ln.Addr().String(), began, gone
}

// prelogin answers a client's first packet: the connection is encrypted (1) or cannot be (2).
func prelogin(encryption byte) []byte {
	return []byte{4, 1, 0, 15, 0, 0, 1, 0, 1, 0, 6, 0, 1, 0xFF, encryption}
}

// TestMSSQLSilent has a server, or what is in its place, that takes connections and answers
// nothing, or no more than the first packet. A statement fails in time and says why.
func TestMSSQLSilent(t *testing.T) {
	for _, tc := range []struct {
		encrypt string
		answer  []byte
	}{{"strict", nil}, {"true", nil}, {"true", prelogin(1)}, {"disable", nil}, {"disable", prelogin(2)}} {
		t.Run(tc.encrypt, func(t *testing.T) {
			t.Parallel()
			address, _, ended := silent(t, tc.answer)
			src := openSilent(t, address, tc.encrypt, time.Second)
			begun := time.Now()
			_, err := src.Read(t.Context(), adapter.Walk{})
			if took := time.Since(begun); err == nil || !strings.Contains(err.Error(), "log in: "+address+" takes connections but does not answer") || took > 10*time.Second {
				t.Errorf("after %v: %v", took, err)
			}
			soon(t, ended, "the connection is ended")
		})
	}
}

// TestMSSQLSilentStopped stops reading while a login waits for an answer.
func TestMSSQLSilentStopped(t *testing.T) {
	for _, encrypt := range []string{"strict", "true", "disable"} {
		t.Run(encrypt, func(t *testing.T) {
			t.Parallel()
			address, taken, ended := silent(t, nil)
			src := openSilent(t, address, encrypt, time.Hour)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			read := make(chan error, 1)
			go func() {
				_, err := src.Read(ctx, adapter.Walk{})
				read <- err
			}()
			soon(t, taken, "a login begins")
			begun := time.Now()
			cancel()
			if err := <-read; !errors.Is(err, context.Canceled) || time.Since(begun) > loginTimeout/2 {
				t.Errorf("after %v: %v", time.Since(begun), err)
			}
			soon(t, ended, "the connection is ended")
		})
	}
}

// TestMSSQLPartnerOfSilent has the first server of a mirrored database not answer: there
// is time left in which its partner is asked, and read from.
func TestMSSQLPartnerOfSilent(t *testing.T) {
	t.Parallel()
	address, _, _ := silent(t, nil)
	table := tdstest.NewTable(tdsQuery, "id int not null", "kase varchar(20)")
	table.Insert([]any{1, "BYGG"})
	s := tdstest.Start(t, (&tdstest.Database{Tables: []*tdstest.Table{table}}).Handle)
	def := tdsDefinition()
	def.Limits.QueryTimeout = 15 * time.Second
	src, err := Open(def, Connection{Server: address, Database: "ByggR", User: "x", TLS: "false", MSSQL: MSSQL{FailoverPartner: s.Addr}})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if page, err := src.Read(t.Context(), adapter.Walk{}); err != nil || len(page.Rows) != 1 {
		t.Errorf("%d rows, %v", len(page.Rows), err)
	}
}

func openSilent(t *testing.T, address, encrypt string, patience time.Duration) adapter.Source {
	t.Helper()
	def := tdsDefinition()
	def.Limits.QueryTimeout = patience
	src, err := Open(def, Connection{DSN: adapter.NewSecret("sqlserver://x:secret@" + address + "?TrustServerCertificate=true&encrypt=" + url.QueryEscape(encrypt))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return src
}

func soon(t *testing.T, happens <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-happens:
	case <-time.After(time.Minute):
		t.Errorf("not within a minute: %s", what)
	}
}
