package tdstest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// numbers gives so many rows without holding them.
func numbers(n int) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range n {
			if !yield([]any{i, "ärende"}) {
				return
			}
		}
	}
}

var numbered = Columns("Id bigint not null", "Text varchar(20)")

// read counts the rows of a statement.
func read(ctx context.Context, db *sql.DB, statement string, args ...any) (n int, err error) {
	rows, err := db.QueryContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for ; rows.Next(); n++ {
		var id int
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return n, err
		}
		if id != n || text != "ärende" {
			return n, fmt.Errorf("row %d is %d %s", n, id, text)
		}
	}
	return n, rows.Err()
}

func TestBigResult(t *testing.T) {
	const rows = 100_000
	var before, most runtime.MemStats
	s := Start(t, func(_ context.Context, q Query) (*Result, error) {
		return &Result{Columns: numbered, Rows: func(yield func([]any) bool) {
			for row := range numbers(rows) {
				if row[0] == rows-1 {
					runtime.GC()
					runtime.ReadMemStats(&most)
				}
				if !yield(row) {
					return
				}
			}
		}}, nil
	})
	db := open(t, s.DSN())
	runtime.GC()
	runtime.ReadMemStats(&before)
	for _, args := range [][]any{nil, {1}} {
		if n, err := read(t.Context(), db, "SELECT Id, Text", args...); n != rows || err != nil {
			t.Errorf("%d rows, %v", n, err)
		}
		if grown := int64(most.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
			t.Errorf("%d bytes are held at the last row", grown)
		}
	}
}

func TestFaults(t *testing.T) {
	for _, k := range []int{0, 1, 500, 999, 1000} {
		for _, cut := range []Cut{Close, Reset, HalfClose, InRow} {
			if k == 1000 && cut == InRow {
				continue
			}
			s := Start(t, func(_ context.Context, q Query) (*Result, error) {
				return &Result{Columns: numbered, Rows: numbers(1000), Fault: &Fault{After: k, Cut: cut}}, nil
			})
			n, err := read(t.Context(), open(t, s.DSN()), "SELECT Id, Text")
			if err == nil || n > k || n < k && cut != Reset {
				t.Errorf("%s after %d: %d rows, %v", cut, k, n, err)
			}
			s.Close()
		}
	}
}

func TestErrorAmidRows(t *testing.T) {
	s := Start(t, func(_ context.Context, q Query) (*Result, error) {
		return &Result{Columns: numbered, Rows: numbers(1000), Fault: &Fault{After: 500, Error: Err(1205)}}, nil
	})
	db := open(t, s.DSN())
	for _, args := range [][]any{nil, {1}} {
		if n, err := read(t.Context(), db, "SELECT Id, Text", args...); n != 500 || number(err) != 1205 {
			t.Errorf("with %v: %d rows, %v", args, n, err)
		}
	}
	if _, most := s.Connections(); most != 1 {
		t.Errorf("%d connections, want one that goes on", most)
	}
}

// TestAttention has a client cancel a statement that waits, one that sends rows
// without end and one that rests between two rows. The connection goes on.
func TestAttention(t *testing.T) {
	for _, name := range []string{"before", "amid", "between"} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan struct{}, 1)
			s := Start(t, func(ctx context.Context, q Query) (*Result, error) {
				switch q.SQL {
				case "SELECT before":
					<-ctx.Done()
					ended <- struct{}{}
					return nil, ctx.Err()
				case "SELECT amid":
					return &Result{Columns: numbered, Rows: func(yield func([]any) bool) {
						for i := 0; yield([]any{i, "ärende"}); i++ {
						}
						ended <- struct{}{}
					}}, nil
				case "SELECT between":
					return &Result{Columns: numbered, Rows: func(yield func([]any) bool) {
						for row := range numbers(20) {
							if !yield(row) {
								ended <- struct{}{}
								return
							}
						}
					}, Fault: &Fault{After: 10, Delay: time.Hour}}, nil
				}
				return &Result{Columns: numbered, Rows: numbers(3)}, nil
			})
			db := open(t, s.DSN())
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, cancel)
			begun := time.Now()
			_, err := read(ctx, db, "SELECT "+name)
			if took := time.Since(begun); !errors.Is(err, context.Canceled) || took > 10*time.Second {
				t.Errorf("%v after %v", err, took)
			}
			select {
			case <-ended:
			case <-time.After(10 * time.Second):
				t.Error("the handler still runs")
			}
			if n, err := read(t.Context(), db, "SELECT more"); n != 3 || err != nil {
				t.Errorf("the next statement: %d rows, %v", n, err)
			}
			if n := len(s.Logins()); n != 1 {
				t.Errorf("%d connections, want the same one", n)
			}
		})
	}
}

