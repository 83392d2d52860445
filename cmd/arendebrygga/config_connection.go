package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"unicode/utf8"

	"arendebrygga/adapter"
	"arendebrygga/mappings"
	"arendebrygga/sources"
)

// connection checks how a database is reached. No message quotes a value. A secret or
// a certificate whose file cannot be read hides nothing else but what its DSN would say.
func (c *checker) connection(path, kind string, raw *rawConnection) (conn sources.Connection, unread bool) {
	before, pending := len(c.problems), len(c.cfg.pending)
	conn = c.parts(path, kind, raw)
	unread = len(c.cfg.pending) > pending
	c.exposed(path, kind, raw, conn)
	if errs, _ := c.problems[before:].Split(); len(errs) > 0 || kind == "" || c.gone(path) || unread && raw.DSNFile.set() {
		return conn, unread
	}
	whole := conn
	if unread { // the driver would look no further than for the certificate
		whole.MSSQL.Certificate = ""
	}
	if err := sources.Fits(kind, whole); err != nil {
		at := c.saidAt(path, raw)
		var part *sources.PartError
		if errors.As(err, &part) {
			at = map[string]adapter.Position{"server": raw.Server.At, "failoverPartner": raw.FailoverPartner.At}[part.Key]
		}
		c.add(at, "connection: "+err.Error(), "")
	}
	return conn, unread
}

// saidAt is where a connection is said: at its DSN, if there is one.
func (c *checker) saidAt(path string, raw *rawConnection) adapter.Position {
	switch {
	case raw.DSN.set():
		return raw.DSN.At
	case raw.DSNFile.set():
		return raw.DSNFile.At
	}
	return c.at(path)
}

// serverAt is where it is said which server a connection is to.
func (c *checker) serverAt(path string, raw *rawConnection) adapter.Position {
	if raw.Server.set() {
		return raw.Server.At
	}
	return c.saidAt(path, raw)
}

// otherForm is of servers as other programs want them: a URL, SQL Server's "host,port",
// user@host. A driver would only say that it finds no such host.
var otherForm = regexp.MustCompile(`^[^/].*[ ,;=@]|://`)

// parts checks the keys of a connection.
func (c *checker) parts(path, kind string, raw *rawConnection) (conn sources.Connection) {
	if _, ok := c.places[path]; !ok && *raw == (rawConnection{}) {
		c.required(text{}, path, "connection: { server: …, database: …, user: …, passwordFile: … }, or { path: … } for sqlite")
		return conn
	}
	conn.DSN = c.secret(raw.DSN, raw.DSNFile, join(path, "dsn"))
	conn.Password = c.secret(raw.Password, raw.PasswordFile, join(path, "password"))
	hasDSN := raw.DSN.set() || raw.DSNFile.set()
	parts := []namedText{{"server", raw.Server}, {"database", raw.Database}, {"user", raw.User}, {"password", raw.Password}, {"passwordFile", raw.PasswordFile}, {"tls", raw.TLS}}
	for _, p := range parts {
		switch {
		case hasDSN:
			c.absent(p.t, p.name, "the dsn says it")
		case kind == "sqlite":
			c.absent(p.t, p.name, "sqlite is a file, named by path")
		case kind != "" && (p.name == "server" || p.name == "database" || p.name == "user" && raw.needsUser(kind)):
			c.required(p.t, join(path, p.name), "or give a dsn or dsnFile, which says all of it")
		}
	}
	if kind == "mysql" || kind == "postgres" {
		c.check(!otherForm.MatchString(raw.Server.Text), raw.Server, "server: is neither a host nor host:port", "such as db.example or db.example:3306; what says more than that is a dsn")
	}
	conn.MSSQL = c.mssql(path, kind, raw)
	if kind == "sqlite" {
		if hasDSN {
			c.absent(raw.Path, "path", "the dsn says it")
		} else if c.required(raw.Path, join(path, "path"), "the file of the database") {
			conn.Path = c.later(raw.Path, "path")
		}
		return conn
	}
	if kind != "" {
		c.absent(raw.Path, "path", "only sqlite is a file")
	}
	modes := []string{"true", "false", "preferred", "skip-verify"}
	if kind == "mssql" {
		modes = append(modes, "strict")
	}
	c.oneOf(raw.TLS, join(path, "tls"), modes...)
	conn.Server, conn.Database, conn.User, conn.TLS = raw.Server.Text, raw.Database.Text, raw.User.Text, raw.TLS.Text
	return conn
}

