package servertest

import (
	"database/sql/driver"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

var postgreSQL = &product{
	name:       "PostgreSQL",
	programs:   [2]string{"postgres", "initdb"},
	find:       postgresProgram,
	initArgs:   postgresInitArgs,
	args:       postgresArgs,
	socket:     func(port int) string { return ".s.PGSQL." + strconv.Itoa(port) },
	credential: sync.OnceValue(notRoot),
	stop:       "INT",  // TERM would wait for the clients to go
	kill:       "QUIT", // at once and without writing anything; KILL would leave its children running
	root:       postgresRoot,
	create: func(s *Server) []string {
		return []string{"CREATE DATABASE " + s.Database + " TEMPLATE template0", "CREATE ROLE " + s.User + " LOGIN PASSWORD '" + s.Password + "'"}
	},
	granted: func(s *Server) []string {
		return []string{"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO " + s.User}
	},
	dsn: func(s *Server) string {
		return fmt.Sprintf("postgres://%s:%s@%s/%s", s.User, s.Password, s.Addr, s.Database)
	},
	rootDSN: postgresRootDSN,
}

// PostgreSQL gives a fresh database on the server that the test binary's tests share.
func PostgreSQL(tb testing.TB) *Server {
	tb.Helper()
	return postgreSQL.database(tb)
}

// PrivatePostgreSQL starts a server for one test, with more options for postgres
// such as --log_statement=all, and gives a database on it. It ends with the test.
func PrivatePostgreSQL(tb testing.TB, options ...string) *Server {
	tb.Helper()
	return postgreSQL.private(tb, options)
}

// postgresProgram finds a program of the newest version; Debian has a folder for
// each.
func postgresProgram(program string) string {
	versions, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + program)
	if err != nil {
		return ""
	}
	slices.Sort(versions)
	slices.Reverse(versions)
	return firstOf(append(versions, program, "/usr/local/pgsql/bin/"+program)...)
}

// notRoot is a user that may run the server if we are root, as which it refuses to
// run.
func notRoot() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(found.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(found.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	return nil
}

func postgresInitArgs(dir string) []string {
	return []string{"--pgdata=" + dir, "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8",
		"--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync", "--no-instructions", "--wal-segsize=1"}
}

func postgresArgs(i *instance) []string {
	return []string{"-D", filepath.Join(i.dir, "data"), "-k", i.dir, "-p", strconv.Itoa(i.port.number), "--listen_addresses=127.0.0.1",
		"--fsync=off", "--full_page_writes=off", "--shared_buffers=64MB", "--max_connections=300",
		"--max_wal_size=256MB", "--autovacuum=off", "--timezone=UTC", "--log_line_prefix=%u[%p] "}
}

func postgresRootDSN(i *instance, database string) string {
	if database == "" {
		database = "postgres"
	}
	return fmt.Sprintf("host=%s port=%d user=postgres dbname=%s sslmode=disable", i.dir, i.port.number, database)
}

func postgresRoot(i *instance, database string) (driver.Connector, error) {
	cfg, err := pgx.ParseConfig(postgresRootDSN(i, database))
	if err != nil {
		return nil, err
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec // a test changes its tables under way
	return stdlib.GetConnector(*cfg), nil
}
