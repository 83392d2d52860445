package adapter_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// onModes runs a scenario in both modes on each kind of database, with a case A1 that
// was published at a before.
func onModes(t *testing.T, scenario func(t *testing.T, l *live)) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		t.Run(string(mode), func(t *testing.T) {
			onLive(t, allKinds, mode, func(t *testing.T, l *live) {
				if mode == adapter.Net {
					l.def.Cursor.Column, l.def.Cursor.Kind = "tid", adapter.CursorTime
				}
				l.def.Overlap = 12 * time.Hour
				l.exec(t, alva, row("a", stamp(time.Hour)))
				l.poll(t, 0)
				want(t, l.events(t), ">a")
				scenario(t, l)
			})
		})
	}
}

// move gives the case another status, by a row of its own in history mode.
func (l *live) move(t *testing.T, status string) {
	t.Helper()
	if l.def.Mode == adapter.History {
		l.exec(t, row(status, stamp(0)))
		return
	}
	l.exec(t, "UPDATE rad SET status = '"+status+"', tid = "+stamp(0)+" WHERE arende = 'A1'")
}

func TestPoint29_LiveDelay(t *testing.T) {
	onModes(t, func(t *testing.T, l *live) {
		l.def.Delay = delay
		l.move(t, "b")
		l.poll(t, time.Second)
		l.poll(t, delay-time.Minute)
		want(t, l.events(t), ">a")
		l.open(t)
		l.poll(t, 0)
		want(t, l.events(t), ">a")
		l.poll(t, 2*time.Minute)
		want(t, l.events(t), ">a", "a>b")
		l.move(t, "slip")
		l.poll(t, time.Second)
		l.open(t)
		if l.def.Mode == adapter.History {
			l.exec(t, "DELETE FROM rad WHERE status = 'slip'")
		}
		l.move(t, "c")
		l.poll(t, delay-time.Minute)
		l.poll(t, 2*delay)
		l.poll(t, 2*delay)
		want(t, l.events(t), ">a", "a>b", "b>c")
	})
}

// A row that polls have passed becomes secret, or is corrected, within the delay.
func TestPoint27_LiveSecretWithinTheDelay(t *testing.T) {
	onModes(t, func(t *testing.T, l *live) {
		l.def.Delay = delay
		l.move(t, "b")
		l.poll(t, time.Second)
		l.def.Overlap = 0
		l.poll(t, time.Second)
		l.exec(t, "UPDATE rad SET hemlig = "+l.truth(true)+" WHERE status = 'b'")
		l.poll(t, 2*delay)
		l.poll(t, 2*delay)
		if got := l.statuses(t); strings.Contains(got, "b") {
			t.Errorf("published: %s", got)
		}
	})
}

func TestPoint28_LiveCorrected(t *testing.T) {
	onLive(t, allKinds, adapter.History, func(t *testing.T, l *live) {
		l.def.Overlap = time.Hour
		l.exec(t, alva, row("a", stamp(time.Hour)), row("b", stamp(time.Minute)))
		l.poll(t, 0)
		ids := l.ids(t)
		l.exec(t, "UPDATE rad SET status = 'corrected' WHERE status = 'b'")
		l.poll(t, time.Minute)
		want(t, l.events(t), ">a", "a>corrected")
		if got := l.ids(t); got != ids {
			t.Error("the corrected row should replace its event under the same id")
		}
	})
}

func (l *live) ids(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, id := range eventIDs(t, &bench{store: l.store}, "alva") {
		b.WriteString(id.String() + " ")
	}
	return b.String()
}

func TestPoint26_LiveDraftBecomesFinal(t *testing.T) {
	onLive(t, allKinds, adapter.History, func(t *testing.T, l *live) {
		l.def.Overlap = time.Hour
		l.exec(t, alva, map[string]string{"mysql": "ALTER TABLE rad MODIFY hemlig TINYINT(1) DEFAULT 0", "postgres": "ALTER TABLE rad ALTER hemlig DROP NOT NULL", "mssql": "ALTER TABLE rad ALTER COLUMN hemlig BIT NULL",
			"sqlite": "ALTER TABLE rad DROP COLUMN hemlig; ALTER TABLE rad ADD COLUMN hemlig TINYINT(1) DEFAULT 0"}[l.kind])
		l.exec(t, row("a", stamp(time.Hour)), row("b", stamp(time.Minute)), "UPDATE rad SET hemlig = NULL WHERE status = 'b'")
		l.poll(t, 0)
		want(t, l.events(t), ">a")
		l.exec(t, "UPDATE rad SET hemlig = "+l.truth(false)+" WHERE status = 'b'")
		l.poll(t, time.Minute)
		l.poll(t, time.Minute)
		want(t, l.events(t), ">a", "a>b")
	})
}

