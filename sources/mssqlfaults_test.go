package sources

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/tdstest"
)

// faulty is a server with 200 rows, whose handler a test may come before: with a result
// or an error of its own the statement goes no further.
func faulty(t *testing.T, before func(tdstest.Query) (*tdstest.Result, error), change ...func(*adapter.Definition)) (*tdstest.Server, *poller, *tdstest.Table) {
	t.Helper()
	table := tdstest.NewTable(tdsQuery, "id int not null", "kase varchar(20)", "c rowversion not null")
	for n := 1; n <= 200; n++ {
		table.Insert([]any{n, fmt.Sprintf("BYGG %d", n), 2000 + n})
	}
	db := &tdstest.Database{Tables: []*tdstest.Table{table}}
	s := tdstest.Start(t, func(ctx context.Context, q tdstest.Query) (*tdstest.Result, error) {
		if result, err := before(q); result != nil || err != nil {
			if result != nil && result.Fault != nil && result.Columns == nil { // the rows that there are, with a fault
				whole, err := db.Handle(ctx, q)
				if err == nil {
					whole.Fault = result.Fault
				}
				return whole, err
			}
			return result, err
		}
		return db.Handle(ctx, q)
	})
	def := tdsDefinition(adapter.Column{Name: "c", Type: adapter.Bytes})
	def.Limits.PageSize = 100
	for _, c := range change {
		c(def)
	}
	return s, openTDS(t, s, def), table
}

func reads(q tdstest.Query) bool { return strings.Contains(q.SQL, "TOP (101)") }

// TestMSSQLCollisions has statements lose deadlocks, locks and snapshots, in the middle
// of their rows too: they are sent again, counted, and no row is lost or read twice.
func TestMSSQLCollisions(t *testing.T) {
	for _, number := range []int32{1205, 1222, 3960, 3961} {
		t.Run(fmt.Sprint(number), func(t *testing.T) {
			var sent atomic.Int32
			_, src, _ := faulty(t, func(q tdstest.Query) (*tdstest.Result, error) {
				if !reads(q) || sent.Add(1) > 2 {
					return nil, nil
				}
				return &tdstest.Result{Fault: &tdstest.Fault{After: 40, Error: tdstest.Err(number)}}, nil
			})
			rows, _, _ := walk(t, src, adapter.Walk{}, 100)
			once(t, rows, 200)
			if n := Collisions(src); n != 2 {
				t.Errorf("%d collisions counted", n)
			}
		})
	}
	_, src, _ := faulty(t, func(q tdstest.Query) (*tdstest.Result, error) {
		if reads(q) {
			return nil, tdstest.Err(1205)
		}
		return nil, nil
	})
	begun := time.Now()
	_, err := src.Read(t.Context(), adapter.Walk{})
	if err == nil || !strings.Contains(err.Error(), "error 1205: Transaction was deadlocked") || Collisions(src) != 4 || time.Since(begun) > 10*time.Second {
		t.Errorf("after %v and %d collisions: %v", time.Since(begun), Collisions(src), err)
	}
}

// TestMSSQLSnapshotElsewhere has a query join what cannot be read in snapshots:
// the source's sessions are READ COMMITTED from then on, and that is said once.
func TestMSSQLSnapshotElsewhere(t *testing.T) {
	for _, number := range []int32{3952, 7420, 41332} {
		t.Run(fmt.Sprint(number), func(t *testing.T) { snapshotElsewhere(t, number) })
	}
}

