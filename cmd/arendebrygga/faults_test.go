package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// binary is the program with fault points, running as a process of its own.
type binary struct {
	cmd      *exec.Cmd
	addr     chan string   // where the API listens
	complete chan struct{} // closed when the first run is
	done     chan error
	log      *bytes.Buffer // what it printed; to be read after done
}

// buildBinary builds the program, with fault points.
func buildBinary(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "arendebrygga")
	out, err := exec.Command("go", "build", "-tags", "faults", "-o", path, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

func startBinary(t testing.TB, path, dir, fault string) *binary {
	t.Helper()
	b := &binary{cmd: exec.Command(path, "run", "--listen", "127.0.0.1:0"), addr: make(chan string, 1), complete: make(chan struct{}), done: make(chan error, 1), log: &bytes.Buffer{}}
	b.cmd.Dir = dir
	b.cmd.Env = append(os.Environ(), "FAULT_POINT="+fault)
	stderr, err := b.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			var entry struct{ Message, Address string }
			_ = json.Unmarshal(lines.Bytes(), &entry)
			switch entry.Message {
			case "api listening":
				b.addr <- entry.Address
			case "first run complete":
				close(b.complete)
			}
			b.log.Write(append(lines.Bytes(), '\n'))
		}
		b.done <- b.cmd.Wait()
	}()
	t.Cleanup(func() { _ = b.cmd.Process.Kill() })
	return b
}

const faultSchema = `
CREATE TABLE arende (arende_id INT PRIMARY KEY, dnr VARCHAR(20) NOT NULL) CHARACTER SET latin1;
CREATE TABLE handelsetyp (typ_id INT PRIMARY KEY, kod VARCHAR(20) NOT NULL);
CREATE TABLE handelse (handelse_id INT AUTO_INCREMENT PRIMARY KEY, arende_id INT NOT NULL, typ_id INT NOT NULL, tid DATETIME(3) NOT NULL, hemlig TINYINT(1), KEY (arende_id));
CREATE TABLE part (part_id INT AUTO_INCREMENT PRIMARY KEY, arende_id INT NOT NULL, roll VARCHAR(4) NOT NULL, nummer VARCHAR(13) NOT NULL, KEY (arende_id));
INSERT INTO handelsetyp VALUES (0, 'INKOM'), (1, 'KOMPL'), (2, 'SVAR'), (3, 'BESLUT'), (4, 'INTERN')`

// postgresFaults turns the schema into PostgreSQL's words.
var postgresFaults = strings.NewReplacer("INT AUTO_INCREMENT", "SERIAL", "DATETIME", "TIMESTAMP", "TINYINT(1)", "BOOLEAN", " CHARACTER SET latin1", "", ", KEY (arende_id)", "")

const faultConfig = `
producent: { namn: Teststads kommun, aktor: KOMMUN, standardversion: "6.1" }
sources:
  byra:
    kind: mysql
    connection: { dsnFile: dsn }
    mode: history
    events:
      query: |
        SELECT h.handelse_id, h.arende_id, a.dnr, t.kod, h.tid, h.hemlig
        FROM handelse h JOIN arende a ON a.arende_id = h.arende_id JOIN handelsetyp t ON t.typ_id = h.typ_id
      columns: { handelse_id: int, arende_id: int, dnr: string, kod: string, tid: time, hemlig: bool }
      row: handelse_id
      case: arende_id
      status: [kod]
      time: { column: tid }
      cursor: { column: handelse_id, kind: id, table: handelse }
      publishWhen: rad.hemlig == false
    recipients:
      query: SELECT arende_id, part_id, roll, nummer FROM part
      columns: { arende_id: int, part_id: int, roll: string, nummer: string }
      case: arende_id
      recipient: part_id
      role: roll
      identity: { column: nummer }
    firstRun: all
    poll: 100ms
mappings: [ mappings/ ]
store: { path: store.db }
api: { listen: "127.0.0.1:0", insecure: true, policy: trusted }
log: { level: info, format: json }
`

