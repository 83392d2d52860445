package sources

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const writerHint = "nothing is written, as our sessions are read-only; but a login that may only read makes sure of it: the grants are those it needs"

// reader tells that the login may do no harm, or what it may do, and how that is mended
// if another login would not mend it.
func (i *inspection) reader(may []string, mend ...string) {
	if i.reads = len(may) == 0; i.reads {
		i.tell(OK, "", "the login may only read")
		return
	}
	hint := append([]string{cmp.Or(i.dia.inspect.writer, writerHint)}, mend...)
	i.tell(Warning, strings.Join(hint, "\n"), "the login may do more than read: %s", strings.Join(may, "; "))
}

// rightsOn lists rights, which may be many.
func rightsOn(rights []string, on string) string {
	if len(rights) > 4 {
		return fmt.Sprintf("%s, %s and %d more rights on %s", rights[0], rights[1], len(rights)-2, on)
	}
	return strings.Join(rights, ", ") + " on " + on
}

// harmless are the privileges of MySQL and MariaDB by which nothing can be changed.
var harmless = []string{"USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES", "PROCESS", "REPLICATION CLIENT", "BINLOG MONITOR",
	"SLAVE MONITOR", "REPLICA MONITOR", "SHOW CREATE ROUTINE", "EXECUTE", "PROXY"}

// mysqlRights reads what SHOW GRANTS says, for the login and for a role in force.
func mysqlRights(i *inspection, ctx context.Context) error {
	_, lines, err := i.table(ctx, statement{sql: "SHOW GRANTS"})
	if err != nil {
		return err
	}
	role, err := i.text(ctx, statement{sql: "SELECT CURRENT_ROLE()"})
	if err != nil && !unsupported(err) {
		return err
	}
	if err == nil && role != "" && role != "NONE" {
		// MariaDB has one role in force, MySQL a list of them in the form that USING takes.
		_, more, err := i.table(ctx, statement{sql: "SHOW GRANTS FOR CURRENT_ROLE"})
		if err != nil {
			_, more, err = i.table(ctx, statement{sql: "SHOW GRANTS FOR CURRENT_USER() USING " + string(role)})
		}
		if err != nil {
			return err
		}
		lines = append(lines, more...)
	}
	return i.mysqlLines(ctx, lines)
}

// mysqlLines tells what lines of SHOW GRANTS allow. What everyone may who has any login
// no other login would do without: MariaDB as installed by hand has a database test for
// all. It is a danger only to databases that are read.
func (i *inspection) mysqlLines(ctx context.Context, lines [][]string) error {
	var may, mend, others, revokes []string
	for _, line := range lines {
		rights, on, everyone := mysqlGranted(line[0])
		rights = slices.DeleteFunc(rights, func(right string) bool { return slices.Contains(harmless, right) })
		if len(rights) == 0 {
			continue
		}
		text, read := rightsOn(rights, on), true
		if everyone {
			var err error
			if read, err = i.covered(ctx, on); err != nil {
				return err
			}
		}
		revoke := fmt.Sprintf("REVOKE ALL PRIVILEGES ON %s FROM PUBLIC;", on)
		switch {
		case !read && !slices.Contains(others, text):
			others, revokes = append(others, text), append(revokes, revoke)
		case !read || slices.Contains(may, text):
		case everyone:
			may, mend = append(may, text+", as everyone may"), append(mend, revoke)
		default:
			may = append(may, text)
		}
	}
	i.reader(may, mend...)
	if len(others) > 0 {
		i.tell(Info, "no login of this server is without that: "+strings.Join(revokes, " "), "everyone may do more than read where this source does not: %s", strings.Join(others, "; "))
	}
	return nil
}

// covered tells whether what rights are given on, such as `test\_%`.*, is of a database
// that is read.
func (i *inspection) covered(ctx context.Context, on string) (bool, error) {
	at := strings.IndexAny(on, "`\"")
	if at < 0 {
		return true, nil // *.*
	}
	pattern, _, _ := quotedName(on[at:])
	databases := []string{i.database}
	for _, t := range i.tables {
		databases = append(databases, t.first.text())
	}
	for _, database := range databases {
		like, err := i.text(ctx, statement{"SELECT ? LIKE ?", []any{database, pattern}})
		if err != nil || like == "1" {
			return true, err
		}
	}
	return false, nil
}

// mysqlGranted gives the privileges in a line of SHOW GRANTS, in upper case and
// without the columns that one may be bounded to, what they are on, and whether everyone
// has them. Nothing else behind TO is taken: the line may end in a password's hash.
func mysqlGranted(line string) (rights []string, on string, everyone bool) {
	granted, rest, found := strings.Cut(strings.TrimPrefix(line, "GRANT "), " ON ")
	if !found {
		return nil, "", false // a role, which is in force or not
	}
	on, to, _ := strings.Cut(rest, " TO ")
	depth, begin := 0, 0
	for at, r := range granted + "," {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			right, _, _ := strings.Cut(granted[begin:at], "(")
			rights = append(rights, strings.ToUpper(strings.TrimSpace(right)))
			begin = at + 1
		}
	}
	if strings.Contains(to, "WITH GRANT OPTION") {
		rights = append(rights, "GRANT OPTION")
	}
	return rights, on, to == "PUBLIC" || strings.HasPrefix(to, "PUBLIC ")
}

// postgresRights asks for each thing that a login might change whether this one may. Before
// version 15 everyone may create tables in the schema public, by whatever login.
func postgresRights(i *inspection, ctx context.Context) error {
	facts, err := i.facts(ctx, `SELECT r.rolsuper::int AS "everything, as a superuser", r.rolcreaterole::int AS "create roles", r.rolcreatedb::int AS "create databases",
 r.rolreplication::int AS replicate, has_database_privilege(current_database(), 'CREATE')::int AS "create schemas",
 (SELECT count(*) FROM pg_namespace n WHERE n.nspname NOT LIKE 'pg\_%' AND has_schema_privilege(n.oid, 'CREATE')) AS "create tables in %d schemas",
 (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
  AND (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE'))) AS "write into %d tables",
 (SELECT coalesce(string_agg(format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC;', n.nspname), ' '), '') FROM pg_namespace n WHERE n.nspname NOT LIKE 'pg\_%' AND has_schema_privilege('public', n.oid, 'CREATE')) AS mend
 FROM pg_roles r WHERE r.rolname = current_user`)
	if err != nil {
		return err
	}
	var may []string
	for _, right := range []string{"everything, as a superuser", "create roles", "create databases", "replicate", "create schemas", "create tables in %d schemas", "write into %d tables"} {
		n, err := strconv.Atoi(facts[right])
		if err != nil {
			return fmt.Errorf("the answer is no number: %w", err)
		}
		if strings.Contains(right, "%d") {
			right = things(n, right)
		}
		if n > 0 {
			may = append(may, right)
		}
	}
	i.reader(may, slices.DeleteFunc([]string{facts["mend"]}, func(mend string) bool { return mend == "" })...)
	return nil
}

func sqliteRights(i *inspection, _ context.Context) error {
	i.tell(OK, "", "the file is opened for reading only")
	return nil
}
