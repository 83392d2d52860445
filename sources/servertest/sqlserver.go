package servertest

import (
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"

	_ "github.com/microsoft/go-mssqldb" // registers sqlserver
)

// SQLServerVariable names a SQL Server, or another engine that speaks TDS, for the
// tests that only a real one can prove: sqlserver://user:password@host?… of a login
// that may make databases. The tests make their own and drop them.
const SQLServerVariable = "ARENDEBRYGGA_TEST_MSSQL"

// External is a database on a server that was there before the test.
type External struct {
	DSN  string  // of the database that was made for the test
	Root *sql.DB // the same login, in that database; closed when the test ends

	// What the engine can do; the test's log names what it cannot.
	Snapshot   bool // SNAPSHOT isolation: who reads does not wait for who writes
	Rowversion bool // MIN_ACTIVE_ROWVERSION()
}

// SQLServer makes a database on the server that [SQLServerVariable] names, and drops it
// when the test ends. Without one the test is skipped, in CI too: none can be
// installed there.
func SQLServer(tb testing.TB) *External {
	tb.Helper()
	dsn := os.Getenv(SQLServerVariable)
	if dsn == "" {
		tb.Skip("no SQL Server: " + SQLServerVariable + " is not set")
	}
	master := opened(tb, dsn)
	defer master.Close()
	name := "arendebrygga_test_" + strings.ToLower(rand.Text()[:12])
	if _, err := master.Exec("CREATE DATABASE " + name); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { dropped(tb, dsn, name) })
	at, err := url.Parse(dsn)
	if err != nil || at.Scheme != "sqlserver" {
		tb.Fatalf("%s has another form than sqlserver://user:password@host?…", SQLServerVariable)
	}
	values := at.Query()
	values.Set("database", name)
	at.RawQuery = values.Encode()
	e := &External{DSN: at.String()}
	e.Root = opened(tb, e.DSN)
	tb.Cleanup(func() { e.Root.Close() })
	e.Snapshot = e.can(tb, "SNAPSHOT isolation", "ALTER DATABASE "+name+" SET ALLOW_SNAPSHOT_ISOLATION ON",
		"SELECT 1 / snapshot_isolation_state FROM sys.databases WHERE name = DB_NAME()")
	e.Rowversion = e.can(tb, "MIN_ACTIVE_ROWVERSION()", "SELECT 1 / DATALENGTH(MIN_ACTIVE_ROWVERSION())")
	return e
}

// can tells whether the engine carries out statements, and says so if it does not.
func (e *External) can(tb testing.TB, feature string, statements ...string) bool {
	for _, st := range statements {
		if _, err := e.Root.Exec(st); err != nil {
			tb.Logf("this engine has no %s, what needs it is skipped: %v", feature, err)
			return false
		}
	}
	return true
}

func opened(tb testing.TB, dsn string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlserver", dsn)
	if err != nil {
		tb.Fatal(SQLServerVariable + " cannot be read as a DSN") // its error may quote the password
	}
	return db
}

func dropped(tb testing.TB, dsn, name string) {
	master := opened(tb, dsn)
	defer master.Close()
	_, _ = master.Exec("ALTER DATABASE " + name + " SET SINGLE_USER WITH ROLLBACK IMMEDIATE") // not every engine has it
	if _, err := master.Exec("DROP DATABASE " + name); err != nil {
		tb.Errorf("the database of the test is left behind: %v", err)
	}
}
