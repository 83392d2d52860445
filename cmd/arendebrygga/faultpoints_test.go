package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// TestPoint13_SIGKILL kills the real binary at each labelled point, the first time
// that it passes it and later, with changes of all kinds between, and wants what it
// answers in the end to be what it would be without.
func TestPoint13_SIGKILL(t *testing.T) {
	bin := buildBinary(t)
	for kind, open := range map[string]func(*testing.T) (*sql.DB, string){
		"mysql":    func(t *testing.T) (*sql.DB, string) { s := servertest.MariaDB(t); return s.Root, s.DSN() },
		"postgres": func(t *testing.T) (*sql.DB, string) { s := servertest.PostgreSQL(t); return s.Root, s.DSN() },
		"sqlite": func(t *testing.T) (*sql.DB, string) {
			path := filepath.Join(t.TempDir(), "rader.db")
			db, err := sql.Open("sqlite", path+"?_pragma=busy_timeout(5000)")
			if err != nil {
				t.Fatal(err)
			}
			db.SetMaxOpenConns(1)
			t.Cleanup(func() { db.Close() })
			return db, path
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			db, dsn := open(t)
			killAtPoints(t, bin, kind, db, dsn)
		})
	}
}

func killAtPoints(t *testing.T, bin, kind string, db *sql.DB, dsn string) {
	caseSystem(t, kind, db)
	kunder := testNumbers(t, 20)
	run := &faultRun{seed: uint64(time.Now().UnixNano()), bin: bin, dir: layOutFaults(t, map[string]string{kind: dsn}), models: map[string]*model{kind: newModel(kind, kunder)}, ends: map[string]int{}}
	run.watch = newWatch(run.models, kunder)
	t.Logf("seed %d", run.seed)
	w := writer{no: 1, m: run.models[kind], r: run.dice(1), clock: time.Date(2026, 10, 24, 23, 30, 0, 0, time.UTC)}
	deeds := 0
	for _, point := range []adapter.Point{adapter.AfterQuery, adapter.MidRows, adapter.BeforeCommit, adapter.AfterCommit} {
		for n := 1; n <= 3; n++ {
			for range 15 {
				d := w.plan()
				d.hold, d.abort, deeds = 0, false, deeds+1
				if err := w.commit(db, d, deeds); err != nil {
					t.Fatal(err)
				}
			}
			b := startBinary(t, bin, run.dir, fmt.Sprintf("%s:%d", point, n))
			select {
			case <-b.done:
				run.ends[string(point)]++
			case <-time.After(3 * time.Second): // there was less to do than it takes to pass it so often
				_ = b.cmd.Process.Kill()
				<-b.done
			}
		}
		if run.ends[string(point)] == 0 {
			t.Errorf("never killed at %s", point)
		}
	}
	run.settle(t)
}