func snapshotElsewhere(t *testing.T, number int32) {
	table := tdstest.NewTable(tdsQuery, "id int not null", "kase varchar(20)")
	for n := 1; n <= 200; n++ {
		table.Insert([]any{n, "BYGG"})
	}
	db := &tdstest.Database{Tables: []*tdstest.Table{table}, Snapshot: true}
	var refused atomic.Int32
	s := tdstest.Start(t, func(ctx context.Context, q tdstest.Query) (*tdstest.Result, error) {
		if reads(q) && slices.Contains(q.Session.Settings, "SET TRANSACTION ISOLATION LEVEL SNAPSHOT") {
			refused.Add(1)
			return nil, tdstest.Err(number)
		}
		return db.Handle(ctx, q)
	})
	def := tdsDefinition()
	def.Limits.PageSize = 100
	var said []string
	src, err := Open(def, Connection{DSN: adapter.NewSecret(s.DSN()), Warn: func(text string) { said = append(said, text) }})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for range 2 {
		rows, _, _ := walk(t, src, adapter.Walk{}, 100)
		once(t, rows, 200)
	}
	if len(said) != 1 || !strings.Contains(said[0], "read committed from now on") || refused.Load() != 1 || Collisions(src) != 0 {
		t.Errorf("said %q, %d times refused, %d collisions", said, refused.Load(), Collisions(src))
	}
	last := s.Queries()[len(s.Queries())-1].Session
	if _, most := s.Connections(); most != 1 || !slices.Contains(last.Settings, mssqlCommitted) || !slices.Contains(last.Settings, "SET DEADLOCK_PRIORITY LOW") {
		t.Errorf("%d connections at a time, in the end with %q", most, last.Settings)
	}
}

// TestPoint14_MSSQLCut cuts the connection in every way after some of the rows.
func TestPoint14_MSSQLCut(t *testing.T) {
	for _, cut := range []tdstest.Cut{tdstest.Close, tdstest.Reset, tdstest.InRow} {
		t.Run(string(cut), func(t *testing.T) {
			var sent atomic.Int32
			s, src, _ := faulty(t, func(q tdstest.Query) (*tdstest.Result, error) {
				if n := sent.Add(1); !reads(q) || n%4 != 0 {
					return nil, nil
				}
				return &tdstest.Result{Fault: &tdstest.Fault{After: 37, Cut: cut}}, nil
			})
			rows, _, _ := walk(t, src, adapter.Walk{}, 100)
			once(t, rows, 200)
			s.Drop()
			if _, err := src.Clock(t.Context()); err != nil {
				t.Errorf("after the server has dropped all connections: %v", err)
			}
		})
	}
}

// TestMSSQLQueryTimeout cancels what takes too long, and goes on with the connection.
func TestMSSQLQueryTimeout(t *testing.T) {
	var slow atomic.Bool
	s, src, _ := faulty(t, func(q tdstest.Query) (*tdstest.Result, error) {
		if slow.Load() && reads(q) {
			return &tdstest.Result{Fault: &tdstest.Fault{After: 10, Delay: time.Minute}}, nil
		}
		return nil, nil
	}, func(def *adapter.Definition) { def.Limits.QueryTimeout = time.Second })
	slow.Store(true)
	begun := time.Now()
	_, err := src.Read(t.Context(), adapter.Walk{})
	if err == nil || !strings.Contains(err.Error(), "longer than limits.queryTimeout") || !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(begun), err)
	}
	slow.Store(false)
	rows, _, _ := walk(t, src, adapter.Walk{}, 100)
	once(t, rows, 200)
	if _, most := s.Connections(); most != 1 {
		t.Errorf("%d connections at a time", most)
	}
}

