package sources

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// bed is a real database that a test fills, and the way in for the adapter.
type bed struct {
	kind string
	db   *sql.DB // may write
	conn Connection
}

// onBeds runs a scenario on every kind of database.
func onBeds(t *testing.T, scenario func(t *testing.T, b *bed)) {
	t.Run("mysql", func(t *testing.T) { scenario(t, mysqlBed(t)) })
	t.Run("postgres", func(t *testing.T) { scenario(t, postgresBed(t)) })
	t.Run("sqlite", func(t *testing.T) { scenario(t, sqliteBed(t)) })
	if os.Getenv(servertest.SQLServerVariable) != "" { // TestMSSQLServer says that it is not
		t.Run("mssql", func(t *testing.T) { scenario(t, mssqlBed(t)) })
	}
}

// onServers runs a scenario on every kind that has a server.
func onServers(t *testing.T, scenario func(t *testing.T, s *servertest.Server, b *bed)) {
	t.Run("mysql", func(t *testing.T) {
		s := servertest.MariaDB(t)
		scenario(t, s, serverBed(s))
	})
	t.Run("postgres", func(t *testing.T) {
		s := servertest.PostgreSQL(t)
		scenario(t, s, postgresServerBed(s))
	})
}

func mysqlBed(tb testing.TB) *bed { return serverBed(servertest.MariaDB(tb)) }

func serverBed(s *servertest.Server) *bed {
	return &bed{"mysql", s.Root, Connection{Server: s.Addr, Database: s.Database, User: s.User, Password: adapter.NewSecret(s.Password)}}
}

func postgresBed(tb testing.TB) *bed { return postgresServerBed(servertest.PostgreSQL(tb)) }

func postgresServerBed(s *servertest.Server) *bed {
	b := serverBed(s)
	b.kind = "postgres"
	return b
}

// words turns the SQL that the scenarios are written in, MariaDB's, into that of the
// bed. It is for the few words that differ, not for all of SQL.
func (b *bed) words(sql string) string {
	switch b.kind {
	case "postgres":
		return postgresWords.Replace(sql)
	case "mssql":
		sql = mssqlRename.ReplaceAllString(mssqlBytes.ReplaceAllString(mssqlWords.Replace(sql), "0x$1"), "EXEC sp_rename '$1.$2', '$3', 'COLUMN'")
		return mssqlDrop.ReplaceAllString(sql, "IF OBJECT_ID(N'$2') IS NOT NULL DROP $1 $2") // before version 2016 there is no other form
	}
	return sql
}

var mssqlWords = strings.NewReplacer(
	"TIMESTAMP(6) NULL", "DATETIMEOFFSET(6)",
	"DATETIME(", "DATETIME2(", "DATETIME", "DATETIME2(0)",
	"BIGINT UNSIGNED", "DECIMAL(20, 0)", "DOUBLE", "FLOAT",
	" CHARACTER SET latin1", "",
	"ANALYZE TABLE", "UPDATE STATISTICS",
	"`", `"`,
)

var (
	mssqlBytes  = regexp.MustCompile(`X'([0-9A-Fa-f]*)'`)
	mssqlDrop   = regexp.MustCompile(`DROP (TABLE|VIEW) IF EXISTS (.+)`)
	mssqlRename = regexp.MustCompile(`ALTER TABLE (\w+) RENAME COLUMN (\w+) TO (\w+)`)
)

var postgresWords = strings.NewReplacer(
	"TIMESTAMP(6) NULL", "TIMESTAMPTZ(6)",
	"DATETIME(", "TIMESTAMP(", "DATETIME", "TIMESTAMP(0)",
	"BIGINT UNSIGNED", "NUMERIC(20)",
	"BINARY(16)", "BYTEA", "X'", `bytea '\x`,
	" CHARACTER SET latin1", "",
	"`At`", "at",
	", KEY (cid), KEY (kid), KEY (at))", ")",
	"INTERVAL ", "", " SECOND", " * INTERVAL '1 second'",
	"'2020-01-01' +", "timestamp '2020-01-01' +",
	"ANALYZE TABLE", "ANALYZE",
	"`", `"`,
)