func TestParallel(t *testing.T) {
	var both sync.WaitGroup
	both.Add(2)
	s := Start(t, func(_ context.Context, q Query) (*Result, error) {
		both.Done()
		both.Wait() // each is answered only when the other has asked
		return &Result{Columns: numbered, Rows: numbers(5000)}, nil
	})
	db := open(t, s.DSN())
	var clients sync.WaitGroup
	for range 2 {
		clients.Go(func() {
			if n, err := read(t.Context(), db, "SELECT Id, Text"); n != 5000 || err != nil {
				t.Errorf("%d rows, %v", n, err)
			}
		})
	}
	clients.Wait()
	if _, most := s.Connections(); most != 2 {
		t.Errorf("%d connections", most)
	}
	if a, b := s.Queries()[0].Session.ID, s.Queries()[1].Session.ID; a == b {
		t.Error("both came by one connection")
	}
}

func TestTransactions(t *testing.T) {
	s := Start(t, func(_ context.Context, q Query) (*Result, error) {
		if q.SQL == "SELECT deadlock" {
			return nil, Err(1205)
		}
		return Row("int", 1), nil
	})
	db := open(t, s.DSN())
	db.SetMaxOpenConns(1)
	for level, want := range map[sql.IsolationLevel]string{sql.LevelSnapshot: "SNAPSHOT", sql.LevelReadCommitted: "READ COMMITTED", sql.LevelDefault: ""} {
		tx, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: level})
		if err != nil {
			t.Fatal(err)
		}
		var x int
		if err := tx.QueryRow("SELECT 1 x").Scan(&x); err != nil {
			t.Error(err)
		}
		if err := tx.Commit(); err != nil {
			t.Error(err)
		}
		all := s.Queries()
		last := all[len(all)-3:]
		if last[0].Kind != Begin || last[1].Session.Isolation != want || !last[1].Session.InTransaction || last[2].Kind != Commit || last[2].Session.InTransaction {
			t.Errorf("%v: %+v", level, last)
		}
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.QueryRow("SELECT deadlock").Scan(new(int)); number(err) != 1205 {
		t.Error(err)
	}
	if err := tx.QueryRow("SELECT 1 x").Scan(new(int)); err == nil {
		t.Error("the deadlock's victim goes on in its transaction")
	}
	_ = tx.Rollback()
}

func TestSettings(t *testing.T) {
	s := Start(t, one)
	db := open(t, s.DSN())
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range []string{"SET DEADLOCK_PRIORITY LOW", "SET LOCK_TIMEOUT 5000; SET NOCOUNT ON;"} {
		if _, err := c.ExecContext(t.Context(), st); err != nil {
			t.Fatal(err)
		}
	}
	settings := func() Session {
		var x int
		if err := c.QueryRowContext(t.Context(), "SET XACT_ABORT ON; SELECT 1 x").Scan(&x); err != nil {
			t.Fatal(err)
		}
		all := s.Queries()
		return all[len(all)-1].Session
	}
	if got, want := settings().Settings, []string{"SET DEADLOCK_PRIORITY LOW", "SET LOCK_TIMEOUT 5000", "SET NOCOUNT ON"}; !slices.Equal(got, want) {
		t.Errorf("settings %q, want %q", got, want)
	}
	before := settings().Resets
	c.Close()
	if c, err = db.Conn(t.Context()); err != nil { // from the pool: the driver resets it
		t.Fatal(err)
	}
	defer c.Close()
	if got := settings(); len(got.Settings) != 0 || got.Resets != before+1 {
		t.Errorf("after %d resets: %q", got.Resets, got.Settings)
	}
}
