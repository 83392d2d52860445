package main

import (
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"arendebrygga/sources/servertest"
)

// runSource is a source of TestFailingSources; every one has the same rows.
const runSource = `
  %s:
    kind: %s
    connection: { %s }
    mode: history
    events:
      query: SELECT %s AS vila, h.id, h.nr, h.tid, h.kod FROM handelse h
      columns: { vila: int, id: int, nr: string, tid: time, kod: string }
      row: id
      case: id
      status: kod
      time: tid
      cursor: { column: id, kind: id, table: handelse }
      publishWhen: always
    recipients: { column: nr }
    firstRun: all
    poll: 100ms`

const runRest = `
mappings: [ mappings/ ]
api: { insecure: true, policy: trusted }
producent: { namn: Teststads kommun, aktor: KOMMUN }
`

const runMapping = `
producentarendetyp: BYRA
namn: Byrå
kalla: bra
mottagare: alla
arenden: [ { typ: Producentarendereferens, varde: "{{ rad.id }}" } ]
handelser:
  - { steg: INKOM, namn: Inkommen, till: [INKOM], bollen: hos_oss, rubrik: Vi har tagit emot din ansökan, beskrivning: "Ärende {{ rad.id }}" }
`

const (
	runTable = "CREATE TABLE handelse (id INTEGER PRIMARY KEY, nr VARCHAR(13), tid DATETIME, kod VARCHAR(20))"
	runRow   = "INSERT INTO handelse VALUES (1, '199009222382', '2026-05-04 08:12:00', 'INKOM')"
)

// TestFailingSources holds that a source whose file is not there, whose server is
// down, whose password is wrong or whose query hangs stops neither another source
// nor the API, that the log names each and tells no secret, and that SIGTERM stops
// the program at once even so.
func TestFailingSources(t *testing.T) {
	db := servertest.MariaDB(t)
	dir := t.TempDir()
	lite, err := sql.Open("sqlite", filepath.Join(dir, "bra.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer lite.Close()
	for _, stmt := range []string{runTable, runRow} {
		for _, d := range []*sql.DB{lite, db.Root} {
			if _, err := d.Exec(stmt); err != nil {
				t.Fatal(err)
			}
		}
	}
	login := fmt.Sprintf("database: %s, user: %s, password: ", db.Database, db.User)
	config := "sources:" + fmt.Sprintf(runSource, "bra", "sqlite", "path: bra.db", "0") +
		fmt.Sprintf(runSource, "borta", "sqlite", "path: borta.db", "0") +
		fmt.Sprintf(runSource, "nere", "mysql", "server: 127.0.0.1:1, "+login+"hemligt-losen", "0") +
		fmt.Sprintf(runSource, "fel", "mysql", "server: "+db.Addr+", "+login+"hemligt-losen", "0") +
		fmt.Sprintf(runSource, "trog", "mysql", "server: "+db.Addr+", "+login+db.Password, "SLEEP(60)") + runRest
	writeFile(t, filepath.Join(dir, "arendebrygga.yaml"), config)
	writeFile(t, filepath.Join(dir, "mappings/byra.yaml"), runMapping)

	b := startBinary(t, buildBinary(t), dir, "never:1")
	addr := within(t, b.addr, "the API listens")
	within(t, b.complete, "the good source is read")
	client := http.Client{Timeout: 20 * time.Second}
	resp, err := client.Post("http://"+addr+"/mina-arenden/v1/kundhandelser", "application/json",
		strings.NewReader(`{"fraga":{"parter":[{"kund":{"identifierare":"199009222382","typ":"Personnummer"}}]},"anvandare":"199009222382"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); !strings.Contains(string(body), `"totaltAntalKundhandelser":1`) {
		t.Errorf("the good source's event is not served: %s", body)
	}

	hanging := func() (n int) {
		if err := db.Root.QueryRow("SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User sleep'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for deadline := time.Now().Add(time.Minute); hanging() == 0; {
		if time.Now().After(deadline) {
			t.Fatal("no statement hangs")
		}
	}
	begun := time.Now()
	if err := b.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := within(t, b.done, "the program stops"); err != nil {
		t.Errorf("stopped by SIGTERM: %v", err)
	}
	if took := time.Since(begun); took > promptly {
		t.Errorf("stopping took %v", took)
	}
	log := b.log.String()
	for _, source := range []string{"borta", "nere", "fel"} {
		if !strings.Contains(log, `"level":"warn","source":"`+source+`","error":`) {
			t.Errorf("the log does not say that %s fails", source)
		}
	}
	if strings.Contains(log, "hemligt") || strings.Contains(log, db.Password) || numbersIn(log, numbers) != nil {
		t.Error("the log holds a secret or a number")
	}
	if t.Failed() {
		t.Log(log)
	}
}

// TestListenTaken holds that a newcomer whose port is taken is told the way out.
func TestListenTaken(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var stderr strings.Builder
	code := run(t.Context(), []string{"demo", "--listen", ln.Addr().String()}, nil, strings.NewReader(""), io.Discard, &stderr)
	if text := stderr.String(); code != exitNotOK || !strings.Contains(text, "api.listen: ") || !strings.Contains(text, "hint: --listen") {
		t.Errorf("exit code %d: %s", code, text)
	}
}

// promptly is how long stopping may take on a busy machine: it is far from the 30 s and
// more that a statement that hangs, or a consumer that does not read, would be waited for.
const promptly = 10 * time.Second

// within waits for what must happen soon.
func within[T any](t *testing.T, c <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(time.Minute):
		t.Fatalf("not within a minute: %s", what)
	}
	return v
}
