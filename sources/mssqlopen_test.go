package sources

import (
	"fmt"
	"strings"
	"testing"

	"github.com/microsoft/go-mssqldb/msdsn"

	"arendebrygga/adapter"
	"arendebrygga/sources/tdstest"
)

// connectionCase is a connection that differs from a usual one.
type connectionCase struct {
	what   string
	change func(*Connection)
}

// connectionCases are those that differ in their parts.
func connectionCases() []connectionCase {
	return []connectionCase{
		{"as it is", func(*Connection) {}},
		{"instance", func(c *Connection) { c.Server = `sql07.example\BYGGR` }},
		{"instance and port", func(c *Connection) { c.Server = `tcp:sql07.example\BYGGR,1533` }},
		{"port", func(c *Connection) { c.Server = "sql07.example:1533" }},
		{"this machine", func(c *Connection) { c.Server = "(local)" }},
		{"version 6", func(c *Connection) { c.Server = "[::1]:1533" }},
		{"not a port", func(c *Connection) { c.Server = "sql07,many" }},
		{"no encryption", func(c *Connection) { c.TLS = "false" }},
		{"not verified", func(c *Connection) { c.TLS = "skip-verify" }},
		{"strict", func(c *Connection) { c.TLS = "strict" }},
		{"not known", func(c *Connection) { c.TLS = "required" }},
		{"name of the certificate", func(c *Connection) { c.MSSQL.HostNameInCertificate = "byggr.example" }},
		{"no certificate there", func(c *Connection) { c.MSSQL.Certificate = "nowhere.pem" }},
		{"mirror", func(c *Connection) { c.MSSQL.FailoverPartner = `sql08.example\BYGGR,1533` }},
		{"mirror without a port", func(c *Connection) { c.MSSQL.FailoverPartner = `sql08.example\BYGGR` }},
		{"mirror elsewhere", func(c *Connection) { c.Server, c.MSSQL.FailoverPartner = "localhost", "sql08.example" }},
		{"mirror here", func(c *Connection) { c.Server, c.MSSQL.FailoverPartner = "localhost", "127.0.0.1,1533" }},
		{"preferred", func(c *Connection) { c.TLS = "preferred" }},
		{"no encryption here", func(c *Connection) { c.Server, c.TLS = ".", "false" }},
		{"instance behind a slash", func(c *Connection) { c.Server = "sql07/BYGGR" }},
		{"named pipe", func(c *Connection) { c.Server = `np:\\sql07\pipe\sql\query` }},
		{"called as a protocol", func(c *Connection) { c.Server = "admin:1533" }},
		{"shared memory", func(c *Connection) { c.Server = "lpc:sql07" }},
		{"named pipe of the mirror", func(c *Connection) { c.MSSQL.FailoverPartner = `\\sql08\pipe\sql\query` }},
		{"secondary", func(c *Connection) { c.MSSQL.ReadOnlyIntent = true }},
		{"secondary of nothing", func(c *Connection) { c.MSSQL.ReadOnlyIntent, c.Database = true, "" }},
		{"domain", func(c *Connection) { c.User, c.MSSQL.Authenticator = `KOMMUN\bro`, "ntlm" }},
		{"ticket", func(c *Connection) {
			c.User, c.Password, c.MSSQL = "", adapter.Secret{}, MSSQL{Authenticator: "krb5", CredCacheFile: "/run/bro.cc", Realm: "KOMMUN.EXAMPLE", ServerSPN: "MSSQLSvc/sql07:1433"}
		}},
	}
}

// connectionDSNs are those that a DSN describes.
var connectionDSNs = [][2]string{
	{"dsn", "sqlserver://bro:hemligt@sql07.example/BYGGR?database=ByggR"},
	{"dsn of another form", "server=sql07.example;user id=bro;password=hemligt;encrypt=disable"},
	{"dsn, clear", "sqlserver://bro:hemligt@sql07.example?encrypt=disable"},
	{"dsn, trusting", "sqlserver://bro:hemligt@sql07.example?TrustServerCertificate=true"},
	{"dsn, trusting strictly", "sqlserver://bro:hemligt@sql07.example?encrypt=strict&TrustServerCertificate=true"},
	{"dsn, optional", "server=sql07.example;user id=bro;password=hemligt;encrypt=optional;"},
	{"dsn, trusting optional", "odbc:server=sql07.example;user id=bro;password={hemligt;x};Encrypt=no;TrustServerCertificate=yes"},
	{"dsn, with a mirror", "server=localhost;user id=bro;password=hemligt;failover partner=sql08.example"},
	{"dsn, here", "server=(local);user id=bro;password=hemligt;encrypt=disable"},
	{"no dsn", "sqlserver://bro:hem%ligt@sql07"},
}

