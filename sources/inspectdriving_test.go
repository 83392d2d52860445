package sources

import (
	"context"
	"strings"
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/sources/tdstest"
)

// drivingWarnings are what an inspection says of the driving tables.
func drivingWarnings(t *testing.T, conn Connection, def *adapter.Definition) (told []string) {
	t.Helper()
	found, err := Inspect(t.Context(), def, conn)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found.Findings {
		switch {
		case f.Level == Warning && strings.Contains(f.What, "cursor.table: "):
			told = append(told, f.What)
		case f.Level == Error, strings.Contains(f.What, "cursor.table"):
			t.Error(f.What)
		}
	}
	return told
}

// TestInspectDrivingTable warns of one that the query does not read, and says nothing of
// one that it does, be it by another name, nor where the database does not tell.
func TestInspectDrivingTable(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id INT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6))", "CREATE TABLE k (kase VARCHAR(40) PRIMARY KEY, id INT)", "CREATE TABLE person (id INT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6))",
			"CREATE VIEW v AS SELECT e.id, e.kase, e.at FROM e JOIN k ON k.kase = e.kase", "CREATE VIEW vv AS SELECT id, kase, at FROM v WHERE id > 0",
			"CREATE VIEW latest AS SELECT max(id) AS id, kase, max(at) AS at FROM e GROUP BY kase")
		b.series(t, "e", "($n, 'k$n', '2026-01-01 00:00:00')", 1, 50)
		b.series(t, "k", "('k$n', $n)", 1, 50)
		b.series(t, "person", "($n, 'k$n', '2026-01-01 00:00:00')", 1, 900)
		full := map[string]string{"mysql": b.conn.Database + ".", "postgres": "PUBLIC.", "sqlite": "main.", "mssql": "dbo."}[b.kind]
		quoted := b.words("`e`")
		warns := map[string]string{}
		for _, from := range []string{"e", quoted, "v", "vv", "latest", "(SELECT * FROM e) x", "e WHERE EXISTS (SELECT 1 FROM k WHERE k.kase = e.kase)"} {
			for _, table := range []string{"e", quoted, full + "e"} {
				warns[from+" | "+table] = ""
			}
			warns[from+" | person"] = "e"
		}
		for _, right := range []string{"e | v", "v | vv", "latest | latest", "(SELECT * FROM person UNION ALL SELECT * FROM e) x | e", "e JOIN person p ON p.kase = e.kase | person"} {
			warns[right] = ""
		}
		if b.kind == "mysql" { // the login may not see what a view reads, and of one with GROUP BY nobody may
			for name := range warns {
				if strings.HasPrefix(name, "v") || strings.HasPrefix(name, "latest") {
					warns[name] = ""
				}
			}
		}
		for name, want := range warns {
			from, table, _ := strings.Cut(name, " | ")
			def := b.history()
			def.Query, def.Cursor.Table = "SELECT id, kase, at FROM "+from, table
			if strings.Contains(from, "JOIN") {
				def.Query = "SELECT p.id, p.kase, e.at FROM " + from
			}
			told := drivingWarnings(t, b.conn, def)
			if want == "" && len(told) > 0 || want != "" && (len(told) != 1 || !strings.HasPrefix(told[0], "cursor.table: person is none of the tables that the query reads: ")) {
				t.Errorf("%s: %q", name, told)
			}
		}
	})
}

