package sources

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"strings"
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/sources/tdstest"
)

// TestMSSQLOldServers has servers that the standard library does not take as they are: one
// with the certificate that SQL Server made for itself until 2017, and such as speak no
// newer TLS than 1.0. What helps stands in the reference.
func TestMSSQLOldServers(t *testing.T) {
	made, file := tdstest.Certificate(t, true)
	usual, _ := tdstest.Certificate(t, false)
	negative := &tls.Config{Certificates: []tls.Certificate{made}}
	old := &tls.Config{Certificates: []tls.Certificate{usual}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}
	older := old.Clone()
	older.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
	const trust = "TrustServerCertificate=true"
	for _, tc := range []struct {
		server *tls.Config
		more   string // of the DSN
		debug  string // GODEBUG
		want   string // of the error; empty: none
	}{
		{negative, "encrypt=true&" + trust, "x509negativeserial=0", "negative serial number"},
		{negative, "encrypt=true&" + trust, "x509negativeserial=1", ""},
		{negative, "encrypt=optional&" + trust, "x509negativeserial=1", ""},
		{negative, "encrypt=true", "x509negativeserial=1", "unknown authority"},
		{negative, "encrypt=true&certificate=" + url.QueryEscape(file), "x509negativeserial=1", ""},
		{old, "encrypt=true&" + trust, "", "protocol version"},
		{old, "encrypt=true&tlsmin=1.0&" + trust, "", ""},
		{older, "encrypt=true&tlsmin=1.0&" + trust, "", "handshake failure"},
		{older, "encrypt=true&tlsmin=1.0&" + trust, "tlsrsakex=1", ""},
	} {
		t.Run(tc.debug+" "+strings.ReplaceAll(tc.more, file, "file"), func(t *testing.T) {
			t.Setenv("GODEBUG", tc.debug)
			s := tdstest.Config{TLS: tc.server, Handler: func(context.Context, tdstest.Query) (*tdstest.Result, error) {
				return tdstest.Row("varchar(33)", "2026-01-01 00:00:00"), nil
			}}.Start(t)
			src, err := Open(tdsDefinition(), Connection{DSN: adapter.NewSecret("sqlserver://x:secret@" + s.Addr + "?" + tc.more)})
			if err != nil {
				t.Fatal(err)
			}
			defer src.Close()
			if _, err = src.Clock(t.Context()); (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want %q", err, tc.want)
			}
		})
	}
}

// TestMSSQLPartner has the first server of a mirrored database down. Its partner is asked,
// and verified by the name of the first one, as the reference says.
func TestMSSQLPartner(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, down, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	cert, file := tdstest.Certificate(t, false)
	table := tdstest.NewTable(tdsQuery, "id int not null", "kase varchar(20)")
	table.Insert([]any{1, "BYGG"})
	s := tdstest.Config{TLS: &tls.Config{Certificates: []tls.Certificate{cert}}, Handler: (&tdstest.Database{Tables: []*tdstest.Table{table}}).Handle}.Start(t)
	for _, tc := range []struct{ first, name, want string }{
		{"127.0.0.1", "", ""}, {"localhost", "", "match localhost"}, {"localhost", "127.0.0.1", ""},
	} {
		conn := Connection{Server: tc.first + ":" + down, Database: "ByggR", User: "x", Password: adapter.NewSecret("secret"), TLS: "true",
			MSSQL: MSSQL{FailoverPartner: s.Addr, Certificate: file, HostNameInCertificate: tc.name}}
		src, err := Open(tdsDefinition(), conn)
		if err != nil {
			t.Fatal(err)
		}
		page, err := src.Read(t.Context(), adapter.Walk{})
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) || err == nil && len(page.Rows) != 1 {
			t.Errorf("%s, a certificate for %q: %d rows, %v, want %q", tc.first, tc.name, len(page.Rows), err, tc.want)
		}
		src.Close()
	}
}