func sqliteBed(tb testing.TB) *bed {
	path := filepath.Join(tb.TempDir(), "case system.db")
	db, err := sql.Open("sqlite", "file:"+strings.ReplaceAll(path, " ", "%20"))
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	tb.Cleanup(func() { db.Close() })
	b := &bed{"sqlite", db, Connection{Path: path}}
	b.exec(tb, "PRAGMA user_version = 1") // makes the file
	return b
}

// golden compares with a golden file, and holds what is the same on every server. A real
// SQL Server has no file, as its words differ with the engine, its version and what our
// login may do; the test's log has them.
func (b *bed) golden(t *testing.T, path, got string, holds ...string) {
	t.Helper()
	if b.kind == "mssql" {
		t.Logf("skipped: comparing with %s, which is not kept for a real SQL Server; held is only that it says %q, and it says\n%s", path, holds, got)
	} else {
		golden(t, path, got)
	}
	for _, hold := range holds {
		if b.kind != "sqlite" && !regexp.MustCompile(hold).MatchString(got) {
			t.Errorf("no %q in\n%s", hold, got)
		}
	}
}

func (b *bed) exec(tb testing.TB, statements ...string) {
	tb.Helper()
	for _, st := range statements {
		if _, err := b.db.Exec(b.words(st)); err != nil {
			tb.Fatalf("%s: %v", st, err)
		}
	}
}

// series inserts rows made from a template in which $n counts, many in a statement.
func (b *bed) series(tb testing.TB, into, row string, from, to int) {
	tb.Helper()
	for ; from <= to; from += 1000 {
		var rows []string
		for n := from; n <= min(from+999, to); n++ {
			rows = append(rows, strings.ReplaceAll(row, "$n", fmt.Sprint(n)))
		}
		b.exec(tb, "INSERT INTO "+into+" VALUES "+strings.Join(rows, ","))
	}
}

// history is a definition over a table e(id, kase, at) that tests change.
func (b *bed) history() *adapter.Definition {
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic(err)
	}
	return &adapter.Definition{
		Name: "test", Kind: b.kind, Location: loc, Mode: adapter.History,
		Query:   "SELECT id, kase, at FROM e",
		Columns: adapter.Columns{{Name: "id", Type: adapter.Int}, {Name: "kase", Type: adapter.String}, {Name: "at", Type: adapter.Time}},
		Row:     "id", Case: "kase", Status: []string{"kase"},
		Cursor: adapter.CursorRule{Column: "id", Kind: adapter.CursorID},
		Limits: adapter.Limits{PageSize: 1000, QueryTimeout: 20 * time.Second, MaxConnections: 1},
	}
}

func (b *bed) open(tb testing.TB, def *adapter.Definition) adapter.Source {
	tb.Helper()
	src, err := Open(def, b.conn)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { src.Close() })
	return src
}

// walk reads from a point to the end and checks what holds for every page.
func walk(tb testing.TB, src adapter.Source, from adapter.Walk, size int) (rows []adapter.Row, pages int, frontier adapter.Key) {
	tb.Helper()
	for pages = 1; ; pages++ {
		page, err := src.Read(context.Background(), from)
		if err != nil {
			tb.Fatal(err)
		}
		if len(page.Rows) > size {
			tb.Fatalf("a page of %d rows, page size %d", len(page.Rows), size)
		}
		rows = append(rows, page.Rows...)
		if page.Last {
			return rows, pages, page.Frontier
		}
		if page.Next == from || pages > 5000 {
			tb.Fatalf("the walk does not get on: page %d at %+v", pages, from)
		}
		from = page.Next
	}
}

// once checks that every identity was read exactly once, and how many there are.
func once(tb testing.TB, rows []adapter.Row, want int) {
	tb.Helper()
	seen := map[adapter.Key]int{}
	for _, row := range rows {
		if row.Err != nil {
			tb.Error(row.Err)
		}
		seen[row.ID]++
	}
	for id, n := range seen {
		if n > 1 && id != "" {
			tb.Errorf("identity %q was read %d times", string(id), n)
		}
	}
	if len(rows) != want {
		tb.Errorf("%d rows, want %d", len(rows), want)
	}
}
