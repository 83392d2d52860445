package main

// The case system that BenchmarkFirstLoad reads, and the operator's files for it.
const benchSchema = `
CREATE TABLE arende (arende_id INT PRIMARY KEY, dnr VARCHAR(20) NOT NULL) CHARACTER SET latin1;
CREATE TABLE handelsetyp (typ_id INT PRIMARY KEY, kod VARCHAR(20) NOT NULL);
CREATE TABLE handelse (handelse_id INT AUTO_INCREMENT PRIMARY KEY, arende_id INT NOT NULL, typ_id INT NOT NULL, tid DATETIME(3) NOT NULL, hemlig TINYINT(1), KEY (arende_id));
CREATE TABLE part (part_id INT AUTO_INCREMENT PRIMARY KEY, arende_id INT NOT NULL, roll VARCHAR(4) NOT NULL, nummer VARCHAR(13) NOT NULL, KEY (arende_id));
INSERT INTO handelsetyp VALUES (0, 'INKOM'), (1, 'KOMPL'), (2, 'SVAR'), (3, 'BESLUT'), (4, 'INTERN')`

const benchConfig = `
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

const benchMapping = `
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
