package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"arendebrygga/sources/tdstest"
)

// TestCollisions has a source's first reads lose deadlocks: what is told of them is
// their number.
func TestCollisions(t *testing.T) {
	table := tdstest.NewTable("SELECT 0 AS vila, h.id, h.nr, h.tid, h.kod FROM handelse h", "vila int", "id int not null", "nr varchar(13)", "tid datetime", "kod varchar(20)")
	table.From = append(table.From, "handelse")
	table.Insert([]any{0, 1, "199009222382", "2026-05-04 08:12:00", "INKOM"})
	db := &tdstest.Database{Tables: []*tdstest.Table{table}, Else: func(context.Context, tdstest.Query) (*tdstest.Result, error) { return nil, tdstest.Err(229) }}
	var reads atomic.Int32
	s := tdstest.Start(t, func(ctx context.Context, q tdstest.Query) (*tdstest.Result, error) {
		if strings.Contains(q.SQL, "TOP (1001)") && reads.Add(1) <= 2 {
			return nil, tdstest.Err(1205)
		}
		return db.Handle(ctx, q)
	})
	dir := layOutOps(t, "mssql", fmt.Sprintf("dsn: %q", s.DSN()))
	w := startService(t, dir)
	w.until(t, http.StatusOK, "last complete poll at ")
	if n := w.events(t); n != 1 {
		t.Errorf("%d events", n)
	}
	_, body := get(t, w.ops+"/metrics", "")
	wantLines(t, body, `arendebrygga_source_collisions_total{source="bra"} 2`)
	wantLines(t, typed(t, dir, exitOK, "status"), "collisions    2 statements gave way to others in the database, and were sent again\n")
	wantLines(t, typed(t, dir, exitOK, "status", "--json"), `"collisions": 2`)
}
