package main

import (
	"cmp"
	"fmt"
	"os"
	"strings"

	"arendebrygga/adapter"
	"arendebrygga/sources"
)

// The ways to log in to SQL Server, apart from a login of its own.
const (
	ntlm    = "ntlm"
	krb5    = "krb5"
	winsspi = "winsspi"
)

// mssqlParts are the keys that only a SQL Server's connection has.
func (raw *rawConnection) mssqlParts() []namedText {
	return []namedText{
		{"authenticator", raw.Authenticator}, {"krb5ConfFile", raw.Krb5ConfFile}, {"keytabFile", raw.KeytabFile}, {"credCacheFile", raw.CredCacheFile},
		{"realm", raw.Realm}, {"serverSpn", raw.ServerSPN}, {"failoverPartner", raw.FailoverPartner}, {"readOnlyIntent", raw.ReadOnlyIntent.text},
		{"certificate", raw.Certificate}, {"hostNameInCertificate", raw.HostNameInCertificate},
	}
}

type namedText struct {
	name string
	t    text
}

// needsUser tells whether a connection by its parts has to name a user: a ticket names
// one itself, and Windows takes the account that the program runs as.
func (raw *rawConnection) needsUser(kind string) bool {
	return kind != "mssql" || raw.Authenticator.Text != winsspi && (raw.Authenticator.Text != krb5 || raw.KeytabFile.set())
}

// mssql checks what only SQL Server's connections have.
func (c *checker) mssql(path, kind string, raw *rawConnection) (parts sources.MSSQL) {
	for _, p := range raw.mssqlParts() {
		switch {
		case kind == "":
		case kind != "mssql":
			c.absent(p.t, p.name, "only mssql has it")
		case raw.DSN.set() || raw.DSNFile.set():
			c.absent(p.t, p.name, "the dsn says it")
		case p.t.set():
			c.required(p.t, join(path, p.name), "or leave the key out")
		}
	}
	if kind != "mssql" {
		return parts
	}
	c.oneOf(raw.Authenticator, join(path, "authenticator"), ntlm, krb5, winsspi)
	if raw.Authenticator.Text == ntlm && raw.User.set() {
		c.check(strings.Contains(raw.User.Text, `\`), raw.User, "user names no domain", `with ntlm a user is 'DOMAIN\name', in single quotes`)
	}
	parts = sources.MSSQL{
		Authenticator: raw.Authenticator.Text, Realm: raw.Realm.Text, ServerSPN: raw.ServerSPN.Text, FailoverPartner: raw.FailoverPartner.Text,
		ReadOnlyIntent: raw.ReadOnlyIntent.Value, HostNameInCertificate: raw.HostNameInCertificate.Text,
	}
	if raw.Certificate.Text != "" && !raw.DSN.set() && !raw.DSNFile.set() {
		parts.Certificate = c.relative(raw.Certificate.Text)
		if _, err := os.Stat(parts.Certificate); err != nil {
			c.cfg.pending = append(c.cfg.pending, adapter.Problem{
				At: raw.Certificate.At, Message: fmt.Sprintf("certificate: %s: %v", parts.Certificate, unwrapPath(err)), Hint: "a relative path begins in the folder of this file",
			})
		}
	}
	c.kerberos(raw, &parts)
	return parts
}

// kerberos checks what a ticket is got with.
func (c *checker) kerberos(raw *rawConnection, parts *sources.MSSQL) {
	files := []namedText{{"krb5ConfFile", raw.Krb5ConfFile}, {"keytabFile", raw.KeytabFile}, {"credCacheFile", raw.CredCacheFile}}
	if raw.Authenticator.Text != krb5 {
		for _, p := range append(files, namedText{"realm", raw.Realm}) {
			c.absent(p.t, p.name, "it is for authenticator: krb5")
		}
		return
	}
	for i, path := range []*string{&parts.Krb5ConfFile, &parts.KeytabFile, &parts.CredCacheFile} {
		if files[i].t.Text != "" {
			*path = c.later(files[i].t, files[i].name)
		}
	}
	if !raw.Krb5ConfFile.set() {
		found := cmp.Or(os.Getenv("KRB5_CONFIG"), "/etc/krb5.conf")
		if _, err := os.Stat(found); err != nil {
			c.warn(raw.Authenticator.At, fmt.Sprintf("authenticator: krb5 needs a krb5.conf: %s: %v", found, unwrapPath(err)), "krb5ConfFile names another one; it says which realms there are, and their servers")
		}
	}
}