// exposed warns of a connection over a network that is not encrypted, or to a server
// that nothing vouches for.
func (c *checker) exposed(path, kind string, raw *rawConnection, conn sources.Connection) {
	what := sources.Exposes(kind, conn)
	if what == "" {
		return
	}
	at, subject, mend := raw.TLS.At, "tls: "+raw.TLS.Text, "leave tls out"
	if kind == "mssql" {
		mend += ", or name the one that it has: certificate: sqlserver.pem"
	}
	if conn.DSN.Set() {
		at, subject, mend = c.saidAt(path, raw), "the dsn", map[string]string{
			"mssql":    "write encrypt=true without TrustServerCertificate; certificate=sqlserver.pem names one that the system does not know",
			"mysql":    "write ?tls=true at its end",
			"postgres": "write sslmode=verify-full; sslrootcert=ca.pem names an authority that the system does not know",
		}[kind]
	}
	c.warn(at, subject+" "+what, "it is for a server so old that it cannot do better; give the server a certificate and "+mend)
}

// later names a file that is opened when it is needed, and warns if it is not there.
func (c *checker) later(t text, key string) string {
	path := c.relative(t.Text)
	if _, err := os.Stat(path); err != nil {
		c.warn(t.At, fmt.Sprintf("%s: %s: %v", key, path, unwrapPath(err)), "a relative path begins in the folder of this file; run asks for it again and again")
	}
	return path
}

// secret takes a value that is either written out or the content of a file.
func (c *checker) secret(value, file text, path string) adapter.Secret {
	key := lastKey(path)
	switch {
	case value.set() && file.set():
		c.add(file.At, fmt.Sprintf("%s and %sFile exclude each other", key, key), "leave one of them out")
	case value.set():
		c.check(value.Text != "", value, key+" is empty", "leave the key out if there is none")
		return adapter.NewSecret(value.Text)
	case file.set():
		return c.secretFile(file, key+"File")
	}
	return adapter.Secret{}
}

// secretFile reads a secret from a file. That it is not there is in the way of
// running only: files are checked on machines that must not have it.
func (c *checker) secretFile(t text, key string) adapter.Secret {
	if !c.required(t, key, "the name of a file") {
		return adapter.Secret{}
	}
	path := c.relative(t.Text)
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxConfigSize {
		err = fmt.Errorf("is larger than %d bytes", maxConfigSize)
	}
	var b []byte
	if err == nil {
		b, err = os.ReadFile(path)
	}
	if err != nil {
		c.cfg.pending = append(c.cfg.pending, adapter.Problem{
			At: t.At, Message: fmt.Sprintf("%s: %s: %v", key, path, unwrapPath(err)),
			Hint: "a file with nothing else in it; a relative path begins in the folder of this file",
		})
		return adapter.Secret{}
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o007 != 0 { // there the mode says nothing
		c.warn(t.At, fmt.Sprintf("%s: everyone on this machine may read %s", key, path), "chmod 600 "+path)
	}
	if len(b) > 1 && (b[0] == 0xff && b[1] == 0xfe || b[0] == 0xfe && b[1] == 0xff) {
		c.add(t.At, fmt.Sprintf("%s: %s is UTF-16, as PowerShell's > writes it", key, path), "save it as UTF-8, or in PowerShell: Set-Content -NoNewline -Encoding ascii")
		return adapter.Secret{}
	}
	value := strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r"), "\ufeff")
	const whole = "all that is in the file, but for one end of line, is the secret"
	c.check(value != "", t, fmt.Sprintf("%s: %s is empty", key, path), whole)
	c.check(!strings.ContainsAny(value, "\r\n"), t, fmt.Sprintf("%s: %s has more than one line", key, path), whole)
	if strings.Trim(value, " \t") != value {
		c.warn(t.At, fmt.Sprintf("%s: %s begins or ends with a blank", key, path), whole)
	}
	if !utf8.ValidString(value) {
		c.warn(t.At, fmt.Sprintf("%s: %s is not UTF-8", key, path), mappings.SaveAsUTF8)
	}
	return adapter.NewSecret(value)
}
