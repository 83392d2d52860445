package sources

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// slowBed has a view of a table in which each row costs the server 4 ms, or nothing
// when that is switched off.
func slowBed(t *testing.T, b *bed) (def *adapter.Definition, slow func(bool)) {
	wait := "SLEEP(0.004 + 0 * id)"
	b.exec(t, "CREATE TABLE e (id BIGINT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6))", "CREATE INDEX e_at ON e (at)")
	if b.kind == "postgres" {
		b.exec(t, "CREATE FUNCTION wait (n BIGINT) RETURNS INT IMMUTABLE COST 100000 LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.004); RETURN 0; END'")
		wait = "wait(id)"
	}
	for n := 1; n <= 128; n++ {
		b.exec(t, fmt.Sprintf("INSERT INTO e VALUES (%d, 'k', '2026-01-01 00:%02d:%02d')", n, n/60, n%60))
	}
	slow = func(yes bool) {
		what := "0"
		if yes {
			what = wait
		}
		b.exec(t, "DROP VIEW IF EXISTS f", "CREATE VIEW f AS SELECT id, kase, at, "+what+" AS s FROM e")
	}
	def = b.history()
	def.Query = "SELECT id, kase, at, s FROM f"
	def.Columns = append(def.Columns, adapter.Column{Name: "s", Type: adapter.Int})
	def.Limits.PageSize, def.Limits.QueryTimeout = 128, 200*time.Millisecond
	return def, slow
}

// TestPoint25_WindowsShrink reads rows so slow that a whole page would take several
// times as long as a statement may, by polls and by a sweep, and then quick ones.
func TestPoint25_WindowsShrink(t *testing.T) {
	reading := func(s adapter.Source, w adapter.Walk) (adapter.Page, error) { return s.Read(t.Context(), w) }
	sweeping := func(s adapter.Source, w adapter.Walk) (adapter.Page, error) { return s.Sweep(t.Context(), w) }
	for _, b := range []*bed{mysqlBed(t), postgresBed(t)} {
		def, slow := slowBed(t, b)
		for _, c := range []struct {
			name   string
			cursor adapter.CursorRule
			read   func(adapter.Source, adapter.Walk) (adapter.Page, error)
		}{
			{"ids of a table", adapter.CursorRule{Column: "id", Kind: adapter.CursorID, Table: "e"}, reading},
			{"times of a table", adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: "e"}, reading},
			{"ids", adapter.CursorRule{Column: "id", Kind: adapter.CursorID}, reading},
			{"times", adapter.CursorRule{Column: "at", Kind: adapter.CursorTime}, reading},
			{"a sweep", adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: "e"}, sweeping},
		} {
			t.Run(b.kind+" by "+c.name, func(t *testing.T) {
				def.Cursor = c.cursor
				slow(true)
				src := b.open(t, def)
				rows, failed, largest := patiently(t, src, c.read)
				once(t, rows, 128)
				if failed == 0 || failed > 10 || largest > 48 {
					t.Errorf("%d reads failed, the largest page has %d rows", failed, largest)
				}
				slow(false)
				for range 60 {
					if rows, _, largest = patiently(t, src, c.read); largest == 128 {
						break
					}
					once(t, rows, 128)
				}
				if largest < 128 {
					t.Errorf("windows do not grow again: the largest page has %d rows", largest)
				}
			})
		}
	}
}

// patiently walks as the loop does, which tries again where a page failed.
func patiently(t *testing.T, src adapter.Source, read func(adapter.Source, adapter.Walk) (adapter.Page, error)) (rows []adapter.Row, failed, largest int) {
	t.Helper()
	var from adapter.Walk
	for range 500 {
		page, err := read(src, from)
		if err != nil {
			if failed++; failed > 20 {
				t.Fatal(err)
			}
			continue
		}
		rows, largest = append(rows, page.Rows...), max(largest, len(page.Rows))
		if page.Last {
			return rows, failed, largest
		}
		from = page.Next
	}
	t.Fatal("the walk does not end")
	return nil, 0, 0
}

// TestPace has the shares grow and shrink as statements take longer or less long.
func TestPace(t *testing.T) {
	limits := adapter.Limits{PageSize: 1000, QueryTimeout: 16 * time.Second}
	var c pace
	for i, step := range []struct {
		took time.Duration
		want pace
	}{
		{time.Second, pace{}},
		{5 * time.Second, pace{share: 2, most: 50}},
		{16 * time.Second, pace{share: 8, most: 25}},
		{3 * time.Second, pace{share: 8, most: 25, calm: 1}},
		{time.Second / 2, pace{share: 4, most: 50}},
		{time.Second / 2, pace{share: 2, most: 100}},
		{time.Second / 2, pace{}},
		{time.Second / 2, pace{}},
	} {
		if c.learn(step.took, limits, 100); c != step.want {
			t.Errorf("%d, after %v: %+v, want %+v", i, step.took, c, step.want)
		}
	}
}

// TestPaceTriesLarger has windows grow where a statement takes as long however few rows
// it has; where larger ones are slow, they are tried more and more seldom.
func TestPaceTriesLarger(t *testing.T) {
	limits := adapter.Limits{PageSize: 1000, QueryTimeout: 16 * time.Second}
	var c pace
	for range 5 {
		c.learn(16*time.Second, limits, 0) // an outage
	}
	for range 10 * calmPages {
		c.learn(3*time.Second, limits, 0)
	}
	if c.share > 1 {
		t.Errorf("windows stay at one part in %d", c.share)
	}
	c = pace{}
	tried := 0
	for c.learn(5*time.Second, limits, 0); tried < 3; tried++ { // whole pages are slow, halves are not
		n := 0
		for ; c.share > 1 && n < 1000; n++ {
			c.learn(3*time.Second, limits, 0)
		}
		if want := calmPages << tried; n != want {
			t.Errorf("try %d came after %d statements, want %d", tried, n, want)
		}
		c.learn(5*time.Second, limits, 0)
	}
}

