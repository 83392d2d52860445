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
	onKinds(t, allKinds, func(t *testing.T, kind string) {
		t.Parallel()
		killAtPoints(t, bin, kind)
	})
}

// openFaults makes the case system of a kind, and the operator's files for its sources.
func openFaults(t *testing.T, kind string) (db *sql.DB, dir string) {
	var dsn string
	var mirror *mirror
	switch kind {
	case "sqlite":
		dsn = filepath.Join(t.TempDir(), "rader.db")
		var err error
		if db, err = sql.Open("sqlite", dsn+"?_pragma=busy_timeout(5000)"); err != nil {
			t.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		t.Cleanup(func() { db.Close() })
	case "mysql":
		s := servertest.MariaDB(t)
		db, dsn = s.Root, s.DSN()
	case "postgres":
		s := servertest.PostgreSQL(t)
		db, dsn = s.Root, s.DSN()
	case "mssql":
		db = servertest.MariaDB(t).Root
		mirror = newMirror(t, db)
		dsn = mirror.DSN()
	}
	caseSystem(t, kind, db)
	dir = layOutFaults(t, map[string]string{kind: dsn})
	if mirror != nil {
		mirror.follow(t, dir)
	}
	return db, dir
}

func killAtPoints(t *testing.T, bin, kind string) {
	db, dir := openFaults(t, kind)
	kunder := testNumbers(t, 20)
	run := &faultRun{seed: uint64(time.Now().UnixNano()), bin: bin, dir: dir, models: map[string]*model{kind: newModel(kind, kunder)}, ends: map[string]int{}}
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
			b, patience := startBinary(t, bin, run.dir, fmt.Sprintf("%s:%d", point, n)), time.Minute
			if n > 1 { // there may be less to do than it takes to pass it so often
				patience = 3 * time.Second
			}
			select {
			case <-b.done:
				run.ends[string(point)]++
			case <-time.After(patience):
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
