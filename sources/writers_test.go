package sources

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// longestWait has clerks write without a pause while a source is read and swept as fast
// as it goes, and gives the longest time that one of them waited for a commit.
func longestWait(t *testing.T, b *bed, src adapter.Source) (waited time.Duration, written int) {
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
	defer stop()
	var clerks sync.WaitGroup
	var mu sync.Mutex
	for clerk := range 6 {
		clerks.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				took, err := write(b, clerk, n)
				mu.Lock()
				waited, written = max(waited, took), written+1
				mu.Unlock()
				if err != nil {
					t.Errorf("a clerk could not write after %v: %v", took, err)
					return
				}
			}
		})
	}
	for polls := 0; ctx.Err() == nil || polls < 2; polls++ {
		walkAll(t, src)
		once(t, walkAll(t, sweeper{src}), 2000)
	}
	clerks.Wait()
	return waited, written
}

// write has a clerk touch some rows of its own in one transaction.
func write(b *bed, clerk, n int) (took time.Duration, err error) {
	begun := time.Now()
	defer func() { took = time.Since(begun) }()
	tx, err := b.db.Begin()
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	for k := range 3 {
		id := 1 + (clerk+6*(3*n+k))%2000
		if id%6 != (1+clerk)%6 {
			continue // another clerk's
		}
		if _, err := tx.Exec(b.words(fmt.Sprintf("UPDATE e SET kase = 'k%d', at = '2026-02-01 00:00:%02d' WHERE id = %d", n, n%60, id))); err != nil {
			return 0, err
		}
	}
	return 0, tx.Commit()
}

// walkAll reads pages until the end, as rows move on under way.
func walkAll(t *testing.T, src adapter.Source) (rows []adapter.Row) {
	t.Helper()
	from := adapter.Walk{}
	for range 200 {
		page, err := src.Read(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		if rows = append(rows, page.Rows...); page.Last {
			return rows
		}
		from = page.Next
	}
	return rows
}

// TestPoint25_NoWriterWaits has clerks whose database gives up on a lock after a
// second, which is an error: none waits that long for us, let alone the five that our
// sessions wait at most.
func TestPoint25_NoWriterWaits(t *testing.T) {
	impatient := map[string][2]string{ // and what puts it back
		"mysql":    {"SET GLOBAL innodb_lock_wait_timeout = 1", "SET GLOBAL innodb_lock_wait_timeout = DEFAULT"},
		"postgres": {"ALTER ROLE postgres SET lock_timeout = '1s'", "ALTER ROLE postgres RESET lock_timeout"},
		"sqlite":   {"PRAGMA journal_mode = wal", "PRAGMA busy_timeout = 0"}, // the journal that lets readers and a writer work at once
		"mssql":    {"SELECT 1", "SELECT 1"},                                 // there each session says so itself: held is only how long they waited
	}
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id BIGINT PRIMARY KEY, kase VARCHAR(40), at DATETIME(6))", "CREATE INDEX e_at ON e (at)", impatient[b.kind][0])
		defer b.exec(t, impatient[b.kind][1])
		if b.kind != "sqlite" { // there the journal would end with each session, and who comes as it is begun anew is refused
			b.db.SetMaxIdleConns(0) // new sessions take the limit up
		}
		b.series(t, "e", "($n, 'k', '2026-01-01 00:00:00')", 1, 2000)
		def := b.history()
		def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: "e"}
		def.Limits.PageSize = 200
		waited, written := longestWait(t, b, b.open(t, def))
		t.Logf("%d transactions, the longest took %v", written, waited)
		if waited > 5*time.Second || written < 20 {
			t.Errorf("%d transactions, the longest took %v", written, waited)
		}
	})
}
