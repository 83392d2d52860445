package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"arendebrygga/sources/servertest"
)

// working is a service that runs inside the test.
type working struct {
	*service
	api, ops string // where they answer: http://host:port
	log      *syncBuffer
	stop     func() error // returns what the service returned
}

// syncBuffer is a buffer that several goroutines may write to.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// startService runs the configuration in a folder until the test ends.
func startService(t *testing.T, dir string) *working {
	t.Helper()
	l, problems := loadAll(filepath.Join(dir, "arendebrygga.yaml"), nil, nil)
	if l == nil {
		t.Fatal(problems)
	}
	w := &working{log: new(syncBuffer)}
	apiAt, opsAt := make(chan net.Addr, 1), make(chan net.Addr, 1)
	w.service = &service{
		loaded: l, log: zerolog.New(w.log).Level(zerolog.DebugLevel),
		listening:    func(a net.Addr) { apiAt <- a },
		opsListening: func(a net.Addr) { opsAt <- a },
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.run(ctx) }()
	w.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() { _ = w.stop() })
	w.api = "http://" + within(t, apiAt, "the API listens").String()
	w.ops = "http://" + within(t, opsAt, "ops listens").String()
	return w
}

// get asks and gives the answer's status and body.
func get(t *testing.T, url, accept string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", accept)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// until asks /readyz again and again until the answer is as wanted.
func (w *working) until(t *testing.T, status int, contains string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); ; <-tick.C {
		got, body := get(t, w.ops+"/readyz", "")
		if got == status && strings.Contains(body, contains) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: /readyz answers %d with %q; it answers %d with\n%s\n%s", status, contains, got, body, w.log)
		}
	}
}