func TestPoint09_LiveTouch(t *testing.T) {
	onModes(t, func(t *testing.T, l *live) {
		for range 3 {
			l.exec(t, "UPDATE rad SET tid = "+stamp(0))
			l.poll(t, time.Second)
			l.open(t)
		}
		l.poll(t, time.Second)
		l.sweep(t)
		want(t, l.events(t), ">a")
		if len(l.log) != 1 {
			t.Errorf("%d changes were committed", len(l.log))
		}
	})
}

func TestPoint10_LiveChangeWithoutTouch(t *testing.T) {
	onModes(t, func(t *testing.T, l *live) {
		if l.def.Mode == adapter.History {
			return // a row of its own has a cursor of its own
		}
		l.def.Overlap = 0
		l.exec(t, "INSERT INTO rad (arende, status, tid) VALUES ('B1', 'x', "+stamp(0)+")")
		for range 5 {
			l.poll(t, time.Minute)
		}
		l.exec(t, "UPDATE rad SET status = 'b' WHERE arende = 'A1'")
		l.poll(t, time.Minute)
		want(t, l.events(t), ">a")
		l.sweep(t)
		want(t, l.events(t), ">a", "a>b")
		if last := l.log[len(l.log)-1]; !last.Missed || l.loop.Status().Totals.Missed != 1 {
			t.Error("what only the sweep found should be marked and counted")
		}
	})
}

func TestPoint11_LiveSkippedStates(t *testing.T) {
	onModes(t, func(t *testing.T, l *live) {
		for _, status := range []string{"b", "a", "c"} {
			l.move(t, status)
		}
		l.poll(t, time.Second)
		l.move(t, "d")
		l.move(t, "c")
		l.poll(t, time.Second)
		l.poll(t, time.Second)
		if l.def.Mode == adapter.Net {
			want(t, l.events(t), ">a", "a>c")
			return
		}
		want(t, l.events(t), ">a", "a>b", "b>a", "a>c", "c>d", "d>c")
	})
}

// A column that is dropped, renamed or retyped stops the source and is named; nothing
// that was written meanwhile is lost when it is back.
func TestPoint20_LiveColumnGone(t *testing.T) {
	onModes(t, func(t *testing.T, l *live) {
		lo := func() adapter.Checkpoint {
			ck, err := l.store.Checkpoint("sim")
			if err != nil {
				t.Fatal(err)
			}
			return ck
		}
		before := lo()
		for i, c := range [][2]string{
			{"ALTER TABLE rad RENAME COLUMN hemlig TO dold", "ALTER TABLE rad RENAME COLUMN dold TO hemlig"},
			{"ALTER TABLE rad DROP COLUMN hemlig", "ALTER TABLE rad ADD COLUMN hemlig " + map[string]string{"postgres": "BOOLEAN NOT NULL DEFAULT false", "mssql": mssqlHemlig}[l.kind]},
		} {
			if strings.HasSuffix(c[1], "hemlig ") {
				c[1] += "TINYINT(1) NOT NULL DEFAULT 0"
			}
			l.move(t, string(rune('b'+i)))
			l.exec(t, c[0])
			for range 2 {
				if err := l.loop.Poll(t.Context()); err == nil || !strings.Contains(err.Error(), "hemlig") {
					t.Fatalf("after %s: %v", c[0], err)
				}
				l.open(t)
			}
			if got := lo(); i == 0 && (got.Polled != before.Polled || len(got.Ring) != len(before.Ring)) {
				t.Error("the cursor has moved")
			}
			l.exec(t, c[1])
			l.poll(t, time.Second)
			l.poll(t, time.Second)
		}
		want(t, l.events(t), ">a", "a>b", "b>c")
	})
}

