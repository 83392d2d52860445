package sources

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"arendebrygga/adapter"
	"arendebrygga/sources/tdstest"
)

// catalogue answers what an inspection asks of a server's own tables. A plan is only
// shown with the right to.
type catalogue struct {
	level     int
	snapshots int
	rights    []string
	counted   map[string]int // of things, by the permission that is asked for last
	azure     bool
	plan      string // empty: the login may not see any
	place     string // of the table
	updates   string // whether the database may be written to
	zone      string // of the server's clock
}

func (c catalogue) handle(_ context.Context, q tdstest.Query) (*tdstest.Result, error) {
	facts := func(columns []string, values ...any) (*tdstest.Result, error) {
		return &tdstest.Result{Columns: tdstest.Columns(columns...), Rows: tdstest.Rows(values)}, nil
	}
	switch {
	case strings.Contains(q.SQL, "ProductVersion"):
		return facts([]string{"version varchar(40)", "edition nvarchar(80)", "level int", "snapshots int", "versions int", "readonly int", "updateability varchar(20)", "collation nvarchar(80)", "zone varchar(6)"},
			"16.0.4135.4", "Standard Edition (64-bit)", c.level, c.snapshots, 0, 0, c.updates, "Finnish_Swedish_CI_AS", c.zone)
	case strings.Contains(q.SQL, "dm_exec_sessions"):
		isolation := "read committed"
		if c.snapshots == 1 {
			isolation = "snapshot"
		}
		return facts([]string{"isolation varchar(20)", "locks int", "priority int"}, isolation, 5000, -5)
	case strings.Contains(q.SQL, "fn_my_permissions(NULL, 'DATABASE')"):
		result := &tdstest.Result{Columns: tdstest.Columns("permission_name nvarchar(60)")}
		var rows [][]any
		for _, right := range c.rights {
			rows = append(rows, []any{right})
		}
		result.Rows = tdstest.Rows(rows...)
		return result, nil
	case strings.Contains(q.SQL, "fn_my_permissions"):
		return &tdstest.Result{Columns: tdstest.Columns("permission_name nvarchar(60)")}, nil
	case strings.Contains(q.SQL, "sys.server_principals") && c.azure:
		return nil, &tdstest.Error{Number: 208, Message: "Invalid object name 'sys.server_principals'."}
	case strings.Contains(q.SQL, "HAS_PERMS_BY_NAME"):
		return tdstest.Row("int", c.counted[strings.Fields(q.SQL[strings.LastIndex(q.SQL, "HAS_PERMS_BY_NAME"):])[2]]), nil
	case strings.Contains(q.SQL, "PARSENAME"):
		return facts([]string{"place nvarchar(200)", "name nvarchar(200)"}, c.place, "Ärende händelse")
	case strings.HasPrefix(q.SQL, "SELECT USER_NAME()"):
		return facts([]string{"name nvarchar(128)", "more varchar(1)"}, "bro's läsare", "")
	case q.SQL == "SELECT DB_NAME()":
		return tdstest.Row("nvarchar(80)", "ByggR"), nil
	case strings.Contains(q.SQL, "dm_exec_describe_first_result_set(@p1,") && c.plan == "":
		return nil, tdstest.Err(297)
	case strings.Contains(q.SQL, "dm_exec_describe_first_result_set(@p1,") && q.Params[0].Value == "SELECT TOP (0) * FROM (\n"+tdsQuery+"\n) q":
		return &tdstest.Result{Columns: tdstest.Columns("name nvarchar(128)", "type nvarchar(256)", "nullable tinyint"), Rows: tdstest.Rows(
			[]any{"id", "int", 0}, []any{"kase", "varchar(20)", 1}, []any{"c", "datetime", 1}, []any{"version", "rowversion", 0})}, nil
	case strings.Contains(q.SQL, "dm_exec_describe_first_result_set(@p1,") && strings.Contains(q.Params[0].Value.(string), "FROM dbo.arkPart"):
		return &tdstest.Result{Columns: tdstest.Columns("name nvarchar(128)", "type nvarchar(256)", "nullable tinyint"), Rows: tdstest.Rows([]any{"kase", "varchar(20)", 0}, []any{"person", "int", 0})}, nil
	case strings.HasPrefix(q.SQL, "SET SHOWPLAN_XML"):
		return &tdstest.Result{}, nil
	case strings.HasPrefix(q.SQL, "DECLARE @p1 bigint") && c.plan == "":
		return nil, &tdstest.Error{Number: 262, Message: "SHOWPLAN permission denied in database 'ByggR'."}
	case strings.HasPrefix(q.SQL, "DECLARE @p1 bigint"):
		return tdstest.Row("nvarchar(max)", c.plan), nil
	case strings.HasPrefix(q.SQL, "DECLARE @p1 nvarchar(4000);\nSELECT TOP (50001) q.[kase]"):
		return tdstest.Row("nvarchar(max)", plannedParties), nil
	case strings.Contains(q.SQL, "COUNT(*)") && strings.Contains(q.SQL, "GROUP BY"):
		return tdstest.Row("int", 0), nil
	}
	return nil, fmt.Errorf("not known: %s", q.SQL)
}

