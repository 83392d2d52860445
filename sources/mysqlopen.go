package sources

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"arendebrygga/adapter"
)

// openMySQL prepares a pool whose every connection can only read.
func openMySQL(conn Connection, limits adapter.Limits) (*sql.DB, error) {
	cfg, err := mysqlConfig(conn)
	if err != nil {
		return nil, err
	}
	cfg.Logger = &mysql.NopLogger{}
	cfg.Collation = "utf8mb4_general_ci"
	cfg.ConnectionAttributes = "program_name:" + applicationName
	cfg.InterpolateParams = true // one round trip a statement instead of three
	cfg.ParseTime, cfg.MultiStatements, cfg.AllowAllFiles = false, false, false
	cfg.Timeout = min(limits.QueryTimeout, 10*time.Second)
	cfg.ReadTimeout = limits.QueryTimeout + 2*timeoutGrace // a server that is silent without closing
	cfg.WriteTimeout = limits.QueryTimeout
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, errors.New("the parts do not fit together: check server, user and tls") // the driver's own error may quote the DSN
	}
	return sql.OpenDB(&readOnlyConnector{connector, cfg.Addr, limits}), nil
}

func mysqlConfig(conn Connection) (*mysql.Config, error) {
	if conn.DSN.Set() {
		cfg, err := mysql.ParseDSN(conn.DSN.Reveal())
		if err != nil {
			return nil, errors.New("the DSN cannot be read: its form is user:password@tcp(host:3306)/database") // the driver's error may quote it
		}
		return cfg, setTLS(cfg, conn.TLS)
	}
	cfg := mysql.NewConfig()
	cfg.User, cfg.Passwd, cfg.DBName = conn.User, conn.Password.Reveal(), conn.Database
	cfg.Net, cfg.Addr = "tcp", conn.Server
	if strings.HasPrefix(conn.Server, "/") {
		cfg.Net = "unix"
	} else if _, port, err := net.SplitHostPort(conn.Server); err == nil {
		if err := checkPort(port); err != nil {
			return nil, &PartError{"server", err}
		}
	} else {
		cfg.Addr = net.JoinHostPort(strings.Trim(conn.Server, "[]"), "3306")
	}
	if conn.TLS == "" && !onThisMachine(cfg) {
		conn.TLS = "true" // a password and personal data cross a network
	}
	return cfg, setTLS(cfg, conn.TLS)
}

func setTLS(cfg *mysql.Config, mode string) error {
	switch mode {
	case "":
	case "true", "false", "skip-verify", "preferred":
		cfg.TLSConfig = mode
	default:
		return fmt.Errorf("tls %q is not known, only true, false, skip-verify and preferred", mode)
	}
	if cfg.Net == "unix" && cfg.TLSConfig == "true" {
		cfg.TLSConfig = "skip-verify" // a socket has no host name to verify
	}
	return nil
}

func onThisMachine(cfg *mysql.Config) bool {
	host, _, _ := net.SplitHostPort(cfg.Addr)
	return cfg.Net == "unix" || hereOnly(host)
}

// readOnlyConnector makes every session of the pool read-only, in UTC and bounded
// in time before it is used.
type readOnlyConnector struct {
	driver.Connector
	address string
	limits  adapter.Limits
}

// Connect opens a connection and prepares its session.
func (c *readOnlyConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, c.unanswered(err)
	}
	if err := c.prepare(ctx, conn); err != nil {
		conn.Close()
		return nil, fmt.Errorf("prepare the session: %w", err)
	}
	return conn, nil
}

// unanswered says where it was that logging in failed. Who is refused is told so by the
// server, and an address that nobody listens at by the network.
func (c *readOnlyConnector) unanswered(err error) error {
	var network *net.OpError
	switch {
	case errors.As(err, &network) && network.Op == "dial":
		return err
	case errors.Is(err, mysql.ErrNoTLS):
		return fmt.Errorf("log in to %s: %w: "+noTLS, c.address, err, "tls=false")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, driver.ErrBadConn):
		return fmt.Errorf("log in: %s takes connections but does not answer: look whether MySQL or MariaDB listens there, and what is in between: %w", c.address, err)
	}
	return fmt.Errorf("log in to %s: %w", c.address, err)
}

func (c *readOnlyConnector) prepare(ctx context.Context, conn driver.Conn) error {
	version, err := serverVersion(ctx, conn)
	if err != nil {
		return err
	}
	// The two name their limit differently and count it in seconds and milliseconds.
	limit := fmt.Sprintf("max_execution_time = %d", c.limits.QueryTimeout.Milliseconds())
	if strings.Contains(strings.ToLower(version), "mariadb") {
		limit = fmt.Sprintf("max_statement_time = %.3f", c.limits.QueryTimeout.Seconds())
	}
	wait := max(1, int(lockWait(c.limits).Seconds())) // counted in whole seconds
	// ProxySQL, which knows and keeps for each client what SET says, would read the first
	// two as the first alone if they were one.
	for _, st := range []string{
		"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
		"SET SESSION TRANSACTION READ ONLY",
		fmt.Sprintf("SET SESSION time_zone = '+00:00', lock_wait_timeout = %d, innodb_lock_wait_timeout = %d, %s", wait, wait, limit),
	} {
		if _, err := conn.(driver.ExecerContext).ExecContext(ctx, st, nil); err != nil {
			return err
		}
	}
	return nil
}

func serverVersion(ctx context.Context, conn driver.Conn) (string, error) {
	rows, err := conn.(driver.QueryerContext).QueryContext(ctx, "SELECT VERSION()", nil)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	value := make([]driver.Value, 1)
	if err := rows.Next(value); err != nil {
		return "", err
	}
	version := fmt.Sprintf("%s", value[0])
	if err := rows.Next(value); err != io.EOF {
		return "", fmt.Errorf("version: %w", err)
	}
	return version, nil
}