// events asks the API how many events the test's person has.
func (w *working) events(t *testing.T) int {
	t.Helper()
	resp, err := http.Post(w.api+"/mina-arenden/v1/kundhandelser", "application/json",
		strings.NewReader(`{"fraga":{"parter":[{"kund":{"identifierare":"199009222382","typ":"Personnummer"}}]},"anvandare":"199009222382"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got answer
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil || len(got.Kundhandelser) != 1 {
		t.Fatalf("%+v %v", got, err)
	}
	return got.Kundhandelser[0].TotaltAntalKundhandelser
}

// layOutOps writes the files of an operator with one source, called bra, and ops.
func layOutOps(t *testing.T, kind, connection string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	config := "sources:" + fmt.Sprintf(runSource, "bra", kind, connection, "0") + runRest
	config = strings.Replace(config, "api: { ", `api: { listen: "127.0.0.1:0", `, 1) + "ops: { listen: \"127.0.0.1:0\" }\n"
	writeFile(t, filepath.Join(dir, "arendebrygga.yaml"), config)
	writeFile(t, filepath.Join(dir, "mappings/byra.yaml"), runMapping)
	return dir
}

func execAll(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, stmt := range statements {
		if _, err := db.Exec(stmt); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPoint15_DatabaseDown: a database that is down when the process starts, and goes
// down again later. The process starts, the API serves, readiness names the reason,
// and the process stops promptly. The hour that it is down for is in [TestReadiness].
func TestPoint15_DatabaseDown(t *testing.T) {
	onKinds(t, allKinds, func(t *testing.T, kind string) {
		switch kind {
		case "sqlite":
			fileDown(t, kind)
		case "mssql":
			mirrorDown(t, kind)
		case "mysql":
			serverDown(t, kind, servertest.Private(t), "")
		case "postgres":
			serverDown(t, kind, servertest.PrivatePostgreSQL(t), `, tls: "false"`)
		}
	})
}

func serverDown(t *testing.T, kind string, db *servertest.Server, more string) {
	execAll(t, db.Root, strings.Replace(runTable, "DATETIME", "TIMESTAMP", 1), runRow)
	db.Stop(t)
	login := fmt.Sprintf("server: %s, database: %s, user: %s, password: %s", db.Addr, db.Database, db.User, db.Password)
	databaseDown(t, layOutOps(t, kind, login+more), func() { db.Start(t) }, func() { db.Kill(t) })
}

// mirrorDown has the way to the server be what comes and goes.
func mirrorDown(t *testing.T, kind string) {
	db := servertest.MariaDB(t).Root
	execAll(t, db, runTable, runRow)
	m := newMirror(t, db)
	way := newLine(t, m.Addr)
	way.set(mood{down: true})
	dir := layOutOps(t, kind, fmt.Sprintf("dsn: %q", strings.Replace(m.DSN(), m.Addr, way.ln.Addr().String(), 1)))
	m.follow(t, dir)
	databaseDown(t, dir, func() { way.set(mood{}) }, func() { way.set(mood{down: true}); way.hangUp() })
}

// fileDown has a file come, with all that is in it; one that was opened cannot go away.
func fileDown(t *testing.T, kind string) {
	dir := layOutOps(t, kind, "path: bra.db")
	databaseDown(t, dir, func() {
		made := filepath.Join(t.TempDir(), "bra.db")
		db, err := sql.Open("sqlite", made)
		if err != nil {
			t.Fatal(err)
		}
		execAll(t, db, runTable, runRow)
		if err := errors.Join(db.Close(), os.Rename(made, filepath.Join(dir, "bra.db"))); err != nil {
			t.Fatal(err)
		}
	}, nil)
}

func databaseDown(t *testing.T, dir string, up, down func()) {
	w := startService(t, dir)
	w.until(t, http.StatusServiceUnavailable, "failure")
	if n := w.events(t); n != 0 {
		t.Errorf("%d events before the database is there", n)
	}
	status, body := get(t, w.ops+"/readyz", "application/json")
	var found readiness
	if err := json.Unmarshal([]byte(body), &found); err != nil {
		t.Fatal(err)
	}
	if status != http.StatusServiceUnavailable || found.Ready || len(found.Reasons) != 1 ||
		found.Reasons[0].Source != "bra" || found.Reasons[0].Code != notThrough || found.Reasons[0].Since.IsZero() {
		t.Errorf("status %d: %s", status, body)
	}
	if status, body := get(t, w.ops+"/livez", ""); status != http.StatusOK {
		t.Errorf("not alive for want of a database: %d %s", status, body)
	}
	up()
	w.until(t, http.StatusOK, "ready\nbra: caught up to ")
	if n := w.events(t); n != 1 {
		t.Errorf("%d events when the database is there, want 1", n)
	}
	if down != nil {
		down()
		w.until(t, http.StatusServiceUnavailable, "bra: no-poll since ")
		if n := w.events(t); n != 1 {
			t.Errorf("%d events when the database is down again, want 1", n)
		}
	}
	stopsPromptly(t, w)
}

// TestOpsListenTaken holds that an address that is taken stops the start, and that the
// way out is told.
func TestOpsListenTaken(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	dir := layOutOps(t, "sqlite", "path: bra.db")
	l, problems := loadAll(filepath.Join(dir, "arendebrygga.yaml"), nil, map[string]any{"ops.listen": ln.Addr().String()})
	if l == nil {
		t.Fatal(problems)
	}
	s := service{loaded: l, log: zerolog.Nop()}
	if err := s.run(t.Context()); err == nil || !strings.Contains(err.Error(), "ops.listen: ") || !strings.Contains(err.Error(), "hint: ops.listen takes another address") {
		t.Errorf("got %v", err)
	}
}

// TestOpsApart holds that what is for operations is not told on the API's address, nor
// the other way round, and that being watched is not logged but for debugging.
func TestOpsApart(t *testing.T) {
	w := startService(t, layOutOps(t, "sqlite", "path: bra.db"))
	for _, path := range []string{"/livez", "/readyz", "/metrics"} {
		if status, _ := get(t, w.api+path, ""); status != http.StatusNotFound {
			t.Errorf("the API answers %d to %s", status, path)
		}
		get(t, w.ops+path, "")
	}
	for _, path := range []string{"/", "/status", "/mina-arenden/v1/kundhandelser", "/debug/pprof/"} {
		if status, _ := get(t, w.ops+path, ""); status != http.StatusNotFound {
			t.Errorf("ops answers %d to %s", status, path)
		}
	}
	if err := w.stop(); err != nil {
		t.Error(err)
	}
	for line := range strings.Lines(w.log.String()) {
		if strings.Contains(line, "ops request") && !strings.Contains(line, `"level":"debug"`) {
			t.Errorf("logged: %s", line)
		}
	}
}
