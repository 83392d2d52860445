package main

import (
	"context"
	"crypto/tls"
	"strings"
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/sources"
	"arendebrygga/sources/tdstest"
)

// TestOldCertificates holds that the program, as main.go has it built, reaches a SQL Server
// by the certificate that it made for itself, and trusts it no more than any other.
func TestOldCertificates(t *testing.T) {
	cert, file := tdstest.Certificate(t, true)
	s := tdstest.Config{TLS: &tls.Config{Certificates: []tls.Certificate{cert}}, Handler: func(context.Context, tdstest.Query) (*tdstest.Result, error) {
		return tdstest.Row("varchar(33)", "2026-01-01 00:00:00"), nil
	}}.Start(t)
	def := loadByggr(t).Config.Sources[0].Def
	for _, tc := range []struct{ mode, certificate, want string }{
		{"", "", ""}, {"preferred", "", ""}, {"skip-verify", "", ""}, {"true", file, ""}, {"true", "", "unknown authority"},
	} {
		src, err := sources.Open(def, sources.Connection{Server: s.Addr, Database: "ByggR", User: "bro", Password: adapter.NewSecret("x"), TLS: tc.mode, MSSQL: sources.MSSQL{Certificate: tc.certificate}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = src.Clock(t.Context()); (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("tls %q, certificate %q: %v, want %q", tc.mode, tc.certificate, err, tc.want)
		}
		src.Close()
	}
}
