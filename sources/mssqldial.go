package sources

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

// loginTimeout bounds dialing a SQL Server and the login there together, as the server's
// own clients do.
const loginTimeout = 15 * time.Second

// mssqlLogin is one attempt to log in, and dials for it. While it waits for a server's
// first answers the driver looks neither at its context nor at a clock, so the connections
// themselves end with both. There is more than one where a name has several addresses,
// the partner is asked, or a listener hands us on.
type mssqlLogin struct {
	net.Dialer
	mu     sync.Mutex
	conns  []net.Conn
	ended  bool
	server string    // that was connected to last
	until  time.Time // when that ends
}

// logIn connects as the driver does, within the time that it has for dialing each server.
func (c *mssqlConnector) logIn(ctx context.Context) (driver.Conn, error) {
	login := &mssqlLogin{Dialer: net.Dialer{KeepAlive: c.keepAlive}}
	connector := *c.Connector
	connector.Dialer = login
	stop := context.AfterFunc(ctx, login.end)
	conn, err := connector.Connect(ctx)
	switch going := stop(); {
	case err == nil && going:
		login.done()
		return conn, nil
	case err == nil:
		conn.Close()
		return nil, ctx.Err()
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil, ctx.Err()
	}
	var answer mssql.Error
	if silent := login.silent(ctx); silent != "" && !errors.As(err, &answer) {
		return nil, &failure{doing: "log in", text: silent + " takes connections but does not answer: look whether a SQL Server listens there, and what is in between", err: os.ErrDeadlineExceeded}
	}
	return nil, err
}

// DialContext connects until the time of ctx is over, however soon it is connected.
func (l *mssqlLogin) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := l.Dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns = append(l.conns, conn)
	until, _ := ctx.Deadline()
	_ = conn.SetDeadline(until)
	if network == "tcp" { // not the browser service
		l.server, l.until = address, until
	}
	if l.ended {
		conn.Close()
	}
	return conn, nil
}

// end ends all connections, and those that are still made.
func (l *mssqlLogin) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	for _, conn := range l.conns {
		conn.Close()
	}
}

// silent is the last server that has been connected to, if its time is over; else empty.
func (l *mssqlLogin) silent(ctx context.Context) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() == nil && time.Now().Before(l.until) {
		return ""
	}
	return l.server
}

// done lets the connection be used for as long as it will.
func (l *mssqlLogin) done() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, conn := range l.conns {
		_ = conn.SetDeadline(time.Time{})
	}
}
