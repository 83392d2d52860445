package sources

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	mssql "github.com/microsoft/go-mssqldb"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// TestInspectRights has logins that may do more than read.
func TestInspectRights(t *testing.T) {
	var text strings.Builder
	for _, b := range []*bed{mysqlBed(t), postgresBed(t)} {
		def := inspectable(t, b)
		for _, grant := range map[string][]string{
			"mysql": {"GRANT INSERT, UPDATE (kase, at), SHOW VIEW ON %[1]s.e TO %[2]s", "GRANT CREATE ROUTINE ON *.* TO %[2]s WITH GRANT OPTION",
				"CREATE ROLE r_%[2]s", "GRANT DELETE ON %[1]s.e TO r_%[2]s", "GRANT r_%[2]s TO %[2]s", "SET DEFAULT ROLE r_%[2]s FOR %[2]s"},
			"postgres": {"GRANT INSERT ON e TO %[2]s", "GRANT UPDATE (role) ON p TO %[2]s", "GRANT CREATE ON SCHEMA public TO %[2]s", "ALTER ROLE %[2]s CREATEDB", "ALTER ROLE %[2]s SUPERUSER"},
		}[b.kind] {
			b.exec(t, fmt.Sprintf(grant, b.conn.Database, b.conn.User))
			src := b.open(t, def)
			found, err := Rights(t.Context(), src)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(strings.ReplaceAll(report(t, b, found), b.conn.Database, "DATABASE"), "\n")
			fmt.Fprintf(&text, "%s: %s\n  %s\n", b.kind, grant, first)
			src.Close()
		}
		if b.kind == "mysql" {
			b.exec(t, "DROP ROLE r_"+b.conn.User)
		}
	}
	golden(t, "testdata/inspect/rights.golden", text.String())
}

// TestInspectRightsOfEveryone: what MariaDB gives to all in its database test is no fault
// of a login, unless that is where the rows are.
func TestInspectRightsOfEveryone(t *testing.T) {
	b := mysqlBed(t)
	def := inspectable(t, b)
	var text strings.Builder
	for _, on := range []string{"`test\\_%`.*", "`" + strings.ReplaceAll(b.conn.Database, "_", `\_`) + "`.*", "`" + b.conn.Database + "`.e"} {
		b.exec(t, "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP ON "+on+" TO PUBLIC")
		revoke := "REVOKE ALL PRIVILEGES ON " + on + " FROM PUBLIC"
		t.Cleanup(func() { b.exec(t, revoke) })
		found, err := Rights(t.Context(), b.open(t, def))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&text, strings.NewReplacer(b.conn.Database, "DATABASE", strings.ReplaceAll(b.conn.Database, "_", `\_`), "DATABASE", b.conn.User, "LOGIN").Replace(report(t, b, found)))
	}
	golden(t, "testdata/inspect/everyone.golden", text.String())

	pg := postgresBed(t)
	pg.exec(t, "GRANT CREATE ON SCHEMA public TO PUBLIC")
	found, err := Inspect(t.Context(), inspectable(t, pg), pg.conn)
	if err != nil || !strings.Contains(report(t, pg, found), "read: create tables in 1 schema\n  hint: "+writerHint+"\nREVOKE CREATE ON SCHEMA public FROM PUBLIC;\n") {
		t.Error(found.Findings, err)
	}
}

