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
		def := b.history()
		def.Limits.MaxConnections = 2
		p := b.open(t, def).(*poller)
		if _, err := p.Read(t.Context(), adapter.Walk{}); err != nil {
			t.Fatal(err)
		}
		if n := p.db.Stats().MaxOpenConnections; n != 2 {
			t.Errorf("%s: up to %d connections", b.kind, n)
		}
		for _, st := range []string{"INSERT INTO e VALUES (2, 'k', NULL)", "DELETE FROM e", "CREATE TABLE f (x INT)", "DROP TABLE e"} {
			_, err := p.db.Exec(st)
			if err == nil || !strings.Contains(strings.ToLower(err.Error()), "read") {
				t.Errorf("%s: %s: %v", b.kind, st, err)
			}
		}
	}
}

// TestPoint25_StatementLog has the server write down all that it is sent over the
// whole life of a source.
func TestPoint25_StatementLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "general.log")
	s := servertest.Private(t, "--general-log", "--general-log-file="+path, "--performance-schema=on")
	pools := everyCall(t, serverBed(s))
	var sessions, named int
	if err := s.Root.QueryRow(`SELECT COUNT(*), SUM(EXISTS (SELECT 1 FROM performance_schema.session_connect_attrs a
		WHERE a.PROCESSLIST_ID = p.ID AND a.ATTR_NAME = 'program_name' AND a.ATTR_VALUE = 'arendebrygga'))
		FROM information_schema.PROCESSLIST p WHERE p.USER = ?`, s.User).Scan(&sessions, &named); err != nil || sessions < 2 || named != sessions {
		t.Errorf("%d of %d sessions say which program they are of: %v", named, sessions, err)
	}
	log, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reader := regexp.MustCompile(`(?m)^.*?\s(\d+) Connect\s+`+s.User).FindAllStringSubmatch(string(log), -1)
	if len(reader) != pools {
		t.Fatalf("%d connections of the reader for %d sources and inspections with maxConnections 1", len(reader), pools)
	}
	statements := 0
	for _, conn := range reader {
		for _, m := range regexp.MustCompile(`(?m)\s`+conn[1]+` (\w+)\t(\w*)(.*(?:\n[^\t\d].*)*)`).FindAllStringSubmatch(string(log), -1) {
			statements++
			bounded(t, m[2]+m[3])
			switch m[1] + " " + m[2] {
			case "Connect " + s.User, "Query SELECT", "Query SET", "Query SHOW", "Query EXPLAIN", "Prepare SELECT", "Execute SELECT", "Close stmt", "Close ", "Quit ":
			default:
				t.Errorf("the server was sent %q", m[0])
			}
		}
	}
	if statements < 60 {
		t.Errorf("only %d statements found in the log", statements)
	}
	if n := strings.Count(string(log), "\tSET SESSION TRANSACTION READ ONLY\n"); n != pools {
		t.Errorf("%d sessions of %d were made read-only by a statement of its own", n, pools)
	}
}

func TestPoint25_PostgresStatementLog(t *testing.T) {
	s := servertest.PrivatePostgreSQL(t, "--log_statement=all", "--log_connections=on", "--log_duration=off")
	pools := everyCall(t, postgresServerBed(s))
	log := s.Log(t)
	if n := strings.Count(log, "connection authorized: user="+s.User+" database="+s.Database+" application_name=arendebrygga"); n != pools {
		t.Errorf("%d connections of the reader for %d sources and inspections with maxConnections 1", n, pools)
	}
	statements := 0
	for _, m := range regexp.MustCompile(`(?m)^`+s.User+`\[\d+\] (\w+):  (.*(?:\n\t.*)*)$`).FindAllStringSubmatch(log, -1) {
		kind, rest, _ := strings.Cut(m[2], ": ")
		switch {
		case strings.HasPrefix(m[2], "connection auth"), m[1] == "DETAIL" && kind == "parameters": // beside the statement that they belong to
		case kind == "execute <unnamed>" && (strings.HasPrefix(rest, "SELECT ") || strings.HasPrefix(rest, "EXPLAIN (VERBOSE, FORMAT JSON) SELECT ")):
			statements++
			bounded(t, rest)
		case m[1] == "ERROR" || m[1] == "STATEMENT": // of a query with a mistake, which no log has as executed
		case kind == "statement" && strings.HasPrefix(rest, "SET "):
			for set := range strings.SplitSeq(rest, "; ") {
				if !strings.HasPrefix(set, "SET ") && set != nearPages { // which sets something for the session, too
					t.Errorf("the server was sent %q", set)
				}
			}
		default:
			t.Errorf("the server was sent %q", m[0])
		}
	}
	if statements < 60 {
		t.Errorf("only %d statements found in the log", statements)
	}
}

// bounded holds that a statement which reads the operator's rows says how many at most.
// One that is only explained reads none.
func bounded(t *testing.T, sql string) {
	t.Helper()
	if strings.HasPrefix(sql, "EXPLAIN ") {
		return
	}
	if regexp.MustCompile(`FROM (\(\n|[`+"`"+`"]e[`+"`"+`"])`).MatchString(sql) && !regexp.MustCompile(`LIMIT \d+`).MatchString(sql) {
		t.Errorf("no limit to the rows of %q", sql)
	}
}

