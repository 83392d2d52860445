package servertest

import (
	"crypto/rand"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Server is a database on a running server, as one test sees it.
type Server struct {
	Addr     string  // host:port on loopback
	Socket   string  // path of the Unix socket; with PostgreSQL of the file, as the server names it
	Database string  // made for this test
	User     string  // may only SELECT in Database
	Password string  // of User
	Root     *sql.DB // everything allowed, in Database; closed when the test ends

	inst *instance
}

func newDatabase(tb testing.TB, inst *instance) *Server {
	tb.Helper()
	name := strings.ToLower(rand.Text()[:12])
	s := &Server{Addr: inst.addr(), Socket: filepath.Join(inst.dir, inst.socket(inst.port.number)), Database: "t_" + name, User: "reader_" + name, Password: rand.Text(), inst: inst}
	s.Root = s.open(tb, "")
	s.run(tb, inst.create(s)...)
	s.Root.Close()
	s.Root = s.open(tb, s.Database)
	s.run(tb, inst.granted(s)...)
	tb.Cleanup(func() { s.Root.Close() })
	return s
}

func (s *Server) open(tb testing.TB, database string) *sql.DB {
	tb.Helper()
	connector, err := s.inst.root(s.inst, database)
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

// In gives a way into another database of the same server, where everything is
// allowed. It is closed when the test ends.
func (s *Server) In(tb testing.TB, database string) *sql.DB {
	tb.Helper()
	db := s.open(tb, database)
	tb.Cleanup(func() { db.Close() })
	return db
}

// DSN is for the login that may only read, in the form of the kind's driver.
func (s *Server) DSN() string { return s.inst.dsn(s) }

// RootDSN is for the login that may do everything.
func (s *Server) RootDSN() string { return s.inst.rootDSN(s.inst, s.Database) }

// Log is what the server has written to its own log so far.
func (s *Server) Log(tb testing.TB) string {
	tb.Helper()
	log, err := os.ReadFile(filepath.Join(s.inst.dir, "log"))
	if err != nil {
		tb.Fatal(err)
	}
	return string(log)
}

// Kill ends a private server at once, as a power cut would.
func (s *Server) Kill(tb testing.TB) { s.end(tb, true) }

// Stop shuts a private server down in good order.
func (s *Server) Stop(tb testing.TB) { s.end(tb, false) }

func (s *Server) end(tb testing.TB, kill bool) {
	tb.Helper()
	s.inst.product.mu.Lock()
	common := s.inst == s.inst.shared
	s.inst.product.mu.Unlock()
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
