package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver of the demo's case system
)

// office is the demo's case system with its simulated handläggare. It writes to the
// database as a case system would and knows nothing of the adapter.
type office struct {
	db *sql.DB
}

// openOffice opens the case system's database, making it from schema.sql in dir if
// there is none.
func openOffice(ctx context.Context, path, dir string) (*office, error) {
	_, missing := os.Stat(path)
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if errors.Is(missing, os.ErrNotExist) {
		schema, err := os.ReadFile(filepath.Join(dir, "schema.sql"))
		if err == nil {
			_, err = db.ExecContext(ctx, string(schema))
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("make the demo's case system: %w", err), db.Close())
		}
	}
	return &office{db: db}, nil
}

func (o *office) close() error { return o.db.Close() }

// register files n new cases, of every kind in turn.
func (o *office) register(ctx context.Context, n int) error {
	for range n {
		_, err := o.db.ExecContext(ctx, `INSERT INTO arende (arendetyp)
			SELECT kod FROM arendetyp ORDER BY (SELECT count(*) FROM arende WHERE arende.arendetyp = kod), kod LIMIT 1`)
		if err != nil {
			return fmt.Errorf("register a case: %w", err)
		}
	}
	return nil
}

// work takes one step after the other until ctx ends, speed steps a second on
// average.
func (o *office) work(ctx context.Context, speed float64) error {
	pause := time.Duration(float64(time.Second) / speed)
	tick := time.NewTicker(max(pause, time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := o.step(ctx); err != nil && ctx.Err() == nil {
				return fmt.Errorf("move a case on: %w", err)
			}
		}
	}
}

// step does what a handläggare does next: now and then registers a new case or
// makes a draft final, mostly moves a case on.
func (o *office) step(ctx context.Context) error {
	dice := rand.IntN(10)
	if dice == 0 {
		return o.register(ctx, 1)
	}
	if dice < 3 {
		done, err := o.change(ctx, `UPDATE handelse SET utkast = 0 WHERE handelse_id =
			(SELECT handelse_id FROM handelse WHERE utkast = 1 ORDER BY random() LIMIT 1)`)
		if err != nil || done {
			return err
		}
	}
	done, err := o.change(ctx, `INSERT INTO handelse (arende_id, handelseslag, svara_senast, utkast)
		SELECT arende_id, handelseslag, svara_senast, utkast FROM nasta_steg ORDER BY random() LIMIT 1`)
	if err != nil || done {
		return err
	}
	return o.register(ctx, 1)
}

// change tells whether a statement changed anything.
func (o *office) change(ctx context.Context, query string) (bool, error) {
	done, err := o.db.ExecContext(ctx, query)
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n > 0, err
}