// everyCall does all that a source can be asked to, and tells how many pools of
// connections it took.
func everyCall(t *testing.T, b *bed) (pools int) {
	t.Helper()
	b.exec(t, "CREATE TABLE e (id BIGINT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6))", "CREATE INDEX e_at ON e (at)", "CREATE TABLE c (kase VARCHAR(40), person INT, role VARCHAR(9), at DATETIME)", "INSERT INTO c VALUES ('k1', 1, 'SOK', '2026-01-01 00:00:00')")
	b.series(t, "e", "($n, 'k$n', '2026-01-01 00:00:00')", 1, 2500)
	def := b.withRecipients(adapter.String)
	def.Query = "SELECT id, kase, at, '?' AS mark FROM e" // a question mark that is no parameter
	def.Recipients.Columns = append(def.Recipients.Columns, adapter.Column{Name: "at", Type: adapter.Time})
	def.Recipients.Query = "SELECT kase, person, role, at FROM c"
	def.Recipients.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime}
	for _, table := range tables {
		def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: table}
		src := b.open(t, def)
		pools++
		rows, _, frontier := walk(t, src, adapter.Walk{}, 1000)
		once(t, rows, 2500)
		walk(t, src, adapter.Walk{Lo: frontier}, 1000) // a poll that finds nothing
		swept, _, _ := walk(t, sweeper{src}, adapter.Walk{}, 1000)
		once(t, swept, 2500)
		everyQuestion(t, src, frontier)
		if _, err := Rights(t.Context(), src); err != nil {
			t.Error(err)
		}
	}
	if found, err := Inspect(t.Context(), def, b.conn); err != nil || len(found.Findings) < 8 {
		t.Error(found, err)
	}
	wrong := *def
	wrong.Query = "SELECT id, kase, at, nosuch FROM e"
	if _, err := b.open(t, &wrong).Read(t.Context(), adapter.Walk{}); err == nil {
		t.Error("a query with a mistake was read")
	}
	return pools + 2
}

// sweeper has a walk sweep.
type sweeper struct{ adapter.Source }

func (s sweeper) Read(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	return s.Sweep(ctx, from)
}

func everyQuestion(t *testing.T, src adapter.Source, cursor adapter.Key) {
	t.Helper()
	ctx := t.Context()
	_, extent := src.Extent(ctx)
	_, recipients := src.Recipients(ctx, []adapter.Key{"k1"})
	_, rows := src.Rows(ctx, []adapter.Key{"1", "2"})
	_, parties := src.Parties(ctx, adapter.Walk{})
	_, clock := src.Clock(ctx)
	_, earlier := src.Earlier(ctx, [][2]adapter.Key{{cursor, cursor}})
	snapshot, open := src.Snapshot(ctx)
	_, settled := src.Settled(ctx, []adapter.Key{snapshot})
	_, place := src.Place(ctx)
	if err := errors.Join(extent, recipients, rows, parties, clock, earlier, open, settled, place); err != nil {
		t.Error(err)
	}
}

// TestStatementsAreBounded has a query that would take a minute.
func TestStatementsAreBounded(t *testing.T) {
	slow := map[string]string{
		"mysql":    "SELECT id, kase, at, SLEEP(60) AS s FROM e",
		"postgres": "SELECT id, kase, at, (SELECT 1 FROM pg_sleep(60)) AS s FROM e",
		"sqlite":   "SELECT id, kase, at, (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100000000000) SELECT SUM(x) FROM n) AS s FROM e",
		"mssql":    "SELECT id, kase, at, (SELECT COUNT_BIG(a.name + b.name + c.name) FROM sys.all_columns a CROSS JOIN sys.all_columns b CROSS JOIN sys.all_columns c) AS s FROM e",
	}
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id INT PRIMARY KEY, kase VARCHAR(9), at DATETIME)", "INSERT INTO e VALUES (1, 'k', NULL)")
		def := b.history()
		def.Query = slow[b.kind]
		def.Columns = append(def.Columns, adapter.Column{Name: "s", Type: adapter.Int})
		def.Limits.QueryTimeout = 300 * time.Millisecond
		src := b.open(t, def)
		if _, err := src.Clock(t.Context()); err != nil { // the connection is made, which may not be what takes the time
			t.Fatal(err)
		}
		begun := time.Now()
		_, err := src.Read(t.Context(), adapter.Walk{Lo: "1"})
		if err == nil || time.Since(begun) > 15*time.Second {
			t.Fatalf("%v after %v", err, time.Since(begun))
		}
		if limit := map[string]string{"mysql": "max_statement_time", "postgres": "statement timeout", "mssql": "limits.queryTimeout"}[b.kind]; !strings.Contains(err.Error(), limit) {
			t.Errorf("the server itself has no limit: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		begun = time.Now()
		if _, err := src.Read(ctx, adapter.Walk{Lo: "1"}); !errors.Is(err, context.Canceled) || time.Since(begun) > 15*time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
	})
}
