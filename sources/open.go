package sources

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"arendebrygga/adapter"
)

// Connection says how to reach a source's database. Either DSN is set, or the
// parts that the kind needs: a Path for sqlite, the others for a server.
type Connection struct {
	Server         string // host, host:port or the path of a Unix socket (postgres: of its folder, too); mssql: host\instance or host,port, too
	Database, User string
	Password, DSN  adapter.Secret // a DSN is in the form of the kind's driver
	Path           string         // file of a database without a server
	// TLS is "" (encrypted and verified, unless the server is on this machine or a
	// DSN says what it wants), "true" (encrypted and verified), "preferred" (encrypted
	// if the server offers it, not verified), "skip-verify" (encrypted, not verified)
	// or "false". Certificates are verified against those that the system trusts. mssql
	// knows "strict", too, which encrypts from the first byte on.
	TLS   string
	MSSQL MSSQL
	// Warn is told, once for each source, when it cannot be read as gently as meant, and
	// what helps. It holds no values. It may be nil.
	Warn func(text string)

	committed *atomic.Bool // of mssql, see poller
}

// dialects is where a kind of database is added.
func dialects() map[string]*dialect {
	return map[string]*dialect{"mssql": &mssqlDialect, "mysql": &mysqlDialect, "postgres": &postgresDialect, "sqlite": &sqliteDialect}
}

// Kinds lists the kinds of source that this version can read, in alphabetical order.
func Kinds() []string {
	var kinds []string
	for kind := range dialects() {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}

// PartError is about one part of a connection.
type PartError struct {
	Key string // in the configuration: server or failoverPartner
	err error
}

// Error says what is wrong with the part.
func (e *PartError) Error() string { return e.err.Error() }

// Unwrap gives the error itself.
func (e *PartError) Unwrap() error { return e.err }

// Fits tells what is wrong with a connection, as far as that shows without talking to the
// database: only the driver of its kind can read a DSN. The error holds no values,
// and is a [PartError] if it is about one part.
func Fits(kind string, conn Connection) error {
	dia := dialects()[kind]
	if dia == nil {
		return fmt.Errorf("kind %q is not known, only %s", kind, strings.Join(Kinds(), ", "))
	}
	db, err := dia.open(conn, adapter.Limits{})
	if err != nil {
		return err
	}
	return db.Close()
}

// Open prepares a source. It does not talk to the database yet, so an error can
// only mean that the connection's parts do not fit each other or the kind.
func Open(def *adapter.Definition, conn Connection) (adapter.Source, error) {
	dia := dialects()[def.Kind]
	if dia == nil {
		return nil, fmt.Errorf("source %s: kind %q is not known, only %s", def.Name, def.Kind, strings.Join(Kinds(), ", "))
	}
	p, err := newPoller(def, dia)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", def.Name, err)
	}
	p.warn, conn.committed = conn.Warn, &p.committed
	if p.db, err = dia.open(conn, p.limits); err != nil {
		return nil, fmt.Errorf("source %s: connection: %w", def.Name, err)
	}
	p.db.SetMaxOpenConns(p.limits.MaxConnections)
	p.db.SetMaxIdleConns(p.limits.MaxConnections)
	p.db.SetConnMaxLifetime(connLifetime)
	return p, nil
}
