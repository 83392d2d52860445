package main

import (
	"net"
	"slices"
	"strings"

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
	kerberos := []namedText{{"krb5ConfFile", raw.Krb5ConfFile}, {"keytabFile", raw.KeytabFile}, {"credCacheFile", raw.CredCacheFile}, {"realm", raw.Realm}}
	if raw.Authenticator.Text != krb5 {
		for _, p := range kerberos {
			c.absent(p.t, p.name, "it is for authenticator: krb5")
		}
	}
	if raw.Authenticator.Text == ntlm && raw.User.set() {
		c.check(strings.Contains(raw.User.Text, `\`), raw.User, "user names no domain", `with ntlm a user is 'DOMAIN\name', in single quotes`)
	}
	c.plainText(raw)
	files := map[string]string{}
	for _, p := range slices.Concat(kerberos[:3], []namedText{{"certificate", raw.Certificate}}) {
		if p.t.set() {
			files[p.name] = c.relative(p.t.Text)
		}
	}
	return sources.MSSQL{
		Authenticator: raw.Authenticator.Text, Krb5ConfFile: files["krb5ConfFile"], KeytabFile: files["keytabFile"], CredCacheFile: files["credCacheFile"],
		Realm: raw.Realm.Text, ServerSPN: raw.ServerSPN.Text, FailoverPartner: raw.FailoverPartner.Text, ReadOnlyIntent: raw.ReadOnlyIntent.Value,
		Certificate: files["certificate"], HostNameInCertificate: raw.HostNameInCertificate.Text,
	}
}

// plainText warns of a connection over a network that is not encrypted, or to a server
// that nothing vouches for.
func (c *checker) plainText(raw *rawConnection) {
	const mend = "give the server a certificate and leave tls out, or name the one that it has: certificate: sqlserver.pem"
	if onThisMachine(raw.Server.Text) {
		return
	}
	switch raw.TLS.Text {
	case "false":
		c.warn(raw.TLS.At, "tls: false sends personal data in the clear, and a password hardly hidden", "for a server so old that it cannot encrypt; "+mend)
	case "preferred":
		c.warn(raw.TLS.At, "tls: preferred encrypts the login only, and trusts any server", mend)
	case "skip-verify":
		c.warn(raw.TLS.At, "tls: skip-verify trusts any server that answers", mend)
	}
}

// onThisMachine tells whether the host of a server, however it is written, is this one.
func onThisMachine(server string) bool {
	host, _, _ := strings.Cut(strings.TrimPrefix(server, "tcp:"), ",")
	host, _, _ = strings.Cut(host, `\`)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || host == "." || strings.EqualFold(host, "(local)") || ip != nil && ip.IsLoopback()
}
