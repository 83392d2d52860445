package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"arendebrygga/adapter"
)

// faultSchema is the case system of the fault run: events for sources in history
// mode, and a row a case for those in net mode. The journal tells a writer whose
// COMMIT was not answered whether it was written.
const faultSchema = `
CREATE TABLE handelsetyp (typ_id INT PRIMARY KEY, kod VARCHAR(20) NOT NULL);
CREATE TABLE handelse (handelse_id INT AUTO_INCREMENT PRIMARY KEY, nyckel VARCHAR(20) NOT NULL UNIQUE, arende_id INT NOT NULL, typ_id INT NOT NULL,
 tid DATETIME(3) NOT NULL, hemlig TINYINT(1), utkast TINYINT(1) NOT NULL, makulerad TINYINT(1) NOT NULL, notis INT NOT NULL, nummer VARCHAR(13));
CREATE TABLE arende (arende_id INT PRIMARY KEY, typ_id INT NOT NULL, nr INT NOT NULL, tid DATETIME(3) NOT NULL, utkast TINYINT(1) NOT NULL,
 makulerad TINYINT(1) NOT NULL, andrad TIMESTAMP NOT NULL);
CREATE TABLE part (part_id INT PRIMARY KEY, arende_id INT NOT NULL, roll VARCHAR(4) NOT NULL, nummer VARCHAR(13) NOT NULL, andrad TIMESTAMP NOT NULL);
CREATE TABLE journal (skrivare INT NOT NULL, nr INT NOT NULL, PRIMARY KEY (skrivare, nr));
CREATE INDEX handelse_arende ON handelse (arende_id);
CREATE INDEX arende_andrad ON arende (andrad);
CREATE INDEX part_arende ON part (arende_id);
CREATE INDEX part_andrad ON part (andrad);
INSERT INTO handelsetyp VALUES (0, 'INKOM'), (1, 'KOMPL'), (2, 'SVAR'), (3, 'BESLUT'), (4, 'INTERN')`

// sqliteFaults and postgresFaults turn the schema into the words of others.
var sqliteFaults = strings.NewReplacer("INT AUTO_INCREMENT", "INTEGER", "TIMESTAMP", "DATETIME")

var postgresFaults = strings.NewReplacer("INT AUTO_INCREMENT", "SERIAL", "DATETIME(3)", "TIMESTAMP(3)", "andrad TIMESTAMP", "andrad TIMESTAMPTZ", "TINYINT(1)", "BOOLEAN")

// faultKoder are the statuses by their typ_id. The last one is for nobody.
var faultKoder = []string{"INKOM", "KOMPL", "SVAR", "BESLUT", "INTERN"}

const intern = 4

// faultSource is one source of the fault run.
type faultSource struct {
	name     string // also the producentärendetyp, in capitals
	kind     string
	mode     adapter.Mode
	cursor   string
	trail    bool // the recipients query can say when
	withdraw bool // onMissing
	more     string
	named    bool // each row names its recipient
}

var faultSources = []faultSource{
	{"mh", "mysql", adapter.History, "column: handelse_id, kind: id, table: handelse", false, true, "", false},
	{"ma", "mysql", adapter.Net, "column: andrad, kind: time, table: arende", true, true, "", false},
	{"mn", "mysql", adapter.Net, "kind: none, table: arende", false, false, "", false},
	{"ph", "postgres", adapter.History, "column: handelse_id, kind: id", true, false, "delay: 400ms", false},
	{"pa", "postgres", adapter.Net, "column: andrad, kind: time", false, false, "", false},
	{"pn", "postgres", adapter.Net, "kind: none, table: arende", true, true, "", false},
	{"mhr", "mysql", adapter.History, "column: handelse_id, kind: id", false, true, "", true},
	{"phr", "postgres", adapter.History, "column: handelse_id, kind: id, table: handelse", false, false, "", true},
	{"lh", "sqlite", adapter.History, "column: handelse_id, kind: id, table: handelse", true, true, "", false},
	{"la", "sqlite", adapter.Net, "column: andrad, kind: time, table: arende", false, true, "", false},
	{"sh", "mssql", adapter.History, "column: handelse_id, kind: id, table: handelse", true, true, "", false},
	{"sa", "mssql", adapter.Net, "column: andrad, kind: time", true, true, "", false},
	{"sn", "mssql", adapter.Net, "kind: none, table: arende", false, false, "", false},
}

const faultSourceConfig = `
  %[1]s:
    kind: %[2]s
    connection: { %[10]s }
    mode: %[3]s
    events:
      %[4]s
      case: arende_id
      status: [kod]
      time: { column: tid }
      cursor: { %[5]s }
      onMissing: %[6]s
      %[7]s
    recipients:
      %[8]s
    firstRun: all
    poll: 100ms
    %[9]s
    limits: { pageSize: 50, queryTimeout: 2s }
`

const faultParties = `query: SELECT arende_id, part_id, roll, nummer, andrad FROM part
      columns: { arende_id: int, part_id: int, roll: string, nummer: string, andrad: time }
      case: arende_id
      recipient: part_id
      role: roll
      identity: { column: nummer }`

// faultNamed is what the rows of a history have where they name their recipients.
var faultNamed = strings.NewReplacer("h.notis\n", "h.notis, h.nummer\n", "notis: int", "notis: int, nummer: string")

