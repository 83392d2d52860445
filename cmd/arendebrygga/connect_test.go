package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources"

	"github.com/google/go-cmp/cmp"
)

// TestInspectEachAlone: a source that does not answer, or cannot be asked, is an
// error of that source, in time, and the others are told of.
func TestInspectEachAlone(t *testing.T) {
	list := []Source{
		{Def: &adapter.Definition{Name: "tyst"}, ConnAt: adapter.Position{File: "a.yaml", Line: 4, Col: 5}, ServerAt: adapter.Position{File: "a.yaml", Line: 4, Col: 19}},
		{Def: &adapter.Definition{Name: "byggr"}, ConnAt: adapter.Position{File: "a.yaml", Line: 14, Col: 5}},
		{Def: &adapter.Definition{Name: "nere"}, ConnAt: adapter.Position{File: "AB_SOURCES__NERE__CONNECTION__DSN"}},
	}
	ask := func(ctx context.Context, src Source) (sources.Inspection, error) {
		switch src.Def.Name {
		case "tyst":
			<-ctx.Done()
			return sources.Inspection{}, fmt.Errorf("no answer: %w", ctx.Err())
		case "nere":
			return sources.Inspection{Findings: []sources.Finding{{Level: sources.OK, What: "the server is MariaDB"}}}, errors.New("connection refused")
		}
		return sources.Inspection{
			Findings: []sources.Finding{
				{Level: sources.OK, What: "the events query gives what is declared"},
				{Level: sources.Warning, What: "the login may write", Hint: "give it another one\nwith SELECT only"},
				{Level: sources.Warning, What: "every window of a poll reads handelse whole", At: adapter.Position{File: "a.yaml", Line: 20, Col: 14}},
			},
			Grants: []string{"CREATE USER …;", "GRANT SELECT ON byggr.handelse TO …;"},
		}, nil
	}
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		v := verdict{OK: true, Asked: inspect(t.Context(), list, ask)}
		if took := time.Since(begun); took != inspectTime {
			t.Errorf("took %v", took)
		}
		var out strings.Builder
		v.tally()
		if err := v.text(&out); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(`tyst:
  error    a.yaml:4:19: no answer: context deadline exceeded
           hint: look at connection; run would try again and again
byggr:
  ok       the events query gives what is declared
  warning  a.yaml:14:5: the login may write
           hint: give it another one
             with SELECT only
  warning  a.yaml:20:14: every window of a poll reads handelse whole
  all that a login needs for this source:
    CREATE USER …;
    GRANT SELECT ON byggr.handelse TO …;
nere:
  ok       the server is MariaDB
  error    AB_SOURCES__NERE__CONNECTION__DSN: connection refused
           hint: look at connection; run would try again and again
2 errors, 2 warnings
`, out.String()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestSourceWithoutItsSecret is not opened: no command tries to log in without.
func TestSourceWithoutItsSecret(t *testing.T) {
	cfg, problems := readOK(t, "-    connection: { server: db.example, database: byggr, user: bro, password: hemligt-losen }\n"+
		"+    connection: { server: db.example, database: byggr, user: bro, passwordFile: nowhere.pw }\n")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	source, err := cfg.Sources[0].open()
	if err == nil || err.Error() != "source byggr: a file of its connection cannot be read; arendebrygga validate says which" {
		t.Error(source, err)
	}
}
