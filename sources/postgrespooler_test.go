package sources

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// TestPostgresPoolerInBetween is refused before anything is set that the next to get the
// server's session would find: with pgbouncer pooling transactions, the case system's own
// INSERT failed as read-only.
func TestPostgresPoolerInBetween(t *testing.T) {
	s := servertest.PrivatePostgreSQL(t, "--log_statement=all")
	b := postgresServerBed(s)
	b.exec(t, "CREATE TABLE e (id INT PRIMARY KEY, kase TEXT, at TIMESTAMP)")
	address, ended := pooling(t, s.Addr)
	b.conn.Server, b.conn.TLS = address, "false"
	src := b.open(t, b.history())
	const want = "ask for the query's columns: events.query: prepare the session: a connection pooler, such as pgbouncer, is in between, " +
		"and may hand the settings of our session on to other programs: name the database server itself, with its own port (5432 as a rule), in server or dsn"
	for range 2 {
		if _, err := src.Read(t.Context(), adapter.Walk{}); err == nil || err.Error() != want {
			t.Error(err)
		}
	}
	found, err := Inspect(t.Context(), b.history(), b.conn)
	if err == nil || !strings.Contains(err.Error(), "a connection pooler") {
		t.Error(found, err)
	}
	for range 3 {
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Fatal("a connection that cannot be used is left open")
		}
	}
	asked := 0
	for line := range strings.SplitSeq(s.Log(t), "\n") {
		if !strings.HasPrefix(line, s.User) {
			continue
		}
		if asked++; !strings.HasSuffix(line, ": SELECT pg_backend_pid()") {
			t.Errorf("the server was sent %s", line)
		}
	}
	if asked < 3 {
		t.Errorf("%d statements in the log", asked)
	}
}

// pooling is a way to a server on which clients get process ids that are not the
// server's, as poolers give them. It tells each time when a client has gone.
func pooling(t *testing.T, upstream string) (address string, ended <-chan struct{}) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	gone := make(chan struct{}, 10)
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", upstream)
			if err != nil {
				client.Close()
				return
			}
			go func() {
				defer server.Close()
				_, _ = io.Copy(server, client)
				gone <- struct{}{}
			}()
			go func() {
				defer client.Close()
				_ = renamed(client, server)
			}()
		}
	}()
	return l.Addr().String(), gone
}

// renamed passes on what a server says, with another process id.
func renamed(client io.Writer, server io.Reader) error {
	head := make([]byte, 5) // the kind of the message, and its length without that
	for head[0] != 'K' {
		if _, err := io.ReadFull(server, head); err != nil {
			return err
		}
		body := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
		if _, err := io.ReadFull(server, body); err != nil {
			return err
		}
		if head[0] == 'K' {
			binary.BigEndian.PutUint32(body, binary.BigEndian.Uint32(body)+1)
		}
		if _, err := client.Write(append(head, body...)); err != nil {
			return err
		}
	}
	_, err := io.Copy(client, server)
	return err
}
