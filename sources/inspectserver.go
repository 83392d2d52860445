package sources

import (
	"context"
	"database/sql"
	"strings"
)

// inspecting is how a kind of database is asked about itself.
type inspecting struct {
	server  func(*inspection, context.Context) error
	rights  func(*inspection, context.Context) error
	writer  string                                           // a hint for a login that may write; empty: writerHint
	found   string                                           // a statement that gives the schema and the name of a table, given as an operator wrote it; empty: there are no logins
	login   string                                           // a statement that gives the login's name, and what comes behind it
	grantee func(login) string                               // the login as GRANT takes it; nil: its name
	granted func(i *inspection, to login, new bool) []string // SQL by which a login, that may have to be made, may read the tables
	placed  bool                                             // GRANT wants the database before a table's name
	within  string                                           // a statement that gives the database's name
	scans   func(*inspection, context.Context, statement) ([]scan, error)
	reads   func(i *inspection, ctx context.Context, query, cursor string) ([]string, error) // the tables that a query reads in the end, by their whole names; none where the database does not tell
	columns string                                                                           // a statement that gives name, type and whether it may be NULL of the columns of a query, given as text; empty: the driver tells all there is
	origin  string                                                                           // a statement that gives of each column of a query, given as text, its name, the server, the database and the table that it comes from, empty if it cannot say, and whether the query does not give it
}

// table reads all rows of a statement as text, NULL as empty.
func (p *poller) table(ctx context.Context, st statement) (names []string, rows [][]string, err error) {
	rows, err = query(ctx, p, st, func(result *sql.Rows) ([][]string, error) {
		var all [][]string
		if names, err = result.Columns(); err != nil {
			return nil, err
		}
		for result.Next() {
			values, dest := make([]raw, len(names)), make([]any, len(names))
			for i := range values {
				dest[i] = &values[i]
			}
			if err := result.Scan(dest...); err != nil {
				return nil, err
			}
			texts := make([]string, len(names))
			for i := range values {
				texts[i] = values[i].text()
			}
			all = append(all, texts)
		}
		return all, nil
	})
	return names, rows, err
}

// facts reads the only row of a statement.
func (p *poller) facts(ctx context.Context, sql string) (map[string]string, error) {
	names, rows, err := p.table(ctx, statement{sql: sql})
	facts := map[string]string{}
	for _, row := range rows {
		for i, name := range names {
			facts[name] = row[i]
		}
	}
	return facts, err
}

const replicaHint = "a replica lags behind: what it has not got yet is published that much later"

func mysqlServer(i *inspection, ctx context.Context) error {
	facts := map[string]string{}
	for _, sql := range []string{
		"SHOW GLOBAL VARIABLES WHERE Variable_name IN ('version', 'version_comment', 'time_zone', 'system_time_zone', 'read_only')",
		"SHOW SESSION VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation', 'tx_read_only', 'transaction_read_only', 'lock_wait_timeout')",
	} {
		_, rows, err := i.table(ctx, statement{sql: sql})
		if err != nil {
			return err
		}
		for _, row := range rows {
			facts[row[0]] = row[1]
		}
	}
	i.tell(OK, "", "the server is %s (%s)", facts["version"], facts["version_comment"])
	zone := facts["time_zone"]
	if zone == "SYSTEM" {
		zone = facts["system_time_zone"]
	}
	i.zone(zone)
	if facts["read_only"] != "OFF" && facts["read_only"] != "0" {
		i.tell(Info, replicaHint, "the server is read-only, so it may be a replica")
	}
	i.session(facts["transaction_isolation"]+facts["tx_isolation"], facts["transaction_read_only"]+facts["tx_read_only"], facts["lock_wait_timeout"]+" s")
	return nil
}

func postgresServer(i *inspection, ctx context.Context) error {
	facts, err := i.facts(ctx, `SELECT current_setting('server_version') AS version, pg_is_in_recovery()::text AS standby,
 (SELECT reset_val FROM pg_settings WHERE name = 'TimeZone') AS zone, round(extract(epoch FROM now() - pg_last_xact_replay_timestamp()))::text AS behind,
 current_setting('transaction_isolation') AS isolation, current_setting('transaction_read_only') AS readonly, current_setting('lock_timeout') AS locks`)
	if err != nil {
		return err
	}
	i.tell(OK, "", "the server is PostgreSQL %s", facts["version"])
	i.zone(facts["zone"])
	if facts["standby"] == "true" {
		what := "the server is a standby"
		if facts["behind"] != "" {
			what += ", whose newest change is " + facts["behind"] + " s old"
		}
		i.tell(Info, replicaHint+"; which transactions are open can be told less exactly there", "%s", what)
	}
	i.session(facts["isolation"], facts["readonly"], facts["locks"])
	return nil
}

func sqliteServer(i *inspection, ctx context.Context) error {
	version, err := i.text(ctx, statement{sql: "SELECT sqlite_version()"})
	if err != nil {
		return err
	}
	i.tell(OK, "", "the file is read with SQLite %s", string(version))
	mode, err := i.text(ctx, statement{sql: "PRAGMA journal_mode"})
	if err != nil {
		return err
	}
	if mode == "wal" {
		i.tell(OK, "", "nobody who writes waits for us: the file's journal_mode is wal")
		return nil
	}
	i.tell(Info, "PRAGMA journal_mode = wal, once, by the application that owns the file", "who writes waits for our statements to end, as the file's journal_mode is %s", string(mode))
	return nil
}

func (i *inspection) zone(zone string) {
	i.tell(Info, "", "the server's own zone is %s; times that name no zone are read as those of %s", zone, i.def.Location)
}

// session tells how our own sessions are.
func (i *inspection) session(isolation, readOnly, locks string) {
	level, hint := OK, ""
	if strings.ToLower(strings.ReplaceAll(isolation, "-", " ")) != "read committed" || readOnly != "ON" && readOnly != "1" && readOnly != "on" {
		level, hint = Error, "something between us and the server changes the sessions: connect to the server itself"
	}
	i.tell(level, hint, "our sessions: isolation %s, read only %s, waiting for locks no longer than %s, statements of this check end after %s",
		strings.ToLower(isolation), strings.ToLower(readOnly), locks, i.def.Limits.QueryTimeout)
}
