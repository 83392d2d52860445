package examples_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the example's database

	"arendebrygga/examples"
)

// openQuickstart makes the case system as the demo does.
func openQuickstart(t *testing.T) *sql.DB {
	t.Helper()
	schema, err := examples.Quickstart.ReadFile("quickstart/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "arendesystem.db")+"?_pragma=foreign_keys(1)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	do(t, db, string(schema))
	return db
}

func do(t *testing.T, db *sql.DB, statement string, args ...any) (changed int64) {
	t.Helper()
	done, err := db.Exec(statement, args...)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	changed, err = done.RowsAffected()
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func count(t *testing.T, db *sql.DB, query string) (n int) {
	t.Helper()
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// Every flow leads to its end: a demo would otherwise run out of steps with cases
// left open.
func TestQuickstartFlowsEnd(t *testing.T) {
	db := openQuickstart(t)
	for i := range 24 {
		do(t, db, "INSERT INTO arende (arendetyp) VALUES (?)", []string{"BYGGLOV", "SERVTILL"}[i%2])
	}
	steps := 0
	for moved := int64(1); moved > 0; steps++ {
		if steps > 10_000 {
			t.Fatal("the cases go round and round")
		}
		moved = do(t, db, `INSERT INTO handelse (arende_id, handelseslag, svara_senast, utkast)
			SELECT arende_id, handelseslag, svara_senast, utkast FROM nasta_steg ORDER BY random() LIMIT 1`)
		moved += do(t, db, "UPDATE handelse SET utkast = 0 WHERE utkast = 1")
	}
	if n := count(t, db, `SELECT count(*) FROM arende a WHERE NOT EXISTS
		(SELECT 1 FROM handelse h WHERE h.arende_id = a.arende_id AND h.handelseslag = 'ARKIV')`); n > 0 {
		t.Errorf("%d of 24 cases did not come to their end in %d steps", n, steps)
	}
	if n := count(t, db, `SELECT count(*) FROM handelseslag s WHERE s.kod <> 'INKOM' AND NOT EXISTS (SELECT 1 FROM flode WHERE till = s.kod)`); n > 0 {
		t.Errorf("%d kinds of event are in no flow", n)
	}
	for _, want := range []string{
		"SELECT count(*) FROM arende WHERE sekretess = 1",
		"SELECT count(*) FROM handelse WHERE svara_senast IS NOT NULL",
		"SELECT count(*) FROM arende_part JOIN part USING (part_id) WHERE organisation = 1 AND roll = 'SOK'",
	} {
		if count(t, db, want) == 0 {
			t.Errorf("nothing to see of: %s", want)
		}
	}
}

func TestQuickstartHistoryIsAppendOnly(t *testing.T) {
	db := openQuickstart(t)
	do(t, db, "INSERT INTO arende (arendetyp) VALUES ('BYGGLOV')")
	for _, statement := range []string{"UPDATE handelse SET handelseslag = 'SLUT'", "DELETE FROM handelse"} {
		if _, err := db.Exec(statement); err == nil {
			t.Errorf("%s: no error", statement)
		}
	}
	do(t, db, "INSERT INTO handelse (arende_id, handelseslag, utkast) VALUES (1, 'BESLUT_AVSLAG', 1)")
	if n := count(t, db, "SELECT count(*) FROM nasta_steg"); n != 0 {
		t.Errorf("%d steps may follow a draft", n)
	}
	do(t, db, "UPDATE handelse SET utkast = 0 WHERE utkast = 1")
	if n := count(t, db, "SELECT count(*) FROM nasta_steg WHERE handelseslag = 'AVSLUT'"); n != 1 {
		t.Errorf("%d ways to close after the decision, want 1", n)
	}
}