const faultHistory = `query: |
        SELECT h.handelse_id, h.nyckel, h.arende_id, t.kod, h.tid, h.hemlig, h.utkast, h.makulerad, h.notis
        FROM handelse h JOIN handelsetyp t ON t.typ_id = h.typ_id
      columns: { handelse_id: int, nyckel: string, arende_id: int, kod: string, tid: time, hemlig: bool, utkast: bool, makulerad: bool, notis: int }
      row: handelse_id
      publishWhen: rad.hemlig == false && rad.utkast == false
      withdrawWhen: rad.makulerad == true || rad.hemlig == true`

const faultNet = `query: |
        SELECT a.arende_id, t.kod, a.nr, a.tid, a.utkast, a.makulerad, a.andrad
        FROM arende a JOIN handelsetyp t ON t.typ_id = a.typ_id
      columns: { arende_id: int, kod: string, nr: int, tid: time, utkast: bool, makulerad: bool, andrad: time }
      publishWhen: rad.utkast == false
      withdrawWhen: rad.makulerad == true`

const faultRest = `
producent: { namn: Teststads kommun, aktor: KOMMUN, standardversion: "6.1" }
mappings: [ mappings/ ]
store: { path: store.db }
api: { listen: "127.0.0.1:0", insecure: true, policy: trusted }
log: { level: info, format: json }
sources:`

const faultMapping = `
producentarendetyp: %s
namn: Byrå
kalla: %s
mottagare: [SOK, MSOK]
arenden: [ { typ: Diarienummer, varde: "BYRÅ {{ rad.arende_id }}" } ]
handelser:
  - { steg: INKOM, namn: Inkommen, till: [INKOM], bollen: hos_oss, rubrik: Vi har tagit emot din ansökan, beskrivning: "Ärende {{ rad.arende_id }}", utokadInformation: { rad: "%[3]s" } }
  - { steg: KOMPL, namn: Komplettera, till: [KOMPL], bollen: hos_kunden, rubrik: Komplettera din ansökan, beskrivning: "Ärende {{ rad.arende_id }}", utokadInformation: { rad: "%[3]s" } }
  - { steg: SVAR, namn: Svar, till: [SVAR], bollen: hos_oss, rubrik: Vi har fått ditt svar, beskrivning: "Ärende {{ rad.arende_id }}", utokadInformation: { rad: "%[3]s" } }
  - { steg: BESLUT, namn: Beslut, till: [BESLUT], bollen: i_mal, rubrik: Beslut i ditt ärende, beskrivning: "Ärende {{ rad.arende_id }}", utokadInformation: { rad: "%[3]s" } }
ignorera: [INTERN]
`

// config writes the source as an operator would.
func (s *faultSource) config(dsn string) string {
	events, missing, recipients := faultHistory, "keep", faultParties
	if s.mode == adapter.Net {
		events = faultNet
	}
	if s.withdraw {
		missing = "{ do: withdraw, after: 2 }"
	}
	if s.trail {
		recipients += "\n      cursor: { column: andrad, kind: time, table: part }"
	}
	if s.named {
		events, recipients = faultNamed.Replace(events), "column: nummer"
	}
	pace := "overlap: 2s\n    sweep: 1s"
	switch {
	case strings.HasPrefix(s.cursor, "kind: none"):
		pace = "sweep: 0s"
	case s.kind == "postgres":
		pace += "\n    maxHold: 3s"
	}
	connection := fmt.Sprintf("dsn: %q", dsn)
	if s.kind == "sqlite" {
		connection = fmt.Sprintf("path: %q", dsn)
	}
	return fmt.Sprintf(faultSourceConfig, s.name, s.kind, s.mode, events, s.cursor, missing, s.more, recipients, pace, connection)
}

// mapping tells events apart by their row and, as rows change, by its version.
func (s *faultSource) mapping() string {
	rad := "{{ rad.nyckel }}:{{ rad.notis }}"
	if s.mode == adapter.Net {
		rad = "{{ rad.arende_id }}:{{ rad.nr }}"
	}
	text := faultMapping
	if s.named {
		text = strings.Replace(text, "[SOK, MSOK]", "alla", 1)
	}
	return fmt.Sprintf(text, strings.ToUpper(s.name), s.name, rad)
}

// layOutFaults writes the operator's files for the sources of these kinds.
func layOutFaults(t testing.TB, dsn map[string]string) string {
	files := map[string]string{"arendebrygga.yaml": faultRest}
	for _, s := range faultSources {
		if dsn[s.kind] != "" {
			files["arendebrygga.yaml"] += s.config(dsn[s.kind])
			files["mappings/"+s.name+".yaml"] = s.mapping()
		}
	}
	return layOut(t, files)
}

// layOut writes files into a new folder.
func layOut(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		writeFile(t, name, text)
	}
	return dir
}

// caseSystem makes the tables in a database.
func caseSystem(t testing.TB, kind string, db *sql.DB) {
	t.Helper()
	schema := faultSchema
	switch kind {
	case "postgres":
		schema = postgresFaults.Replace(schema)
	case "sqlite":
		schema = sqliteFaults.Replace(schema)
	}
	for stmt := range strings.SplitSeq(schema, ";") {
		if _, err := db.Exec(stmt); err != nil {
			t.Fatal(err)
		}
	}
}