// TestInspectHiddenTable: a table that the login may not read cannot be told from none,
// and the grants do not leave it out without a word. Where a right is missing, the hint
// is the grant.
func TestInspectHiddenTable(t *testing.T) {
	onServers(t, func(t *testing.T, s *servertest.Server, b *bed) {
		def := inspectable(t, b)
		def.Recipients.Query = "SELECT kase, person, role FROM hidden"
		text := inspected(t, b, def)
		for _, want := range []string{"info: the login sees no table called hidden\n", "error: recipients.query: ", "GRANT SELECT on it belongs"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in:\n%s", want, text)
			}
		}
		b.exec(t, "CREATE TABLE hidden (kase VARCHAR(40), person INT, role VARCHAR(9))", "CREATE TABLE driving (id INT)")
		for _, st := range map[string][]string{"mysql": {"REVOKE SELECT ON %[1]s.* FROM %[2]s", "GRANT SELECT (id) ON e TO %[2]s", "GRANT SELECT ON c TO %[2]s"},
			"postgres": {"REVOKE SELECT ON hidden, driving, e FROM %[2]s", "GRANT SELECT (id) ON e TO %[2]s"}}[b.kind] {
			b.exec(t, fmt.Sprintf(st, b.conn.Database, b.conn.User))
		}
		hint := func(table string) string {
			return "hint: " + map[string]string{"mysql": "GRANT SELECT ON `DATABASE`.`" + table + "` TO 'LOGIN'@'%'", "postgres": `GRANT SELECT ON "` + table + `" TO "LOGIN"`}[b.kind] + ";"
		}
		text = inspected(t, b, def)
		def.Query, def.Columns, def.Cursor.Table = "SELECT id, id AS kase, id AS at FROM e", append(adapter.Columns{}, def.Columns...), "driving"
		for _, has := range []string{text, inspected(t, b, def)} {
			for _, want := range []string{hint("hidden"), map[bool]string{true: hint("e"), false: hint("driving")}[has == text]} {
				if !strings.Contains(has, want) {
					t.Errorf("no %q in:\n%s", want, has)
				}
			}
		}
	})
}

// TestLackingRight: what a server says of a missing right, in its language, is hinted at
// with the grant of what the query names, and other errors are not.
func TestLackingRight(t *testing.T) {
	for _, c := range []struct {
		dia  *dialect
		err  error
		want string
	}{
		{&mssqlDialect, mssql.Error{Number: 229, Message: "SELECT-behörighet nekades för objektet 'Ärende händelse', databasen 'ByggR', schemat 'dbo'."}, "GRANT SELECT ON [dbo].[Ärende händelse] TO [läs]; "},
		{&mssqlDialect, mssql.Error{Number: 230, Message: "The SELECT permission was denied on the column 'Dnr' of the object 'arkArende', database 'ByggR', schema 'dbo'."}, "GRANT SELECT ON [arkArende] TO [läs]; "},
		{&mssqlDialect, mssql.Error{Number: 208, Message: "Invalid object name 'arkArende'."}, ""},
		{&mssqlDialect, mssql.Error{Number: 229, Message: "The EXECUTE permission was denied on the object 'f', database 'ByggR', schema 'dbo'."}, "GRANT the right to what the error names TO [läs], or to the owner of the view"},
		{&postgresDialect, &pgconn.PgError{Code: "42501", Message: "åtkomst nekas till tabell arkarende"}, `GRANT SELECT ON "arkarende" TO "läs"; `},
		{&postgresDialect, &pgconn.PgError{Code: "42P01", Message: "relation arkarende"}, ""},
		{&mysqlDialect, &mysql.MySQLError{Number: 1142, Message: "SELECT command denied to user 'läs'@'%' for table 'arkArende'"}, "GRANT SELECT ON `ByggR`.`arkArende` TO 'läs'@'10.0.0.%'; "},
		{&mysqlDialect, &mysql.MySQLError{Number: 1370, Message: "execute command denied to user 'läs'@'%' for routine 'ByggR.f'"}, "GRANT the right to what the error names TO 'läs'@'10.0.0.%', or"},
	} {
		i := &inspection{poller: &poller{dia: c.dia}, database: "ByggR", login: login{"läs", "10.0.0.%"}}
		query := "SELECT f(h.id) FROM arkArende a JOIN dbo.[Ärende händelse] h ON h.id = a.id"
		if got := i.lacking(c.err, query, ""); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}
