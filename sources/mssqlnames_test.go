package sources

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
	"arendebrygga/sources/tdstest"
)

// named is a case system whose tables go by several names.
type named struct {
	query, table, parties string
	granted               []string // what is read by these names, and what they stand for
}

var mssqlNamed = map[string]named{
	"tables": {"SELECT h.id, h.kase, h.[Upp]]dat nr] AS c FROM dbo.[Ärende händelse] h", "[dbo].[Ärende händelse]", "SELECT kase, [person nr] AS person, roll AS role FROM arkiv.[Parter; å]]ö. (alla]",
		[]string{"[dbo].[Ärende händelse]", "[arkiv].[Parter; å]]ö. (alla]"}},
	"synonyms": {"SELECT h.id, h.kase, h.[Upp]]dat nr] AS c FROM [Händelser (alla)] AS h -- med dolda ) ORDER BY", "[Händelser (alla)]", "SELECT p.kase, p.[person nr] AS person, p.roll AS role FROM [p. ]]] p -- alla",
		[]string{"[dbo].[Händelser (alla)]", "[dbo].[Ärende händelse]", "[dbo].[p. ]]]", "[arkiv].[Parter; å]]ö. (alla]"}},
	"synonyms in another schema": {"/* från arkivet */ SELECT h.id, h.kase, h.[Upp]]dat nr] AS c\nFROM arkiv.Ärenden /* inte /* längre */ dbo. ( ; */ h", "arkiv . Ärenden", "SELECT kase, [person nr] AS person, roll AS role FROM arkiv.[Å Ä]",
		[]string{"[arkiv].[Ärenden]", "[dbo].[Ärende händelse]", "[arkiv].[Å Ä]", "[arkiv].[Parter; å]]ö. (alla]"}},
	"a view of a synonym": {"SELECT * FROM arkiv.[Vy ö] /* FROM /* dbo.x */ ORDER BY */", "arkiv.[Vy ö]", "SELECT kase, [person nr] AS person, roll AS role FROM arkiv.[Å Ä] --",
		[]string{"[arkiv].[Vy ö]", "[arkiv].[Å Ä]", "[arkiv].[Parter; å]]ö. (alla]"}},
}

var (
	mssqlNamedEvents   = []string{"id int not null", "kase varchar(20)", "[Upp]]dat nr] datetime"}
	mssqlNamedParties  = []string{"kase varchar(20)", "[person nr] int", "roll varchar(9)"}
	mssqlNamedSynonyms = map[string]string{"dbo.[Händelser (alla)]": "dbo.[Ärende händelse]", "arkiv.Ärenden": "dbo.[Ärende händelse]", "dbo.[p. ]]]": "arkiv.[Parter; å]]ö. (alla]", "arkiv.[Å Ä]": "arkiv.[Parter; å]]ö. (alla]"}
)

// TestMSSQLNames reads events, bounds and recipients through tables, synonyms, views and
// comments, from the test server and from a real one if there is one.
func TestMSSQLNames(t *testing.T) {
	for name, n := range mssqlNamed {
		t.Run(name+"/wire", func(t *testing.T) { n.read(t, n.wire(t)) })
		if os.Getenv(servertest.SQLServerVariable) != "" {
			t.Run(name+"/mssql", func(t *testing.T) { n.read(t, n.server(t)) })
		}
	}
}

