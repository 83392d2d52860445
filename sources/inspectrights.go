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

// reader tells that the login may do no harm, or what it may do.
func (i *inspection) reader(may []string) {
	if len(may) == 0 {
		i.tell(OK, "", "the login may only read")
		return
	}
	i.tell(Warning, cmp.Or(i.dia.inspect.writer, writerHint), "the login may do more than read: %s", strings.Join(may, ", "))
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
	var may []string
	for _, line := range lines {
		for _, right := range mysqlGranted(line[0]) {
			if !slices.Contains(harmless, right) && !slices.Contains(may, right) {
				may = append(may, right)
			}
		}
	}
	i.reader(may)
	return nil
}

// mysqlGranted gives the privileges in a line of SHOW GRANTS, in upper case and
// without the columns that one may be bounded to. Nothing behind ON is taken: the
// line may end in a password's hash.
func mysqlGranted(line string) (rights []string) {
	line = strings.TrimPrefix(line, "GRANT ")
	granted, on, found := strings.Cut(line, " ON ")
	if !found {
		return nil // a role, which is in force or not
	}
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
	if strings.Contains(on, "WITH GRANT OPTION") {
		rights = append(rights, "GRANT OPTION")
	}
	return rights
}

// postgresRights asks for each thing that a login might change whether this one may.
func postgresRights(i *inspection, ctx context.Context) error {
	facts, err := i.facts(ctx, `SELECT r.rolsuper::int AS "everything, as a superuser", r.rolcreaterole::int AS "create roles", r.rolcreatedb::int AS "create databases",
 r.rolreplication::int AS replicate, has_database_privilege(current_database(), 'CREATE')::int AS "create schemas",
 (SELECT count(*) FROM pg_namespace n WHERE n.nspname NOT LIKE 'pg\_%' AND has_schema_privilege(n.oid, 'CREATE')) AS "create tables in %d schemas",
 (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
  AND (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE'))) AS "write into %d tables"
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
			right = fmt.Sprintf(right, n)
		}
		if n > 0 {
			may = append(may, right)
		}
	}
	i.reader(may)
	return nil
}

func sqliteRights(i *inspection, _ context.Context) error {
	i.tell(OK, "", "the file is opened for reading only")
	return nil
}
