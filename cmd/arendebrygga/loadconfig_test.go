package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"

	"github.com/google/go-cmp/cmp"
)

func TestDefaults(t *testing.T) {
	cfg, problems := readOK(t, "")
	if len(problems) > 0 {
		t.Errorf("problems:\n%v", problems)
	}
	def := cfg.Sources[0].Def
	dir := filepath.Dir(cfg.Path)
	got := []any{
		def.Poll, def.Overlap, def.MaxHold, def.Sweep, def.Delay, def.OnMissing, def.Time.IfFuture, def.Recipients.Changes, def.IfChanged, def.Limits, def.Location.String(), def.Time.Column, def.FirstRun.Kind,
		cfg.Store, cfg.Ops, cfg.Log, cfg.API.Listen, cfg.API.Bas, cfg.API.KeyHeader, string(cfg.API.Policy), cfg.Mappings,
	}
	want := []any{
		15 * time.Second, 10 * time.Minute, time.Hour, time.Hour, time.Duration(0), adapter.MissingRule{Do: adapter.Keep, After: 3}, adapter.Publish,
		adapter.PartyChanges{Added: adapter.WholeHistory, Removed: adapter.Hide}, adapter.Replace, adapter.Limits{PageSize: 1000, QueryTimeout: 30 * time.Second, MaxConnections: 1},
		"Europe/Stockholm", "Tid", adapter.Baseline,
		StoreConfig{Path: filepath.Join(dir, "arendebrygga.db"), Keep: 90 * 24 * time.Hour}, OpsConfig{}, LogConfig{Level: "info", Format: "json"},
		"127.0.0.1:8080", "/mina-arenden/v1", "X-Api-Key", "self", []string{filepath.Join(dir, "mappings")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOverrides(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "mappings/tom.yaml"), "")
	base, err := os.ReadFile("testdata/ok.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "arendebrygga.yaml")
	writeFile(t, path, strings.Replace(string(base), "server: db.example", `server: "db.${DOMAIN}$${x}"`, 1))
	environ := []string{
		"DOMAIN=kommun.example", "ARENDEBRYGGA_STORE__PATH=/var/lib/ab.db", "ARENDEBRYGGA_LOG__LEVEL=debug",
		"ARENDEBRYGGA_SOURCES__BYGGR__POLL=1h30m", "ARENDEBRYGGA_SOURCES__BYGGR__FIRST_RUN=all",
		"ARENDEBRYGGA_SOURCES__BYGGR__EVENTS__STATUS=Typ, Sekretess", "ARENDEBRYGGA_API__KEYHEADER=X-Nyckel",
	}
	cfg, problems := loadConfig(path, environ, map[string]any{"store.path": "/tmp/flag.db"})
	if cfg == nil || len(problems) > 0 {
		t.Fatal(problems)
	}
	s := cfg.Sources[0]
	got := []any{cfg.Store.Path, cfg.Log.Level, s.Def.Poll, s.Def.FirstRun.Kind, s.Def.Status, cfg.API.KeyHeader, s.Conn.Server}
	want := []any{"/tmp/flag.db", "debug", 90 * time.Minute, adapter.All, []string{"Typ", "Sekretess"}, "X-Nyckel", "db.kommun.example${x}"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestColumnsAsDeclared: what refers to a column is spelt like the declaration,
// which keeps its order.
func TestColumnsAsDeclared(t *testing.T) {
	cfg, _ := readOK(t, "-      row: HandelseId\n+      row: HANDELSEID\n\n-      status: [Typ]\n+      status: [typ, sekretess]\n")
	def := cfg.Sources[0].Def
	if def.Row != "HandelseId" || !cmp.Equal(def.Status, []string{"Typ", "Sekretess"}) {
		t.Errorf("row %q, status %q", def.Row, def.Status)
	}
	if want := []string{"HandelseId", "ArendeId", "Typ", "Tid", "Sekretess"}; !cmp.Equal(def.Columns.Names(), want) {
		t.Errorf("columns %q", def.Columns.Names())
	}
}

// TestCodePositions: a caret under an expression stands where the operator wrote it.
func TestCodePositions(t *testing.T) {
	cfg, _ := readOK(t, `-      publishWhen: rad.Sekretess == false
+      publishWhen: |
+
+        rad.Sekretess == false
+        && true
+      withdrawWhen: "rad.Sekretess"
`)
	def := cfg.Sources[0].Def
	if at := def.PublishWhen.At; at.Line != 19 || at.Col != 9 {
		t.Errorf("block: %d:%d", at.Line, at.Col)
	}
	if at := def.WithdrawWhen.At; at.Line != 21 || at.Col != 22 {
		t.Errorf("quoted: %d:%d", at.Line, at.Col)
	}
}

func TestAlwaysIsTyped(t *testing.T) {
	cfg, _ := readOK(t, "-      publishWhen: rad.Sekretess == false\n+      publishWhen: always\n")
	if text := cfg.Sources[0].Def.PublishWhen.Text; text != "always" { // the rules know the word
		t.Errorf("publishWhen %q", text)
	}
}

func TestTimeCursorOverlap(t *testing.T) {
	const cursor = "-      cursor: { column: HandelseId, kind: id, table: handelse }\n+      cursor: { column: Tid, kind: time }\n"
	cfg, problems := readOK(t, cursor)
	if d := cfg.Sources[0].Def.Overlap; d != 75*time.Minute || len(problems) > 0 {
		t.Errorf("%v, %v", d, problems)
	}
	_, problems = readOK(t, cursor+"\n-    firstRun: baseline\n+    firstRun: baseline\n+    overlap: 10m\n+    timezone: UTC\n")
	if len(problems) > 0 {
		t.Errorf("UTC has no summer time:\n%v", problems)
	}
}

// TestSecretsAreNeverPrinted, whichever way they came in.
func TestSecretsAreNeverPrinted(t *testing.T) {
	for _, password := range []string{"password: hemligt-losen", `password: "${PW}"`} {
		cfg, problems := readOK(t, "-    connection: { server: db.example, database: byggr, user: bro, password: hemligt-losen }\n"+
			"+    connection: { server: db.example, database: byggr, user: bro, "+password+" }\n", "PW=hemligt-losen")
		conn := cfg.Sources[0].Conn
		if conn.Password.Reveal() != "hemligt-losen" {
			t.Fatal("the password did not arrive")
		}
		out := fmt.Sprintf("%+v %#v %v %+v %v", cfg, cfg, problems, cfg.Sources, conn)
		if strings.Contains(out, "hemligt") {
			t.Errorf("printed: %s", out)
		}
	}
}

func TestPasswordFile(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "mappings/tom.yaml"), "")
	writeFile(t, filepath.Join(dir, "byggr.pw"), " hemligt-losen \r\n")
	base, err := os.ReadFile("testdata/ok.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "arendebrygga.yaml")
	writeFile(t, path, strings.Replace(string(base), "password: hemligt-losen", "passwordFile: byggr.pw", 1))
	cfg, problems := loadConfig(path, nil, nil)
	if cfg == nil || len(problems) != 1 || !strings.Contains(problems[0].Message, "begins or ends with a blank") {
		t.Fatal(problems)
	}
	if got := cfg.Sources[0].Conn.Password.Reveal(); got != " hemligt-losen " {
		t.Errorf("password %q: only the line end is dropped", got)
	}
	if err := os.Chmod(filepath.Join(dir, "byggr.pw"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, problems = loadConfig(path, nil, nil); len(problems) != 2 || !problems[0].Warning {
		t.Errorf("everyone may read it, and: %v", problems)
	}
	writeFile(t, filepath.Join(dir, "byggr.pw"), "l\xf6sen")
	if cfg, problems = loadConfig(path, nil, nil); cfg == nil || !strings.Contains(problems.Error(), "byggr.pw is not UTF-8") {
		t.Errorf("want a warning, not: %v", problems)
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"15s": 15 * time.Second, "1h30m": 90 * time.Minute, "90d": 90 * 24 * time.Hour, "1d12h": 36 * time.Hour,
	} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "d", "-1d", "1d-1h", "15", "1w", "1.5d", "d1", "99999999d"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// FuzzConfig: whatever stands in the file, there is an answer and no panic, and
// errors say where they are.
func FuzzConfig(f *testing.F) {
	base, err := os.ReadFile("testdata/ok.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(base))
	for _, s := range []string{"", "a: [", "a: &x {b: *x}", "sources: {a: {events: {columns: []}}}", "? [a]: b", "sources: {1: 2}", "- - -", "<<: a", "api: {consumers: [[{}]]}", "a: |\n", "'': ''"} {
		f.Add(s)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(dir, fmt.Sprintf("%x.yaml", time.Now().UnixNano()))
		writeFile(t, path, text)
		defer os.Remove(path)
		cfg, problems := loadConfig(path, nil, nil)
		errs, _ := problems.Split()
		if (cfg == nil) != (len(errs) > 0) {
			t.Errorf("config %v with %d errors", cfg != nil, len(errs))
		}
		for _, p := range problems {
			if p.Message == "" || p.At.File == "" {
				t.Errorf("problem without a message or a place: %+v", p)
			}
		}
	})
}
