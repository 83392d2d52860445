package adapter_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"arendebrygga/adapter"
	"arendebrygga/sink"
	"arendebrygga/sources"
	"arendebrygga/sources/servertest"
)

// live is an adapter over a case system in a real database, that can be ended at any
// point and begun again. Its rows are those of the simulated one.
type live struct {
	kind string
	db   *sql.DB              // may write
	desk *desk                // what is behind db on the TDS test server; nil: a real server
	real *servertest.External // a SQL Server that is none of ours
	conn sources.Connection
	def  *adapter.Definition
	loop *adapter.Loop
	log  []adapter.Change // everything committed
	said bytes.Buffer     // what the loop logged

	path   string
	store  *sink.Store
	source *altered
}

// altered is a source whose database's clock can be ahead, so that a test need not
// wait, and whose sweeps can fail.
type altered struct {
	adapter.Source
	ahead     time.Duration
	sweeps    int   // pages swept
	failSweep error // what sweeps fail with behind the first page
}

func (a *altered) Clock(ctx context.Context) (time.Time, error) {
	now, err := a.Source.Clock(ctx)
	return now.Add(a.ahead), err
}

func (a *altered) Sweep(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	if a.sweeps++; a.failSweep != nil && from != (adapter.Walk{}) {
		return adapter.Page{}, a.failSweep
	}
	return a.Source.Sweep(ctx, from)
}

// onLive runs a scenario on each of these kinds of database.
func onLive(t *testing.T, kinds []string, mode adapter.Mode, scenario func(t *testing.T, l *live)) {
	for _, name := range kinds {
		kind, _, _ := strings.Cut(name, "-")
		t.Run(name, func(t *testing.T) {
			l := &live{kind: kind, def: liveDefinition(mode, "rad"), path: filepath.Join(t.TempDir(), "store.db")}
			l.def.Kind, l.def.Query = kind, "SELECT id, arende, status, tid, hemlig FROM rad"
			l.def.Cursor.Column, l.def.Cursor.Kind = "id", adapter.CursorID
			l.def.Location, l.def.Overlap, l.def.MaxHold = time.UTC, 20*time.Second, time.Hour
			l.database(t, name)
			id := map[string]string{"mysql": "id INT AUTO_INCREMENT PRIMARY KEY", "postgres": "id SERIAL PRIMARY KEY", "sqlite": "id INTEGER PRIMARY KEY", "mssql": "id INT IDENTITY(1,1) PRIMARY KEY"}[kind]
			tid := timeColumn[kind]
			hemlig := map[string]string{"postgres": "BOOLEAN NOT NULL DEFAULT false", "mssql": mssqlHemlig}[kind]
			if hemlig == "" {
				hemlig = "TINYINT(1) NOT NULL DEFAULT 0"
			}
			l.exec(t, "CREATE TABLE rad ("+id+", arende VARCHAR(20), status VARCHAR(20), tid "+tid+", hemlig "+hemlig+")",
				"CREATE TABLE part (arende VARCHAR(20), namn VARCHAR(20))", "CREATE INDEX rad_tid ON rad (tid)", "CREATE INDEX rad_arende ON rad (arende)")
			t.Cleanup(func() { l.close(t) })
			scenario(t, l)
		})
	}
}

var (
	allKinds = []string{"mysql", "postgres", "sqlite", "mssql", "mssql-real"}
	servers  = []string{"mysql", "postgres", "mssql", "mssql-real"}

	timeColumn = map[string]string{"mysql": "DATETIME(6)", "postgres": "TIMESTAMP(6)", "sqlite": "DATETIME", "mssql": "DATETIME2(6)"}
)

func (l *live) database(t *testing.T, name string) {
	switch name {
	case "mssql":
		l.onDesk(t)
		return
	case "mssql-real":
		l.onSQLServer(t)
		return
	case "sqlite":
		l.conn.Path = filepath.Join(t.TempDir(), "rader.db")
		db, err := sql.Open("sqlite", l.conn.Path)
		if err != nil {
			t.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		t.Cleanup(func() { db.Close() })
		l.db = db
		return
	}
	make := map[string]func(testing.TB) *servertest.Server{"mysql": servertest.MariaDB, "postgres": servertest.PostgreSQL}[l.kind]
	s := make(t)
	l.db, l.conn = s.Root, sources.Connection{Server: s.Addr, Database: s.Database, User: s.User, Password: adapter.NewSecret(s.Password)}
}

func (l *live) exec(t *testing.T, statements ...string) {
	t.Helper()
	for _, st := range statements {
		if _, err := l.db.Exec(l.words(st)); err != nil {
			t.Fatalf("%s: %v", st, err)
		}
	}
}

// open begins the adapter, as after a restart if it ran before.
func (l *live) open(t *testing.T) {
	t.Helper()
	l.close(t)
	store, err := sink.Open(l.path)
	if err != nil {
		t.Fatal(err)
	}
	source, err := sources.Open(l.def, l.conn)
	if err != nil {
		t.Fatal(err)
	}
	ahead := time.Duration(0)
	if l.source != nil {
		ahead = l.source.ahead
	}
	l.store, l.source = store, &altered{Source: source, ahead: ahead}
	l.loop = &adapter.Loop{Definition: l.def, Source: l.source, Rules: rules{}, Store: store, Log: zerolog.New(&l.said),
		Committed: func(c []adapter.Change) { l.log = append(l.log, c...) }}
}

func (l *live) close(t *testing.T) {
	t.Helper()
	if l.loop == nil {
		return
	}
	l.loop = nil
	if err := l.source.Close(); err != nil {
		t.Error(err)
	}
	if err := l.store.Close(); err != nil {
		t.Error(err)
	}
}

// poll lets the database's clock go on by this, and polls.
func (l *live) poll(t *testing.T, after time.Duration) {
	t.Helper()
	if l.loop == nil {
		l.open(t)
	}
	l.source.ahead += after
	if err := l.loop.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (l *live) sweep(t *testing.T) {
	t.Helper()
	if err := l.loop.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// events gives what alva is answered, oldest first, as "old>new" texts.
func (l *live) events(t *testing.T) []string {
	t.Helper()
	b := bench{store: l.store}
	return b.events(t, "alva")
}

// statuses gives the statuses of the events, in order and each as often as it comes.
func (l *live) statuses(t *testing.T) string {
	t.Helper()
	var to []string
	for _, e := range l.events(t) {
		_, status, _ := strings.Cut(e, ">")
		to = append(to, status)
	}
	slices.Sort(to)
	return strings.Join(to, " ")
}

// begin begins a transaction with one statement in it, and leaves it open.
func (l *live) begin(t *testing.T, statement string) *sql.Tx {
	t.Helper()
	if l.real != nil && !l.real.Snapshot {
		t.Skip("this engine has no SNAPSHOT isolation: reads would wait for the open transaction")
	}
	tx, err := l.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	if _, err := tx.Exec(l.words(statement)); err != nil {
		t.Fatal(err)
	}
	return tx
}

func commit(t *testing.T, tx *sql.Tx) {
	t.Helper()
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// stamp is a time so long before now, as the tables have it.
func stamp(before time.Duration) string {
	return "'" + time.Now().UTC().Add(-before).Format("2006-01-02 15:04:05.000000") + "'"
}

// row inserts a row of alva's case.
func row(status, tid string) string {
	return fmt.Sprintf("INSERT INTO rad (arende, status, tid) VALUES ('A1', '%s', %s)", status, tid)
}