func (n named) read(t *testing.T, b *bed) {
	def := tdsDefinition(adapter.Column{Name: "c", Type: adapter.Time})
	def.Query, def.Cursor.Table = n.query, n.table
	def.Recipients = b.withRecipients(adapter.String).Recipients
	def.Recipients.Query = n.parties
	if problems := Check(def); len(problems) > 0 {
		t.Fatal(problems)
	}
	src := b.open(t, def).(*poller)
	rows, pages, _ := walk(t, src, adapter.Walk{}, 10)
	once(t, rows, 64)
	if ext, err := src.Extent(t.Context()); err != nil || ext.Greatest != "64" || pages < 7 || rows[0].Values[2] != local("2026-06-01T08:00:01+02:00") {
		t.Errorf("%+v, %v, %d pages, first %v", ext, err, pages, rows[0].Values)
	}
	swept, _, _ := walk(t, sweeping{src}, adapter.Walk{}, 10)
	once(t, swept, 64)
	if src.sweep.axis.table != n.table {
		t.Error("the sweep should go along the table, which has the identity")
	}
	if found, err := src.Rows(t.Context(), []adapter.Key{"3", "65"}); err != nil || len(found) != 1 {
		t.Errorf("%d rows by identity, %v", len(found), err)
	}
	if parties, err := src.Recipients(t.Context(), []adapter.Key{"Å 7", "Å 8"}); err != nil || len(parties) != 2 || parties[0].ID != "7" {
		t.Errorf("recipients %v, %v", parties, err)
	}
	found, err := Inspect(t.Context(), def, b.conn)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found.Findings {
		if f.Level == Error || strings.Contains(f.What, "sees no table") {
			t.Error(f.What)
		}
	}
	var granted []string
	for _, grant := range found.Grants {
		if what, ok := strings.CutPrefix(grant, "GRANT SELECT ON "); ok {
			what, _, _ = strings.Cut(what, " TO [")
			granted = append(granted, what)
		}
	}
	if diff := cmp.Diff(n.granted, granted, cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Error(diff)
	}
	if b.db != nil {
		n.suffices(t, b, def, found.Grants)
	}
}

// wire has the tables on the test server, where a view is a table by another name.
func (n named) wire(t *testing.T) *bed {
	events := tdstest.NewTable("dbo.[Ärende händelse]", mssqlNamedEvents...)
	parties := tdstest.NewTable("arkiv.[Parter; å]]ö. (alla]", mssqlNamedParties...)
	view := tdstest.NewTable("arkiv.[Vy ö]", "id int not null", "kase varchar(20)", "c datetime")
	for i := 1; i <= 64; i++ {
		row := []any{i, fmt.Sprintf("Å %d", i), time.Date(2026, 6, 1, 8, 0, i, 0, time.UTC)}
		events.Insert(row)
		view.Insert(row)
		parties.Insert([]any{fmt.Sprintf("Å %d", i), i, "SOK"})
	}
	db := &tdstest.Database{Tables: []*tdstest.Table{events, parties, view}, Snapshot: true, Synonyms: map[string]string{}}
	for name, base := range mssqlNamedSynonyms {
		db.Synonyms[name], db.Synonyms[strings.TrimPrefix(name, "dbo.")] = base, base
	}
	c := catalogue{level: 160, snapshots: 1, plan: strings.Replace(planned, "Clustered Index Scan", "Clustered Index Seek", 1), updates: "READ_WRITE"}
	db.Else = func(ctx context.Context, q tdstest.Query) (*tdstest.Result, error) {
		switch {
		case strings.Contains(q.SQL, "PARSENAME"):
			return n.found(q.Params[0].Value.(string)), nil
		case strings.Contains(q.SQL, "dm_exec_describe_first_result_set"):
			return nil, tdstest.Err(297)
		case strings.HasPrefix(q.SQL, "DECLARE @p1 nvarchar(4000), "): // of how recipients are found
			return tdstest.Row("nvarchar(max)", c.plan), nil
		}
		return c.handle(ctx, q)
	}
	return &bed{"mssql", nil, Connection{DSN: adapter.NewSecret(tdstest.Start(t, db.Handle).DSN())}}
}

// found answers what a name stands for: a synonym for itself and for another table.
func (n named) found(name string) *tdstest.Result {
	result := &tdstest.Result{Columns: tdstest.Columns("place nvarchar(200)", "name nvarchar(200)")}
	if !strings.Contains(name, "].[") {
		name = "[dbo]." + name
	}
	var rows [][]any
	for i, granted := range n.granted {
		if granted == name {
			rows = append(rows, mssqlPlaced(granted))
			for synonym, base := range mssqlNamedSynonyms {
				if mssqlDialect.table(synonym) == name && mssqlDialect.table(base) == n.granted[i+1] {
					rows = append(rows, mssqlPlaced(n.granted[i+1]))
				}
			}
		}
	}
	result.Rows = tdstest.Rows(rows...)
	return result
}

func mssqlPlaced(name string) []any {
	place, table, _ := strings.Cut(name, ".")
	table, _, _ = quotedName(table)
	return []any{place, table}
}

