package sources

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// noted takes a snapshot while another session is in the middle of something.
func noted(t *testing.T, src adapter.Source) adapter.Key {
	t.Helper()
	key, err := src.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ended(t *testing.T, src adapter.Source, keys ...adapter.Key) []bool {
	t.Helper()
	settled, err := src.Settled(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	return settled
}

// session is a connection of its own on which statements run one after the other.
func session(t *testing.T, db *sql.DB) func(statement string) {
	t.Helper()
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return func(statement string) {
		t.Helper()
		if _, err := conn.ExecContext(context.Background(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// TestSettled asks under a login that may only SELECT about transactions at each
// stage of their life.
func TestSettled(t *testing.T) {
	s := servertest.PrivatePostgreSQL(t, "--max_prepared_transactions=5")
	b := postgresServerBed(s)
	b.exec(t, "CREATE TABLE e (id BIGSERIAL PRIMARY KEY, kase TEXT, at TIMESTAMP)", "CREATE DATABASE "+s.Database+"_other")
	other := session(t, s.In(t, s.Database+"_other"))
	other("CREATE TABLE e (id INT)")
	src := b.open(t, b.history())
	writer, next := session(t, b.db), session(t, b.db)
	insert := "INSERT INTO e (kase, at) VALUES ('k', now())"
	for name, c := range map[string]struct {
		before, after, end []string // what the writer does before the note, after it, and to end
		open               bool
	}{
		"nothing":                    {open: false},
		"has written":                {before: []string{"BEGIN", insert}, end: []string{"COMMIT"}, open: true},
		"has written, rolls back":    {before: []string{"BEGIN", insert}, end: []string{"ROLLBACK"}, open: true},
		"has only read":              {before: []string{"BEGIN", "SELECT count(*) FROM e"}, after: []string{insert}, end: []string{"COMMIT"}, open: true},
		"has only drawn a number":    {before: []string{"BEGIN", "SELECT nextval('e_id_seq')"}, after: []string{insert}, end: []string{"COMMIT"}, open: true},
		"has only read, is prepared": {before: []string{"BEGIN", "SELECT count(*) FROM e"}, after: []string{insert, "PREPARE TRANSACTION 'a'"}, end: []string{"COMMIT PREPARED 'a'"}, open: true},
		"is prepared":                {before: []string{"BEGIN", insert, "PREPARE TRANSACTION 'b'"}, end: []string{"ROLLBACK PREPARED 'b'"}, open: true},
		"is a backup":                {before: []string{"SET application_name = 'pg_dump'", "BEGIN", "SELECT count(*) FROM e"}, end: []string{"COMMIT", "RESET application_name"}, open: false},
	} {
		t.Run(name, func(t *testing.T) {
			run := func(statements []string) {
				for _, st := range statements {
					writer(st)
				}
			}
			run(c.before)
			next(insert) // another one begins later, with a greater number, and ends first
			key := noted(t, src)
			run(c.after)
			next(insert)
			for range 2 {
				if got := ended(t, src, "", key, key); got[0] || got[1] == c.open || got[2] == c.open {
					t.Errorf("%v while it is open, noted %q", got, key)
				}
			}
			run(c.end)
			if !ended(t, src, key)[0] {
				t.Errorf("not settled after its end, noted %q", key)
			}
		})
	}
	t.Run("in another database", func(t *testing.T) {
		other("BEGIN")
		other("INSERT INTO e VALUES (1)")
		if !ended(t, src, noted(t, src))[0] {
			t.Error("a transaction of another database is waited for")
		}
		other("COMMIT")
	})
	t.Run("begun after the note", func(t *testing.T) {
		key := noted(t, src)
		writer("BEGIN")
		writer(insert)
		if !ended(t, src, key)[0] {
			t.Error("a transaction that began after the note is waited for")
		}
		writer("COMMIT")
	})
	t.Run("the server restarts", func(t *testing.T) {
		writer("BEGIN")
		writer(insert)
		key := noted(t, src)
		s.Kill(t)
		s.Start(t)
		if !ended(t, src, key)[0] {
			t.Error("a transaction that the server's end has ended is waited for")
		}
	})
}

// TestSettledBeforePostgres13 sends what older servers understand, which newer ones
// still do.
func TestSettledBeforePostgres13(t *testing.T) {
	b := postgresBed(t)
	b.exec(t, "CREATE TABLE e (id INT, kase TEXT, at TIMESTAMP)")
	src := b.open(t, b.history()).(*poller)
	old := postgresDialect
	old.opened = []snapshotRule{{take: strings.ReplaceAll(postgresSnapshots[0].take, "pg_current_snapshot", "pg_no_such_function")}, postgresSnapshots[1]}
	src.dia = &old
	writer := session(t, b.db)
	writer("BEGIN")
	writer("INSERT INTO e VALUES (1, 'k', now())")
	key := noted(t, src)
	if ended(t, src, key)[0] {
		t.Error("settled while open")
	}
	// A standby notes numbers only.
	var xmax adapter.Key
	if err := b.db.QueryRow("SELECT 'x' || txid_current()").Scan(&xmax); err != nil {
		t.Fatal(err)
	}
	for _, rule := range postgresSnapshots {
		src.dia.opened = []snapshotRule{rule}
		src.snapshots = 0
		if got := ended(t, src, "x3", xmax); !got[0] || got[1] {
			t.Errorf("by numbers, %v", got)
		}
	}
	writer("COMMIT")
	if got := ended(t, src, xmax); !got[0] {
		t.Error("by numbers, not settled after the end")
	}
}

// TestSnapshotWithoutRights has a login that may not look at locks: it cannot tell.
func TestSnapshotWithoutRights(t *testing.T) {
	s := servertest.PrivatePostgreSQL(t)
	b := postgresServerBed(s)
	b.exec(t, "CREATE TABLE e (id INT, kase TEXT, at TIMESTAMP)")
	src := b.open(t, b.history())
	key := noted(t, src)
	b.exec(t, "REVOKE ALL ON pg_locks FROM PUBLIC")
	if got := ended(t, src, key); got[0] {
		t.Error("settled, without a look")
	}
	if key := noted(t, src); key != "" {
		t.Errorf("noted %q", key)
	}
	if got := ended(t, src, key); got[0] {
		t.Error("settled, without a look")
	}
}

func TestSnapshotOfOthersIsEmpty(t *testing.T) {
	for _, b := range []*bed{mysqlBed(t), sqliteBed(t)} {
		src := b.open(t, b.history())
		if key := noted(t, src); key != "" {
			t.Errorf("%s: %q", b.kind, key)
		}
		if got := ended(t, src, "v1/2", ""); len(got) != 2 || got[0] || got[1] {
			t.Errorf("%s: %v", b.kind, got)
		}
	}
}
