package sources

import (
	"strings"
	"testing"

	"arendebrygga/adapter"
)

// A connection over a network that is not encrypted, or to anybody, is told of.
func TestExposes(t *testing.T) {
	parts := func(tls string) Connection {
		return Connection{Server: "db.example", Database: "oep", User: "u", TLS: tls}
	}
	dsn := func(text string) Connection { return Connection{DSN: adapter.NewSecret(text)} }
	for _, c := range []struct {
		kind string
		conn Connection
		want string
	}{
		{"mysql", parts(""), ""}, {"mysql", parts("true"), ""}, {"mysql", parts("false"), inTheClear},
		{"mysql", parts("preferred"), ifTheyPlease}, {"mysql", parts("skip-verify"), anyServer},
		{"mysql", Connection{Server: "127.0.0.1", TLS: "false"}, ""}, {"mysql", Connection{Server: "/run/mysqld.sock"}, ""},
		{"mysql", dsn("u:p@tcp(db.example:3306)/oep"), inTheClear}, {"mysql", dsn("u:p@tcp(db.example:3306)/oep?tls=true"), ""},
		{"mysql", dsn("u:p@tcp(db.example:3306)/oep?tls=skip-verify"), anyServer}, {"mysql", dsn("u:p@/oep"), ""}, {"mysql", dsn("db.example"), ""},
		{"postgres", parts(""), ""}, {"postgres", parts("false"), inTheClear}, {"postgres", parts("preferred"), ifTheyPlease},
		{"postgres", parts("skip-verify"), anyServer}, {"postgres", Connection{Server: "localhost", User: "u"}, ""},
		{"postgres", dsn("postgres://u:p@db.example/oep"), ""}, {"postgres", dsn("postgres://u:p@db.example/oep?sslmode=disable"), inTheClear},
		{"postgres", dsn("host=db.example user=u sslmode=prefer"), ifTheyPlease}, {"postgres", dsn("host=db.example user=u sslmode=allow"), ifTheyPlease},
		{"postgres", dsn("host=db.example user=u sslmode=verify-ca"), ""}, {"postgres", dsn("host=localhost,db.example user=u sslmode=disable"), inTheClear},
		{"mssql", parts("skip-verify"), anyServer}, {"sqlite", Connection{Path: "x"}, ""},
	} {
		if got := Exposes(c.kind, c.conn); got != c.want {
			t.Errorf("%s %+v: %q, want %q", c.kind, c.conn, got, c.want)
		}
	}
}

// A port that is none is told before anything is asked, and so is an instance behind
// two backslashes.
func TestServersPort(t *testing.T) {
	for server, want := range map[string]bool{"db.example:3306": true, "db.example": true, "[::1]:3306": true, "db.example:abc": false, "db.example:0": false, "db.example:99999": false} {
		conn := Connection{Server: server, Database: "d", User: "u"}
		_, my := mysqlConfig(conn)
		_, pg := postgresConfig(conn)
		_, ms := mssqlConfig(conn)
		for kind, err := range map[string]error{"mysql": my, "postgres": pg, "mssql": ms} {
			if err == nil != want || err != nil && !strings.Contains(err.Error(), "port is no number from 1 to 65535") {
				t.Errorf("%s %s: %v", kind, server, err)
			}
		}
	}
	if _, err := mssqlAddress(`host\\INSTANCE`); err == nil || !strings.Contains(err.Error(), "two backslashes") {
		t.Error(err)
	}
}
