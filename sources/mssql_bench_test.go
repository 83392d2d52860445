package sources

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/tdstest"
)

// scanned is how many rows BenchmarkMSSQLScan reads.
const scanned = 1_000_000

// generated answers windows of a million rows that are made while they are sent.
func generated(_ context.Context, q tdstest.Query) (*tdstest.Result, error) {
	columns := tdstest.Columns("id bigint not null", "kase varchar(20)", "c varchar(33)", "d varchar(20)", "e nvarchar(40)")
	bound := func(i int) int { return int(q.Params[i].Value.(int64)) }
	from, to := 1, scanned+1
	switch {
	case strings.HasPrefix(q.SQL, "SET "):
		return &tdstest.Result{}, nil
	case strings.Contains(q.SQL, "TOP (0)"):
		columns[2].Type = "datetime"
		return &tdstest.Result{Columns: columns}, nil
	case strings.Contains(q.SQL, " ORDER BY q.[id] OFFSET"):
		hi := 1001
		if len(q.Params) > 0 {
			hi = bound(0) + 1000
		}
		if hi > scanned {
			return &tdstest.Result{Columns: tdstest.Columns("id bigint", "b int")}, nil
		}
		return &tdstest.Result{Columns: tdstest.Columns("id bigint", "b int"), Rows: tdstest.Rows([]any{hi, 1})}, nil
	case strings.Contains(q.SQL, "TOP (1) q.[id]") && strings.Contains(q.SQL, "DESC"):
		return tdstest.Row("bigint", scanned), nil
	case strings.Contains(q.SQL, "TOP (1) q.[id]"):
		return tdstest.Row("bigint", 1), nil
	case strings.Contains(q.SQL, "CASE WHEN"): // the tail: the frontier's flag, then the lower bound
		columns, from = append(columns, tdstest.Column{Name: "x", Type: "int"}), bound(1)
	case len(q.Params) == 2:
		from, to = bound(0), bound(1)
	case len(q.Params) == 1:
		to = bound(0)
	}
	row := []any{0, "BYGG 2026-000123", "2026-06-01T08:00:00.837", "BESLUT", "Slutbesked har getts i ärendet", 1}[:len(columns)]
	return &tdstest.Result{Columns: columns, Rows: func(yield func([]any) bool) {
		for n := from; n < to; n++ {
			row[0] = n
			if !yield(row) {
				return
			}
		}
	}}, nil
}

// BenchmarkMSSQLScan walks a million rows in windows of a thousand, and has
// database/sql scan the same rows in statements of fifty thousand, over packets of the
// same size. The two take turns, so that whatever else the machine does meets both. The
// server is in the same process, and its share of the work is in both.
func BenchmarkMSSQLScan(b *testing.B) {
	s := tdstest.Start(b, generated)
	def := tdsDefinition(adapter.Column{Name: "c", Type: adapter.Time}, adapter.Column{Name: "d", Type: adapter.String}, adapter.Column{Name: "e", Type: adapter.String})
	def.Limits.PageSize, def.Cursor.Table = 1000, "dbo.[Ärende händelse]"
	db, err := sql.Open("sqlserver", fmt.Sprintf("%s&packet+size=%d", s.DSN(), packetSize))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var windows, bare time.Duration
	for b.Loop() {
		src, page, n := openTDS(b, s, def), adapter.Page{}, 0
		for from := 0; !page.Last; from = n {
			begun := time.Now()
			for n < from+scanned/20 && !page.Last {
				if page, err = src.Read(b.Context(), page.Next); err != nil {
					b.Fatal(err)
				}
				n += len(page.Rows)
			}
			windows += time.Since(begun)
			begun = time.Now()
			if err := scanMSSQL(db, from+1, n+1); err != nil {
				b.Fatal(err)
			}
			bare += time.Since(begun)
		}
		if n != scanned {
			b.Fatal(n)
		}
	}
	b.ReportMetric(scanned*float64(b.N)/windows.Seconds(), "rows/s")
	b.ReportMetric(scanned*float64(b.N)/bare.Seconds(), "bare/s")
	b.ReportMetric(bare.Seconds()/windows.Seconds(), "ratio")
}

// scanMSSQL scans the rows from one number up to another.
func scanMSSQL(db *sql.DB, from, to int) error {
	rows, err := db.Query("SELECT id, kase, CONVERT(varchar(33), c, 126), d, e FROM dbo.[Ärende händelse] WHERE id >= @p1 AND id < @p2", from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var id int
		var kase, at, d, e string
		if err := rows.Scan(&id, &kase, &at, &d, &e); err != nil {
			return err
		}
		if _, err := time.Parse("2006-01-02T15:04:05", at); err != nil { // which the windows do, too
			return err
		}
	}
	if n != to-from {
		return fmt.Errorf("%d rows", n)
	}
	return rows.Err()
}