// retype makes hemlig a text, and a truth value again.
var retype = map[string][2][]string{
	"mysql": {{"ALTER TABLE rad MODIFY hemlig VARCHAR(9) NOT NULL DEFAULT 'nej'", "UPDATE rad SET hemlig = 'nej', tid = tid"},
		{"UPDATE rad SET hemlig = '0', tid = tid", "ALTER TABLE rad MODIFY hemlig TINYINT(1) NOT NULL DEFAULT 0"}},
	"postgres": {{"ALTER TABLE rad ALTER hemlig DROP DEFAULT", "ALTER TABLE rad ALTER hemlig TYPE VARCHAR(9) USING 'kanske'", "ALTER TABLE rad ALTER hemlig SET DEFAULT 'kanske'"},
		{"ALTER TABLE rad ALTER hemlig DROP DEFAULT", "ALTER TABLE rad ALTER hemlig TYPE BOOLEAN USING false", "ALTER TABLE rad ALTER hemlig SET DEFAULT false"}},
	"mssql": {{"ALTER TABLE rad DROP CONSTRAINT rad_hemlig", "ALTER TABLE rad ALTER COLUMN hemlig VARCHAR(9) NOT NULL", "UPDATE rad SET hemlig = 'kanske'", "ALTER TABLE rad ADD CONSTRAINT rad_hemlig DEFAULT 'kanske' FOR hemlig"},
		{"ALTER TABLE rad DROP CONSTRAINT rad_hemlig", "UPDATE rad SET hemlig = '0'", "ALTER TABLE rad ALTER COLUMN hemlig BIT NOT NULL", "UPDATE rad SET hemlig = 0", "ALTER TABLE rad ADD CONSTRAINT rad_hemlig DEFAULT 0 FOR hemlig"}},
}

// TestPoint20_NumbersGetDecimals: a vendor makes the column that identifies the rows a
// number with decimals. After a restart at the latest the source goes on, and the rows are
// the ones that they were.
func TestPoint20_NumbersGetDecimals(t *testing.T) {
	onLive(t, []string{"mysql", "postgres", "mssql-real"}, adapter.History, func(t *testing.T, l *live) {
		for _, declared := range []adapter.ColumnType{adapter.Int, adapter.Decimal} {
			l.def.Columns[0].Type, l.def.Limits.PageSize = declared, 2
			l.def.Cursor = adapter.CursorRule{Column: "tid", Kind: adapter.CursorTime}
			l.exec(t, "DROP TABLE rad", "CREATE TABLE rad (id INT, arende VARCHAR(20), status VARCHAR(20), tid "+timeColumn[l.kind]+", hemlig "+
				map[string]string{"mysql": "TINYINT(1)", "postgres": "BOOLEAN", "mssql": "INT"}[l.kind]+")", "DELETE FROM part", alva)
			l.close(t)
			l.path += "2"
			for i := range 4 {
				hidden := map[string]string{"postgres": "false"}[l.kind]
				l.exec(t, fmt.Sprintf("INSERT INTO rad VALUES (%d, 'A1', 'a', %s, %s)", 10*i+10, stamp(time.Hour), cmp.Or(hidden, "0")))
			}
			l.poll(t, 0)
			l.exec(t, map[string]string{"mysql": "ALTER TABLE rad MODIFY id DECIMAL(12,2)", "postgres": "ALTER TABLE rad ALTER id TYPE NUMERIC(12,2)",
				"mssql": "ALTER TABLE rad ALTER COLUMN id DECIMAL(12,2)"}[l.kind])
			if err := l.loop.Sweep(t.Context()); err != nil && !strings.Contains(err.Error(), "column id was") {
				t.Error(err)
			}
			l.open(t) // a server that has bounds converted names the column until then
			l.poll(t, time.Minute)
			l.sweep(t)
			if got := l.statuses(t); got != "a a a a" {
				t.Errorf("declared as %s: the events are %q", declared, got)
			}
		}
	})
}

func TestPoint20_LiveColumnRetyped(t *testing.T) {
	onLive(t, servers, adapter.History, func(t *testing.T, l *live) {
		l.def.Overlap = time.Hour
		l.exec(t, alva, row("a", stamp(time.Hour)))
		l.poll(t, 0)
		l.exec(t, retype[l.kind][0]...)
		l.exec(t, row("b", stamp(0)))
		before := l.last(t)
		for n := range 3 {
			l.source.ahead += time.Second
			if err := l.loop.Poll(t.Context()); err == nil || !strings.Contains(err.Error(), "column hemlig was ") {
				t.Errorf("poll %d does not name the column: %v", n, err)
			}
		}
		if l.last(t) != before {
			t.Error("the cursor has moved")
		}
		l.exec(t, retype[l.kind][1]...)
		l.poll(t, time.Second)
		l.poll(t, time.Second)
		if got := l.statuses(t); got != "a b" {
			t.Errorf("events %s", got)
		}
	})
}
