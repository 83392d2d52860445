package sources

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// spareConnections are those that a least login has beyond limits.maxConnections: for
// one that the server still counts after a cut, and for validate --connect.
const spareConnections = 2

// newLogin is the name of one that is to be made for us.
const newLogin = "arendebrygga"

// login is who reads a database.
type login struct {
	name string
	from string // MySQL: the hosts that it may connect from, which belong to its name
}

// look finds the tables that the queries name. Of a view its own name counts, not what
// it reads.
func (i *inspection) look(ctx context.Context) error {
	if i.dia.inspect.found == "" {
		return nil
	}
	names := i.named(i.def.Query, i.def.Cursor.Table)
	events := len(names)
	for at, name := range append(names, i.named(i.def.Recipients.Query, i.def.Recipients.Cursor.Table)...) {
		_, found, err := i.table(ctx, statement{i.dia.inspect.found, []any{i.dia.table(name)}})
		if err != nil && !unsupported(err) {
			return err
		}
		switch {
		case err != nil:
		case len(found) == 0:
			i.tell(Info, "if it is one, and no name that the query makes itself, GRANT SELECT on it belongs to the grants that are told here",
				"the login sees no table called %s", name)
		}
		for _, row := range found {
			if t := (pair{raw{row[0]}, raw{row[1]}}); !slices.Contains(i.tables, t) {
				i.tables = append(i.tables, t)
			}
		}
		if at < events {
			i.ofEvents = len(i.tables)
		}
	}
	database, err := i.text(ctx, statement{sql: i.dia.inspect.within})
	i.database = string(database)
	return err
}

// grants words the SQL by which the login that we have may read the tables, or one of our
// own if that may do more.
func (i *inspection) grants(ctx context.Context) error {
	if i.dia.inspect.found == "" {
		return nil
	}
	who, err := i.pair(ctx, statement{sql: i.dia.inspect.login})
	if err != nil || who == nil {
		return err
	}
	i.login = login{who.first.text(), who.second.text()}
	to := i.login
	if !i.reads {
		to.name = newLogin
	}
	i.Grants = i.dia.inspect.granted(i, to, !i.reads)
	return nil
}

// named are the tables that a query names, and the driving table if there is one.
func (i *inspection) named(query, driving string) []string {
	names := i.dia.syntax.tables(query)
	if driving != "" {
		names = append(names, driving)
	}
	return names
}

// mysqlFound takes a name apart as the dialect quotes it.
const mysqlFound = `SELECT TABLE_SCHEMA, TABLE_NAME FROM (SELECT ? AS name) n JOIN information_schema.TABLES
 ON name = CONCAT('` + "`" + `', TABLE_SCHEMA, '` + "`.`" + `', TABLE_NAME, '` + "`" + `') OR TABLE_SCHEMA = DATABASE() AND name = CONCAT('` + "`" + `', TABLE_NAME, '` + "`" + `')`

// grantee is a login as GRANT takes it.
func (i *inspection) grantee(l login) string {
	if i.dia.inspect.grantee != nil {
		return i.dia.inspect.grantee(l)
	}
	return i.dia.name(l.name)
}

// mysqlLogin gives the parts of what MySQL calls one.
const mysqlLogin = "SELECT LEFT(u, CHAR_LENGTH(u) - LOCATE('@', REVERSE(u))), SUBSTRING_INDEX(u, '@', -1) FROM (SELECT CURRENT_USER() AS u) c"

func mysqlGrantee(l login) string {
	return "'" + strings.ReplaceAll(l.name, "'", "''") + "'@'" + l.from + "'"
}

func mysqlGrants(i *inspection, to login, new bool) (grants []string) {
	login := i.grantee(to)
	if new {
		grants = append(grants, fmt.Sprintf("CREATE USER %s IDENTIFIED BY '…' WITH MAX_USER_CONNECTIONS %d;", login, i.limits.MaxConnections+spareConnections))
	}
	for _, t := range i.tables {
		grants = append(grants, fmt.Sprintf("GRANT SELECT ON %s.%s TO %s;", i.dia.name(t.first.text()), i.dia.name(t.second.text()), login))
	}
	if len(i.tables) == 0 {
		grants = append(grants, fmt.Sprintf("GRANT SELECT ON %s.* TO %s;", i.dia.name(i.database), login))
	}
	return grants
}

const postgresFound = `SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(` + numberedMark + `::text)`

func postgresGrants(i *inspection, to login, new bool) (grants []string) {
	login := i.grantee(to)
	if new {
		grants = []string{
			fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '…' CONNECTION LIMIT %d;", login, i.limits.MaxConnections+spareConnections),
			fmt.Sprintf("ALTER ROLE %s SET default_transaction_read_only = on;", login),
			fmt.Sprintf("GRANT CONNECT ON DATABASE %s TO %s;", i.dia.name(i.database), login),
		}
	}
	if len(i.tables) == 0 {
		return append(grants, fmt.Sprintf("GRANT USAGE ON SCHEMA public TO %s;", login), fmt.Sprintf("GRANT SELECT ON ALL TABLES IN SCHEMA public TO %s;", login))
	}
	var used []string
	for _, t := range i.tables {
		if schema := i.dia.name(t.first.text()); !slices.Contains(used, schema) {
			used = append(used, schema)
			grants = append(grants, fmt.Sprintf("GRANT USAGE ON SCHEMA %s TO %s;", schema, login))
		}
		grants = append(grants, fmt.Sprintf("GRANT SELECT ON %s.%s TO %s;", i.dia.name(t.first.text()), i.dia.name(t.second.text()), login))
	}
	return grants
}

// tables lists what stands in a query where a table may stand: behind FROM and JOIN,
// and behind a comma in a FROM clause. It knows no more than that, so there may be
// names among them that no table has. They are as the operator wrote them.
func (x syntax) tables(query string) (names []string) {
	tokens := x.lex(query)
	inFrom := map[int]bool{} // by depth
	for i, t := range tokens {
		switch t.text {
		case "SELECT", "WHERE", "GROUP", "HAVING", "UNION", "EXCEPT", "INTERSECT", "WINDOW":
			inFrom[t.depth] = false
			continue
		case "FROM", "JOIN", "STRAIGHT_JOIN":
			inFrom[t.depth] = true
		case "(":
			inFrom[t.depth+1] = i > 0 && inFrom[t.depth] && slices.Contains([]string{"FROM", "JOIN", ",", "("}, tokens[i-1].text)
			if !inFrom[t.depth+1] {
				continue
			}
		case ",", "LATERAL", "ONLY":
			if !inFrom[t.depth] {
				continue
			}
		default:
			continue
		}
		if name := nameAt(query, tokens[i+1:]); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// nameAt is the name, perhaps with a schema before it, that tokens begin with; empty
// if they begin otherwise or with a function's call.
func nameAt(query string, tokens []token) string {
	name := ""
	for i := 0; i < len(tokens); i += 2 {
		part := query[tokens[i].offset:tokens[i].end]
		if strings.ContainsAny(part[:1], "'(),.;*") || slices.Contains([]string{"SELECT", "LATERAL", "ONLY", "VALUES", "TABLE"}, tokens[i].text) {
			return ""
		}
		name += part
		if i+1 == len(tokens) || tokens[i+1].text != "." {
			if i+1 < len(tokens) && tokens[i+1].text == "(" {
				return ""
			}
			break
		}
		name += "."
	}
	return name
}
