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

// generated answers windows of a million rows that are made while they are sent, and
// without parameters all of them.
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
// database/sql scan the same rows in one statement. The server is in the same process,
// and its share of the work is in both.
func BenchmarkMSSQLScan(b *testing.B) {
	s := tdstest.Start(b, generated)
	def := tdsDefinition(adapter.Column{Name: "c", Type: adapter.Time}, adapter.Column{Name: "d", Type: adapter.String}, adapter.Column{Name: "e", Type: adapter.String})
	def.Limits.PageSize, def.Cursor.Table = 1000, "dbo.[Ärende händelse]"
	db, err := sql.Open("sqlserver", s.DSN())
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var windows, bare time.Duration
	for b.Loop() {
		begun, n := time.Now(), 0
		src := openTDS(b, s, def)
		for page, from := (adapter.Page{}), (adapter.Walk{}); !page.Last; from = page.Next {
			if page, err = src.Read(b.Context(), from); err != nil {
				b.Fatal(err)
			}
			n += len(page.Rows)
		}
		if n != scanned {
			b.Fatal(n)
		}
		windows += time.Since(begun)
		begun = time.Now()
		if err := scanMSSQL(db); err != nil {
			b.Fatal(err)
		}
		bare += time.Since(begun)
	}
	b.ReportMetric(scanned*float64(b.N)/windows.Seconds(), "rows/s")
	b.ReportMetric(scanned*float64(b.N)/bare.Seconds(), "bare/s")
	b.ReportMetric(bare.Seconds()/windows.Seconds(), "ratio")
}

func scanMSSQL(db *sql.DB) error {
	rows, err := db.Query("SELECT id, kase, CONVERT(varchar(33), c, 126), d, e FROM dbo.[Ärende händelse]")
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
	if n != scanned {
		return fmt.Errorf("%d rows", n)
	}
	return rows.Err()
}
