package sources

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"arendebrygga/adapter"
)

// mssqlWriterHint says what SQL Server's sessions are not.
const mssqlWriterHint = "we send no statement but SELECT, but SQL Server has no read-only sessions: a login that may only read makes sure of it, and the grants are those it needs"

// mssqlServer tells of the server, the database and our session in it.
func mssqlServer(i *inspection, ctx context.Context) error {
	facts, err := i.facts(ctx, `SELECT CONVERT(varchar(40), SERVERPROPERTY('ProductVersion')) AS version, CONVERT(nvarchar(80), SERVERPROPERTY('Edition')) AS edition,
 d.compatibility_level AS level, d.snapshot_isolation_state AS snapshots, CAST(d.is_read_committed_snapshot_on AS tinyint) AS versions, CAST(d.is_read_only AS tinyint) AS readonly,
 CONVERT(varchar(20), DATABASEPROPERTYEX(d.name, 'Updateability')) AS updateability, d.collation_name AS collation, RIGHT(CONVERT(varchar(40), SYSDATETIMEOFFSET(), 126), 6) AS zone
 FROM sys.databases d WHERE d.name = DB_NAME()`)
	if err != nil {
		return err
	}
	i.tell(OK, "", "the server is SQL Server %s (%s)", facts["version"], facts["edition"])
	if level, _ := strconv.Atoi(facts["level"]); level < 110 {
		i.tell(Error, "ALTER DATABASE … SET COMPATIBILITY_LEVEL = 110 or more, or read from a copy in a newer database: what we send needs SQL Server 2012", "the database's compatibility level is %s", facts["level"])
	} else {
		i.tell(OK, "", "the database's compatibility level is %s, its collation %s", facts["level"], facts["collation"])
	}
	i.offset(ctx, facts["zone"])
	if facts["readonly"] != "0" || facts["updateability"] == "READ_ONLY" {
		level, hint := Info, replicaHint
		if i.def.Cursor.Kind == adapter.CursorRowversion || i.def.Recipients.Cursor.Kind == adapter.CursorRowversion {
			level, hint = Warning, hint+"; it does not know which transactions are open on the primary, so a rowversion cursor may pass what commits late there: read from the primary, or count on the sweep"
		}
		i.tell(level, hint, "the database is read-only, so it may be a replica")
	}
	return mssqlSessionFacts(i, ctx, facts["snapshots"] == "1", facts["versions"] == "1")
}

// mssqlSessionFacts tells how our own sessions are, and who waits for whom.
func mssqlSessionFacts(i *inspection, ctx context.Context, snapshots, versions bool) error {
	facts, err := i.facts(ctx, `SELECT CASE transaction_isolation_level WHEN 2 THEN 'read committed' WHEN 5 THEN 'snapshot' ELSE 'other' END AS isolation,
 lock_timeout AS locks, deadlock_priority AS priority FROM sys.dm_exec_sessions WHERE session_id = @@SPID`)
	if err != nil {
		return err
	}
	level, hint := OK, ""
	if facts["isolation"] == "other" || facts["isolation"] == "snapshot" != snapshots || facts["locks"] != strconv.FormatInt(lockWait(i.limits).Milliseconds(), 10) || facts["priority"] != "-5" {
		level, hint = Error, "something between us and the server changes the sessions: connect to the server itself"
	}
	i.tell(level, hint, "our sessions: isolation %s, waiting for locks no longer than %s ms, deadlock priority %s, statements of this check end after %s",
		facts["isolation"], facts["locks"], facts["priority"], i.def.Limits.QueryTimeout)
	switch {
	case snapshots:
		i.tell(OK, "", "nobody who writes waits for us: the database allows snapshot isolation")
	case versions:
		i.tell(OK, "", "nobody who writes waits for us: the database keeps row versions for read committed")
	default:
		i.tell(Info, "ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON, if its owner agrees: nobody waits for anybody then",
			"who writes a row may wait while a statement of ours reads it, and ours wait for writers: one row that stays locked holds up all of the source, as the database does not allow snapshot isolation")
	}
	return nil
}

// mssqlFound finds a table, a view or a synonym, in another database too. Of a synonym in
// this database it finds what it stands for as well, which the login may not see yet:
// that has permissions of its own, asked for where it has another owner or lies in
// another database. Those of a linked server are not given here. A name without a schema
// is looked up in the login's own, and then in dbo.
const mssqlFound = `SELECT COALESCE(QUOTENAME(PARSENAME(n.name, 3)) + '.', '') + QUOTENAME(COALESCE(PARSENAME(n.name, 2), OBJECT_SCHEMA_NAME(OBJECT_ID(n.name), COALESCE(DB_ID(PARSENAME(n.name, 3)), DB_ID())), SCHEMA_NAME())) AS place, PARSENAME(n.name, 1) AS name
 FROM (SELECT CAST(` + numberedMark + ` AS nvarchar(500)) AS name) a
 CROSS APPLY (SELECT a.name UNION ALL SELECT s.base_object_name FROM sys.synonyms s WHERE s.object_id = OBJECT_ID(a.name) AND PARSENAME(a.name, 3) IS NULL AND PARSENAME(s.base_object_name, 4) IS NULL) n (name)
 WHERE OBJECT_ID(a.name) IS NOT NULL`

