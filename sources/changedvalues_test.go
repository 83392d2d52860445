package sources

import (
	"testing"

	"arendebrygga/adapter"
)

// TestPoint21_ValueBehindASweep has a column become a wider one, and a sweep that was begun
// before go on: a value that cannot be read then is the row's own fault all the same.
func TestPoint21_ValueBehindASweep(t *testing.T) {
	onRemade(t, func(t *testing.T, r *remade) {
		c := change{table: "e", column: "v"}
		c.tables(t, r, "v INT", 1)
		def := r.bed.history()
		def.Query, def.Columns[2] = "SELECT * FROM e", adapter.Column{Name: "v", Type: adapter.Bool}
		src := r.bed.open(t, def)
		read, sweep := asking(t, src, "read"), asking(t, src, "sweep")
		_, _ = read()
		_, _ = sweep()
		c.tables(t, r, "v BIGINT", 1)
		for _, ask := range []func() ([]adapter.Row, error){read, sweep} {
			if rows, err := ask(); err != nil || len(rows) != 1 || rows[0].Err != nil {
				t.Fatalf("%v, %v", rows, err)
			}
		}
		c.tables(t, r, "v BIGINT", 7)
		told := r.bed.kind == "mysql" || r.bed.kind == "mssql" // as in TestPoint21_ValueAfterAChange
		for range 2 {
			for _, ask := range []func() ([]adapter.Row, error){read, sweep} {
				if rows, err := ask(); told != (err == nil && len(rows) == 1 && rows[0].Err != nil) {
					t.Errorf("%v, %v", rows, err)
				}
			}
		}
	})
}

// TestPoint21_ValueAmongOthers has a column become another type by which it is read as before. It may
// be named once, upon a value that cannot be read, and then that one's row is parked.
func TestPoint21_ValueAmongOthers(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id INT, kase VARCHAR(40), v VARCHAR(20))", "INSERT INTO e VALUES (1, '1', '2026-06-01')")
		def := b.history()
		def.Query, def.Columns[2] = "SELECT * FROM e", adapter.Column{Name: "v", Type: adapter.Time}
		src := b.open(t, def)
		for _, way := range []string{"read", "sweep", "read"} {
			if rows, err := asking(t, src, way)(); err != nil || len(rows) != 1 || rows[0].Err != nil {
				t.Fatal(way, rows, err)
			}
		}
		b.exec(t, "DROP TABLE e", "CREATE TABLE e (id INT, kase VARCHAR(40), v VARCHAR(50) NOT NULL)", "INSERT INTO e VALUES (1, '1', '2026-06-01'), (2, '2', 'i morgon')")
		if b.kind == "postgres" {
			b.exec(t, "ALTER TABLE e ALTER v TYPE TEXT")
		}
		_, _ = asking(t, src, "read")()
		for _, way := range []string{"read", "sweep"} {
			if rows, err := asking(t, src, way)(); err != nil || len(rows) != 2 || rows[0].Err != nil || rows[1].Err == nil {
				t.Errorf("%s: %v, %v", way, rows, err)
			}
		}
	})
}
