package sources

import (
	"fmt"
	"strings"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	_ "github.com/Shopify/toxiproxy/v2/toxics" // registers the kinds of fault
	"github.com/go-sql-driver/mysql"
	"github.com/rs/zerolog"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// cutting puts a proxy before the server that breaks a connection after so many
// bytes of answers.
func cutting(t *testing.T, upstream string) *toxiproxy.Proxy {
	t.Helper()
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), t.Name(), "127.0.0.1:0", upstream)
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	return proxy
}

func limit(t *testing.T, proxy *toxiproxy.Proxy, bytes int64) {
	t.Helper()
	body := fmt.Sprintf(`{"name": "cut", "type": "limit_data", "stream": "downstream", "attributes": {"bytes": %d}}`, bytes)
	if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(body)); err != nil {
		t.Fatal(err)
	}
}

// TestConnectionCutInsideAPage breaks the answer at many places.
func TestConnectionCutInsideAPage(t *testing.T) { onServers(t, cutInsideAPage) }

func cutInsideAPage(t *testing.T, s *servertest.Server, b *bed) {
	b.exec(t, "CREATE TABLE e (id BIGINT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6))")
	b.series(t, "e", "($n, 'k$n', '2026-01-01 00:00:00')", 1, 900)
	proxy := cutting(t, s.Addr)
	b.conn.Server = proxy.Listen
	def := b.history()
	def.Cursor.Table = "e"
	src := b.open(t, def)
	for _, bytes := range []int64{50, 600, 3000, 9000, 17000} {
		limit(t, proxy, bytes)
		page, err := src.Read(t.Context(), adapter.Walk{})
		if err == nil || len(page.Rows) > 0 || page.Next != (adapter.Walk{}) {
			t.Errorf("cut after %d bytes: %d rows, %v", bytes, len(page.Rows), err)
		}
		if err := proxy.Toxics.RemoveToxic(t.Context(), "cut"); err != nil {
			t.Fatal(err)
		}
		rows, _, _ := walk(t, src, adapter.Walk{}, 1000)
		once(t, rows, 900)
	}
}

// TestConnectionCutNowAndThen has every connection last for a few pages only: the
// statement that meets its end is tried once more, on a new one.
func TestConnectionCutNowAndThen(t *testing.T) { onServers(t, cutNowAndThen) }

func cutNowAndThen(t *testing.T, s *servertest.Server, b *bed) {
	b.exec(t, "CREATE TABLE e (id BIGINT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6))")
	b.series(t, "e", "($n, 'k$n', '2026-01-01 00:00:00')", 1, 3000)
	proxy := cutting(t, s.Addr)
	limit(t, proxy, 30_000)
	b.conn.Server = proxy.Listen
	def := b.history()
	def.Cursor.Table, def.Limits.PageSize = "e", 100
	rows, _, _ := walk(t, b.open(t, def), adapter.Walk{}, 100)
	once(t, rows, 3000)
}

// TestPooledConnectionCutBetweenPages is not even noticed.
func TestPooledConnectionCutBetweenPages(t *testing.T) {
	t.Run("mysql", func(t *testing.T) {
		s := servertest.Private(t)
		cutBetweenPages(t, s, serverBed(s))
	})
	t.Run("postgres", func(t *testing.T) {
		s := servertest.PrivatePostgreSQL(t)
		cutBetweenPages(t, s, postgresServerBed(s))
	})
}

func cutBetweenPages(t *testing.T, s *servertest.Server, b *bed) {
	b.exec(t, "CREATE TABLE e (id BIGINT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6))", "INSERT INTO e VALUES (1, 'k', NULL)")
	src := b.open(t, b.history())
	for range 2 {
		rows, _, _ := walk(t, src, adapter.Walk{}, 1000)
		once(t, rows, 1)
		s.Kill(t)
		if _, err := src.Read(t.Context(), adapter.Walk{}); err == nil {
			t.Fatal("a page from a server that is down")
		}
		s.Start(t)
		walk(t, src, adapter.Walk{}, 1000)
		s.Stop(t)
		s.Start(t)
	}
}

