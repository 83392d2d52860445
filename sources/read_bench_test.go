package sources

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// BenchmarkRead walks a join of three tables, and for comparison has database/sql
// scan the same rows in one bare statement.
func BenchmarkRead(b *testing.B) {
	b.Run("mysql", func(b *testing.B) {
		s := servertest.Private(b, "--innodb-buffer-pool-size=512M")
		benchmarkRead(b, serverBed(s), "mysql", s.DSN()+"?parseTime=true&interpolateParams=true")
	})
	b.Run("postgres", func(b *testing.B) {
		s := servertest.PrivatePostgreSQL(b, "--shared_buffers=512MB")
		benchmarkRead(b, postgresServerBed(s), "pgx", s.DSN())
	})
}

func benchmarkRead(b *testing.B, bed *bed, driver, dsn string) {
	const rows = 100_000
	def := joined(b, bed, rows)
	def.Cursor.Table = "event"
	b.Run("windows", func(b *testing.B) {
		for b.Loop() {
			src := bed.open(b, def)
			walked, _, _ := walk(b, src, adapter.Walk{}, 1000)
			if len(walked) != rows {
				b.Fatal(len(walked))
			}
		}
		b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("bare", func(b *testing.B) {
		db, err := sql.Open(driver, dsn)
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		for b.Loop() {
			if n := bare(b, db, def.Query); n != rows {
				b.Fatal(n)
			}
		}
		b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

func bare(b *testing.B, db *sql.DB, query string) (n int) {
	result, err := db.QueryContext(context.Background(), query)
	if err != nil {
		b.Fatal(err)
	}
	defer result.Close()
	for ; result.Next(); n++ {
		var id, kase int
		var at time.Time
		var dnr, name, text string
		if err := result.Scan(&id, &kase, &at, &dnr, &name, &text); err != nil {
			b.Fatal(err)
		}
	}
	return n
}
