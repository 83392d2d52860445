package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/sources/tdstest"
)

// mirror is a server of SQL Server's protocol whose tables are what MariaDB makes of
// the same queries. Each statement is answered from them as they are at that moment,
// so that a test writes to MariaDB, with its transactions.
type mirror struct {
	*tdstest.Server
	db *sql.DB

	mu     sync.Mutex
	tables []mirrored
}

// mirrored is a query with its columns as SQL Server would declare them, and the table
// that drives it.
type mirrored struct {
	query, driving string
	columns        []string
}

func newMirror(t testing.TB, db *sql.DB, tables ...mirrored) *mirror {
	t.Helper()
	m := &mirror{db: db, tables: tables}
	m.Server = tdstest.Start(t, m.answer)
	return m
}

// mirroredType is the type that a declared column has in the mirror.
var mirroredType = map[adapter.ColumnType]string{adapter.Int: "int", adapter.String: "varchar(40)", adapter.Time: "datetime2(3)", adapter.Bool: "bit"}

// follow has the tables be those of the sources that the configuration in a folder
// names, which lists columns in the order in which the queries have them.
func (m *mirror) follow(t testing.TB, dir string) {
	t.Helper()
	l, problems := loadAll(filepath.Join(dir, "arendebrygga.yaml"), nil, nil)
	if l == nil {
		t.Fatal(problems)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tables = nil
	for _, src := range l.Config.Sources {
		m.add(src.Def.Query, src.Def.Cursor.Table, src.Def.Columns)
		if r := src.Def.Recipients; r.Query != "" {
			m.add(r.Query, r.Cursor.Table, r.Columns)
		}
	}
}

func (m *mirror) add(query, driving string, columns adapter.Columns) {
	table := mirrored{query: query, driving: driving}
	for _, c := range columns {
		table.columns = append(table.columns, c.Name+" "+mirroredType[c.Type])
	}
	m.tables = append(m.tables, table)
}

func (m *mirror) answer(ctx context.Context, q tdstest.Query) (*tdstest.Result, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := tdstest.Database{Snapshot: true, Else: alone}
	for _, table := range m.tables {
		shown := tdstest.NewTable(table.query, table.columns...)
		shown.From = append(shown.From, table.driving)
		rows, err := table.rows(ctx, m.db)
		if err != nil {
			return nil, err
		}
		shown.Insert(rows...)
		now.Tables = append(now.Tables, shown)
	}
	return now.Handle(ctx, q)
}

// alone answers who asks which database this is: one that is neither mirrored nor in an
// availability group. What its login may do is not told.
func alone(_ context.Context, q tdstest.Query) (*tdstest.Result, error) {
	asks := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(q.SQL, w) })
	}
	switch {
	case asks("@@SERVERNAME"):
		return tdstest.Row("nvarchar(128)", "SQL07/mirror"), nil
	case q.SQL == "SELECT DB_NAME()":
		return tdstest.Row("nvarchar(128)", "mirror"), nil
	case asks("sys.database"):
		return &tdstest.Result{Columns: tdstest.Columns("a nvarchar(128)")}, nil
	case asks("fn_my_permissions", "HAS_PERMS_BY_NAME", "OBJECT_ID("):
		return nil, tdstest.Err(229)
	}
	return nil, fmt.Errorf("not a statement of a poller: %s", q.SQL)
}

// rows gives what the query gives, with values as the test server takes them.
func (m mirrored) rows(ctx context.Context, db *sql.DB) (rows [][]any, err error) {
	result, err := db.QueryContext(ctx, m.query)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	columns := tdstest.Columns(m.columns...)
	texts, places := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range texts {
		places[i] = &texts[i]
	}
	for result.Next() {
		if err := result.Scan(places...); err != nil {
			return nil, err
		}
		row := make([]any, len(columns))
		for i, text := range texts {
			switch {
			case !text.Valid:
			case columns[i].Type == "int":
				row[i], err = strconv.Atoi(text.String)
			case columns[i].Type == "bit":
				row[i] = text.String == "\x01" || text.String == "1"
			default:
				row[i] = text.String
			}
			if err != nil {
				return nil, err
			}
		}
		rows = append(rows, row)
	}
	return rows, result.Err()
}
