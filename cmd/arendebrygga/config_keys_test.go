package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources"

	"github.com/google/go-cmp/cmp"
)

// TestRowLifecycleKeys: what is written about waiting, sweeping and recipients who
// come and go arrives in the definition, in the long form and in the short one.
func TestRowLifecycleKeys(t *testing.T) {
	cfg, problems := readOK(t, `-      case: ArendeId
-      status: [Typ]
-      time: Tid
+      case: ArendeId
+      created: tid
+      status: [Typ]
+      time: { column: Tid, ifFuture: hold }
+      delay: 15m
+      onMissing: { do: withdraw, after: 5 }

-      columns: { ArendeId: int, PartId: int, Nr: string, Roll: string }
+      columns: { ArendeId: int, PartId: int, Nr: string, Roll: string, Andrad: time, Skapad: time }
+      created: skapad
+      cursor: { column: andrad, kind: time, table: part }
+      changes: { added: fromNow, removed: keep }

-    kind: mysql
+    kind: postgres

-    firstRun: baseline
+    firstRun: baseline
+    sweep: 2h
+    maxHold: 3h
+    limits: { allowedHours: "22:00-06:30" }

-api:
+ops: { listen: "[::1]:9090" }
+api:
`)
	if len(problems) > 0 {
		t.Error(problems)
	}
	def := cfg.Sources[0].Def
	r := def.Recipients
	got := []any{def.Created, def.Time.IfFuture, def.Delay, def.OnMissing, r.Created, r.Cursor, r.Changes, def.Sweep, def.MaxHold, def.Limits.AllowedHours, cfg.Ops.Listen}
	want := []any{"Tid", adapter.Hold, 15 * time.Minute, adapter.MissingRule{Do: adapter.Withdraw, After: 5},
		"Skapad", adapter.CursorRule{Column: "Andrad", Kind: adapter.CursorTime, Table: "part"}, adapter.PartyChanges{Added: adapter.FromNow, Removed: adapter.Keep},
		2 * time.Hour, 3 * time.Hour, adapter.Hours{From: 22 * 60, To: 6*60 + 30}, "[::1]:9090"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	cfg, _ = readOK(t, "-      time: Tid\n+      time: Tid\n+      onMissing: withdraw\n")
	if got := cfg.Sources[0].Def.OnMissing; got != (adapter.MissingRule{Do: adapter.Withdraw, After: 3}) {
		t.Errorf("onMissing as a word: %+v", got)
	}
	cfg, problems = readOK(t, `-    mode: history
+    mode: net

-      columns: { HandelseId: int, ArendeId: int, Typ: string, Tid: time, Sekretess: bool }
-      row: HandelseId
+      columns: { HandelseId: int, ArendeId: int, Typ: string, Tid: time, Sekretess: bool, PartId: int, Nr: string }

-      query: SELECT p.ArendeId, p.PartId, p.Nr, p.Roll FROM part p
-      columns: { ArendeId: int, PartId: int, Nr: string, Roll: string }
-      case: ArendeId
-      recipient: PartId
-      role: Roll
+      recipient: PartId
+      changes: { added: fromNow }
`)
	if got := cfg.Sources[0].Def.Recipients.Changes; len(problems) > 0 || got != (adapter.PartyChanges{Added: adapter.FromNow, Removed: adapter.Hide}) {
		t.Errorf("changes of recipients in the row: %+v, problems %v", got, problems)
	}
	cfg, _ = readOK(t, "", "ARENDEBRYGGA_SOURCES__BYGGR__EVENTS__ON_MISSING__DO=withdraw", "ARENDEBRYGGA_OPS__LISTEN=127.0.0.1:9090")
	if cfg.Sources[0].Def.OnMissing.Do != adapter.Withdraw || cfg.Ops.Listen != "127.0.0.1:9090" {
		t.Errorf("from the environment: %+v, %+v", cfg.Sources[0].Def.OnMissing, cfg.Ops)
	}
}

// TestNoCursor: without a cursor every poll reads everything, so that there is
// nothing to overlap, to sweep or to wait for, and polls are seldom.
func TestNoCursor(t *testing.T) {
	const none = "-      cursor: { column: HandelseId, kind: id, table: handelse }\n+      cursor: { kind: none, table: handelse }\n+      onMissing: withdraw\n"
	cfg, problems := readOK(t, none)
	if len(problems) > 0 {
		t.Error(problems)
	}
	def := cfg.Sources[0].Def
	if def.Cursor != (adapter.CursorRule{Kind: adapter.CursorNone, Table: "handelse"}) || def.Overlap != 0 || def.Sweep != time.Hour || def.Poll != 5*time.Minute || def.OnMissing.Do != adapter.Withdraw {
		t.Errorf("%+v, overlap %v, sweep %v, poll %v, %+v", def.Cursor, def.Overlap, def.Sweep, def.Poll, def.OnMissing)
	}
	cfg, _ = readOK(t, none+"\n-    firstRun: baseline\n+    firstRun: baseline\n+    poll: 30s\n")
	if cfg.Sources[0].Def.Poll != 30*time.Second {
		t.Errorf("a poll that is written down: %v", cfg.Sources[0].Def.Poll)
	}
}

// TestDefaultsFollow: a default never makes a mistake of what stands beside it.
func TestDefaultsFollow(t *testing.T) {
	cfg, problems := readOK(t, "-    kind: mysql\n+    kind: postgres\n\n-    firstRun: baseline\n+    firstRun: baseline\n+    poll: 2h\n+    overlap: 3h\n")
	def := cfg.Sources[0].Def
	if len(problems) > 0 || def.Sweep != 2*time.Hour || def.MaxHold != 3*time.Hour {
		t.Errorf("sweep %v, maxHold %v, %v", def.Sweep, def.MaxHold, problems)
	}
}

func TestAllowedHours(t *testing.T) {
	for text, want := range map[string]adapter.Hours{
		"06:00-22:00": {From: 360, To: 1320}, `"22:00 - 06:00"`: {From: 1320, To: 360},
		"00:00-24:00": {}, "18:00-24:00": {From: 1080, To: 0}, "00:00-06:00": {From: 0, To: 360},
	} {
		cfg, problems := readOK(t, "-    firstRun: baseline\n+    firstRun: baseline\n+    limits: { allowedHours: "+text+" }\n")
		if got := cfg.Sources[0].Def.Limits.AllowedHours; got != want || len(problems) > 0 {
			t.Errorf("%s: %+v, %v", text, got, problems)
		}
	}
}

// TestPoint19_FirstRunMustBeChosen: what becomes of old rows is never guessed.
func TestPoint19_FirstRunMustBeChosen(t *testing.T) {
	base, err := os.ReadFile("testdata/ok.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "arendebrygga.yaml")
	writeFile(t, filepath.Join(dir, "mappings/tom.yaml"), "")
	writeFile(t, path, strings.Replace(string(base), "    firstRun: baseline\n", "", 1))
	cfg, problems := loadConfig(path, nil, nil)
	if cfg != nil || len(problems) != 1 || problems[0].Warning || problems[0].Message != "firstRun is missing" {
		t.Errorf("%+v, %v", cfg, problems)
	}
}

// TestMSSQLKeys: what only SQL Server's connections have arrives, with the files found
// from the folder of the configuration.
func TestMSSQLKeys(t *testing.T) {
	cfg, problems := readOK(t, `-    kind: mysql
-    connection: { server: db.example, database: byggr, user: bro, password: hemligt-losen }
+    kind: mssql
+    connection: { server: 'sql07\BYGGR', database: ByggR, authenticator: krb5, krb5ConfFile: krb5.conf, credCacheFile: /run/bro.cc, realm: KOMMUN.EXAMPLE,
+                  serverSpn: "MSSQLSvc/sql07:1433", failoverPartner: "sql08,1433", readOnlyIntent: true, certificate: sql07.pem, hostNameInCertificate: sql07.kommun.example, tls: strict }

-      columns: { HandelseId: int, ArendeId: int, Typ: string, Tid: time, Sekretess: bool }
+      columns: { HandelseId: int, ArendeId: int, Typ: string, Tid: time, Sekretess: bool, Rv: bytes }

-      cursor: { column: HandelseId, kind: id, table: handelse }
+      cursor: { column: rv, kind: rowversion, table: handelse }
`)
	if errs, warnings := problems.Split(); len(errs) > 0 || len(warnings) != 2 { // two files are not there yet
		t.Fatal(problems)
	}
	source := cfg.Sources[0]
	for _, file := range []*string{&source.Conn.MSSQL.Krb5ConfFile, &source.Conn.MSSQL.Certificate} {
		*file = filepath.Base(*file) // beside the configuration
	}
	want := sources.MSSQL{
		Authenticator: "krb5", Krb5ConfFile: "krb5.conf", CredCacheFile: "/run/bro.cc", Realm: "KOMMUN.EXAMPLE",
		ServerSPN: "MSSQLSvc/sql07:1433", FailoverPartner: "sql08,1433", ReadOnlyIntent: true, Certificate: "sql07.pem", HostNameInCertificate: "sql07.kommun.example",
	}
	if diff := cmp.Diff(want, source.Conn.MSSQL); diff != "" {
		t.Error(diff)
	}
	if source.Conn.TLS != "strict" || source.Def.Overlap != time.Minute || source.Def.Cursor != (adapter.CursorRule{Column: "Rv", Kind: adapter.CursorRowversion, Table: "handelse"}) {
		t.Errorf("%+v, %s, tls %s", source.Def.Cursor, source.Def.Overlap, source.Conn.TLS)
	}
}
