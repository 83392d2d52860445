package servertest

import (
	"crypto/rand"
	"database/sql"
	"strings"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// Server is a database on a running MariaDB, as one test sees it.
type Server struct {
	Addr     string  // host:port on loopback
	Socket   string  // path of the Unix socket
	Database string  // made for this test
	User     string  // may only SELECT in Database
	Password string  // of User
	Root     *sql.DB // everything allowed, in Database; closed when the test ends

	inst *instance
}

var shared struct {
	sync.Mutex
	inst *instance
}

// MariaDB gives a fresh database on the server that the test binary's tests share.
func MariaDB(tb testing.TB) *Server {
	tb.Helper()
	needMariaDB(tb)
	shared.Lock()
	defer shared.Unlock()
	if shared.inst == nil {
		inst, err := launch(nil)
		if err != nil {
			tb.Fatal(err)
		}
		shared.inst = inst
	}
	return newDatabase(tb, shared.inst)
}

// Private starts a server for one test, with more options for mariadbd such as
// --innodb-buffer-pool-size=1G, and gives a database on it. It ends with the test.
func Private(tb testing.TB, options ...string) *Server {
	tb.Helper()
	needMariaDB(tb)
	inst, err := launch(options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(inst.discard)
	return newDatabase(tb, inst)
}

func newDatabase(tb testing.TB, inst *instance) *Server {
	tb.Helper()
	name := strings.ToLower(rand.Text()[:12])
	s := &Server{Addr: inst.addr(), Socket: inst.socket(), Database: "t_" + name, User: "reader_" + name, Password: rand.Text(), inst: inst}
	s.Root = s.open(tb, "")
	s.run(tb, "CREATE DATABASE "+s.Database+" CHARACTER SET utf8mb4",
		"CREATE USER "+s.User+"@'%' IDENTIFIED BY '"+s.Password+"'",
		"GRANT SELECT ON "+s.Database+".* TO "+s.User+"@'%'")
	s.Root.Close()
	s.Root = s.open(tb, s.Database)
	tb.Cleanup(func() { s.Root.Close() })
	return s
}

func (s *Server) open(tb testing.TB, database string) *sql.DB {
	tb.Helper()
	cfg, err := mysql.ParseDSN(s.rootDSN(database))
	if err != nil {
		tb.Fatal(err)
	}
	cfg.Logger = &mysql.NopLogger{}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return sql.OpenDB(connector)
}

func (s *Server) run(tb testing.TB, statements ...string) {
	tb.Helper()
	for _, st := range statements {
		if _, err := s.Root.Exec(st); err != nil {
			tb.Fatalf("prepare the test's database: %v", err)
		}
	}
}

// DSN is for the login that may only read, in the form of go-sql-driver/mysql.
func (s *Server) DSN() string {
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.Passwd, cfg.DBName = "tcp", s.Addr, s.User, s.Password, s.Database
	return cfg.FormatDSN()
}

// RootDSN is for the login that may do everything.
func (s *Server) RootDSN() string { return s.rootDSN(s.Database) }

func (s *Server) rootDSN(database string) string {
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.DBName = "unix", s.Socket, "root", database
	return cfg.FormatDSN()
}

// Kill ends a private server at once, as a power cut would.
func (s *Server) Kill(tb testing.TB) { s.end(tb, true) }

// Stop shuts a private server down in good order.
func (s *Server) Stop(tb testing.TB) { s.end(tb, false) }

func (s *Server) end(tb testing.TB, kill bool) {
	tb.Helper()
	shared.Lock()
	common := s.inst == shared.inst
	shared.Unlock()
	if common {
		tb.Fatal("servertest: only a private server may be ended by a test")
	}
	if err := s.inst.end(kill); err != nil {
		tb.Fatal(err)
	}
}

// Start starts a private server that was stopped or killed, on the same addresses.
func (s *Server) Start(tb testing.TB) {
	tb.Helper()
	if err := s.inst.start(); err != nil {
		tb.Fatal(err)
	}
}