// TestPoint25_KeysShrink asks for rows and for recipients by so many keys that it would
// take several times as long as a statement may, as the loop does: what fails is tried
// again. Each kind has a pace of its own.
func TestPoint25_KeysShrink(t *testing.T) {
	for _, b := range []*bed{mysqlBed(t), postgresBed(t)} {
		t.Run(b.kind, func(t *testing.T) {
			def, slow := slowBed(t, b)
			def.Recipients = adapter.RecipientRule{
				Query:   "SELECT id, kase, s FROM f",
				Columns: adapter.Columns{{Name: "id", Type: adapter.Int}, {Name: "kase", Type: adapter.String}, {Name: "s", Type: adapter.Int}},
				Case:    "id", Recipient: "kase",
			}
			slow(true)
			src := b.open(t, def)
			for _, ask := range []func(context.Context, []adapter.Key) ([]adapter.Row, error){src.Rows, src.Recipients} {
				if failed := asked(t, ask, 128); failed == 0 || failed > 5 {
					t.Errorf("%d tries failed", failed)
				}
				for tries := 0; asked(t, ask, 128) > 0; tries++ { // a busy machine may be slow once, but not each time
					if tries == 5 {
						t.Fatal("each time more failed: the pace was forgotten")
					}
				}
			}
			slow(false)
			p := src.(*poller)
			for tries := 0; tries < 9 || tries < 60 && p.finding.share > 0; tries++ { // quick again, so that both grow, though a few keys tell them nothing
				asked(t, src.Rows, 128)
				asked(t, src.Recipients, 1)
			}
			if p.finding.share > 0 || p.asking.share < 2 {
				t.Errorf("a part of %d and %d", p.finding.share, p.asking.share)
			}
		})
	}
}

// TestPoint25_ExtentShrinks asks how far rows reach that are too slow to be counted back
// by two whole pages.
func TestPoint25_ExtentShrinks(t *testing.T) {
	for _, b := range []*bed{mysqlBed(t), postgresBed(t)} {
		def, slow := slowBed(t, b)
		slow(true)
		def.Query, def.Limits.PageSize = "SELECT id, kase, at, s FROM f WHERE s = 0", 32
		def.Cursor = adapter.CursorRule{Column: "id", Kind: adapter.CursorID}
		src := b.open(t, def)
		ext, err := src.Extent(t.Context())
		for failed := 1; err != nil && failed < 4; failed++ {
			ext, err = src.Extent(t.Context())
		}
		if back, _ := strconv.Atoi(string(ext.Back)); err != nil || ext.Greatest != "128" || back < 64 || back > 126 {
			t.Errorf("%s: reaches from %q to %q, %v", b.kind, string(ext.Back), string(ext.Greatest), err)
		}
	}
}

// asked asks for the rows of so many keys until it works, and tells how often it failed.
func asked(t *testing.T, ask func(context.Context, []adapter.Key) ([]adapter.Row, error), n int) (failed int) {
	t.Helper()
	var keys []adapter.Key
	for id := 1; id <= n; id++ {
		keys = append(keys, adapter.Key(fmt.Sprint(id)))
	}
	for {
		rows, err := ask(t.Context(), keys)
		if err == nil && len(rows) == n {
			return failed
		}
		if failed++; failed > 20 {
			t.Fatal(len(rows), err)
		}
	}
}

// TestKeyPace tells what has fewer keys be asked for, and when that is of no use.
func TestKeyPace(t *testing.T) {
	const limit = 16 * time.Second
	for name, steps := range map[string][]struct {
		took  time.Duration
		few   bool
		share int
	}{
		"keys that cost":     {{16 * time.Second, false, 4}, {8 * time.Second, false, 8}, {5 * time.Second, false, 16}, {2 * time.Second, false, 16}, {time.Second / 2, true, 16}, {time.Second / 2, false, 8}},
		"without an index":   {{9 * time.Second, false, 2}, {9 * time.Second, false, 2}, {8 * time.Second, true, 2}, {15 * time.Second, false, 4}, {16 * time.Second, false, 16}},
		"ended, no index":    {{16 * time.Second, false, 4}, {16 * time.Second, false, 16}, {2 * time.Second, false, 8}, {2 * time.Second, false, 4}, {2 * time.Second, true, 4}, {2 * time.Second, false, 2}, {2 * time.Second, false, 0}},
		"ended, slow":        {{16 * time.Second, false, 4}, {5 * time.Second, false, 8}, {5 * time.Second, false, 4}, {5 * time.Second, false, 2}},
		"ended, keys cost":   {{16 * time.Second, false, 4}, {2 * time.Second, false, 2}, {4 * time.Second, false, 2}, {4 * time.Second, false, 2}},
		"slow, quick, slow":  {{9 * time.Second, false, 2}, {time.Second / 2, false, 0}, {9 * time.Second, false, 2}},
		"quick with one key": {{time.Second / 2, true, 0}, {5 * time.Second, true, 2}},
	} {
		var c keyPace
		for i, step := range steps {
			if c.learn(step.took, limit, !step.few); c.share != step.share {
				t.Errorf("%s, %d, after %v: a part of %d, want %d", name, i, step.took, c.share, step.share)
			}
		}
	}
}
