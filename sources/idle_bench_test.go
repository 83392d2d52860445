package sources

import (
	"context"
	"fmt"
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// million is how many rows the idle table has, and pageOf how many a page.
const (
	million = 1_000_000
	pageOf  = 1000
)

// BenchmarkIdlePoll tells what a poll of a large table costs in which nothing has been
// written for a while, but for the ten rows that the overlap reads again; and a page in
// the middle of a sweep, of which a source without a cursor takes a thousand each poll.
// Rows examined are those that the database looked at, in whatever table or index. Of
// SQL Server, which is not here, it tells what it is sent and the rows that it gives.
func BenchmarkIdlePoll(b *testing.B) {
	b.Run("mysql", func(b *testing.B) {
		idle(b, serverBed(servertest.Private(b, "--innodb-buffer-pool-size=512M")), handlerReads)
	})
	b.Run("postgres", func(b *testing.B) {
		s := servertest.PrivatePostgreSQL(b, "--shared_buffers=512MB", "--session_preload_libraries=auto_explain",
			"--auto_explain.log_analyze=on", "--auto_explain.log_timing=off", "--auto_explain.log_format=json")
		idle(b, postgresServerBed(s), func(b *testing.B, bed *bed, def *adapter.Definition, do idler) cost {
			return explained(b, s, bed, def, do)
		})
	})
	b.Run("sqlite", func(b *testing.B) {
		seen := seeing(b)
		idle(b, sqliteBed(b), func(b *testing.B, bed *bed, def *adapter.Definition, do idler) cost {
			return counting(b, bed, def, do, seen)
		})
	})
	b.Run("mssql", idleMSSQL)
}

// idler does with a source what is measured.
type idler func(*testing.B, adapter.Source)

// idle fills a database and measures polls and pages of it; count has the database
// tell what something costs.
func idle(b *testing.B, bed *bed, count counter) {
	fill(b, bed)
	eachWay(b, bed, func(b *testing.B, def *adapter.Definition, do idler) {
		src := bed.open(b, def)
		do(b, src) // compares the columns, once in a source's life
		for b.Loop() {
			do(b, src)
		}
		c := count(b, bed, def, do)
		b.ReportMetric(float64(c.statements), "statements")
		b.ReportMetric(float64(c.examined), "rows-examined")
	})
}

// eachWay measures a source over one table and over a join, polled and swept.
func eachWay(b *testing.B, bed *bed, measure func(b *testing.B, def *adapter.Definition, do idler)) {
	for _, q := range []struct{ name, from string }{{"one table", oneTable}, {"three tables", threeTables}} {
		for _, way := range []string{"poll by table", "poll by steps", "sweep page"} {
			b.Run(q.name+"/"+way, func(b *testing.B) {
				def := bed.history()
				def.Query = "SELECT e.id, e.cid AS kase, e.at, e.text FROM " + q.from
				def.Columns = append(def.Columns, adapter.Column{Name: "text", Type: adapter.String})
				def.Limits.PageSize = pageOf
				def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime}
				if way == "poll by table" {
					def.Cursor.Table = "event"
				}
				do := idlePoll
				if way == "sweep page" {
					def.Cursor = adapter.CursorRule{Kind: adapter.CursorNone, Table: "event"}
					do = sweepPage
				}
				measure(b, def, do)
			})
		}
	}
}

// fill makes a table of a million events, and small ones to join them with.
func fill(b *testing.B, bed *bed) {
	b.Helper()
	at := map[string]string{"sqlite": "strftime('%Y-%m-%d %H:%M:%f', '2020-01-01', (n * 61) || ' seconds')"}[bed.kind]
	if at == "" {
		at = "'2020-01-01' + INTERVAL n * 61 SECOND"
	}
	numbers := func(upTo int) string {
		switch bed.kind {
		case "mysql":
			return fmt.Sprintf("(SELECT seq AS n FROM seq_1_to_%d) s", upTo)
		case "postgres":
			return fmt.Sprintf("generate_series(1, %d) AS s(n)", upTo)
		}
		return fmt.Sprintf("(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %d) SELECT n FROM s)", upTo)
	}
	bed.exec(b, "CREATE TABLE kind (kid INT PRIMARY KEY, name VARCHAR(40))", "CREATE TABLE kase (cid INT PRIMARY KEY, dnr VARCHAR(40))",
		"CREATE TABLE event (id BIGINT PRIMARY KEY, cid INT, kid INT, at DATETIME(3), text VARCHAR(200))",
		"INSERT INTO kind SELECT n, 'En sorts händelse' FROM "+numbers(20), "INSERT INTO kase SELECT n, 'BYGG 2026' FROM "+numbers(million/10),
		fmt.Sprintf("INSERT INTO event SELECT n, 1 + n %% %d, 1 + n %% 20, %s, 'En händelse i ett ärende med lite text i' FROM %s", million/10, at, numbers(million)),
		"CREATE INDEX event_at ON event (at)", "CREATE INDEX event_cid ON event (cid)", "CREATE INDEX event_kid ON event (kid)")
	if bed.kind == "sqlite" {
		bed.exec(b, "ANALYZE")
		return
	}
	bed.exec(b, "ANALYZE TABLE kind, kase, event")
}

// idlePoll is what the loop asks of a source at each poll, from a mark that has ten
// rows behind it.
func idlePoll(b *testing.B, src adapter.Source) {
	ctx, rows, from := context.Background(), 0, adapter.Walk{Lo: "2021-12-07 00:17:31.000"}
	if src.(*poller).def.Kind == "mssql" {
		from.Lo = "2021-12-07T00:17:31.000"
	}
	_, err := src.Clock(ctx)
	for err == nil {
		var page adapter.Page
		if page, err = src.Read(ctx, from); err != nil {
			break
		}
		if rows += len(page.Rows); page.Last {
			if _, err = src.Clock(ctx); rows == 10 && err == nil {
				return
			}
			break
		}
		from = page.Next
	}
	b.Fatal(rows, err)
}

func sweepPage(b *testing.B, src adapter.Source) {
	page, err := src.Sweep(context.Background(), adapter.Walk{Lo: "500000", Step: pageOf})
	if err != nil || len(page.Rows) != pageOf {
		b.Fatal(len(page.Rows), err)
	}
}
