package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"arendebrygga/sources/servertest"
)

// command runs the program on the files in dir as an operator does, without a
// terminal.
func command(t *testing.T, dir string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	code = run(t.Context(), append(args, "--config", filepath.Join(dir, "arendebrygga.yaml")), nil, strings.NewReader(""), &out, &errs)
	if text := out.String() + errs.String(); numbersIn(text, numbers) != nil {
		t.Errorf("%v tells an identity number: %s", args, text)
	}
	return code, out.String(), errs.String()
}

// mustRun runs a command that must work, with --json, and reads what it prints.
func mustRun(t *testing.T, dir string, into any, args ...string) {
	t.Helper()
	code, stdout, stderr := command(t, dir, append(args, "--json")...)
	if code != exitOK {
		t.Fatalf("%v: exit code %d: %s", args, code, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), into); err != nil {
		t.Fatalf("%v: %v: %s", args, err, stdout)
	}
}

// published asks the API for all events, as id → text of type and time.
func published(t *testing.T, w *working) map[string]string {
	t.Helper()
	events := map[string]string{}
	for _, e := range mustAsk(t, w.api+"/mina-arenden/v1/kundhandelser", "199009222382", "").Kundhandelser[0].KundhandelserForPart {
		if _, twice := events[e.KundhandelseID]; twice {
			t.Errorf("event %s is told twice", e.KundhandelseID)
		}
		events[e.KundhandelseID] = e.KundhandelseTyp + " " + e.Tidpunkt
	}
	return events
}

func sortedValues(m map[string]string) (list []string) {
	for _, v := range m {
		list = append(list, v)
	}
	slices.Sort(list)
	return list
}

// smallSystem is a database with the table handelse, of any kind, and the files of a
// source over it.
type smallSystem struct {
	kind   string
	dir    string
	db     *sql.DB // may write
	mirror *mirror // what SQL Server's protocol is spoken by; db is MariaDB then
}

// newSmallSystem makes one with the column vila as the source's query has it.
func newSmallSystem(t *testing.T, kind string) *smallSystem {
	t.Helper()
	c := &smallSystem{kind: kind, dir: t.TempDir()}
	table, connection := runTable, "path: "+filepath.Join(c.dir, "bra.db")
	switch kind {
	case "sqlite":
		db, err := sql.Open("sqlite", "file:"+filepath.Join(c.dir, "bra.db")+"?_pragma=busy_timeout(5000)")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		c.db = db
	case "mssql":
		c.db = servertest.MariaDB(t).Root
		c.mirror = newMirror(t, c.db)
		connection = fmt.Sprintf("dsn: %q", c.mirror.DSN())
	default:
		start, more := servertest.MariaDB, ""
		if kind == "postgres" {
			start, more = servertest.PostgreSQL, `, tls: "false"`
			table = strings.Replace(table, "DATETIME", "TIMESTAMP", 1)
		}
		s := start(t)
		c.db = s.Root
		connection = fmt.Sprintf("server: %s, database: %s, user: %s, password: %s", s.Addr, s.Database, s.User, s.Password) + more
	}
	execAll(t, c.db, table)
	c.write(t, connection, "all")
	return c
}

// write lays out the files.
func (c *smallSystem) write(t *testing.T, connection, firstRun string) {
	t.Helper()
	config := "sources:" + fmt.Sprintf(runSource, "bra", c.kind, connection, "NULL") + runRest
	config = strings.Replace(config, "api: { ", `api: { listen: "127.0.0.1:0", `, 1) + "ops: { listen: \"127.0.0.1:0\" }\n"
	config = strings.Replace(config, "firstRun: all", "firstRun: "+firstRun, 1)
	if c.kind == "postgres" {
		config = strings.Replace(config, "NULL AS vila", "CAST(NULL AS INTEGER) AS vila", 1)
	}
	writeFile(t, filepath.Join(c.dir, "arendebrygga.yaml"), config)
	writeFile(t, filepath.Join(c.dir, "mappings/byra.yaml"), runMapping)
	if c.mirror != nil {
		c.mirror.follow(t, c.dir)
	}
}

// add puts a row of the test person into the table.
func (c *smallSystem) add(t *testing.T, id int, kod string) {
	t.Helper()
	execAll(t, c.db, fmt.Sprintf("INSERT INTO handelse VALUES (%d, '199009222382', '2026-05-04 08:%02d:00', '%s')", id, id, kod))
}

// eachKind runs a test over every kind of database.
func eachKind(t *testing.T, test func(t *testing.T, c *smallSystem)) {
	onKinds(t, allKinds, func(t *testing.T, kind string) { test(t, newSmallSystem(t, kind)) })
}

// allKinds are the kinds of databases. SQL Server's is read over its protocol only.
var allKinds = []string{"sqlite", "mysql", "postgres", "mssql"}

// onKinds runs a test for each of these kinds of database.
func onKinds(t *testing.T, kinds []string, test func(t *testing.T, kind string)) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) { test(t, kind) })
	}
}