const planned = `<?xml version="1.0" encoding="utf-16"?><ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan"><BatchSequence><Batch><Statements>
<StmtSimple><QueryPlan><RelOp NodeId="0" PhysicalOp="Nested Loops" EstimateRows="100"><NestedLoops>
<RelOp PhysicalOp="Clustered Index Seek" EstimateRows="100" TableCardinality="200000"><IndexScan><Object Database="[ByggR]" Schema="[dbo]" Table="[Ärende händelse]" Index="[PK_h]" /></IndexScan></RelOp>
<RelOp PhysicalOp="Clustered Index Scan" EstimateRows="100" TableCardinality="500000"><IndexScan><Object Database="[ByggR]" Schema="[dbo]" Table="[arkSlag]" Index="[PK_s]" /></IndexScan></RelOp>
</NestedLoops></RelOp></QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>`

// plannedParties is a plan for recipients that reads a table whole.
const plannedParties = `<ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan"><RelOp PhysicalOp="Table Scan" EstimateRows="3" TableCardinality="300000">
<TableScan><Object Schema="[dbo]" Table="[arkPart]" /></TableScan></RelOp></ShowPlanXML>`

// TestInspectMSSQL has a database as it should be, and one with all that can be wrong.
func TestInspectMSSQL(t *testing.T) {
	here := time.Now().In(stockholm).Format("-07:00")
	for name, c := range map[string]catalogue{
		"good": {zone: here, level: 160, snapshots: 1, plan: strings.Replace(planned, "Clustered Index Scan", "Clustered Index Seek", 1), place: "[dbo]", updates: "READ_WRITE"},
		"bad":  {zone: here, level: 100, rights: []string{"ALTER", "EXECUTE"}, counted: map[string]int{"'UPDATE',": 2, "'EXECUTE')": 3, "'IMPERSONATE')": 1}, plan: planned, place: "[Arkiv].[dbo]", updates: "READ_ONLY"},
		"dark": {azure: true, zone: "+00:00", level: 150, place: "[dbo]", updates: "READ_WRITE"},
	} {
		t.Run(name, func(t *testing.T) {
			table := tdstest.NewTable(tdsQuery, "id int not null", "kase varchar(20)", "c datetime")
			for n := 1; n <= 64; n++ {
				table.Insert([]any{n, "BYGG", time.Date(2026, 6, 1, 8, 0, n, 0, time.UTC)})
			}
			parties := tdstest.NewTable("SELECT kase, person FROM dbo.arkPart", "kase varchar(20)", "person int")
			db := &tdstest.Database{Tables: []*tdstest.Table{table, parties}, Snapshot: c.snapshots == 1, Else: c.handle}
			s := tdstest.Start(t, db.Handle)
			def := tdsDefinition(adapter.Column{Name: "c", Type: adapter.Time})
			if name == "good" {
				def.Recipients = adapter.RecipientRule{Query: parties.From[0], Columns: adapter.Columns{{Name: "kase", Type: adapter.String}, {Name: "person", Type: adapter.Int}}, Case: "kase", Recipient: "person"}
			}
			if name == "bad" {
				def.Columns[2].Type = adapter.Bool
				def.Recipients.Cursor.Kind = adapter.CursorRowversion // of no query: only what is said of it
			}
			found, err := Inspect(t.Context(), def, Connection{DSN: adapter.NewSecret(s.DSN())})
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "testdata/inspect/mssql-"+name+"-wire.golden", strings.ReplaceAll(report(t, &bed{kind: "mssql"}, found), here, "ZONE"))
		})
	}
}

// TestPlaceMSSQL is the same on each server of a group, and another for another server.
func TestPlaceMSSQL(t *testing.T) {
	place := func(server, group string) string {
		s := tdstest.Start(t, func(_ context.Context, q tdstest.Query) (*tdstest.Result, error) {
			switch {
			case strings.HasPrefix(q.SQL, "SET "):
				return &tdstest.Result{}, nil
			case strings.Contains(q.SQL, "group_database_id") && group != "":
				return tdstest.Row("varchar(60)", "group/"+group), nil
			case strings.Contains(q.SQL, "create_date"):
				return tdstest.Row("varchar(200)", server), nil
			}
			return &tdstest.Result{Columns: tdstest.Columns("x varchar(60)")}, nil
		})
		text, err := openTDS(t, s, tdsDefinition()).Place(t.Context())
		if err != nil || text == "" {
			t.Fatal(text, err)
		}
		return text
	}
	grouped, alone, again := place("a", "g"), place("a", ""), place("a", "")
	got := []bool{grouped == place("b", "g"), alone == again, alone == place("b", ""), grouped == place("a", "h")}
	if diff := cmp.Diff([]bool{true, true, false, false}, got); diff != "" {
		t.Error(diff)
	}
}
