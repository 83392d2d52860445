package sources

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"arendebrygga/adapter"
)

// openPostgres prepares a pool whose every connection can only read.
func openPostgres(conn Connection, limits adapter.Limits) (*sql.DB, error) {
	cfg, err := postgresConfig(conn)
	if err != nil {
		return nil, err
	}
	cfg.ConnectTimeout = min(limits.QueryTimeout, 10*time.Second)
	cfg.RuntimeParams["application_name"] = applicationName
	// Statements without a name: one round trip, nothing kept in the server, and a
	// plan made for the very values.
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	return stdlib.OpenDB(*cfg,
		stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
			err := preparePostgres(ctx, c, limits)
			if err != nil {
				c.Close(ctx) // the driver would leave it open
			}
			return err
		}),
		// A dead connection is found by its next statement, which is then tried once more.
		stdlib.OptionShouldPing(func(context.Context, stdlib.ShouldPingParams) bool { return false })), nil
}

// nearPages has windows look up, by an index, the rows that they join, unless the server,
// its database or our login has a choice of its own. By the default, which is for disks
// that turn, a window of a thousand rows has another table of 100,000 read whole each
// time, at four times the cost (BenchmarkIdlePoll).
const nearPages = "SELECT set_config('random_page_cost', '1.1', false) FROM pg_settings WHERE name = 'random_page_cost' AND source = 'default'"

// preparePostgres makes a session read-only, in UTC and bounded in time, and fixes
// the forms of text that reading relies on.
//
// A database in SQL_ASCII has no character set: as UTF8 the server would refuse to
// hand out bytes that are none, so they are taken as they are and decoded here.
func preparePostgres(ctx context.Context, c *pgx.Conn, limits adapter.Limits) error {
	encoding := "UTF8"
	if c.PgConn().ParameterStatus("server_encoding") == "SQL_ASCII" {
		encoding = "SQL_ASCII"
	}
	statements := []string{
		"SET default_transaction_read_only = on",
		"SET default_transaction_isolation = 'read committed'",
		fmt.Sprintf("SET statement_timeout = %d", max(1, limits.QueryTimeout.Milliseconds())),
		fmt.Sprintf("SET lock_timeout = %d", max(1, lockWait(limits).Milliseconds())),
		"SET idle_in_transaction_session_timeout = 60000",
		"SET TimeZone = 'UTC'",
		"SET DateStyle = 'ISO, YMD'",
		"SET IntervalStyle = 'postgres'",
		"SET extra_float_digits = 3",
		"SET bytea_output = 'hex'",
		"SET standard_conforming_strings = on",
		"SET client_encoding = '" + encoding + "'",
		nearPages,
	}
	err := pooled(ctx, c)
	if err == nil {
		err = c.PgConn().Exec(ctx, strings.Join(statements, "; ")).Close()
	}
	if err != nil {
		return fmt.Errorf("prepare the session: %w", err)
	}
	return nil
}

// pooled fails if a pooler such as pgbouncer is in between. One that pools transactions
// would leave our settings to whoever gets the server's session next: the case system
// itself, with the same login, could not write any more (seen with pgbouncer 1.18). No
// pooler tells in which mode it pools. But those that share sessions out give each client
// a process id of their own making, as it is to them that requests to cancel come.
func pooled(ctx context.Context, c *pgx.Conn) error {
	var pid uint32
	if err := c.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		return err
	}
	if pid != c.PgConn().PID() {
		return errors.New("a connection pooler, such as pgbouncer, is in between, and may hand the settings of our session on to other programs: " +
			"name the database server itself, with its own port (5432 as a rule), in server or dsn")
	}
	return nil
}

// sslModes are the driver's words for what Connection.TLS says.
var sslModes = map[string]string{"true": "verify-full", "false": "disable", "skip-verify": "require", "preferred": "prefer"}

func postgresConfig(conn Connection) (*pgx.ConnConfig, error) {
	mode, known := sslModes[conn.TLS]
	if !known && conn.TLS != "" {
		return nil, fmt.Errorf("tls %q is not known, only true, false, skip-verify and preferred", conn.TLS)
	}
	if conn.DSN.Set() {
		return postgresDSN(conn.DSN.Reveal())
	}
	host, port := postgresAddress(conn.Server)
	if err := checkPort(port); err != nil {
		return nil, &PartError{"server", err}
	}
	if mode == "" {
		if mode = sslModes["true"]; hereOnly(host) {
			mode = sslModes["false"]
		}
	}
	var b strings.Builder
	for _, part := range [][2]string{{"host", host}, {"port", port}, {"dbname", conn.Database}, {"user", conn.User}, {"password", conn.Password.Reveal()}, {"sslmode", mode}} {
		fmt.Fprintf(&b, "%s='%s' ", part[0], strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(part[1]))
	}
	cfg, err := pgx.ParseConfig(b.String())
	if err != nil {
		return nil, errors.New("the parts do not fit together: check server, user and tls") // the driver's own error may quote the password
	}
	return cfg, nil
}

// postgresDSN reads a DSN. One that leaves the encryption open gets it, verified,
// unless the server is on this machine: the driver's own default would do without.
func postgresDSN(dsn string) (*pgx.ConnConfig, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err == nil && !strings.Contains(dsn, "sslmode") && !strings.Contains(dsn, "ssl=") && !onlyHere(cfg) {
		sep := " "
		if strings.Contains(dsn, "://") {
			if sep = "?"; strings.Contains(dsn, "?") {
				sep = "&"
			}
		}
		cfg, err = pgx.ParseConfig(dsn + sep + "sslmode=" + sslModes["true"])
	}
	if err != nil {
		return nil, errors.New("the DSN cannot be read: its form is postgres://user:password@host:5432/database") // the driver's error may quote it
	}
	return cfg, nil
}

// postgresAddress takes a server apart. A Unix socket is named by its folder or, as
// the server names the file, with the port in it.
func postgresAddress(server string) (host, port string) {
	if strings.HasPrefix(server, "/") {
		if dir, file := path.Split(server); strings.HasPrefix(file, ".s.PGSQL.") {
			return path.Clean(dir), strings.TrimPrefix(file, ".s.PGSQL.")
		}
		return server, "5432"
	}
	if host, port, err := net.SplitHostPort(server); err == nil {
		return host, port
	}
	return strings.Trim(server, "[]"), "5432"
}

func onlyHere(cfg *pgx.ConnConfig) bool {
	return hereOnly(cfg.Host) && !slices.ContainsFunc(cfg.Fallbacks, func(f *pgconn.FallbackConfig) bool { return !hereOnly(f.Host) })
}

// hereOnly tells whether a host, or the path of a socket, is this machine.
func hereOnly(host string) bool {
	ip := net.ParseIP(host)
	return strings.HasPrefix(host, "/") || host == "localhost" || ip != nil && ip.IsLoopback()
}