// TestMSSQLErrors holds that errors name things of the schema, and no value.
func TestMSSQLErrors(t *testing.T) {
	for _, tc := range []struct {
		err  *tdstest.Error
		want string
	}{
		{&tdstest.Error{Number: 208, Message: "Invalid object name 'dbo.Arende'."}, "error 208: Invalid object name 'dbo.Arende'."},
		{&tdstest.Error{Number: 207, Message: "Invalid column name 'Handelse'."}, "error 207: Invalid column name 'Handelse'."},
		{&tdstest.Error{Number: 229, Message: "The SELECT permission was denied on the object 'e', database 'b', schema 'dbo'."}, "error 229: The SELECT permission was denied on the object 'e', database 'b', schema 'dbo'."},
		{&tdstest.Error{Number: 245, Message: "Conversion failed when converting the varchar value '19900922-2382' to data type int."}, "error 245: Conversion failed when converting the varchar value ***"},
		{&tdstest.Error{Number: 2628, Message: "String would be truncated in table 'x'. Truncated value: 'Tolvan'."}, "error 2628: String would be truncated in table ***"},
		{&tdstest.Error{Number: 50000, Message: "Anna Andersson får inte läsas"}, "error 50000: the database raised an error of its own"},
		{&tdstest.Error{Number: 4413, Message: "Could not use view or function 'dbo.v' because of binding errors.",
			Before: []*tdstest.Error{{Number: 207, Message: "Invalid column name 'Handelse'.", Proc: "v"}}}, "error 207: Invalid column name 'Handelse'."},
		{&tdstest.Error{Number: 4413, Message: "Could not use view or function 'dbo.v' because of binding errors.",
			Before: []*tdstest.Error{{Number: 208, Message: "Invalid object name 'dbo.Arende'.", Proc: "v"}}}, "error 208: Invalid object name 'dbo.Arende'."},
		{&tdstest.Error{Number: 8134, Message: "Anna Andersson, divided by zero", Proc: "f"}, "error 8134: the database raised an error of its own"},
		{&tdstest.Error{Number: 18456, Message: "Login failed for user 'Anna'.", Proc: "f"}, "error 18456: the database raised an error of its own"},
		{&tdstest.Error{Number: 824, Class: 24, Message: "I/O error (bad page ID) in file 'x'"}, "error 824: I/O error ***"},
	} {
		_, src, _ := faulty(t, func(q tdstest.Query) (*tdstest.Result, error) {
			if reads(q) {
				return nil, tc.err
			}
			return nil, nil
		})
		if _, err := src.Read(t.Context(), adapter.Walk{}); err == nil || err.Error() != "read rows: "+tc.want {
			t.Errorf("%d: %v", tc.err.Number, err)
		}
	}
}

// TestPoint03_Rowversion has transactions open while others commit greater rowversions:
// no cursor passes what is held, and what is held appears within a poll of its commit.
func TestPoint03_Rowversion(t *testing.T) {
	var active atomic.Uint64
	active.Store(2191) // a transaction has drawn 2191 to 2195, and not committed
	table := tdstest.NewTable(tdsQuery, "id int not null", "kase varchar(20)", "c rowversion not null")
	insert := func(from, to int) {
		for n := from; n <= to; n++ {
			table.Insert([]any{n, fmt.Sprintf("BYGG %d", n), 2000 + n})
		}
	}
	insert(1, 190)
	insert(196, 200) // later ones that are committed
	db := &tdstest.Database{Tables: []*tdstest.Table{table}, Active: active.Load}
	def := tdsDefinition(adapter.Column{Name: "c", Type: adapter.Bytes})
	def.Cursor = adapter.CursorRule{Column: "c", Kind: adapter.CursorRowversion}
	src := openTDS(t, tdstest.Start(t, db.Handle), def)
	rows, _, frontier := walk(t, src, adapter.Walk{}, 10)
	once(t, rows, 190)
	if want := adapter.Key(fmt.Sprintf("%016x", 2190)); frontier != want {
		t.Errorf("the frontier is %s, want %s", frontier, want)
	}
	if ext, err := src.Extent(t.Context()); err != nil || ext.Greatest != frontier || ext.Present != frontier {
		t.Errorf("%+v, %v", ext, err)
	}
	for range 3 { // nothing new while it is open
		rows, _, frontier = walk(t, src, adapter.Walk{Lo: frontier}, 10)
		once(t, rows, 1)
	}
	insert(191, 195)
	active.Store(2201)
	rows, _, frontier = walk(t, src, adapter.Walk{Lo: frontier, After: true}, 10)
	once(t, rows, 10)
	if want := adapter.Key(fmt.Sprintf("%016x", 2200)); frontier != want {
		t.Errorf("the frontier is %s, want %s", frontier, want)
	}
}
