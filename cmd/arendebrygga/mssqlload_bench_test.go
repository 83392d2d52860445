package main

import (
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"arendebrygga/sources/servertest"
	"arendebrygga/sources/tdstest"
)

// wideRows is what BenchmarkMSSQLLoad reads; wideQuery is one table, as the test server
// of SQL Server's protocol joins none.
const (
	wideRows  = 1_000_000
	wideQuery = "SELECT handelse_id, arende_id, dnr, kod, tid, hemlig, nummer FROM handelse"
	wideTable = `CREATE TABLE handelse (handelse_id INT PRIMARY KEY, arende_id INT NOT NULL, dnr VARCHAR(20) NOT NULL,
kod VARCHAR(20) NOT NULL, tid DATETIME(3) NOT NULL, hemlig TINYINT(1), nummer VARCHAR(13) NOT NULL) CHARACTER SET latin1`
	wideConfig = `
producent: { namn: Teststads kommun, aktor: KOMMUN, standardversion: "6.1" }
sources:
  byra:
    kind: KIND
    connection: { dsnFile: dsn }
    mode: history
    events:
      query: ` + wideQuery + `
      columns: { handelse_id: int, arende_id: int, dnr: string, kod: string, tid: time, hemlig: bool, nummer: string }
      row: handelse_id
      case: arende_id
      status: [kod]
      time: { column: tid }
      cursor: { column: handelse_id, kind: id, table: handelse }
      publishWhen: rad.hemlig == false
    recipients: { column: nummer }
    firstRun: all
    poll: 100ms
mappings: [ mappings/ ]
store: { path: store.db }
api: { listen: "127.0.0.1:0", insecure: true, policy: trusted }
log: { level: info, format: json }
`
)

// BenchmarkMSSQLLoad has the program read the same million rows into its store twice:
// from MariaDB, and from memory through the test server of SQL Server's protocol. It
// reports rows a second of both, and how much of MariaDB's the other is. Four rows in
// ten become events: in a case system most are the office's own.
func BenchmarkMSSQLLoad(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("reads memory from /proc")
	}
	db := servertest.Private(b, "--innodb-buffer-pool-size=512M")
	for _, stmt := range []string{wideTable, fmt.Sprintf(`INSERT INTO handelse SELECT seq, 1 + seq MOD %[1]d, CONCAT('BYRA 2026-', LPAD(1 + seq MOD %[1]d, 6, '0')),
ELT(1 + seq DIV %[1]d MOD 10, 'INKOM', 'KOMPL', 'SVAR', 'BESLUT', 'INTERN', 'INTERN', 'INTERN', 'INTERN', 'INTERN', 'INTERN'),
TIMESTAMPADD(SECOND, seq, '2016-01-01'), 0, ELT(1 + seq MOD %[2]d, '%[3]s') FROM seq_1_to_%[4]d`, wideRows/10, len(numbers), strings.Join(numbers, "', '"), wideRows), "ANALYZE TABLE handelse"} {
		if _, err := db.Root.Exec(stmt); err != nil {
			b.Fatal(err)
		}
	}
	table := tdstest.NewTable(wideQuery, "handelse_id int not null", "arende_id int not null", "dnr varchar(20) not null",
		"kod varchar(20) not null", "tid datetime not null", "hemlig bit", "nummer varchar(13) not null")
	table.From = append(table.From, "handelse")
	table.Insert(wide(b, db.Root)...)
	database := &tdstest.Database{Tables: []*tdstest.Table{table}, Snapshot: true, Else: func(context.Context, tdstest.Query) (*tdstest.Result, error) {
		return tdstest.Row("nvarchar(80)", "SQL07/byra"), nil
	}}
	dsn := map[string]string{"mysql": db.DSN(), "mssql": tdstest.Start(b, database.Handle).DSN()}
	bin := buildBinary(b)
	for b.Loop() {
		rate := map[string]float64{}
		for _, kind := range []string{"mysql", "mssql"} {
			took, _, _ := firstLoad(b, bin, layOut(b, map[string]string{"arendebrygga.yaml": strings.Replace(wideConfig, "kind: KIND", "kind: "+kind, 1), "mappings/byra.yaml": strings.Replace(benchMapping, "[SOK, MSOK]", "alla", 1), "dsn": dsn[kind]}), wideRows, wideRows*4/10)
			rate[kind] = wideRows / took.Seconds()
		}
		b.ReportMetric(rate["mssql"], "mssql-rows/s")
		b.ReportMetric(rate["mysql"], "mysql-rows/s")
		b.ReportMetric(rate["mssql"]/rate["mysql"], "ratio")
	}
}

// wide reads the rows back, for the other server.
func wide(b *testing.B, db *sql.DB) (rows [][]any) {
	b.Helper()
	found, err := db.Query(wideQuery)
	if err != nil {
		b.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var id, kase int
		var dnr, kod, tid, nummer string
		var secret bool
		if err := found.Scan(&id, &kase, &dnr, &kod, &tid, &secret, &nummer); err != nil {
			b.Fatal(err)
		}
		rows = append(rows, []any{id, kase, dnr, kod, tid, secret, nummer})
	}
	if found.Err() != nil || len(rows) != wideRows {
		b.Fatal(len(rows), found.Err())
	}
	return rows
}
