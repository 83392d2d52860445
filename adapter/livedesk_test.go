package adapter_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"arendebrygga/sources/tdstest"
)

// desk is where the case system on a TDS test server is written, as that server only
// reads: a driver that knows the few forms of statements in which the scenarios write,
// with transactions, identities and row versions. What is open is not seen by reads.
type desk struct {
	server *tdstest.Server
	fault  func(tdstest.Query) (*tdstest.Result, error) // before each statement that reads; nil: none

	mu      sync.Mutex
	db      tdstest.Database
	tables  map[string]*deskTable
	joins   []deskJoin
	version uint64
	active  map[*deskConn]uint64 // the first row version of each open transaction
}

type deskTable struct {
	columns []deskColumn
	rows    []map[string]any
	last    int64 // the identity given last
}

type deskColumn struct {
	name, typ string
	notNull   bool
	identity  bool
	value     any // the default
}

// deskJoin is a query that the server does not understand, answered with a left join.
type deskJoin struct{ query, left, right, on string }

func openDesk(t *testing.T) *desk {
	d := &desk{tables: map[string]*deskTable{}, version: 2000, active: map[*deskConn]uint64{}}
	d.db = tdstest.Database{Snapshot: true, Active: d.oldest, Last: func() uint64 { return d.version }, Else: d.asked}
	d.server = tdstest.Start(t, d.handle)
	return d
}

// handle answers from the tables as they are at one moment.
func (d *desk) handle(ctx context.Context, q tdstest.Query) (*tdstest.Result, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var fault *tdstest.Fault
	if d.fault != nil {
		result, err := d.fault(q)
		if err != nil {
			return nil, err
		}
		if result != nil {
			fault = result.Fault
		}
	}
	result, err := d.db.Handle(ctx, q)
	if err == nil && fault != nil {
		result.Fault = fault
	}
	return result, err
}

// asked is for what the server does not know: which database this is.
func (d *desk) asked(_ context.Context, q tdstest.Query) (*tdstest.Result, error) {
	switch {
	case strings.Contains(q.SQL, "@@SERVERNAME") && !strings.Contains(q.SQL, "FROM"):
		return tdstest.Row("nvarchar(128)", "TDSTEST/tdstest"), nil
	case strings.Contains(q.SQL, "FROM sys."):
		return nil, tdstest.Err(229)
	}
	if name := plainFrom.FindStringSubmatch(q.SQL); name != nil && d.tables[name[1]] == nil {
		return nil, &tdstest.Error{Number: 208, State: 1, Message: "Invalid object name '" + name[1] + "'."}
	}
	return nil, fmt.Errorf("not understood: %s", q.SQL)
}

var plainFrom = regexp.MustCompile(`FROM \[?(\w+)`)

// oldest is MIN_ACTIVE_ROWVERSION().
func (d *desk) oldest() uint64 {
	least := d.version + 1
	for _, first := range d.active {
		least = min(least, first)
	}
	return least
}

// show has the server's tables be those of the desk.
func (d *desk) show() {
	d.db.Tables = nil
	for _, name := range slices.Sorted(maps.Keys(d.tables)) {
		d.db.Tables = append(d.db.Tables, shown(name, d.tables[name].columns, d.tables[name].rows))
	}
	for _, j := range d.joins {
		left, right := d.tables[j.left], d.tables[j.right]
		columns := slices.Clone(left.columns)
		for _, c := range right.columns {
			if c.notNull = false; c.name != j.on {
				columns = append(columns, c)
			}
		}
		var rows []map[string]any
		for _, row := range left.rows {
			alone := true
			for _, other := range right.rows {
				if other[j.on] == row[j.on] {
					both := maps.Clone(other)
					maps.Copy(both, row)
					rows, alone = append(rows, both), false
				}
			}
			if alone {
				rows = append(rows, row)
			}
		}
		d.db.Tables = append(d.db.Tables, shown(j.query, columns, rows))
	}
}

