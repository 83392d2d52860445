package adapter_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources"
	"arendebrygga/sources/tdstest"
)

// onSQLServers runs a scenario on SQL Server only: on its protocol, and on a real one
// where that is named.
func onSQLServers(t *testing.T, mode adapter.Mode, scenario func(t *testing.T, l *live)) {
	onLive(t, []string{"mssql", "mssql-real"}, mode, scenario)
}

// versioned has the rows' version be the cursor.
func (l *live) versioned(t *testing.T, table string) {
	t.Helper()
	if l.real != nil && !l.real.Rowversion {
		t.Skip("this engine has no MIN_ACTIVE_ROWVERSION()")
	}
	l.exec(t, "ALTER TABLE rad ADD rv ROWVERSION", "CREATE INDEX rad_rv ON rad (rv)")
	l.def.Query = "SELECT id, arende, status, tid, hemlig, rv FROM rad"
	l.def.Columns = append(l.def.Columns, adapter.Column{Name: "rv", Type: adapter.Bytes})
	l.def.Cursor = adapter.CursorRule{Column: "rv", Kind: adapter.CursorRowversion, Table: table}
	l.def.Overlap = 0 // nothing but the bound keeps what commits late
}

// TestPoint03_OpenTransaction has transactions draw row versions and commit after
// others that drew greater ones. No cursor passes what is open, so that the poll after
// its commit has it, without an overlap.
func TestPoint03_OpenTransaction(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		for _, table := range []string{"", "rad"} {
			t.Run(fmt.Sprintf("%s table=%s", mode, table), func(t *testing.T) {
				onSQLServers(t, mode, func(t *testing.T, l *live) {
					l.versioned(t, table)
					l.exec(t, alva, row("a", stamp(time.Hour)))
					l.poll(t, 0)
					write := func(status string) string {
						if mode == adapter.History {
							return row(status, stamp(0))
						}
						return "UPDATE rad SET status = '" + status + "' WHERE arende = 'A1'"
					}
					for _, status := range []string{"b", "c", "d"} {
						openTransaction(t, l, write(status), status)
					}
					want(t, l.events(t), ">a", "a>b", "b>c", "c>d")
				})
			})
		}
	}
}

// openTransaction has a transaction write, another after it that commits first, and
// polls in between and afterwards.
func openTransaction(t *testing.T, l *live, statement, status string) {
	t.Helper()
	before := l.last(t)
	tx := l.begin(t, statement)
	l.exec(t, "INSERT INTO rad (arende, status, tid) VALUES ('B1"+status+"', 'x', "+stamp(0)+")")
	changes := len(l.log)
	for range 3 {
		l.poll(t, time.Minute)
	}
	if after := l.last(t); after != before || len(l.log) != changes {
		t.Errorf("%s: while it is open, %d changes were committed and the cursor went on from %q to %q", status, len(l.log)-changes, before, after)
	}
	l.open(t)
	commit(t, tx)
	l.poll(t, time.Second)
	if n := len(l.log) - changes; n != 2 {
		t.Errorf("%s: the poll after the commit has %d changes", status, n)
	}
	l.poll(t, time.Minute)
	l.poll(t, time.Minute)
	if n := len(l.log) - changes; n != 2 {
		t.Errorf("%s: %d changes in the end", status, n)
	}
}

// TestPoint04_HeldBackRowversion: a transaction that stays open keeps a rowversion
// cursor where it is. For longer than maxHold that is told and counted, and nothing is
// skipped.
func TestPoint04_HeldBackRowversion(t *testing.T) {
	onSQLServers(t, adapter.History, func(t *testing.T, l *live) {
		l.versioned(t, "")
		l.def.MaxHold = 5 * time.Minute
		l.exec(t, alva, row("a", stamp(time.Hour)))
		l.poll(t, 0)
		for range 30 {
			l.poll(t, time.Minute)
		}
		if s := l.loop.Status(); s.Hold != 0 || s.Overhold {
			t.Errorf("while nothing is open: hold %v, over %v", s.Hold, s.Overhold)
		}
		tx := l.begin(t, row("b", stamp(0)))
		l.exec(t, row("c", stamp(0)))
		for i := range 40 {
			l.poll(t, time.Minute)
			s := l.loop.Status()
			if i == 0 && s.Overhold || i == 39 && (!s.Overhold || s.Totals.Overholds != 1) {
				t.Errorf("poll %d: hold %v, over %v, %d times", i, s.Hold, s.Overhold, s.Totals.Overholds)
			}
		}
		want(t, l.events(t), ">a")
		commit(t, tx)
		l.poll(t, time.Minute)
		l.poll(t, time.Minute)
		want(t, l.events(t), ">a", "a>b", "b>c")
		if s := l.loop.Status(); s.Hold != 0 || s.Overhold || s.Totals.Missed != 0 {
			t.Errorf("afterwards: hold %v, over %v, %d missed", s.Hold, s.Overhold, s.Totals.Missed)
		}
	})
}