// TestInspectDrivingTableBehindViews has a login that may see what views read, a table in
// partitions, and a function that nobody looks into.
func TestInspectDrivingTableBehindViews(t *testing.T) {
	for _, b := range []*bed{mysqlBed(t), postgresBed(t)} {
		b.exec(t, "CREATE TABLE person (id INT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6))", "INSERT INTO person VALUES (7, 'k', '2026-01-01 00:00:00')")
		cases := map[string]int{"e | e": 0, "e | person": 1, "v | e": 0, "v | person": 1}
		if b.kind == "mysql" {
			b.exec(t, "CREATE TABLE e (id INT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6)) PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (5), PARTITION b VALUES LESS THAN MAXVALUE)",
				"GRANT SHOW VIEW ON "+b.conn.Database+".* TO "+b.conn.User, "CREATE VIEW latest AS SELECT max(id) AS id, kase, max(at) AS at FROM e GROUP BY kase")
			cases["latest | e"], cases["latest | person"] = 0, 0
		} else {
			b.exec(t, "CREATE TABLE e (id INT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6)) PARTITION BY RANGE (id)", "CREATE TABLE ea PARTITION OF e FOR VALUES FROM (0) TO (5)", "CREATE TABLE eb PARTITION OF e FOR VALUES FROM (5) TO (99)",
				"CREATE FUNCTION f() RETURNS SETOF e LANGUAGE plpgsql AS 'BEGIN RETURN QUERY SELECT * FROM e; END'")
			cases["f() | e"], cases["f() | person"], cases["(SELECT f.* FROM f() f LEFT JOIN person p ON p.kase = f.kase) x | e"] = 0, 0, 0
		}
		b.exec(t, "CREATE VIEW v AS SELECT id, kase, at FROM e WHERE id > 0", "INSERT INTO e VALUES (1, 'k', '2026-01-01 00:00:00'), (6, 'k', '2026-01-01 00:00:00')")
		for name, want := range cases {
			from, table, _ := strings.Cut(name, " | ")
			def := b.withTrail(table, 10)
			def.Query, def.Recipients.Query = "SELECT id, kase, at FROM "+from, "SELECT kase, id AS person, kase AS role, at AS changed, at FROM "+from
			def.Recipients.Columns = append(def.Recipients.Columns, adapter.Column{Name: "at", Type: adapter.Time})
			def.Recipients.Cursor.Column, def.Cursor.Table = "at", table
			told := drivingWarnings(t, b.conn, def)
			if len(told) != 2*want || want > 0 && (!strings.HasPrefix(told[0], "recipients.cursor.table: person ") || !strings.HasPrefix(told[1], "cursor.table: person ")) {
				t.Errorf("%s %s: %q", b.kind, name, told)
			}
		}
	}
}

// TestInspectDrivingTableMSSQL goes by what a server says of where columns come from.
func TestInspectDrivingTableMSSQL(t *testing.T) {
	columns := tdstest.Columns("name nvarchar(128)", "server nvarchar(128)", "place nvarchar(128)", "source nvarchar(400)", "hidden tinyint")
	person := []any{"ID", "", "ByggR", "ByggR.dbo.Person", 0}
	for name, tc := range map[string]struct {
		query  [][]any
		driven [][]any
		want   string
	}{
		"another table":       {[][]any{{"id", "", "ByggR", "ByggR.dbo.Rad", 0}, {"kase", "", "", "", 0}, {"arendeid", "", "ByggR", "ByggR.dbo.Arende", 1}}, [][]any{person}, "ByggR.dbo.Arende, ByggR.dbo.Rad"},
		"the same":            {[][]any{{"id", "", "ByggR", "BYGGR.dbo.PERSON", 0}}, [][]any{person}, ""},
		"joined by its key":   {[][]any{{"id", "", "ByggR", "ByggR.dbo.Rad", 0}, {"id", "", "ByggR", "ByggR.dbo.Person", 1}}, [][]any{person}, ""},
		"a union":             {[][]any{{"id", "", "", "", 0}, {"kase", "", "ByggR", "ByggR.dbo.Rad", 0}, {"id", "", "ByggR", "ByggR.dbo.Rad", 1}}, [][]any{person}, ""},
		"of a view's own":     {[][]any{{"id", "", "ByggR", "ByggR.dbo.Rad", 0}}, [][]any{{"id", "", "", "", 0}}, ""},
		"not described to us": {nil, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			table, other := tdstest.NewTable(tdsQuery, "id int not null", "kase varchar(20)"), tdstest.NewTable("[dbo].[Person]", "id int not null")
			table.Insert([]any{1, "BYGG"})
			other.Insert([]any{9})
			c := catalogue{level: 160, snapshots: 1, plan: planned, place: "[dbo]", updates: "READ_WRITE"}
			db := &tdstest.Database{Tables: []*tdstest.Table{table, other}, Snapshot: true}
			db.Else = func(ctx context.Context, q tdstest.Query) (*tdstest.Result, error) {
				switch {
				case !strings.Contains(q.SQL, "source_table"):
					return c.handle(ctx, q)
				case tc.query == nil:
					return nil, tdstest.Err(297)
				case q.Params[0].Value == tdsQuery:
					return &tdstest.Result{Columns: columns, Rows: tdstest.Rows(tc.query...)}, nil
				}
				return &tdstest.Result{Columns: columns, Rows: tdstest.Rows(tc.driven...)}, nil
			}
			def := tdsDefinition()
			def.Cursor.Table = "dbo.Person"
			told := strings.Join(drivingWarnings(t, Connection{DSN: adapter.NewSecret(tdstest.Start(t, db.Handle).DSN())}, def), "; ")
			if tc.want != "" {
				tc.want = "cursor.table: dbo.Person is none of the tables that the query reads: " + tc.want
			}
			if told != tc.want {
				t.Errorf("told %q, want %q", told, tc.want)
			}
		})
	}
}