const faultMapping = `
producentarendetyp: BYRA
namn: Byrå
kalla: byra
mottagare: [SOK, MSOK]
arenden: [ { typ: Diarienummer, varde: "{{ rad.dnr }}" } ]
handelser:
  - { steg: INKOM, namn: Inkommen, till: [INKOM], bollen: hos_oss, rubrik: Vi har tagit emot din ansökan, beskrivning: "Ärende {{ rad.dnr }}", utokadInformation: { rad: "{{ rad.handelse_id }}" } }
  - { steg: KOMPL, namn: Komplettera, till: [KOMPL], bollen: hos_kunden, rubrik: Komplettera din ansökan, beskrivning: "Ärende {{ rad.dnr }}", utokadInformation: { rad: "{{ rad.handelse_id }}" } }
  - { steg: SVAR, namn: Svar, till: [SVAR], bollen: hos_oss, rubrik: Vi har fått ditt svar, beskrivning: "Ärende {{ rad.dnr }}", utokadInformation: { rad: "{{ rad.handelse_id }}" } }
  - { steg: BESLUT, namn: Beslut, till: [BESLUT], bollen: i_mal, rubrik: Beslut i ditt ärende, beskrivning: "Ärende {{ rad.dnr }}", utokadInformation: { rad: "{{ rad.handelse_id }}" } }
ignorera: [INTERN]
`

var faultKoder = []string{"INKOM", "KOMPL", "SVAR", "BESLUT"}

// layOutFaults writes the operator's files.
func layOutFaults(t testing.TB, dsn string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "mappings"), 0o700); err != nil {
		t.Fatal(err)
	}
	config := faultConfig
	if strings.HasPrefix(dsn, "postgres:") {
		config = strings.Replace(config, "kind: mysql", "kind: postgres", 1)
	}
	for name, text := range map[string]string{"arendebrygga.yaml": config, "mappings/byra.yaml": faultMapping, "dsn": dsn} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestNothingLostNothingDoubled is the promise of the whole program: eight writers
// with transactions of several rows on a real database, the real binary killed again
// and again, and afterwards exactly the events that the rows call for.
func TestNothingLostNothingDoubled(t *testing.T) {
	t.Run("mysql", func(t *testing.T) { nothingLost(t, "mysql", servertest.Private(t), faultSchema, 10_000) })
	t.Run("postgres", func(t *testing.T) {
		nothingLost(t, "postgres", servertest.PrivatePostgreSQL(t), postgresFaults.Replace(faultSchema), 5000)
	})
}

func nothingLost(t *testing.T, kind string, db *servertest.Server, schema string, cases int) {
	for stmt := range strings.SplitSeq(schema, ";") {
		if _, err := db.Root.Exec(stmt); err != nil {
			t.Fatal(err)
		}
	}
	dir := layOutFaults(t, db.DSN())
	bin := buildBinary(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)

	m := newModel()
	const writers = 8
	writing := make(chan struct{})
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(w)))
			wr := writer{kind: kind, db: db, r: r, m: m}
			if err := wr.run(t.Context(), w*cases/writers+1, (w+1)*cases/writers); err != nil {
				t.Errorf("writer %d: %v", w, err)
			}
		})
	}
	go func() { wg.Wait(); close(writing) }()

	points := []adapter.Point{adapter.AfterQuery, adapter.MidRows, adapter.BeforeCommit, adapter.AfterCommit}
	r := rand.New(rand.NewPCG(seed, 99))
	kills := 0
	for round := 0; round < 3*len(points) || !closed(writing); round++ {
		fault := fmt.Sprintf("%s:%d", points[round%len(points)], 1+r.IntN(6))
		if round%5 == 4 {
			fault = "never:1" // killed below, wherever it is
		}
		b := startBinary(t, bin, dir, fault)
		select {
		case err := <-b.done:
			if err == nil || !strings.Contains(err.Error(), "killed") {
				t.Fatalf("the program ended by itself: %v\n%s", err, b.log)
			}
		case <-time.After(time.Duration(300+r.IntN(1500)) * time.Millisecond):
			_ = b.cmd.Process.Kill()
			<-b.done
		}
		kills++
	}
	b := startBinary(t, bin, dir, "never:1")
	checkEvents(t, "http://"+<-b.addr+"/mina-arenden/v1/kundhandelser", m)
	begun := time.Now()
	_ = b.cmd.Process.Signal(syscall.SIGTERM)
	if err := <-b.done; err != nil {
		t.Errorf("stopped by SIGTERM: %v\n%s", err, b.log)
	}
	t.Logf("%d kills, stopped in %v", kills, time.Since(begun).Round(time.Millisecond))
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