// TestPoint04_LagOfARowversion: what was committed behind an open transaction is not
// read, and lag says so from the first poll that can know, also when it has ended and another
// that began soon after it has not, and after a restart.
func TestPoint04_LagOfARowversion(t *testing.T) {
	onSQLServers(t, adapter.History, func(t *testing.T, l *live) {
		const poll = 50 * time.Second // less than what counts as a clock that was set
		l.versioned(t, "")
		l.def.MaxHold = 5 * time.Minute
		l.exec(t, alva, row("a", stamp(time.Hour)))
		polls := func(n int) {
			for range n {
				l.poll(t, poll)
			}
		}
		lags := func(least, most time.Duration, when string) { // in polls, one more or less
			t.Helper()
			if s := l.loop.Status(); s.Lag < (least-1)*poll || s.Lag > (most+1)*poll {
				t.Errorf("%s: the source says that it lags %v behind, not %v to %v", when, s.Lag, least*poll, most*poll)
			}
		}
		polls(30)
		lags(0, 0, "nothing is open")
		first := l.begin(t, row("b", stamp(0)))
		l.exec(t, row("c", stamp(0)))
		polls(3)
		second := l.begin(t, row("d", stamp(0)))
		l.exec(t, row("e", stamp(0)))
		polls(1)
		lags(4, 4, "one is open")
		polls(20)
		lags(24, 24, "two are open")
		commit(t, first)
		polls(10)
		lags(31, 34, "the second is open") // from when the first was, as nobody can tell when the second began
		want(t, l.events(t), ">a", "a>b", "b>c")
		l.open(t)
		polls(1)
		lags(32, 35, "after a restart")
		commit(t, second)
		polls(2)
		lags(0, 0, "nothing is open any more")
	})
}

// TestPoint03_RolledBack: what waited behind a transaction goes on when it comes to
// nothing.
func TestPoint03_RolledBack(t *testing.T) {
	onSQLServers(t, adapter.History, func(t *testing.T, l *live) {
		l.versioned(t, "")
		l.exec(t, alva, row("a", stamp(time.Hour)))
		l.poll(t, 0)
		tx := l.begin(t, row("never", stamp(0)))
		l.exec(t, row("b", stamp(0)))
		l.poll(t, time.Minute)
		want(t, l.events(t), ">a")
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		l.poll(t, time.Minute)
		want(t, l.events(t), ">a", "a>b")
	})
}

// TestPoint20_ErrorNumbers: a column or a table that is gone is named, by the numbers
// of the server's errors. Only that source stops, and it recovers by itself.
func TestPoint20_ErrorNumbers(t *testing.T) {
	onSQLServers(t, adapter.History, func(t *testing.T, l *live) {
		l.exec(t, alva, row("a", stamp(time.Hour)), "SELECT * INTO annan FROM rad")
		l.poll(t, 0)
		other := *l
		def := *l.def
		def.Query, def.Cursor.Table, other.def, other.path, other.loop, other.log = "SELECT id, arende, status, tid, hemlig FROM annan", "annan", &def, t.TempDir()+"/annan.db", nil, nil
		t.Cleanup(func() { other.close(t) })
		for i, c := range []struct{ gone, back, named string }{
			{"EXEC sp_rename 'rad.status', 'lage', 'COLUMN'", "EXEC sp_rename 'rad.lage', 'status', 'COLUMN'", "error 207: Invalid column name 'status'"},
			{"EXEC sp_rename 'rad', 'arkiv'", "EXEC sp_rename 'arkiv', 'rad'", "error 208: Invalid object name 'rad'"},
		} {
			l.exec(t, row(string(rune('b'+i)), stamp(0)), c.gone)
			before := l.last(t)
			for range 2 {
				if err := l.loop.Poll(t.Context()); err == nil || !strings.Contains(err.Error(), c.named) {
					t.Errorf("after %s: %v", c.gone, err)
				}
				other.poll(t, time.Second)
			}
			if l.last(t) != before {
				t.Error("the cursor has moved")
			}
			l.exec(t, c.back)
			l.poll(t, time.Second)
		}
		want(t, l.events(t), ">a", "a>b", "b>c")
		want(t, other.events(t), ">a")
	})
}

