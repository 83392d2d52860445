package tdstest

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
)

// BenchmarkScan is the driver's own bare scan of a row of five columns, which any use
// of it can be measured against.
func BenchmarkScan(b *testing.B) {
	const rows = 100_000
	row := []any{1, "BYGG 2026-000123", "2026-11-22T10:00:00.837", "Slutbesked", "6F9619FF-8B86-D011-B42D-00C04FC964FF"}
	s := Start(b, func(context.Context, Query) (*Result, error) {
		return &Result{Columns: Columns("Id bigint not null", "Kase varchar(20)", "Tid varchar(33)", "Status nvarchar(40)", "Nyckel varchar(36)"), Rows: func(yield func([]any) bool) {
			for i := range rows {
				row[0] = i
				if !yield(row) {
					return
				}
			}
		}}, nil
	})
	db := open(b, s.DSN())
	for b.Loop() {
		found, err := db.Query("SELECT 1 x")
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for ; found.Next(); n++ {
			var id int64
			var texts [4]sql.RawBytes
			if err := found.Scan(&id, &texts[0], &texts[1], &texts[2], &texts[3]); err != nil {
				b.Fatal(err)
			}
		}
		if err := found.Err(); err != nil || n != rows {
			b.Fatalf("%d rows, %v", n, err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkTable walks through a million rows in memory in windows of a thousand.
func BenchmarkTable(b *testing.B) {
	const rows = 1_000_000
	t := NewTable("e", "Id int not null", "Kase varchar(20)")
	for i := range rows {
		t.Insert([]any{i, "BYGG 2026-000123"})
	}
	db := open(b, Start(b, (&Database{Tables: []*Table{t}}).Handle).DSN())
	for b.Loop() {
		n := 0
		for lo := 0; lo < rows; lo += 1000 {
			found, err := db.Query("SELECT TOP (1001) q.Id, q.Kase FROM e q WHERE q.Id IS NOT NULL AND q.Id >= @p1 AND q.Id < @p2 ORDER BY q.Id, CONVERT(varbinary(8000), q.Id)", lo, lo+1000)
			if err != nil {
				b.Fatal(err)
			}
			for found.Next() {
				n++
			}
			found.Close()
		}
		if n != rows {
			b.Fatal(fmt.Errorf("%d rows", n))
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