// mssqlColumns is sp_describe_first_result_set in the form of a SELECT. Of a query that it
// cannot describe, as of one over a table that the query makes itself, it has no row but
// an error.
const mssqlColumns = `SELECT name, CASE system_type_name WHEN 'timestamp' THEN 'rowversion' ELSE system_type_name END AS type, CAST(is_nullable AS tinyint) AS nullable
 FROM sys.dm_exec_describe_first_result_set(` + numberedMark + `, NULL, 0) WHERE error_number IS NULL AND is_hidden = 0`

func mssqlGrants(i *inspection, to login, new bool) (grants []string) {
	login, database := i.grantee(to), i.dia.name(i.database)
	if new {
		grants = []string{
			fmt.Sprintf("CREATE LOGIN %s WITH PASSWORD = N'…', DEFAULT_DATABASE = %s;", login, database),
			fmt.Sprintf("USE %s; CREATE USER %s FOR LOGIN %s;", database, login, login),
		}
	}
	for _, t := range i.tables {
		grant := fmt.Sprintf("GRANT SELECT ON %s.%s TO %s;", t.first.text(), i.dia.name(t.second.text()), login)
		if elsewhere, schema, found := strings.Cut(t.first.text(), "].["); found { // rights are given within a database only
			grant = fmt.Sprintf("USE %s]; IF USER_ID(N'%s') IS NULL CREATE USER %s FOR LOGIN %s; GRANT SELECT ON [%s.%s TO %s; USE %s;",
				elsewhere, strings.ReplaceAll(to.name, "'", "''"), login, login, schema, i.dia.name(t.second.text()), login, database)
		}
		grants = append(grants, grant)
	}
	if len(i.tables) == 0 {
		grants = append(grants, fmt.Sprintf("GRANT SELECT TO %s;", login))
	}
	return grants
}

// mssqlScans has the server show its plan for a statement, on a connection of its own,
// as all that is sent there is then only planned. Its parameters are given by their
// types, as a plan that serves all values does not look at them.
func mssqlScans(i *inspection, ctx context.Context, st statement) ([]scan, error) {
	ctx, cancel := context.WithTimeout(ctx, i.patience())
	defer cancel()
	conn, err := i.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	refused := func(err error) error {
		return &failure{doing: "the login lacks the right SHOWPLAN, which nothing else needs", text: i.dia.text(err), err: err}
	}
	if _, err := conn.ExecContext(ctx, "SET SHOWPLAN_XML ON"); err != nil {
		return nil, refused(err)
	}
	var plan string
	err = conn.QueryRowContext(ctx, declared(st.args)+i.dia.numbered(st.sql)).Scan(&plan)
	if _, off := conn.ExecContext(ctx, "SET SHOWPLAN_XML OFF"); err == nil {
		err = off
	}
	if mssqlNumbered(err, []int32{262}) {
		return nil, refused(err)
	}
	if err != nil {
		return nil, err
	}
	scans, err := mssqlPlan(plan)
	if err == nil && len(scans) == 0 {
		err = errors.New("the server shows no plan")
	}
	return scans, err
}

// declared declares the parameters of a statement that is sent without them.
func declared(args []any) string {
	list := make([]string, len(args))
	for i, arg := range args {
		databaseType := "nvarchar(4000)"
		switch arg.(type) {
		case int64:
			databaseType = mssqlInt
		case []byte:
			databaseType = "varbinary(8000)"
		}
		list[i] = fmt.Sprintf("@p%d %s", i+1, databaseType)
	}
	if len(list) == 0 {
		return ""
	}
	return "DECLARE " + strings.Join(list, ", ") + ";\n"
}

// mssqlPlan finds what a plan reads: each operator that scans or seeks has the object
// inside it.
func mssqlPlan(plan string) (scans []scan, err error) {
	decoder := xml.NewDecoder(strings.NewReader(plan))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it says UTF-16, and has been decoded
	type operator struct {
		name string
		rows float64
	}
	var open []operator
	for {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF):
			return scans, nil
		case err != nil:
			return nil, fmt.Errorf("the plan cannot be read: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "RelOp":
				rows, _ := strconv.ParseFloat(attribute(t, "TableCardinality"), 64)
				if rows == 0 {
					rows, _ = strconv.ParseFloat(attribute(t, "EstimateRows"), 64)
				}
				open = append(open, operator{attribute(t, "PhysicalOp"), rows})
			case "Object":
				if len(open) == 0 {
					continue
				}
				at := open[len(open)-1]
				s := scan{table: strings.Trim(attribute(t, "Table"), "[]"), rows: at.rows}
				if strings.Contains(at.name, "Seek") || strings.Contains(at.name, "Lookup") {
					s.index = strings.Trim(attribute(t, "Index"), "[]")
				}
				if s.table != "" && (s.index != "" || strings.Contains(at.name, "Scan")) {
					scans = append(scans, s)
				}
			}
		case xml.EndElement:
			if t.Name.Local == "RelOp" {
				open = open[:len(open)-1]
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
