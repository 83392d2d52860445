package sources

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
	"testing"

	"modernc.org/sqlite"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// cost is what a database was asked and made to do.
type cost struct {
	statements int
	examined   int // rows
}

// counter has a database tell what something costs that is done with a source.
type counter func(b *testing.B, bed *bed, def *adapter.Definition, do idler) cost

// handlerReads asks MariaDB, in the very session.
func handlerReads(b *testing.B, bed *bed, def *adapter.Definition, do idler) cost {
	src := bed.open(b, def)
	do(b, src)
	asked := func() (c cost) {
		row := src.(*poller).db.QueryRow(`SELECT SUM(IF(VARIABLE_NAME = 'COM_SELECT', VARIABLE_VALUE, 0)), SUM(IF(VARIABLE_NAME LIKE 'HANDLER_READ%', VARIABLE_VALUE, 0))
			FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'COM_SELECT' OR VARIABLE_NAME LIKE 'HANDLER_READ%'`)
		var statements, examined float64
		if err := row.Scan(&statements, &examined); err != nil {
			b.Fatal(err)
		}
		return cost{int(statements), int(examined)}
	}
	first, second := asked(), asked()
	do(b, src)
	third := asked()
	asking := cost{second.statements - first.statements, second.examined - first.examined}
	return cost{third.statements - second.statements - asking.statements, third.examined - second.examined - asking.examined}
}

// explained has PostgreSQL write down its plans, with what each part of them read.
func explained(b *testing.B, s *servertest.Server, bed *bed, def *adapter.Definition, do idler) (c cost) {
	bed.exec(b, "ALTER ROLE "+s.User+" SET auto_explain.log_min_duration = 0")
	defer bed.exec(b, "ALTER ROLE "+s.User+" RESET auto_explain.log_min_duration")
	src := bed.open(b, def)
	do(b, src)
	before := len(s.Log(b))
	do(b, src)
	for _, p := range plansIn(b, s.Log(b)[before:], s.User) {
		c.statements++
		c.examined += p.examined()
	}
	return c
}

// examined counts the rows of tables and indexes that a plan looked at.
func (p plan) examined() (n int) {
	if p.Table != "" {
		n = int((p.Rows + p.Removed) * p.Loops)
	}
	for _, child := range p.Plans {
		n += child.examined()
	}
	return n
}

// seen counts rows by a function of that name in SQLite.
type seen struct {
	function string
	rows     int
}

// seeing makes such a function for the connections that are opened from now on.
func seeing(b *testing.B) *seen {
	s := &seen{}
	s.function = fmt.Sprintf("seen_%p", s)
	err := sqlite.RegisterScalarFunction(s.function, 1, func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
		s.rows++
		return int64(1), nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// counting reads the file by a connection that counts, and then again by way of views
// whose condition is a function that does.
func counting(b *testing.B, bed *bed, def *adapter.Definition, do idler, seen *seen) cost {
	src := bed.open(b, def)
	do(b, src)
	conn := &countingConn{}
	p := src.(*poller)
	file, err := p.db.Conn(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if err := file.Raw(func(raw any) error { conn.Conn = raw.(driver.Conn); return nil }); err != nil {
		b.Fatal(err)
	}
	defer func(db *sql.DB) { p.db = db }(p.db)
	p.db = sql.OpenDB(conn)
	do(b, src)

	for table, key := range map[string]string{"event": "id", "kase": "cid", "kind": "kid"} {
		bed.exec(b, fmt.Sprintf("CREATE VIEW IF NOT EXISTS %[1]s_seen AS SELECT * FROM %[1]s WHERE %[2]s(%[3]s)", table, seen.function, key))
	}
	through := *def
	through.Query = strings.NewReplacer("event e", "event_seen e", "kase c", "kase_seen c", "kind k", "kind_seen k").Replace(def.Query)
	if def.Cursor.Table != "" {
		through.Cursor.Table += "_seen"
	}
	src = bed.open(b, &through)
	do(b, src)
	seen.rows = 0
	do(b, src)
	return cost{conn.statements, seen.rows}
}

// countingConn counts the queries of a connection, and is what hands it out, too.
type countingConn struct {
	driver.Conn
	statements int
}

func (c *countingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.statements++
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c *countingConn) Connect(context.Context) (driver.Conn, error) { return c, nil }

func (c *countingConn) Driver() driver.Driver { return nil }
