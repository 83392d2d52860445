package examples_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"arendebrygga/sources/servertest"
)

// oepQueries are the two queries of the example, as an operator would copy them.
type oepQueries struct {
	Sources struct {
		Oep struct {
			Events     struct{ Query string }
			Recipients struct{ Query string }
		}
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// openOep loads the example's tables and cases, and gives its queries and the login
// that may only read.
func openOep(t *testing.T) (*sql.DB, oepQueries) {
	t.Helper()
	server := servertest.MariaDB(t)
	loadOep(t, server)
	var q oepQueries
	if err := yaml.Unmarshal(read(t, "open-eplatform/arendebrygga.yaml"), &q); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("mysql", server.DSN())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, q
}

func loadOep(t *testing.T, server *servertest.Server) {
	t.Helper()
	cfg, err := mysql.ParseDSN(server.RootDSN())
	if err != nil {
		t.Fatal(err)
	}
	cfg.MultiStatements = true
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	root := sql.OpenDB(connector)
	defer root.Close()
	root.SetMaxOpenConns(1)
	for _, file := range []string{"schema.sql", "testdata.sql"} {
		if _, err := root.Exec(string(read(t, "open-eplatform/"+file))); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
}

// rows gives the result as one line of text a row, NULL as a hyphen.
func rows(t *testing.T, db *sql.DB, query string) (lines []string) {
	t.Helper()
	result, err := db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer result.Close()
	columns, err := result.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(sql.NullString)
	}
	for result.Next() {
		if err := result.Scan(values...); err != nil {
			t.Fatal(err)
		}
		line := ""
		for i, v := range values {
			text := "-"
			if s := v.(*sql.NullString); s.Valid {
				text = s.String
			}
			line += map[bool]string{true: " | "}[i > 0] + text
		}
		lines = append(lines, line)
	}
	if err := result.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestOpenEPlatformStatuses(t *testing.T) {
	db, q := openOep(t)
	got := rows(t, db, "SELECT r.flowInstanceID, GROUP_CONCAT(r.status ORDER BY r.eventID SEPARATOR ', ') FROM ("+
		q.Sources.Oep.Events.Query+"\n) r GROUP BY 1 ORDER BY 1")
	want := []string{
		"1001 | NEW, SUBMITTED, IN_PROGRESS, WAITING_FOR_COMPLETION, WAITING_FOR_COMPLETION, SUBMITTED, IN_PROGRESS, ARCHIVED",
		"1003 | NEW, WAITING_FOR_MULTISIGN, WAITING_FOR_PAYMENT, SUBMITTED, IN_PROGRESS, WAITING_FOR_COMPLETION, IN_PROGRESS",
		"1005 | SUBMITTED, IN_PROGRESS",
		"1007 | NEW",
		"1009 | SUBMITTED, ARCHIVED, IN_PROGRESS, namn: Hos granskaren",
		"1011 | SUBMITTED",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statuses by case (-want +got):\n%s", diff)
	}
}

func TestOpenEPlatformRecipients(t *testing.T) {
	db, q := openOep(t)
	got := rows(t, db, "SELECT r.* FROM ("+q.Sources.Oep.Recipients.Query+"\n) r ORDER BY r.flowInstanceID, r.recipient")
	want := []string{
		"1001 | 1 | OWNER | 19900922-2382 | 0",
		"1003 | 2 | OWNER | 19541007-2572 | 0",
		"1003 | 3 | OWNER | 198300742395 | 0",
		"1005 | organisation | ORGANISATION | 212000-2411 | 1",
		"1007 | 1 | OWNER | 19900922-2382 | 0",
		"1009 | 4 | OWNER | 20000112-1227 | 0",
		"1009 | 5 | OWNER | - | 0",
		"1011 | 1 | OWNER | 19900922-2382 | 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("recipients (-want +got):\n%s", diff)
	}
}

// The adapter wraps the queries. The database must be able to merge them with what
// is around them: else it would work out all of the history for each page.
func TestOpenEPlatformQueriesMerge(t *testing.T) {
	db, q := openOep(t)
	for name, query := range map[string]string{
		"events":     fmt.Sprintf("SELECT r.* FROM (%s\n) r WHERE r.eventID >= 7 AND r.eventID < 19 ORDER BY r.eventID", q.Sources.Oep.Events.Query),
		"recipients": fmt.Sprintf("SELECT r.* FROM (%s\n) r WHERE r.flowInstanceID IN (1001, 1005)", q.Sources.Oep.Recipients.Query),
	} {
		plan := rows(t, db, "EXPLAIN "+query)
		for _, step := range plan {
			var id int
			var kind string
			if _, err := fmt.Sscanf(step, "%d | %s", &id, &kind); err != nil || kind != "SIMPLE" {
				t.Errorf("%s: a step that is not merged: %s", name, step)
			}
		}
		if len(plan) != 4 {
			t.Errorf("%s: %d steps, want one for each of the 4 tables", name, len(plan))
		}
	}
}

// The whole chain: what each kund of the test cases is told, and that a case which
// is moved on while the program runs is told too.
func TestOpenEPlatformRun(t *testing.T) {
	server := servertest.MariaDB(t)
	loadOep(t, server)
	const oep = "ARENDEBRYGGA_SOURCES__OEP__"
	b := start(t, "open-eplatform", oep+"CONNECTION__SERVER="+server.Addr, oep+"CONNECTION__DATABASE="+server.Database,
		oep+"CONNECTION__USER="+server.User, oep+"CONNECTION__PASSWORDFILE="+secretFile(t, server.Password),
		oep+"FIRSTRUN=all", oep+"POLL=100ms", "ARENDEBRYGGA_OPS__LISTEN=127.0.0.1:0")
	b.wait(t, "first run complete")
	check := func(want string, typ, number string) {
		t.Helper()
		if diff := cmp.Diff(want, strings.Join(b.ask(t, typ, number), "\n")); diff != "" {
			t.Errorf("events of a kund (-want +got):\n%s", diff)
		}
	}
	golden := strings.Split(strings.TrimSpace(string(read(t, "testdata/open-eplatform.txt"))), "\n\n")
	for _, g := range golden {
		head, want, _ := strings.Cut(g, "\n")
		typ, number, _ := strings.Cut(head, " ")
		check(want, typ, number)
	}
	if _, err := server.Root.Exec("INSERT INTO flowengine_flow_instance_events (flowInstanceID, eventType, status, added) " +
		"VALUES (1005, 'STATUS_UPDATED', 'Komplettering behövs', '2026-06-05 06:00:00')"); err != nil {
		t.Fatal(err)
	}
	b.wait(t, "committed")
	events := b.ask(t, "Organisationsnummer", "162120002411")
	if last := events[len(events)-1]; !strings.Contains(last, " KOMMUN.FORENINGSBIDRAG.KOMPLETTERING_BEGARD ") {
		t.Errorf("the newest event is %s", last)
	}
}

func secretFile(t *testing.T, secret string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "oep.pw")
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
