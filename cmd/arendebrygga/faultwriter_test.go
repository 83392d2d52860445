package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// work does one transaction after the other until the time for it is over. rest is
// how long it waits between two, on the average.
func (w *writer) work(ctx context.Context, db *sql.DB, rest time.Duration) error {
	for n := 1; ctx.Err() == nil; n++ {
		if err := w.commit(db, w.plan(), n); err != nil {
			return fmt.Errorf("writer %d: %w", w.no, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(w.r.Int64N(int64(2 * rest)))):
		}
	}
	return nil
}

// commit does a transaction until it is committed, however often the server goes
// down meanwhile.
func (w *writer) commit(db *sql.DB, d *deed, n int) error {
	for deadline := time.Now().Add(time.Minute); ; {
		err := w.try(db, d, n)
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			return err
		}
		time.Sleep(50 * time.Millisecond) // the server is down
		var written int
		if db.QueryRow(w.words("SELECT COUNT(*) FROM journal WHERE skrivare = ? AND nr = ?"), w.no, n).Scan(&written); written == 1 {
			break
		}
	}
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	for _, row := range d.withdrawn {
		row.withdrawn = true
	}
	return nil
}

func (w *writer) try(db *sql.DB, d *deed, n int) error {
	for {
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if _, err := tx.Exec(w.words("INSERT INTO journal VALUES (?, ?)"), w.no, n); err != nil {
			return err
		}
		for i, s := range d.statements {
			if i == len(d.statements)/2 {
				time.Sleep(d.hold) // a user who is called to the telephone
			}
			if _, err := tx.Exec(w.words(s.sql), s.args...); err != nil {
				return fmt.Errorf("%s: %w", s.sql, err)
			}
		}
		if !d.abort {
			return tx.Commit()
		}
		d.abort = false
		if err := tx.Rollback(); err != nil {
			return err
		}
	}
}

// words gives a statement its database's placeholders.
func (w *writer) words(query string) string {
	if w.m.kind == "postgres" {
		for i := 1; strings.Contains(query, "?"); i++ {
			query = strings.Replace(query, "?", fmt.Sprint("$", i), 1)
		}
	}
	return query
}