// TestErrorsHoldNoValues provokes messages that quote what is in the rows or in the
// connection.
func TestErrorsHoldNoValues(t *testing.T) {
	s := servertest.MariaDB(t)
	b := serverBed(s)
	b.exec(t, "CREATE TABLE e (id INT PRIMARY KEY, kase VARCHAR(40), at DATETIME)", "INSERT INTO e VALUES (1, '18900101-9802', NULL)",
		"CREATE FUNCTION f (s VARCHAR(40)) RETURNS INT BEGIN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = s; RETURN 1; END")
	def := b.history()
	var text string
	for _, expression := range []string{"f(kase)", "nosuch.x", "9223372036854775807 + 18909802 + id", "(SELECT kase FROM e UNION SELECT 'x')"} {
		def.Query = "SELECT id, kase, at, " + expression + " AS x FROM e"
		def.Columns = append(b.history().Columns, adapter.Column{Name: "x", Type: adapter.String})
		conn := b.conn
		b.conn.User, b.conn.Password, b.conn.Server = "root", adapter.Secret{}, s.Socket
		_, err := b.open(t, def).Read(t.Context(), adapter.Walk{})
		text += fmt.Sprintln(err)
		b.conn = conn
	}
	for _, e := range []*mysql.MySQLError{
		{Number: 1292, Message: "Truncated incorrect DOUBLE value: '18900101-9802'"},
		{Number: 1064, Message: "You have an error in your SQL syntax near ''18900101-9802' AND x' at line 3"},
		{Number: 1525, Message: `Incorrect DATETIME value: "it''s 18900101-9802`},
	} {
		text += mysqlDialect.text(fmt.Errorf("read: %w", e)) + "\n"
	}
	b.conn.Password = adapter.NewSecret("hemligt-9802")
	_, err := b.open(t, def).Read(t.Context(), adapter.Walk{})
	text += strings.ReplaceAll(fmt.Sprintln(err), b.conn.User, "READER")
	for _, dsn := range []string{"user:hemligt-9802@tcp(host", "user:hemligt-9802@tcp(h:1)/d?tls=hemligt"} {
		_, err = Open(def, Connection{DSN: adapter.NewSecret(dsn)})
		text += fmt.Sprintln(err)
	}
	if strings.Contains(text, "9802") {
		t.Error("a value in an error")
	}
	golden(t, "testdata/errors.golden", text)
}

// TestConnectionParts has what Open refuses, and what it makes of the rest.
func TestConnectionParts(t *testing.T) {
	var text strings.Builder
	def := (&bed{kind: "mysql"}).history()
	for _, conn := range []Connection{{Server: "db", TLS: "yes"}, {Server: "db", User: "u", TLS: "true"}} {
		_, err := Open(def, conn)
		fmt.Fprintln(&text, err)
	}
	for _, server := range []string{"db", "db:3307", "127.0.0.1", "localhost:3306", "::1", "/run/mysqld/mysqld.sock"} {
		cfg, err := mysqlConfig(Connection{Server: server})
		fmt.Fprintf(&text, "%s: %s %s tls %q %v\n", server, cfg.Net, cfg.Addr, cfg.TLSConfig, err)
	}
	def.Kind = "sqlite"
	for _, conn := range []Connection{{}, {Server: "db"}} {
		_, err := Open(def, conn)
		fmt.Fprintln(&text, err)
	}
	def.Kind = "oracle"
	_, err := Open(def, Connection{})
	fmt.Fprintln(&text, err)
	golden(t, "testdata/connection.golden", text.String())
}

// TestServerDown is told soon and plainly.
func TestServerDown(t *testing.T) {
	for _, kind := range []string{"mysql", "postgres"} {
		b := &bed{kind: kind, conn: Connection{Server: "127.0.0.1:1", User: "u", Database: "d"}} // a port that is given to nobody
		_, err := b.open(t, b.history()).Read(t.Context(), adapter.Walk{})
		if err == nil || !strings.Contains(err.Error(), "connection refused") || strings.Contains(err.Error(), "\n") {
			t.Error(err)
		}
	}
}

// TestColumnsAreCompared has queries that do not give what is declared.
func TestColumnsAreCompared(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (ID INT PRIMARY KEY, kase VARCHAR(9), `At` DATETIME, åtgärd INT)", "INSERT INTO e VALUES (1, 'k', NULL, 5)")
		var text strings.Builder
		for _, query := range []string{
			"SELECT id, kase, at, åtgärd AS `order by`, 'x' AS `more`, 2 AS `MORE2` FROM e -- fine",
			"SELECT id, kaes, at FROM (SELECT id, kase AS kaes, at FROM e) x",
			"SELECT 1, 2",
			"SELECT e.*, f.id FROM e JOIN e f ON f.id = e.id",
			"SELECT id, kase, at, 1 AS KASE FROM e",
			"SELECT id, kase, at\nFORM e",
		} {
			def := b.history()
			def.Query = b.words(query)
			page, err := b.open(t, def).Read(t.Context(), adapter.Walk{})
			fmt.Fprintf(&text, "%s\n  %d rows, %v\n", query, len(page.Rows), err)
		}
		b.golden(t, "testdata/columns/"+b.kind+".golden", text.String(), `-- fine\n  1 rows, <nil>`, `did you mean kaes\?`, `SELECT 1, 2\n  0 rows, .*column`,
			`= e.id\n  0 rows, .*\bid\b`, `FORM e\n  0 rows, .*error [0-9]+`)
	})
}

// TestDroppedColumn names the column, leaves nothing behind and recovers.
func TestDroppedColumn(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id INT PRIMARY KEY, kase VARCHAR(9), at DATETIME)", "INSERT INTO e VALUES (1, 'k', NULL)")
		def := b.history()
		def.Query = "SELECT * FROM e"
		src := b.open(t, def)
		walk(t, src, adapter.Walk{}, 1000)
		b.exec(t, "ALTER TABLE e RENAME COLUMN kase TO kase2")
		for range 2 {
			if _, err := src.Read(t.Context(), adapter.Walk{}); err == nil || !strings.Contains(err.Error(), "kase") {
				t.Error(err)
			}
		}
		b.exec(t, "ALTER TABLE e RENAME COLUMN kase2 TO kase")
		rows, _, _ := walk(t, src, adapter.Walk{}, 1000)
		once(t, rows, 1)
	})
}
