package examples_test

import (
	"context"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"arendebrygga/sources/tdstest"
)

// TestByggrRun: the program reads the example's source, as it is configured, from a
// server of SQL Server's protocol, and answers what is asked of it over HTTP.
func TestByggrRun(t *testing.T) {
	var q byggrQueries
	if err := yaml.Unmarshal(read(t, "byggr/arendebrygga.yaml"), &q); err != nil {
		t.Fatal(err)
	}
	byggr := q.Sources.Byggr
	events := tdstest.NewTable(byggr.Events.Query, "HandelseId int not null", "ArendeId int", "Dnr varchar(20) not null", "ArendeTypId int not null",
		"HandelseTyp varchar(10) not null", "HandelseSlag varchar(10)", "HandelseUtfall varchar(10)", "ArHuvudBeslut bit",
		"StartDatum datetime not null", "Datum datetime not null", "RegDatum datetime not null", "SlutDatum datetime",
		"ArbetsMtrl bit not null", "Sekretess bit not null", "ArMakulerad bit not null", "MakDatum datetime")
	parties := tdstest.NewTable(byggr.Recipients.Query, "ArendeId int", "HandelseId int", "PersOrgId int not null", "PersOrgNr varchar(33)", "ArForetag bit not null", "Roll varchar(10) not null")
	table := tdstest.NewTable(byggr.Events.Cursor.Table, "HandelseId int not null")
	write := func(id int, typ, at string) {
		table.Insert([]any{id})
		events.Insert([]any{id, 4711, "BYGG 2026-000123", 1, typ, nil, nil, nil, at, at, at, nil, false, false, false, nil})
	}
	parties.Insert([]any{4711, nil, 1, "19900922-2382", false, "SOK"})
	write(1, "ANSÖKAN", "2026-05-04 10:00:00.337")
	database := &tdstest.Database{Tables: []*tdstest.Table{events, parties, table}, Snapshot: true, Else: func(_ context.Context, q tdstest.Query) (*tdstest.Result, error) {
		if strings.Contains(q.SQL, "@@SERVERNAME") {
			return tdstest.Row("nvarchar(128)", "SQL07/ByggR"), nil
		}
		return nil, tdstest.Err(208) // there are no views of the system
	}}
	server := tdstest.Start(t, database.Handle)
	const source = "ARENDEBRYGGA_SOURCES__BYGGR__"
	b := start(t, "byggr", source+"CONNECTION__SERVER="+server.Addr, source+"CONNECTION__PASSWORDFILE="+secretFile(t, "secret"), source+"FIRSTRUN=all",
		source+"POLL=100ms", source+"EVENTS__DELAY=0s", source+"LIMITS__ALLOWEDHOURS=00:00-24:00", "ARENDEBRYGGA_OPS__LISTEN=127.0.0.1:0")
	b.wait(t, "first run complete")
	want := []string{"2026-05-04T10:00:00.337+02:00 KOMMUN.BYGGLOV.ANSOKAN_MOTTAGEN Vi har tagit emot ansökan om bygglov"}
	if diff := cmp.Diff(want, b.ask(t, "Personnummer", "199009222382")); diff != "" {
		t.Errorf("after the first run (-want +got):\n%s", diff)
	}
	write(2, "KOMP", "2026-06-01 09:30:00")
	b.wait(t, "committed")
	want = append(want, "2026-06-01T09:30:00+02:00 KOMMUN.BYGGLOV.KOMPLETTERING_BEGARD Komplettera ansökan om bygglov")
	if diff := cmp.Diff(want, b.ask(t, "Personnummer", "199009222382")); diff != "" {
		t.Errorf("after a poll (-want +got):\n%s", diff)
	}
	if login := server.Logins()[0]; login.Database != "ByggR" || login.User != "arendebrygga" {
		t.Errorf("logged in as %q to %q", login.User, login.Database)
	}
}
