package main

import (
	"fmt"
	"strings"
	"testing"
)

// The columns of the example's queries as SQL Server describes them.
var (
	byggrEventColumns = []string{"HandelseId int not null", "ArendeId int", "Dnr varchar(20) not null", "ArendeTypId int not null",
		"HandelseTyp varchar(10) not null", "HandelseSlag varchar(10)", "HandelseUtfall varchar(10)", "ArHuvudBeslut bit",
		"StartDatum datetime not null", "Datum datetime not null", "RegDatum datetime not null", "SlutDatum datetime",
		"ArbetsMtrl bit", "Sekretess bit", "ArMakulerad bit", "MakDatum datetime"}
	byggrPartyColumns = []string{"ArendeId int", "HandelseId int", "PersOrgId int not null", "PersOrgNr varchar(33)", "ArForetag bit not null", "Roll varchar(10) not null"}
)

// mirrored starts a server of SQL Server's protocol that answers with what MariaDB
// makes of the example's queries, and gives its address.
func (b *byggrBed) mirrored() string {
	b.t.Helper()
	def := loadByggr(b.t).Config.Sources[0].Def
	b.tds = newMirror(b.t, b.db, mirrored{query: def.Query, columns: byggrEventColumns}, mirrored{query: def.Recipients.Query, columns: byggrPartyColumns},
		mirrored{query: "SELECT HandelseId FROM dbo.arkHandelse", driving: def.Cursor.Table, columns: []string{"HandelseId int not null"}})
	return b.tds.Addr
}

// TestByggrLoad holds what the example's README says of the load: how many statements
// an idle poll, a poll with news, a page of a backlog and a sweep send, over one
// connection, and that each is a SELECT which says how many rows it gives at most.
func TestByggrLoad(t *testing.T) {
	b, _ := later(t, "mssql", "OVERLAP=1h")
	sends := func(what string, want int, do func()) {
		t.Helper()
		b.tds.Forget()
		do()
		queries := b.tds.Queries()
		if len(queries) != want {
			t.Errorf("%s: %d statements, want %d", what, len(queries), want)
		}
		for _, q := range queries {
			clock := strings.Contains(q.SQL, "SYSUTCDATETIME")
			if !strings.HasPrefix(q.SQL, "SELECT ") || !clock && !strings.Contains(q.SQL, "SELECT TOP (") && !strings.Contains(q.SQL, "FETCH NEXT 1 ROWS") {
				t.Errorf("%s: %s", what, q.SQL)
			}
		}
	}
	b.poll()
	sends("an idle poll", 6, b.poll)
	b.skriv(handelse{id: 2, arende: 4712, status: "KOMP//", start: "2026-06-01 10:00:00"})
	sends("a poll with news", 7, b.poll)
	b.skriv(handelse{id: 3, arende: 4712, status: "UNDER/Med/", start: "2026-06-01 10:00:00"})
	b.poll()
	sends("an idle poll while a notice waits", 7, b.poll)
	var backlog []string
	for id := 4; id <= 3002; id++ {
		backlog = append(backlog, fmt.Sprintf("(%d, 4712, %d, '', '2026-06-01', '2026-06-01', '2026-06-01', 0, 0, 0)", id, b.kod("Typ", []string{"DIG"})))
	}
	b.do("INSERT INTO dbo.arkHandelse (HandelseId, ArendeId, HandelseTypId, Rubrik, StartDatum, RegDatum, UpdDatum, ArbetsMtrl, Sekretess, ArMakulerad) VALUES " + strings.Join(backlog, ", "))
	sends("three full pages and two rows", 7+3*3+1, b.poll)
	sends("a first sweep of four pages", 1+4*3, func() {
		if err := b.loop.Sweep(t.Context()); err != nil {
			t.Error(err)
		}
	})
	if _, most := b.tds.Connections(); most != 1 {
		t.Errorf("%d connections at a time", most)
	}
}
