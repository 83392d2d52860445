package sources

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// TestConnectionsOnlyRead logs in as one who may do everything.
func TestConnectionsOnlyRead(t *testing.T) {
	s := servertest.MariaDB(t)
	root := &bed{"mysql", s.Root, Connection{Server: s.Socket, Database: s.Database, User: "root"}}
	pg := servertest.PostgreSQL(t)
	super := &bed{"postgres", pg.Root, Connection{Server: pg.Socket, Database: pg.Database, User: "postgres"}}
	for _, b := range []*bed{root, super, sqliteBed(t)} {
		b.exec(t, "CREATE TABLE e (id INT PRIMARY KEY, kase VARCHAR(9), at DATETIME)", "INSERT INTO e VALUES (1, 'k', '2026-01-01 00:00:00')")
		p := b.open(t, b.history()).(*poller)
		if _, err := p.Read(t.Context(), adapter.Walk{}); err != nil {
			t.Fatal(err)
		}
		for _, st := range []string{"INSERT INTO e VALUES (2, 'k', NULL)", "DELETE FROM e", "CREATE TABLE f (x INT)", "DROP TABLE e"} {
			_, err := p.db.Exec(st)
			if err == nil || !strings.Contains(strings.ToLower(err.Error()), "read") {
				t.Errorf("%s: %s: %v", b.kind, st, err)
			}
		}
	}
}

// TestStatementLog has the server write down all that it is sent.
func TestStatementLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "general.log")
	s := servertest.Private(t, "--general-log", "--general-log-file="+path)
	everyCall(t, serverBed(s))
	log, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reader := regexp.MustCompile(`(?m)^.*?\s(\d+) Connect\s+`+s.User).FindAllStringSubmatch(string(log), -1)
	if len(reader) != 2 {
		t.Fatalf("%d connections of the reader for two sources with maxConnections 1", len(reader))
	}
	statements := 0
	for _, conn := range reader {
		for _, m := range regexp.MustCompile(`(?m)\s`+conn[1]+` (\w+)\t(\w*)`).FindAllStringSubmatch(string(log), -1) {
			statements++
			switch m[1] + " " + m[2] {
			case "Connect " + s.User, "Query SELECT", "Query SET", "Prepare SELECT", "Execute SELECT", "Close stmt", "Close ", "Quit ":
			default:
				t.Errorf("the server was sent %q", m[0])
			}
		}
	}
	if statements < 20 {
		t.Errorf("only %d statements found in the log", statements)
	}
}

func TestPostgresStatementLog(t *testing.T) {
	s := servertest.PrivatePostgreSQL(t, "--log_statement=all", "--log_connections=on", "--log_duration=off")
	everyCall(t, postgresServerBed(s))
	log := s.Log(t)
	if n := strings.Count(log, "connection authorized: user="+s.User+" database="+s.Database+" application_name=arendebrygga"); n != 2 {
		t.Errorf("%d connections of the reader for two sources with maxConnections 1", n)
	}
	statements := 0
	for _, m := range regexp.MustCompile(`(?m)^`+s.User+`\[\d+\] (\w+):  (.*)$`).FindAllStringSubmatch(log, -1) {
		kind, rest, _ := strings.Cut(m[2], ": ")
		switch {
		case strings.HasPrefix(m[2], "connection auth"), m[1] == "DETAIL" && kind == "parameters": // beside the statement that they belong to
		case kind == "execute <unnamed>" && strings.HasPrefix(rest, "SELECT "):
			statements++
		case kind == "statement" && strings.HasPrefix(rest, "SET "):
			for set := range strings.SplitSeq(rest, "; ") {
				if !strings.HasPrefix(set, "SET ") {
					t.Errorf("the server was sent %q", set)
				}
			}
		default:
			t.Errorf("the server was sent %q", m[0])
		}
	}
	if statements < 20 {
		t.Errorf("only %d statements found in the log", statements)
	}
}

// everyCall does all that a source can be asked to.
func everyCall(t *testing.T, b *bed) {
	t.Helper()
	b.exec(t, "CREATE TABLE e (id BIGINT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6))", "CREATE INDEX e_at ON e (at)", "CREATE TABLE c (kase VARCHAR(40), person INT, role VARCHAR(9))")
	b.series(t, "e", "($n, 'k$n', '2026-01-01 00:00:00')", 1, 2500)
	def := b.withRecipients(adapter.String)
	def.Query = "SELECT id, kase, at, '?' AS mark FROM e" // a question mark that is no parameter
	for _, table := range tables {
		def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: table}
		src := b.open(t, def)
		rows, _, _ := walk(t, src, adapter.Walk{}, 1000)
		once(t, rows, 2500)
		if _, err := src.Extent(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := src.Recipients(t.Context(), []adapter.Key{"k1"}); err != nil {
			t.Fatal(err)
		}
		if _, err := src.Clock(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStatementsAreBounded has a query that would take a minute.
func TestStatementsAreBounded(t *testing.T) {
	slow := map[string]string{
		"mysql":    "SELECT id, kase, at, SLEEP(60) AS s FROM e",
		"postgres": "SELECT id, kase, at, (SELECT 1 FROM pg_sleep(60)) AS s FROM e",
		"sqlite":   "SELECT id, kase, at, (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100000000000) SELECT SUM(x) FROM n) AS s FROM e",
	}
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id INT PRIMARY KEY, kase VARCHAR(9), at DATETIME)", "INSERT INTO e VALUES (1, 'k', NULL)")
		def := b.history()
		def.Query = slow[b.kind]
		def.Columns = append(def.Columns, adapter.Column{Name: "s", Type: adapter.Int})
		def.Limits.QueryTimeout = 300 * time.Millisecond
		src := b.open(t, def)
		begun := time.Now()
		_, err := src.Read(t.Context(), adapter.Walk{Lo: "1"})
		if err == nil || time.Since(begun) > 15*time.Second {
			t.Fatalf("%v after %v", err, time.Since(begun))
		}
		if limit := map[string]string{"mysql": "max_statement_time", "postgres": "statement timeout"}[b.kind]; !strings.Contains(err.Error(), limit) {
			t.Errorf("the server itself has no limit: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		begun = time.Now()
		if _, err := src.Read(ctx, adapter.Walk{Lo: "1"}); !errors.Is(err, context.Canceled) || time.Since(begun) > time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
	})
}
