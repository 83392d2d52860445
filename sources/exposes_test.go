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

// TestAnotherServer: who meets another kind of server, or one that does not encrypt, is
// told what to look at, and what to set.
func TestAnotherServer(t *testing.T) {
	my, pg := mysqlBed(t), postgresBed(t)
	for _, c := range []struct {
		b            *bed
		server, mode string
		want         []string
	}{
		{my, my.conn.Server, "true", []string{"server does not support TLS", "set tls: false (in a dsn tls=false)", "personal data in the clear"}},
		{pg, pg.conn.Server, "skip-verify", []string{"server refused TLS connection", "set tls: false (in a dsn sslmode=disable)", "personal data in the clear"}},
		{pg, my.conn.Server, "false", []string{"received unexpected message: look whether it is PostgreSQL that listens there"}},
		{pg, my.conn.Server, "true", []string{"look whether it is PostgreSQL that listens there"}},
	} {
		c.b.conn.Server, c.b.conn.TLS = c.server, c.mode
		_, err := c.b.open(t, c.b.history()).Clock(t.Context())
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "%!") {
				t.Errorf("%s at %s, tls %s: %v, want %q", c.b.kind, c.server, c.mode, err, want)
			}
		}
	}
}
