package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"arendebrygga/sources/servertest"
)

// writeConnected writes a configuration with a source that can be reached and one
// that cannot, and gives its path.
func writeConnected(t *testing.T, db *servertest.Server) string {
	t.Helper()
	if _, err := db.Root.Exec(runTable); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	login := fmt.Sprintf("database: %s, user: %s, password: %s", db.Database, db.User, db.Password)
	writeFile(t, filepath.Join(dir, "arendebrygga.yaml"), "sources:"+fmt.Sprintf(runSource, "nere", "mysql", "server: 127.0.0.1:1, "+login, "0")+
		fmt.Sprintf(runSource, "bra", "mysql", "server: "+db.Addr+", "+login, "0")+
		strings.Replace(runRest, "insecure: true", "listen: 127.0.0.1:0, insecure: true", 1)+"ops: { listen: 127.0.0.1:0 }\n")
	writeFile(t, filepath.Join(dir, "mappings/byra.yaml"), runMapping)
	return filepath.Join(dir, "arendebrygga.yaml")
}

// TestValidateConnect: each source is told of by itself, for people and for programs,
// and one that cannot be reached makes the whole not ok.
func TestValidateConnect(t *testing.T) {
	db := servertest.MariaDB(t)
	path := writeConnected(t, db)
	var text, asJSON, stderr bytes.Buffer
	if code := run(t.Context(), []string{"validate", "--connect", "-c", path}, nil, nil, &text, &stderr); code != exitNotOK {
		t.Errorf("exit code %d: %s%s", code, &text, &stderr)
	}
	begins := strings.Index(text.String(), "nere:\n  error ")
	next := strings.Index(text.String(), "\nbra:\n")
	if begins < 0 || next < begins || strings.Contains(text.String()[next:], "\n  error") || !strings.Contains(text.String(), "\n1 error") {
		t.Errorf("printed:\n%s", &text)
	}
	if strings.Contains(text.String()+stderr.String(), db.Password) {
		t.Error("the password is printed")
	}
	if code := run(t.Context(), []string{"validate", "--connect", "--json", "-c", path}, nil, nil, &asJSON, &stderr); code != exitNotOK {
		t.Errorf("exit code %d", code)
	}
	var v verdict
	if err := json.Unmarshal(asJSON.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	if v.OK || len(v.Asked) != 2 || v.Asked[0].OK || v.Asked[0].Source != "nere" || !v.Asked[1].OK || len(v.Asked[1].Findings) == 0 || len(v.Asked[1].Grants) == 0 {
		t.Errorf("as JSON:\n%s", &asJSON)
	}
}

// TestValidateConnectNeedsRightFiles: mistakes in the files are told without asking any
// database.
func TestValidateConnectNeedsRightFiles(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "arendebrygga.yaml"), "sources:"+fmt.Sprintf(runSource, "bra", "sqlitt", "path: bra.db", "0")+runRest)
	writeFile(t, filepath.Join(dir, "mappings/byra.yaml"), runMapping)
	var out, stderr bytes.Buffer
	if code := run(t.Context(), []string{"validate", "--connect", "-c", filepath.Join(dir, "arendebrygga.yaml")}, nil, nil, &out, &stderr); code != exitNotOK {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(out.String(), `kind: "sqlitt" is not known`) || strings.Contains(out.String(), "\nbra:\n") {
		t.Errorf("printed:\n%s", &out)
	}
}

// TestRunWarnsOfALoginThatMayWrite, and goes on all the same.
func TestRunWarnsOfALoginThatMayWrite(t *testing.T) {
	db := servertest.MariaDB(t)
	path := writeConnected(t, db)
	for _, stmt := range []string{runRow, fmt.Sprintf("GRANT INSERT ON %s.handelse TO %s@'%%'", db.Database, db.User)} {
		if _, err := db.Root.Exec(stmt); err != nil {
			t.Fatal(err)
		}
	}
	w := startService(t, filepath.Dir(path))
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); !strings.Contains(w.log.String(), "GRANT SELECT") || !strings.Contains(w.log.String(), "first run complete"); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("no warning, or no first run:\n%s", w.log)
		}
	}
	for range 100 { // between the polls: with make race this would tell of two at a time
		if _, err := w.service.followed[1].rights(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(w.log.String(), `{"level":"warn","source":"bra","hint":`) {
		t.Errorf("the warning does not name the source:\n%s", w.log)
	}
}
