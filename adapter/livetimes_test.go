package adapter_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// timed has the rows' time be the cursor, in a column of a type.
func (l *live) timed(t *testing.T, columnType string) {
	t.Helper()
	l.def.Cursor.Column, l.def.Cursor.Kind, l.def.Location = "tid", adapter.CursorTime, stockholm
	l.exec(t, alva)
	switch l.kind {
	case "mysql":
		l.exec(t, "ALTER TABLE rad MODIFY tid "+columnType+" NULL")
	case "postgres":
		l.exec(t, "ALTER TABLE rad ALTER tid TYPE "+columnType)
	case "mssql":
		l.exec(t, "DROP INDEX rad_tid ON rad", "ALTER TABLE rad ALTER COLUMN tid "+columnType+" NULL", "CREATE INDEX rad_tid ON rad (tid)")
	}
}

// last gives the newest cursor of the ring.
func (l *live) last(t *testing.T) string {
	t.Helper()
	ck, err := l.store.Checkpoint(l.def.Name)
	if err != nil || len(ck.Ring) == 0 {
		t.Fatal(ck.Ring, err)
	}
	return string(ck.Ring[len(ck.Ring)-1].Cursor)
}

// TestPoint06_LastDigit has rows whose times differ in the last digit that the column
// keeps, in pages smaller than their number: each is published once, and a table where
// nothing happens reports nothing however often it is polled.
func TestPoint06_LastDigit(t *testing.T) {
	columns := map[string][]string{ // by kind, with a fraction of so many digits
		"mysql": {"DATETIME", "DATETIME(3)", "DATETIME(6)", "TIMESTAMP(6)"}, "postgres": {"TIMESTAMP(0)", "TIMESTAMP(3)", "TIMESTAMP(6)", "TIMESTAMPTZ(6)"}, "sqlite": {"DATETIME(0)", "DATETIME(3)", "DATETIME(6)"},
		"mssql": {"SMALLDATETIME", "DATETIME", "DATETIME2(0)", "DATETIME2(3)", "DATETIME2(7)", "DATETIMEOFFSET(3)", "DATETIMEOFFSET(7)"},
	}
	onLive(t, allKinds, adapter.History, func(t *testing.T, l *live) {
		for _, column := range columns[l.kind] {
			t.Run(column, func(t *testing.T) { l.again(t).lastDigit(t, column) })
		}
	})
}

// again is the same case system, empty, for an adapter that knows nothing of it.
func (l *live) again(t *testing.T) *live {
	t.Helper()
	l.close(t)
	l.exec(t, "DELETE FROM rad", "DELETE FROM part")
	def := *l.def
	next := &live{kind: l.kind, db: l.db, desk: l.desk, real: l.real, conn: l.conn, def: &def, path: t.TempDir() + "/store.db"}
	t.Cleanup(func() { next.close(t) })
	return next
}

func (l *live) lastDigit(t *testing.T, column string) {
	l.timed(t, column)
	l.def.Limits.PageSize = 2
	for n := 1; n <= 6; n++ {
		tid := fmt.Sprintf("2026-05-04 12:00:5%d", n)
		switch _, digits, _ := strings.Cut(strings.TrimSuffix(column, ")"), "("); {
		case digits != "" && digits != "0":
			least, _ := strconv.Atoi(digits)
			tid = fmt.Sprintf("2026-05-04 12:00:00.%s%d", strings.Repeat("9", least-1), n)
		case column == "SMALLDATETIME":
			tid = fmt.Sprintf("2026-05-04 12:0%d:00", n)
		case column == "DATETIME" && l.kind == "mssql": // whose ticks are a 300th of a second
			tid = fmt.Sprintf("2026-05-04 12:00:00.8%d", []int{33, 37, 40, 43, 47, 50}[n-1])
		}
		l.exec(t, row(fmt.Sprintf("s%d", n), "'"+tid+"'"))
		if n == 4 {
			l.poll(t, 0)
		}
	}
	for range 10 {
		l.poll(t, 15*time.Second)
	}
	committed := len(l.log)
	l.open(t)
	for range 10 {
		l.poll(t, 15*time.Second)
	}
	l.sweep(t)
	want(t, l.events(t), ">s1", "s1>s2", "s2>s3", "s3>s4", "s4>s5", "s5>s6")
	if committed != 6 || len(l.log) != 6 {
		t.Errorf("%d changes, and %d after ten idle polls more", committed, len(l.log))
	}
}

// TestPoint07_AutumnHourOnTheWallClock has a column in local time, on the night when
// the hour from two to three comes twice.
func TestPoint07_AutumnHourOnTheWallClock(t *testing.T) {
	for name, overlap := range map[string]time.Duration{"found by a poll": 2 * time.Hour, "found by a sweep": 0} {
		t.Run(name, func(t *testing.T) {
			onLive(t, allKinds, adapter.History, func(t *testing.T, l *live) {
				l.timed(t, map[string]string{"mysql": "DATETIME", "postgres": "TIMESTAMP", "mssql": "DATETIME"}[l.kind])
				l.def.Overlap = overlap
				l.exec(t, row("a", "'2026-10-25 02:30:00'"), row("b", "'2026-10-25 02:45:00'"))
				for range 5 {
					l.poll(t, time.Minute)
				}
				before := l.last(t)
				l.exec(t, row("c", "'2026-10-25 02:30:00'")) // an hour later than a
				l.poll(t, 45*time.Minute)
				if overlap == 0 {
					l.sweep(t)
				}
				l.exec(t, row("d", "'2026-10-25 03:10:00'"))
				for range 3 {
					l.poll(t, 40*time.Minute)
				}
				want(t, l.events(t), ">a", "a>b", "b>c", "c>d")
				if at := l.log[2].Tidpunkt.UTC().Format(time.TimeOnly); at != "01:30:00" {
					t.Errorf("the change in the second hour is at %s UTC", at)
				}
				if after := l.last(t); after < before {
					t.Error("the cursor has moved back")
				}
			})
		})
	}
}

// TestPoint07_AutumnHourAsInstants has a column that says which instant it means.
func TestPoint07_AutumnHourAsInstants(t *testing.T) {
	onLive(t, servers, adapter.History, func(t *testing.T, l *live) {
		l.timed(t, map[string]string{"mysql": "TIMESTAMP", "postgres": "TIMESTAMPTZ", "mssql": "DATETIMEOFFSET(0)"}[l.kind])
		l.def.Overlap = 0
		last := ""
		for n, utc := range []string{"2026-10-25 00:30:00", "2026-10-25 00:45:00", "2026-10-25 01:30:00", "2026-10-25 01:45:00"} {
			l.exec(t, row(fmt.Sprintf("s%d", n), "'"+utc+"'"))
			l.poll(t, 15*time.Minute)
			now := l.last(t)
			if now < last {
				t.Error("the cursor has moved back")
			}
			last = now
			if at := l.log[n].Tidpunkt.UTC().Format(time.DateTime); len(l.log) != n+1 || at != utc {
				t.Errorf("%d changes, the last at %s UTC instead of %s", len(l.log), at, utc)
			}
		}
		want(t, l.events(t), ">s0", "s0>s1", "s1>s2", "s2>s3")
	})
}
