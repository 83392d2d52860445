package servertest

import (
	"database/sql/driver"
	"io/fs"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
)

// product is what differs between the kinds of server.
type product struct {
	name       string
	programs   [2]string // the server, and what makes a data folder
	find       func(program string) string
	initArgs   func(dir string) []string
	args       func(i *instance) []string
	socket     func(port int) string      // file name of the Unix socket
	credential func() *syscall.Credential // the user to run as; nil for the present one
	stop, kill string                     // signals for the ends of [Server.Stop] and [Server.Kill]
	root       func(i *instance, database string) (driver.Connector, error)
	create     func(s *Server) []string // statements that make the database and its reader
	granted    func(s *Server) []string // those to run in it
	dsn        func(s *Server) string
	rootDSN    func(i *instance, database string) string

	once sync.Once // for the next two
	data fs.FS     // a data folder
	err  error

	mu     sync.Mutex
	shared *instance
}

func (p *product) need(tb testing.TB) {
	tb.Helper()
	for _, program := range p.programs {
		if p.find(program) != "" {
			continue
		}
		if os.Getenv("CI") == "true" {
			tb.Fatalf("%s is not installed, and CI must have it", program)
		}
		tb.Skipf("%s is not installed: no test against %s", program, p.name)
	}
}

// database gives a fresh database on the server that the test binary's tests share.
func (p *product) database(tb testing.TB) *Server {
	tb.Helper()
	p.need(tb)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shared == nil {
		inst, err := p.launch(nil)
		if err != nil {
			tb.Fatal(err)
		}
		p.shared = inst
	}
	return newDatabase(tb, p.shared)
}

// private starts a server for one test.
func (p *product) private(tb testing.TB, options []string) *Server {
	tb.Helper()
	p.need(tb)
	inst, err := p.launch(options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(inst.discard)
	return newDatabase(tb, inst)
}

// firstOf finds the first of these programs that is there.
func firstOf(paths ...string) string {
	for _, path := range paths {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	return ""
}
