package sources

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/tdstest"
)

// TestMSSQLLocksBeforeTheTimeout has rows be locked for longer than limits.queryTimeout,
// which is short: the server gives up first, so that the statement is sent again and
// counted as one that collided.
func TestMSSQLLocksBeforeTheTimeout(t *testing.T) {
	table := tdstest.NewTable(tdsQuery, "id int not null", "kase varchar(20)")
	table.Insert([]any{1, "BYGG"})
	db := &tdstest.Database{Tables: []*tdstest.Table{table}}
	locked := 2
	s := tdstest.Start(t, func(ctx context.Context, q tdstest.Query) (*tdstest.Result, error) {
		if !strings.HasPrefix(q.SQL, "SELECT TOP (11)") || locked == 0 {
			return db.Handle(ctx, q)
		}
		locked--
		wait := 0
		for _, set := range q.Session.Settings {
			fmt.Sscanf(set, "SET LOCK_TIMEOUT %d", &wait)
		}
		select {
		case <-time.After(time.Duration(wait) * time.Millisecond):
			return nil, tdstest.Err(1222)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
	def := tdsDefinition()
	def.Limits.QueryTimeout = time.Second
	src := openTDS(t, s, def)
	rows, _, _ := walk(t, src, adapter.Walk{}, 10)
	once(t, rows, 1)
	if n := Collisions(src); n != 2 {
		t.Errorf("%d collisions", n)
	}
}

// TestLocksBeforeTheTimeout has a table be locked as by somebody who changes it: what ends
// the statement is the lock, not its own time, however short that is.
func TestLocksBeforeTheTimeout(t *testing.T) {
	for kind, want := range map[string]string{"mysql": "Lock wait timeout exceeded", "postgres": "lock timeout"} {
		t.Run(kind, func(t *testing.T) {
			b := map[string]func(testing.TB) *bed{"mysql": mysqlBed, "postgres": postgresBed}[kind](t)
			b.exec(t, "CREATE TABLE e (id INT, kase VARCHAR(10), at DATETIME)")
			def := b.history()
			def.Limits.QueryTimeout = 2500 * time.Millisecond
			src := b.open(t, def)
			walk(t, src, adapter.Walk{}, 10)
			conn, err := b.db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			for _, st := range map[string][]string{"mysql": {"LOCK TABLES e WRITE"}, "postgres": {"BEGIN", "LOCK TABLE e"}}[kind] {
				if _, err := conn.ExecContext(t.Context(), st); err != nil {
					t.Fatal(err)
				}
			}
			_, err = src.Read(t.Context(), adapter.Walk{})
			if _, err := conn.ExecContext(t.Context(), map[string]string{"mysql": "UNLOCK TABLES", "postgres": "ROLLBACK"}[kind]); err != nil {
				t.Fatal(err)
			}
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
		})
	}
}