// server has the tables on a real server.
func (n named) server(t *testing.T) *bed {
	b := mssqlBed(t)
	b.exec(t, "CREATE SCHEMA arkiv", "CREATE TABLE dbo.[Ärende händelse] ("+strings.Join(mssqlNamedEvents, ", ")+", PRIMARY KEY (id))", "CREATE TABLE arkiv.[Parter; å]]ö. (alla] ("+strings.Join(mssqlNamedParties, ", ")+")")
	for name, base := range mssqlNamedSynonyms {
		b.exec(t, "CREATE SYNONYM "+name+" FOR "+base)
	}
	b.exec(t, "CREATE VIEW arkiv.[Vy ö] AS SELECT id, kase, [Upp]]dat nr] AS c FROM arkiv.Ärenden")
	for i := 1; i <= 64; i++ {
		b.exec(t, fmt.Sprintf("INSERT INTO arkiv.Ärenden VALUES (%d, N'Å %d', '2026-06-01T08:00:00')", i, i), fmt.Sprintf("INSERT INTO arkiv.[Å Ä] VALUES (N'Å %d', %d, 'SOK')", i, i))
	}
	b.exec(t, "UPDATE arkiv.Ärenden SET [Upp]]dat nr] = DATEADD(second, id, [Upp]]dat nr])")
	return b
}

// suffices reads as one who has only what was granted.
func (n named) suffices(t *testing.T, b *bed, def *adapter.Definition, grants []string) {
	b.exec(t, "CREATE USER arendebrygga WITHOUT LOGIN")
	for _, grant := range grants {
		if strings.HasPrefix(grant, "GRANT ") {
			b.exec(t, grant)
		}
	}
	conn, err := b.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, st := range []string{"EXECUTE AS USER = 'arendebrygga'", mssqlDialect.empty(def.Query), mssqlDialect.empty(def.Recipients.Query), "SELECT TOP (0) id FROM " + mssqlDialect.table(n.table), "REVERT"} {
		if _, err := conn.ExecContext(t.Context(), st); err != nil {
			t.Errorf("%s: %v", st, err)
		}
	}
}

// TestTableNames quotes what operators write as a table's name.
func TestTableNames(t *testing.T) {
	for name, want := range map[string][3]string{ // of SQL Server, of PostgreSQL and of MariaDB
		"Rad":                     {"[Rad]", `"rad"`, "`Rad`"},
		"dbo.Ärende händelse":     {"[dbo].[Ärende händelse]", `"dbo"."Ärende händelse"`, "`dbo`.`Ärende händelse`"},
		"arkiv..Rad":              {"[arkiv]..[Rad]", `"arkiv".."rad"`, "`arkiv`..`Rad`"},
		` "Min Rad" . [a.b] `:     {"[Min Rad].[a.b]", `"Min Rad"."a.b"`, "`Min Rad`.`a.b`"},
		"dbo.[Ärende.Händelse]":   {"[dbo].[Ärende.Händelse]", `"dbo"."Ärende.Händelse"`, "`dbo`.`Ärende.Händelse`"},
		"dbo.[a]]b]":              {"[dbo].[a]]b]", `"dbo"."a]b"`, "`dbo`.`a]b`"},
		"[a]]b; --].[x]":          {"[a]]b; --].[x]", `"a]b; --"."x"`, "`a]b; --`.`x`"},
		"`a``b`.\"c\"\"\"":        {"[a`b].[c\"]", "\"a`b\".\"c\"\"\"", "`a``b`.`c\"`"},
		"[half":                   {"[[half]", `"[half"`, "`[half`"},
		"dbo.[Rad] WITH (NOLOCK)": {"[dbo].[[Rad]] WITH (NOLOCK)]", `"dbo"."[rad] with (nolock)"`, "`dbo`.`[Rad] WITH (NOLOCK)`"}, // no table is called so
		"[a]b.[Rad]":              {"[[a]]b].[Rad]", `"[a]b"."Rad"`, "`[a]b`.`Rad`"},
	} {
		if got := [3]string{mssqlDialect.table(name), postgresDialect.table(name), mysqlDialect.table(name)}; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
