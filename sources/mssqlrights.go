package sources

import (
	"context"
	"fmt"
	"strconv"
)

// mssqlWrites are the permissions by which something can be changed: EXECUTE by what
// procedures do, IMPERSONATE by what another may do.
const mssqlWrites = `(permission_name IN ('CONTROL', 'CONTROL SERVER', 'INSERT', 'UPDATE', 'DELETE', 'EXECUTE', 'IMPERSONATE', 'TAKE OWNERSHIP', 'SHUTDOWN', 'ADMINISTER BULK OPERATIONS', 'IMPERSONATE ANY LOGIN')
 OR permission_name LIKE 'ALTER%' OR permission_name LIKE 'CREATE%' OR permission_name LIKE 'BACKUP%')`

const mssqlObjects = `SELECT COUNT(*) FROM (SELECT object_id, type, QUOTENAME(SCHEMA_NAME(schema_id)) + '.' + QUOTENAME(name) AS name FROM sys.objects) o WHERE `

// mssqlCounted count, one by one, what the login may change or use to change something.
// A grant of UPDATE may be on columns only. sys.objects has no procedures of the server's
// own, which everyone may run; those of its diagrams are made, for everyone too, by its tools.
var mssqlCounted = []struct {
	may, sql string
	perhaps  bool // Azure SQL Database has no such thing
}{
	{may: "write into %d tables", sql: mssqlObjects + `o.type IN ('U', 'V', 'SN')
 AND (1 IN (SELECT HAS_PERMS_BY_NAME(o.name, 'OBJECT', p.name) FROM (VALUES ('INSERT'), ('UPDATE'), ('DELETE'), ('ALTER')) p (name))
 OR 1 IN (SELECT HAS_PERMS_BY_NAME(o.name, 'OBJECT', 'UPDATE', c.name, 'COLUMN') FROM sys.columns c WHERE c.object_id = o.object_id))`},
	{may: "run %d procedures", sql: mssqlObjects + `o.type IN ('P', 'PC', 'X') AND HAS_PERMS_BY_NAME(o.name, 'OBJECT', 'EXECUTE') = 1
 AND NOT EXISTS (SELECT 1 FROM sys.extended_properties x WHERE x.class = 1 AND x.major_id = o.object_id AND x.name = 'microsoft_database_tools_support')`},
	{may: "impersonate %d database users", sql: `SELECT COUNT(*) FROM sys.database_principals WHERE type IN ('S', 'U', 'E', 'C', 'K') AND name <> USER_NAME() AND HAS_PERMS_BY_NAME(QUOTENAME(name), 'USER', 'IMPERSONATE') = 1`},
	{may: "impersonate %d server logins", perhaps: true, sql: `SELECT COUNT(*) FROM sys.server_principals WHERE type IN ('S', 'U', 'E', 'C', 'K') AND sid <> SUSER_SID() AND HAS_PERMS_BY_NAME(QUOTENAME(name), 'LOGIN', 'IMPERSONATE') = 1`},
}

// mssqlRights asks what the login may do to the server, to the database, to each of its
// tables and by each of its procedures, and as whom.
func mssqlRights(i *inspection, ctx context.Context) error {
	var may []string
	for _, scope := range []struct{ class, name string }{{"SERVER", "the server"}, {"DATABASE", "the database"}} {
		_, rows, err := i.table(ctx, statement{sql: "SELECT permission_name FROM fn_my_permissions(NULL, '" + scope.class + "') WHERE " + mssqlWrites + " ORDER BY permission_name"})
		if err != nil {
			return err
		}
		var rights []string
		for _, row := range rows {
			rights = append(rights, row[0])
		}
		if len(rights) > 0 {
			may = append(may, rightsOn(rights, scope.name))
		}
	}
	for _, counted := range mssqlCounted {
		text, err := i.text(ctx, statement{sql: counted.sql})
		if counted.perhaps && unsupported(err) {
			continue
		}
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(string(text))
		if err != nil {
			return fmt.Errorf("the answer is no number: %w", err)
		}
		if n > 0 {
			may = append(may, things(n, counted.may))
		}
	}
	i.reader(may)
	return nil
}