// TestMSSQLConnections holds what the parts of a connection, or a DSN, make of the driver's
// configuration, what that leaves open to others, and that no error quotes a secret.
func TestMSSQLConnections(t *testing.T) {
	base := Connection{Server: "sql07.example", Database: "ByggR", User: "bro", Password: adapter.NewSecret("hem;li'gt@?")}
	var text strings.Builder
	cases := connectionCases()
	for _, dsn := range connectionDSNs {
		cases = append(cases, connectionCase{dsn[0], func(c *Connection) { c.DSN = adapter.NewSecret(dsn[1]) }})
	}
	for _, tc := range cases {
		conn := base
		tc.change(&conn)
		cfg, err := mssqlConfig(conn)
		if err != nil {
			fmt.Fprintf(&text, "%s: error: %v\n", tc.what, err)
			continue
		}
		verified := cfg.TLSConfig != nil && !cfg.TLSConfig.InsecureSkipVerify
		name := ""
		if cfg.TLSConfig != nil {
			name = cfg.TLSConfig.ServerName
		}
		if !conn.DSN.Set() && cfg.Password != conn.Password.Reveal() {
			t.Errorf("%s: another password", tc.what)
		}
		fmt.Fprintf(&text, "%s: %s instance %q port %d database %q user %q, encryption %d verified %t as %q, partner %q:%d, read only %t, authenticator %q cache %q realm %q spn %q, exposes %q\n",
			tc.what, cfg.Host, cfg.Instance, cfg.Port, cfg.Database, cfg.User, cfg.Encryption, verified, name, cfg.FailOverPartner, cfg.FailOverPort, cfg.ReadOnlyIntent,
			cfg.Parameters["authenticator"], cfg.Parameters["krb5-credcachefile"], cfg.Parameters["krb5-realm"], cfg.Parameters[msdsn.ServerSpn], mssqlExposes(conn))
	}
	if strings.Contains(text.String(), "hem") {
		t.Error("a secret is quoted")
	}
	golden(t, "testdata/mssql/connections.golden", text.String())
}

// TestMSSQLLogin logs in by the name of an instance, and is what it should be there.
func TestMSSQLLogin(t *testing.T) {
	table := tdstest.NewTable(tdsQuery, "id int not null", "kase varchar(20)")
	db := &tdstest.Database{Tables: []*tdstest.Table{table}, Snapshot: true}
	s := tdstest.Config{Handler: db.Handle, Instance: "BYGGR"}.Start(t)
	conn := Connection{Server: s.Instance(), Database: "ByggR", User: "bro", Password: adapter.NewSecret("hemligt"), MSSQL: MSSQL{ReadOnlyIntent: true}}
	src, err := Open(tdsDefinition(), conn)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for range 3 {
		if _, err := src.Clock(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	login := s.Logins()[0]
	if len(s.Logins()) != 1 || login.User != "bro" || login.Password != "hemligt" || login.Database != "ByggR" || login.App != "arendebrygga" || !login.ReadOnly {
		t.Errorf("%d logins, the first one %+v", len(s.Logins()), login)
	}
	queries := s.Queries()
	last := queries[len(queries)-1].Session
	if settings := strings.Join(last.Settings, "; "); !strings.Contains(settings, "LOCK_TIMEOUT 5000") || !strings.Contains(settings, "DEADLOCK_PRIORITY LOW") ||
		!strings.Contains(settings, "ISOLATION LEVEL SNAPSHOT") || last.Resets > 1 {
		t.Errorf("after %d resets the session has %s", last.Resets, settings)
	}
}

// TestMSSQLLoginRefused has the server's own words, without the password.
func TestMSSQLLoginRefused(t *testing.T) {
	s := tdstest.Config{Handler: (&tdstest.Database{}).Handle, Check: func(tdstest.Login) *tdstest.Error { return tdstest.Err(18456) }}.Start(t)
	_, err := openTDS(t, s, tdsDefinition()).Clock(t.Context())
	if err == nil || !strings.Contains(err.Error(), "error 18456: login error: Login failed for user 'x'.") || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}
