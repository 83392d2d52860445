package sources

import (
	"database/sql"
	"fmt"
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// joined is a case system as many are: events, their cases, and small tables of
// codes that tempt an optimizer to begin with them.
func joined(tb testing.TB, b *bed, rows int) *adapter.Definition {
	tb.Helper()
	b.exec(tb,
		"CREATE TABLE kind (kid INT PRIMARY KEY, name VARCHAR(40) CHARACTER SET latin1)",
		"CREATE TABLE kase (cid INT PRIMARY KEY, dnr VARCHAR(40), typ INT)",
		"CREATE TABLE event (id BIGINT PRIMARY KEY, cid INT, kid INT, at DATETIME(3), text VARCHAR(200), KEY (cid), KEY (kid), KEY (at))")
	b.series(tb, "kind", "($n, 'Händelse $n')", 1, 20)
	b.series(tb, "kase", "($n, 'BYGG 2026-$n', $n % 5)", 1, rows/10)
	b.series(tb, "event", fmt.Sprintf("($n, 1 + $n %% %d, 1 + $n %% 20, '2020-01-01' + INTERVAL $n * 61 SECOND, 'En händelse i ett ärende med lite text i')", rows/10), 1, rows)
	b.exec(tb, "ANALYZE TABLE kind, kase, event")
	if b.kind == "postgres" {
		b.exec(tb, "CREATE INDEX ON event (cid)", "CREATE INDEX ON event (kid)", "CREATE INDEX ON event (at)")
	}
	def := b.history()
	def.Query = "SELECT e.id, c.cid AS kase, e.at, c.dnr, k.name, e.text\nFROM event e JOIN kase c ON c.cid = e.cid JOIN kind k ON k.kid = e.kid"
	def.Columns = adapter.Columns{{Name: "id", Type: adapter.Int}, {Name: "kase", Type: adapter.Int}, {Name: "at", Type: adapter.Time},
		{Name: "dnr", Type: adapter.String}, {Name: "name", Type: adapter.String}, {Name: "text", Type: adapter.String}}
	return def
}

func TestStatementsUseTheIndexOfTheCursor(t *testing.T) {
	s := servertest.Private(t, "--log-output=TABLE")
	b := serverBed(s)
	def := joined(t, b, 200_000)
	for _, cursor := range []adapter.CursorRule{
		{Column: "id", Kind: adapter.CursorID, Table: "event"}, {Column: "at", Kind: adapter.CursorTime, Table: "event"},
		{Column: "id", Kind: adapter.CursorID}, {Column: "at", Kind: adapter.CursorTime},
	} {
		def.Cursor = cursor
		for name, offset := range map[string]int{"in the middle": 100_000, "idle": 199_960} {
			t.Run(fmt.Sprintf("%s, table %q, %s", cursor.Column, cursor.Table, name), func(t *testing.T) {
				var lo adapter.Key
				if err := b.db.QueryRow(fmt.Sprintf("SELECT CAST(%s AS CHAR) FROM event ORDER BY id LIMIT 1 OFFSET %d", cursor.Column, offset)).Scan(&lo); err != nil {
					t.Fatal(err)
				}
				src := b.open(t, def)
				b.exec(t, "TRUNCATE mysql.general_log", "SET GLOBAL general_log = 1")
				walk := adapter.Walk{Lo: lo}
				for range 4 {
					page, err := src.Read(t.Context(), walk)
					if err != nil {
						t.Fatal(err)
					}
					if page.Last != (name == "idle") {
						t.Errorf("last: %v", page.Last)
					}
					if page.Last {
						break
					}
					walk = page.Next
				}
				b.exec(t, "SET GLOBAL general_log = 0")
				for _, st := range logged(t, s) {
					explain(t, s, st)
				}
			})
		}
	}
	t.Run("a query that leaves most rows out", func(t *testing.T) {
		def.Query += " WHERE k.name LIKE '%7'"
		def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: "event"}
		b.exec(t, "TRUNCATE mysql.general_log", "SET GLOBAL general_log = 1")
		src, from := b.open(t, def), adapter.Walk{Lo: "2020-03-11 14:27:41.000"}
		for range 5 {
			page, err := src.Read(t.Context(), from)
			if err != nil || page.Last {
				t.Fatal(page.Next, err)
			}
			from = page.Next
		}
		b.exec(t, "SET GLOBAL general_log = 0")
		for _, st := range logged(t, s) {
			explain(t, s, st)
		}
	})
}

// logged gives the statements that the reader sent, values and all.
func logged(t *testing.T, s *servertest.Server) []string {
	t.Helper()
	rows, err := s.Root.Query("SELECT CAST(argument AS CHAR) FROM mysql.general_log WHERE user_host LIKE ? AND command_type = 'Query' AND argument LIKE 'SELECT%FROM%'", s.User+"%")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var statements []string
	for rows.Next() {
		var st string
		if err := rows.Scan(&st); err != nil {
			t.Fatal(err)
		}
		statements = append(statements, st)
	}
	if err := rows.Err(); err != nil || len(statements) == 0 {
		t.Fatal(statements, err)
	}
	return statements
}

// explain holds that the server neither plans to read all of the events nor does.
func explain(t *testing.T, s *servertest.Server, st string) {
	t.Helper()
	conn, err := s.Root.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, q := range []string{"FLUSH STATUS", st} {
		rows, err := conn.QueryContext(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
		}
		rows.Close()
	}
	var read int
	if err := conn.QueryRowContext(t.Context(), "SELECT SUM(VARIABLE_VALUE) FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME LIKE 'HANDLER_READ%'").Scan(&read); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d reads: %s", read, st)
	if read > 12_000 {
		t.Errorf("%d reads", read)
	}
	rows, err := conn.QueryContext(t.Context(), "EXPLAIN "+st)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c [10]sql.NullString
		if err := rows.Scan(&c[0], &c[1], &c[2], &c[3], &c[4], &c[5], &c[6], &c[7], &c[8], &c[9]); err != nil {
			t.Fatal(err)
		}
		t.Logf("   %s %s key %s rows %s %s", c[2].String, c[3].String, c[5].String, c[8].String, c[9].String)
		if c[3].String == "ALL" {
			t.Errorf("table %s is read whole", c[2].String)
		}
	}
}
