package tdstest

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Config is a server that differs from that of [Start].
type Config struct {
	Handler    Handler
	Check      func(Login) *Error // refuses a login: 18456, 4060 and the like; nil: all may log in
	PacketSize int                // the greatest that is granted; 0: 32767
	TLS        *tls.Config        // with a certificate: the connection is encrypted; nil: it cannot be
	Instance   string             // its port is told by a browser service; see [Server.Instance]
}

// Server is a running server.
type Server struct {
	Addr string // host:port on loopback

	tb      testing.TB
	config  Config
	listen  net.Listener
	browser *browser
	ctx     context.Context
	stop    context.CancelFunc
	wait    sync.WaitGroup

	mu      sync.Mutex
	queries []Query
	logins  []Login
	conns   map[*conn]bool
	count   int
	most    int
	closed  bool
}

// Start starts a server for a test and closes it when that ends.
func Start(tb testing.TB, handler Handler) *Server {
	tb.Helper()
	return Config{Handler: handler}.Start(tb)
}

// Start starts a server as configured and closes it when the test ends.
func (c Config) Start(tb testing.TB) *Server {
	tb.Helper()
	c.PacketSize = cmp.Or(c.PacketSize, 32767)
	s := &Server{tb: tb, config: c, conns: map[*conn]bool{}}
	host := "127.0.0.1"
	if c.Instance != "" {
		s.browser = startBrowser(tb, c.Instance)
		host = s.browser.host
	}
	var err error
	if s.listen, err = net.Listen("tcp", net.JoinHostPort(host, "0")); err != nil {
		tb.Fatalf("tdstest: %v", err)
	}
	s.Addr = s.listen.Addr().String()
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.wait.Go(s.accept)
	if s.browser != nil {
		_, port, _ := net.SplitHostPort(s.Addr)
		s.wait.Go(func() { s.browser.serve(port) })
	}
	tb.Cleanup(s.Close)
	return s
}

// Close ends all connections and the server. It may be called more than once.
func (s *Server) Close() {
	s.note(func() {
		s.closed = true
		for c := range s.conns {
			c.net.Close()
		}
	})
	s.stop()
	s.listen.Close()
	if s.browser != nil {
		s.browser.conn.Close()
	}
	s.wait.Wait()
}

// DSN is a connection to the server in the driver's form, without encryption unless
// the server has a certificate.
func (s *Server) DSN() string {
	values := url.Values{"encrypt": {"disable"}, "database": {"tdstest"}}
	if s.config.TLS != nil {
		values.Set("encrypt", "true")
	}
	u := url.URL{Scheme: "sqlserver", User: url.UserPassword("reader", "secret"), Host: s.Addr, RawQuery: values.Encode()}
	return u.String()
}

// Instance is the server by the name of its instance, as host\name: only the browser
// service knows its port. Empty if it has none.
func (s *Server) Instance() string {
	if s.browser == nil {
		return ""
	}
	return s.browser.host + `\` + s.config.Instance
}

// Port is the port that the server listens on.
func (s *Server) Port() int {
	_, text, _ := net.SplitHostPort(s.Addr)
	port, _ := strconv.Atoi(text)
	return port
}

// Queries gives all requests so far, in their order, with transactions and SETs.
func (s *Server) Queries() (all []Query) {
	s.note(func() { all = slices.Clone(s.queries) })
	return all
}

// Forget begins [Server.Queries] anew.
func (s *Server) Forget() { s.note(func() { s.queries = nil }) }

// Logins gives all that logged in or tried, in their order.
func (s *Server) Logins() (all []Login) {
	s.note(func() { all = slices.Clone(s.logins) })
	return all
}

// Connections is how many connections there are, and the most at one time so far. They
// are counted when one logs in, and those that the client closed before have had a
// moment to be seen to end.
func (s *Server) Connections() (now, most int) {
	s.note(func() { now, most = len(s.conns), s.most })
	return now, most
}

// ending is how long a login waits for other connections to end, before it is counted
// beside them.
const ending = 100 * time.Millisecond

func (s *Server) loggedIn(login Login) {
	s.note(func() { s.logins = append(s.logins, login) })
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for begun := time.Now(); time.Since(begun) < ending; <-tick.C {
		if now, _ := s.Connections(); now == 1 {
			break
		}
	}
	s.note(func() { s.most = max(s.most, len(s.conns)) })
}

// Drop ends all connections, as a restart of the server does.
func (s *Server) Drop() {
	s.note(func() {
		for c := range s.conns {
			c.net.Close()
		}
	})
}

func (s *Server) note(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *Server) accept() {
	for {
		nc, err := s.listen.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				s.tb.Errorf("tdstest: %v", err)
			}
			return
		}
		c := &conn{server: s, net: nc}
		s.note(func() {
			if s.closed {
				nc.Close()
			}
			s.count++
			c.session.ID = s.count
			s.conns[c] = true
		})
		s.wait.Go(func() {
			c.serve()
			nc.Close()
			s.note(func() { delete(s.conns, c) })
		})
	}
}
