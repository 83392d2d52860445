package sources

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"sync/atomic"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	_ "github.com/microsoft/go-mssqldb/integratedauth/krb5" // the driver finds it by its name

	"arendebrygga/adapter"
)

// mssqlSession is sent behind the settings once for each connection, as a batch: what is
// set inside sp_executesql ends with it. The forms of text that are handed out need no
// setting.
//
// SQL Server has no read-only sessions: that nothing is written rests on the SELECT
// that each statement begins with, and on the login. In READ COMMITTED a reader waits
// for writers and they for it, unless the database keeps row versions; in a deadlock
// it is we who give way.
const mssqlSession = `
IF EXISTS (SELECT 1 FROM sys.databases WHERE name = DB_NAME() AND snapshot_isolation_state = 1) SET TRANSACTION ISOLATION LEVEL SNAPSHOT
ELSE ` + mssqlCommitted

const mssqlSettings = `SET NOCOUNT ON; SET IMPLICIT_TRANSACTIONS OFF; SET ANSI_NULLS ON; SET TEXTSIZE 2147483647; SET LOCK_TIMEOUT %d; SET DEADLOCK_PRIORITY LOW;`

const mssqlCommitted = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"

// packetSize is the largest that an encrypted connection may have: the driver would ask
// for 4096, and a page takes many of those.
const packetSize = 16383

// openMSSQL prepares a pool of gentle sessions.
func openMSSQL(conn Connection, limits adapter.Limits) (*sql.DB, error) {
	cfg, err := mssqlConfig(conn)
	if err != nil {
		return nil, err
	}
	cfg.AppName, cfg.LogFlags = applicationName, 0
	cfg.DialTimeout = min(limits.QueryTimeout, loginTimeout)
	if cfg.FailOverPartner != "" { // it is asked within the same time, and there is a statement to be sent
		cfg.DialTimeout = min(limits.QueryTimeout/3, loginTimeout)
	}
	if cfg.PacketSize == 0 {
		cfg.PacketSize = packetSize
	}
	cfg.Encoding.GuidConversion, cfg.Encoding.Timezone = false, time.UTC
	committed := conn.committed
	if committed == nil {
		committed = new(atomic.Bool)
	}
	settings := fmt.Sprintf(mssqlSettings, lockWait(limits).Milliseconds())
	return sql.OpenDB(&mssqlConnector{mssql.NewConnectorConfig(cfg), cfg.KeepAlive, settings, committed}), nil
}

// mssqlConnector prepares every session of the pool before it is used.
type mssqlConnector struct {
	*mssql.Connector
	keepAlive time.Duration
	settings  string
	committed *atomic.Bool // sessions are READ COMMITTED whatever the database allows
}

// Connect opens a connection and prepares its session.
func (c *mssqlConnector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.logIn(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(*mssql.Conn)
	if !ok {
		opened.Close()
		return nil, fmt.Errorf("prepare the session: the driver gives a connection that is not its own")
	}
	isolation, committed := mssqlSession, c.committed.Load()
	if committed {
		isolation = "\n" + mssqlCommitted
	}
	if err := prepareMSSQL(ctx, conn, c.settings+isolation); err != nil {
		conn.Close()
		return nil, fmt.Errorf("prepare the session: %w", err)
	}
	return &mssqlConn{conn, c, committed}, nil
}

func prepareMSSQL(ctx context.Context, conn *mssql.Conn, session string) error {
	st, err := conn.PrepareContext(ctx, session)
	if err != nil {
		return err
	}
	defer st.Close()
	_, err = st.(driver.StmtExecContext).ExecContext(ctx, nil)
	return err
}

// mssqlConn is a connection that stays as it was prepared.
type mssqlConn struct {
	*mssql.Conn
	connector *mssqlConnector
	committed bool // prepared as READ COMMITTED, not as the database allows
}

// ResetSession keeps the settings, which the driver would have the server forget before
// every statement. A session with another isolation than is wanted now is given up.
func (c *mssqlConn) ResetSession(context.Context) error {
	if !c.IsValid() || c.committed != c.connector.committed.Load() {
		return driver.ErrBadConn
	}
	return nil
}
