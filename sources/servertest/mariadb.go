package servertest

import (
	"database/sql/driver"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/go-sql-driver/mysql"
)

var mariaDB = &product{
	name:     "MariaDB",
	programs: [2]string{"mariadbd", "mariadb-install-db"},
	find: func(program string) string {
		return firstOf(program, "/usr/sbin/"+program, "/usr/local/sbin/"+program) // distributions like to keep them out of the users' PATH
	},
	initArgs:   mariaInitArgs,
	args:       mariaArgs,
	socket:     func(int) string { return "sock" },
	credential: func() *syscall.Credential { return nil },
	stop:       "TERM",
	kill:       "KILL",
	root:       mariaRoot,
	create: func(s *Server) []string {
		return []string{"CREATE DATABASE " + s.Database + " CHARACTER SET utf8mb4",
			"CREATE USER " + s.User + "@'%' IDENTIFIED BY '" + s.Password + "'",
			"GRANT SELECT ON " + s.Database + ".* TO " + s.User + "@'%'"}
	},
	granted: func(*Server) []string { return nil },
	dsn: func(s *Server) string {
		cfg := mysql.NewConfig()
		cfg.Net, cfg.Addr, cfg.User, cfg.Passwd, cfg.DBName = "tcp", s.Addr, s.User, s.Password, s.Database
		return cfg.FormatDSN()
	},
	rootDSN: func(i *instance, database string) string { return mariaConfig(i, database).FormatDSN() },
}

// MariaDB gives a fresh database on the server that the test binary's tests share.
func MariaDB(tb testing.TB) *Server {
	tb.Helper()
	return mariaDB.database(tb)
}

// Private starts a server for one test, with more options for mariadbd such as
// --innodb-buffer-pool-size=1G, and gives a database on it. It ends with the test.
func Private(tb testing.TB, options ...string) *Server {
	tb.Helper()
	return mariaDB.private(tb, options)
}

// The folder for temporary tables is each server's own, as one that starts removes all
// temporary tables that it finds, those of a server that is at work too.
func mariaInitArgs(dir string) []string {
	return append([]string{"--no-defaults", "--datadir=" + dir, "--tmpdir=" + dir, "--auth-root-authentication-method=normal", "--skip-test-db",
		"--skip-name-resolve", "--innodb-log-file-size=4M", "--innodb-flush-method=nosync", "--innodb-data-file-path=ibdata1:4M:autoextend"}, asRoot()...)
}

func mariaArgs(i *instance) []string {
	return append([]string{"--no-defaults", "--datadir=" + filepath.Join(i.dir, "data"), "--tmpdir=" + i.dir, "--socket=" + filepath.Join(i.dir, "sock"),
		"--pid-file=" + filepath.Join(i.dir, "server.pid"), "--bind-address=127.0.0.1", "--port=" + strconv.Itoa(i.port.number),
		"--skip-name-resolve", "--default-time-zone=+00:00", "--skip-log-bin", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M",
		"--innodb-flush-log-at-trx-commit=2", "--innodb-doublewrite=0", "--innodb-flush-method=nosync",
		"--performance-schema=off", "--max-connections=300"}, asRoot()...)
}

// asRoot has the server run as root if we do.
func asRoot() []string {
	if os.Geteuid() == 0 {
		return []string{"--user=root"}
	}
	return nil
}

func mariaConfig(i *instance, database string) *mysql.Config {
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.DBName = "unix", filepath.Join(i.dir, "sock"), "root", database
	return cfg
}

func mariaRoot(i *instance, database string) (driver.Connector, error) {
	cfg := mariaConfig(i, database)
	cfg.Logger = &mysql.NopLogger{}
	return mysql.NewConnector(cfg)
}
