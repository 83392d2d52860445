package adapter_test

import (
	"database/sql"
	"net/url"
	"strings"
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/sources"
	"arendebrygga/sources/servertest"
)

// mssqlHemlig has a constraint with a name, as the column goes only with it.
const mssqlHemlig = "BIT NOT NULL CONSTRAINT rad_hemlig DEFAULT 0"

// onDesk has the case system be one on a TDS test server.
func (l *live) onDesk(t *testing.T) {
	l.desk = openDesk(t)
	l.db = sql.OpenDB(l.desk)
	t.Cleanup(func() { l.db.Close() })
	l.conn = sources.Connection{Server: l.desk.server.Addr, Database: "tdstest", User: "reader", Password: adapter.NewSecret("secret")}
}

// onSQLServer has it be one on a SQL Server that was there before.
func (l *live) onSQLServer(t *testing.T) {
	l.real = servertest.SQLServer(t)
	l.db, l.conn = l.real.Root, sources.Connection{DSN: adapter.NewSecret(l.real.DSN)}
}

// address is where the server listens.
func (l *live) address(t *testing.T) string {
	t.Helper()
	if !l.conn.DSN.Set() {
		return l.conn.Server
	}
	u, err := url.Parse(l.conn.DSN.Reveal())
	if err != nil {
		t.Fatal("the DSN cannot be read")
	}
	if u.Port() == "" {
		u.Host += ":1433"
	}
	return u.Host
}

// through has the adapter connect to another address, which leads to the same server.
func (l *live) through(t *testing.T, address string) {
	t.Helper()
	if !l.conn.DSN.Set() {
		l.conn.Server = address
		return
	}
	u, err := url.Parse(l.conn.DSN.Reveal())
	if err != nil {
		t.Fatal("the DSN cannot be read")
	}
	values := u.Query()
	if values.Get("hostNameInCertificate") == "" {
		values.Set("hostNameInCertificate", u.Hostname())
	}
	u.Host, u.Path, u.RawQuery = address, "", values.Encode() // without an instance, whose port would be asked for
	l.conn.DSN = adapter.NewSecret(u.String())
}

// words turns the SQL of the scenarios into that of SQL Server. It is for the few forms
// that differ, not for all of SQL.
func (l *live) words(statement string) string {
	if l.kind != "mssql" {
		return statement
	}
	statement = mssqlWords.Replace(statement)
	if strings.HasPrefix(statement, "INSERT INTO rad (id") {
		return "SET IDENTITY_INSERT rad ON; " + statement + "; SET IDENTITY_INSERT rad OFF"
	}
	return statement
}

var mssqlWords = strings.NewReplacer(
	"CREATE TABLE backup_rad AS SELECT * FROM rad", "SELECT * INTO backup_rad FROM rad",
	"INSERT INTO rad SELECT *", "INSERT INTO rad (id, arende, status, tid, hemlig) SELECT id, arende, status, tid, hemlig",
	"ALTER TABLE rad RENAME COLUMN hemlig TO dold", "EXEC sp_rename 'rad.hemlig', 'dold', 'COLUMN'",
	"ALTER TABLE rad RENAME COLUMN dold TO hemlig", "EXEC sp_rename 'rad.dold', 'hemlig', 'COLUMN'",
	"DROP COLUMN hemlig", "DROP CONSTRAINT rad_hemlig, COLUMN hemlig",
	"ADD COLUMN", "ADD",
)