// TestLiveCollisions has statements be the victim of a deadlock, wait in vain for a
// lock and lose their snapshot, in the middle of rows. They are sent again and counted;
// where that does not help the next poll has the rows, and none is lost or doubled.
func TestLiveCollisions(t *testing.T) {
	for _, number := range []int32{1205, 1222, 3960} {
		t.Run(fmt.Sprint(number), func(t *testing.T) {
			onLive(t, []string{"mssql"}, adapter.History, func(t *testing.T, l *live) {
				l.def.Limits.PageSize = 100
				l.exec(t, alva, row("a", stamp(time.Hour))+strings.Repeat(", ('A1', 'a', "+stamp(time.Hour)+")", 249))
				faults := 2
				l.desk.fault = func(q tdstest.Query) (*tdstest.Result, error) {
					if !strings.Contains(q.SQL, "q.[hemlig]") || faults == 0 {
						return nil, nil
					}
					faults--
					return &tdstest.Result{Fault: &tdstest.Fault{After: 40, Error: tdstest.Err(number)}}, nil
				}
				l.poll(t, 0)
				if n := sources.Collisions(l.source.Source); n != 2 || len(l.events(t)) != 250 {
					t.Errorf("%d collisions, %d events", n, len(l.events(t)))
				}
				l.exec(t, row("b", stamp(0))+strings.Repeat(", ('A1', 'b', "+stamp(0)+")", 149))
				faults = 1000
				if err := l.loop.Poll(t.Context()); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("error %d", number)) {
					t.Errorf("error %v", err)
				}
				faults = 0
				l.poll(t, time.Second)
				if n := len(l.events(t)); n != 400 || len(l.log) != 400 {
					t.Errorf("%d events, %d changes", n, len(l.log))
				}
			})
		})
	}
}

// TestPoint25_LiveStatementLog looks at all that the server was sent in the life of an
// adapter: it only reads and sets its session, on one connection, and every statement
// that may give more than one row has a limit.
func TestPoint25_LiveStatementLog(t *testing.T) {
	onLive(t, []string{"mssql"}, adapter.History, func(t *testing.T, l *live) {
		l.def.Delay = delay
		l.versioned(t, "rad")
		l.exec(t, alva, row("a", stamp(time.Hour)))
		for range 3 {
			l.exec(t, row("b", stamp(0))+strings.Repeat(", ('A1', 'b', "+stamp(0)+")", 49))
			l.poll(t, time.Minute)
			l.sweep(t)
			l.poll(t, 2*delay)
		}
		if _, most := l.desk.server.Connections(); most != 1 {
			t.Errorf("%d connections at a time", most)
		}
		setting := regexp.MustCompile(`^(SET \w+ [^;]*; )+SET \w+ \w+;\nIF EXISTS \(SELECT 1 FROM sys\.databases WHERE [^;]*\) SET TRANSACTION ISOLATION LEVEL SNAPSHOT\nELSE SET TRANSACTION ISOLATION LEVEL READ COMMITTED$`)
		single := regexp.MustCompile(`^SELECT [^;]*\bWHERE (database_id = DB_ID\(\)|name = DB_NAME\(\))|^SELECT \S*(MIN_ACTIVE_ROWVERSION|@@DBTS|SYSUTCDATETIME)|ORDER BY [^;]* OFFSET \d+ ROWS FETCH NEXT 1 ROWS ONLY$`)
		writes := regexp.MustCompile(`(?i)\b(INSERT|UPDATE|DELETE|MERGE|EXEC|CREATE|ALTER|DROP|TRUNCATE|INTO|NOLOCK|READUNCOMMITTED|BEGIN)\b`)
		statements := 0
		for _, q := range l.desk.server.Queries() {
			statements++
			if setting.MatchString(q.SQL) && q.Kind == tdstest.Batch {
				continue
			}
			bounded := strings.HasPrefix(q.SQL, "SELECT TOP (") || single.MatchString(q.SQL) || !strings.Contains(q.SQL, "FROM")
			if !strings.HasPrefix(q.SQL, "SELECT ") || !bounded || writes.MatchString(q.SQL) || q.Kind != tdstest.Batch && q.Kind != tdstest.Execute {
				t.Errorf("the server was sent %s %q", q.Kind, q.SQL)
			}
			for _, set := range []string{"SET LOCK_TIMEOUT 5000", "SET DEADLOCK_PRIORITY LOW", "SET TRANSACTION ISOLATION LEVEL SNAPSHOT"} {
				if !slices.Contains(q.Session.Settings, set) {
					t.Errorf("%q is sent in a session of %q", q.SQL, q.Session.Settings)
				}
			}
		}
		if statements < 60 || len(l.log) < 151 {
			t.Errorf("only %d statements, %d changes", statements, len(l.log))
		}
	})
}
