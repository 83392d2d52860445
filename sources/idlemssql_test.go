package sources

import (
	"context"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources/tdstest"
)

// idleMSSQL has the tests' own server of SQL Server's protocol count the statements that
// it is sent, but for those that set something, and the rows that it gives. It tells
// neither a time nor rows examined: it has no indexes as SQL Server has them, and joins
// nothing, so that the join is a table to it.
func idleMSSQL(b *testing.B) {
	rows := make([][]any, million)
	begun := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range rows {
		at := begun.Add(time.Duration(i+1) * 61 * time.Second)
		rows[i] = []any{i + 1, 1 + (i+1)%(million/10), at.Format("2006-01-02T15:04:05.000"), "En händelse i ett ärende med lite text i"}
	}
	table := tdstest.NewTable("", "id bigint not null", "kase int", "at datetime", "text nvarchar(200)")
	table.Insert(rows...)
	eachWay(b, &bed{kind: "mssql"}, func(b *testing.B, def *adapter.Definition, do idler) {
		table.From = []string{def.Query, "event"}
		var c cost
		database := &tdstest.Database{Tables: []*tdstest.Table{table}, Snapshot: true}
		s := tdstest.Start(b, func(ctx context.Context, q tdstest.Query) (*tdstest.Result, error) {
			res, err := database.Handle(ctx, q)
			if err != nil || strings.HasPrefix(q.SQL, "SET ") {
				return res, err
			}
			c.statements++
			if all := res.Rows; all != nil {
				res.Rows = func(yield func([]any) bool) {
					all(func(row []any) bool { c.examined++; return yield(row) })
				}
			}
			return res, nil
		})
		src := openTDS(b, s, def)
		do(b, src)
		c = cost{}
		do(b, src)
		b.ReportMetric(float64(c.statements), "statements")
		b.ReportMetric(float64(c.examined), "rows-given")
		b.ReportMetric(0, "ns/op")
	})
}
