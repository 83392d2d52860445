package tdstest_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources"
	"arendebrygga/sources/tdstest"
)

const (
	eventQuery = "SELECT Id, Kase, Tid, Rv, Nyckel FROM dbo.Handelse -- alla"
	partyQuery = "SELECT Kase, Pnr FROM dbo.Part"
)

// system is a case system with 3,000 events of a tenth as many cases.
func system() (d *tdstest.Database, events *tdstest.Table) {
	events = tdstest.NewTable(eventQuery, "Id int not null", "Kase varchar(20)", "Tid datetime", "Rv rowversion not null", "Nyckel uniqueidentifier")
	parties := tdstest.NewTable(partyQuery, "Kase varchar(20)", "Pnr varchar(13)")
	begun := time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
	for i := range 3000 {
		// Ten rows in a row have one and the same time.
		events.Insert([]any{i + 1, fmt.Sprintf("BYGG %d", i/10), begun.Add(time.Duration(i/10) * 17 * time.Minute), 9000 + i, fmt.Sprintf("00000000-0000-0000-%04X-00000000%04X", i, 9999-i)})
	}
	for i := range 300 {
		parties.Insert([]any{fmt.Sprintf("BYGG %d", i), "19900922-2382"})
	}
	return &tdstest.Database{Tables: []*tdstest.Table{events, parties}, Now: func() time.Time { return begun.AddDate(0, 1, 0) }}, events
}

func source(t *testing.T, s *tdstest.Server, rule adapter.CursorRule, row string) adapter.Source {
	t.Helper()
	def := &adapter.Definition{
		Name: "byggr", Kind: "mssql", Location: time.UTC, Mode: adapter.History, Query: eventQuery,
		Columns: adapter.Columns{{Name: "Id", Type: adapter.Int}, {Name: "Kase", Type: adapter.String}, {Name: "Tid", Type: adapter.Time}, {Name: "Rv", Type: adapter.Bytes}, {Name: "Nyckel", Type: adapter.UUID}},
		Row:     row, Case: "Kase", Status: []string{"Kase"}, Cursor: rule,
		Recipients: adapter.RecipientRule{Query: partyQuery, Columns: adapter.Columns{{Name: "Kase", Type: adapter.String}, {Name: "Pnr", Type: adapter.String}}, Case: "Kase", Recipient: "Pnr"},
		Limits:     adapter.Limits{PageSize: 250, QueryTimeout: 10 * time.Second, MaxConnections: 1},
	}
	src, err := sources.Open(def, sources.Connection{DSN: adapter.NewSecret(s.DSN())})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return src
}

// walk reads all pages from a point on.
func walk(t *testing.T, read func(context.Context, adapter.Walk) (adapter.Page, error), from adapter.Walk) (ids []adapter.Key, last adapter.Page) {
	t.Helper()
	for range 1000 {
		page, err := read(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			ids = append(ids, row.ID)
		}
		if page.Last {
			slices.Sort(ids)
			if whole := len(ids); len(slices.Compact(ids)) != whole {
				t.Errorf("of %d rows some were read twice", whole)
			}
			return ids, page
		}
		from = page.Next
	}
	t.Fatal("the walk has no end")
	return nil, last
}

// TestPoller has the real source of SQL Server read a database of rows in memory.
func TestPoller(t *testing.T) {
	for _, rule := range []adapter.CursorRule{{Column: "Id", Kind: adapter.CursorID}, {Column: "Tid", Kind: adapter.CursorTime}, {Column: "Rv", Kind: adapter.CursorRowversion}} {
		for _, row := range []string{"Id", "Nyckel"} {
			t.Run(string(rule.Kind)+" "+row, func(t *testing.T) {
				d, events := system()
				src := source(t, tdstest.Start(t, d.Handle), rule, row)
				all, page := walk(t, src.Read, adapter.Walk{})
				if len(all) != 3000 || page.Frontier == "" {
					t.Fatalf("the first run reads %d rows up to %q", len(all), page.Frontier)
				}
				events.Insert([]any{3001, "BYGG 299", time.Date(2026, 6, 30, 0, 0, 0, 3e6, time.UTC), 12001, "00000000-0000-0000-0000-0000000A0001"})
				if more, _ := walk(t, src.Read, adapter.Walk{Lo: page.Frontier, After: true}); len(more) != 1 {
					t.Errorf("the next poll reads %d rows", len(more))
				}
				if swept, _ := walk(t, src.Sweep, adapter.Walk{}); len(swept) != 3001 {
					t.Errorf("a sweep reads %d rows", len(swept))
				}
				some, err := src.Rows(t.Context(), all[1000:1010])
				if err != nil || len(some) != 10 {
					t.Errorf("%d rows by their identity, %v", len(some), err)
				}
				parties, err := src.Recipients(t.Context(), []adapter.Key{"BYGG 7", "BYGG 8", "bygg 9"})
				if err != nil || len(parties) != 2 {
					t.Errorf("%d recipients, %v", len(parties), err)
				}
				earlier, err := src.Earlier(t.Context(), [][2]adapter.Key{{some[0].Cursor, page.Frontier}, {page.Frontier, page.Frontier}})
				if err != nil || !slices.Equal(earlier, []bool{true, false}) {
					t.Errorf("earlier: %v, %v", earlier, err)
				}
				if now, err := src.Clock(t.Context()); err != nil || !now.Equal(d.Now()) {
					t.Errorf("the clock says %v, %v", now, err)
				}
			})
		}
	}
}