func shown(from string, columns []deskColumn, rows []map[string]any) *tdstest.Table {
	declared := make([]string, len(columns))
	for i, c := range columns {
		if declared[i] = c.name + " " + c.typ; c.notNull {
			declared[i] += " not null"
		}
	}
	table, all := tdstest.NewTable(from, declared...), make([][]any, len(rows))
	for i, row := range rows {
		all[i] = make([]any, len(columns))
		for j, c := range columns {
			all[i][j] = row[c.name]
			if n, number := row[c.name].(int64); number && c.typ == "bit" {
				all[i][j] = n != 0
			}
		}
	}
	table.Insert(all...)
	return table
}

// deskConn is a session of one who writes.
type deskConn struct {
	desk    *desk
	open    bool     // a transaction
	waiting []func() // what its commit does
}

func (d *desk) Connect(context.Context) (driver.Conn, error) { return &deskConn{desk: d}, nil }
func (d *desk) Driver() driver.Driver                        { return nil }
func (c *deskConn) Close() error                             { return nil }
func (c *deskConn) Begin() (driver.Tx, error)                { c.open = true; return c, nil }
func (c *deskConn) Commit() error                            { return c.end(true) }
func (c *deskConn) Rollback() error                          { return c.end(false) }
func (c *deskConn) Prepare(string) (driver.Stmt, error) {
	return nil, errors.New("statements are not prepared here")
}

func (c *deskConn) end(keep bool) error {
	c.desk.mu.Lock()
	defer c.desk.mu.Unlock()
	if keep {
		for _, change := range c.waiting {
			change()
		}
		c.desk.show()
	}
	delete(c.desk.active, c)
	c.open, c.waiting = false, nil
	return nil
}

// ExecContext carries out a batch, at once or with the transaction's commit.
func (c *deskConn) ExecContext(_ context.Context, batch string, _ []driver.NamedValue) (result driver.Result, err error) {
	c.desk.mu.Lock()
	defer c.desk.mu.Unlock()
	defer func() {
		if fault, failed := recover().(deskError); failed {
			err = errors.New(string(fault))
		}
	}()
	for statement := range strings.SplitSeq(batch, ";") {
		if change := (&deskParser{desk: c.desk, tokens: deskTokens.FindAllString(statement, -1), draw: c.draw}).statement(); c.open {
			c.waiting = append(c.waiting, change)
		} else {
			change()
		}
	}
	if !c.open {
		c.desk.show()
	}
	return driver.RowsAffected(0), nil
}

// draw gives the next row version.
func (c *deskConn) draw() uint64 {
	c.desk.version++
	if _, has := c.desk.active[c]; c.open && !has {
		c.desk.active[c] = c.desk.version
	}
	return c.desk.version
}

// joined has a query be a left join of two tables by a column.
func (l *live) joined(query, left, right, on string) {
	if l.desk != nil {
		l.desk.mu.Lock()
		defer l.desk.mu.Unlock()
		l.desk.joins = append(l.desk.joins, deskJoin{query, left, right, on})
		l.desk.show()
	}
}

// What a desk does with transactions is what the scenarios rest on.
func TestDeskKeepsTransactions(t *testing.T) {
	d := openDesk(t)
	db := sql.OpenDB(d)
	defer db.Close()
	l := &live{kind: "mssql", db: db}
	l.exec(t, "CREATE TABLE rad (id INT IDENTITY(1,1) PRIMARY KEY, status VARCHAR(20), rv ROWVERSION)", "INSERT INTO rad (status) VALUES ('a'), ('b')")
	tx := l.begin(t, "UPDATE rad SET status = 'c' WHERE status = 'b'")
	l.exec(t, "INSERT INTO rad (status) VALUES ('d')")
	if rows := d.tables["rad"].rows; len(rows) != 3 || rows[1]["status"] != "b" || d.oldest() != rows[1]["rv"].(uint64)+1 {
		t.Errorf("while it is open: %v, the oldest is %d", rows, d.oldest())
	}
	commit(t, tx)
	if rows := d.tables["rad"].rows; rows[1]["status"] != "c" || rows[1]["rv"].(uint64) > rows[2]["rv"].(uint64) || rows[2]["id"] != int64(3) || d.oldest() != rows[2]["rv"].(uint64)+1 {
		t.Errorf("afterwards: %v, the oldest is %d", rows, d.oldest())
	}
	if _, err := db.Exec("TRUNCATE TABLE rad"); err == nil {
		t.Error("an unknown statement should be refused")
	}
}
