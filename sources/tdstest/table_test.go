package tdstest

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

const query = "SELECT h.Id, h.Tid, h.Rv, h.Nyckel, h.Text\nFROM dbo.Handelse h -- alla"

func events() *Table {
	t := NewTable(query, "Id int not null", "Tid datetime", "Rv rowversion not null", "Nyckel uniqueidentifier", "Text varchar(20)")
	for i := range 10 {
		t.Insert([]any{i + 1, fmt.Sprintf("2026-11-22 10:00:0%d.837", i), 5000 + i, fmt.Sprintf("00000000-0000-0000-0000-00000000000%d", 9-i), []any{"a", "B", "ä", "å", nil}[i%5]})
	}
	return t
}

// asked gives the rows of a statement, each as text with blanks in between.
func asked(t *testing.T, db *sql.DB, statement string, args ...any) string {
	t.Helper()
	rows, err := db.Query(statement, args...)
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	names, _ := rows.Columns()
	var all []string
	for rows.Next() {
		values, dest := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		for i, value := range values {
			if b, ok := value.([]byte); ok {
				values[i] = fmt.Sprintf("%x", b)
			}
		}
		all = append(all, strings.TrimSuffix(fmt.Sprintln(values...), "\n"))
	}
	if err := rows.Err(); err != nil {
		return err.Error()
	}
	return strings.Join(all, "|")
}

func TestTable(t *testing.T) {
	from := "FROM (\n" + query + "\n) q"
	at := mssql.DateTime1(wall("2026-11-22 10:00:02.837"))
	d := &Database{Tables: []*Table{events()}, Now: func() time.Time { return wall("2026-11-22 10:00:05") }, Synonyms: map[string]string{"arkiv.[Händelser (alla)]": "dbo.handelse"}}
	d.Tables[0].From = append(d.Tables[0].From, "dbo.Handelse")
	db := open(t, Start(t, d.Handle).DSN())
	for _, x := range []struct {
		statement string
		args      []any
		want      string
	}{
		{"SELECT TOP (0) * FROM (\n" + query + "\n) q", nil, ""},
		{"SELECT TOP (2) q.[Id] " + from + " WHERE q.[Id] >= @p1 AND q.[Id] < @p2 ORDER BY q.[Id]", []any{3, 9}, "3|4"},
		{"SELECT TOP (1) q.[Id] " + from + " WHERE q.[Tid] IS NOT NULL ORDER BY q.[Tid] DESC", nil, "10"},
		{"SELECT q.[Id], CASE WHEN q.[Id] > @p1 THEN 1 ELSE 0 END " + from + " WHERE q.[Id] >= @p2 ORDER BY q.[Id] OFFSET 4 ROWS FETCH NEXT 1 ROWS ONLY", []any{3, 3}, "7 1"},
		{"SELECT CONVERT(varchar(33), q.Tid, 126) " + from + " WHERE q.Id = 4", nil, "2026-11-22T10:00:03.837"},
		{"SELECT q.Id " + from + " WHERE q.Tid = CAST(@p1 AS datetime)", []any{"2026-11-22T10:00:02.837"}, "3"},
		{"SELECT q.Id " + from + " WHERE q.Tid = @p1", []any{at}, "3"},
		{"SELECT q.Id " + from + " WHERE q.Tid = @p1", []any{time.Time(at)}, ""}, // a datetimeoffset is another time
		{"SELECT q.Id " + from + " WHERE q.Tid <= CAST('2026-11-22T10:00:01.900' AS datetime)", nil, "1|2"},
		{"SELECT q.Id " + from + " WHERE q.Tid <= CAST('2026-11-22T10:00:01.9000' AS datetime)", nil, "mssql: Conversion failed when converting date and/or time from character string. (241)"},
		{"SELECT q.Id " + from + " WHERE q.Rv >= CAST(@p1 AS binary(8)) ORDER BY q.Rv", []any{[]byte{0, 0, 0, 0, 0, 0, 0x13, 0x8F}}, "8|9|10"},
		{"SELECT q.Id " + from + " WHERE q.Rv < MIN_ACTIVE_ROWVERSION() AND NOT (q.Id < 9)", nil, "9|10"},
		{"SELECT LOWER(CONVERT(varchar(16), MIN_ACTIVE_ROWVERSION(), 2))", nil, "0000000000001392"},
		{"SELECT LOWER(CONVERT(varchar(16), CAST(CAST(CAST(@p1 AS binary(8)) AS bigint) + CAST(1000 AS bigint) AS binary(8)), 2))", []any{[]byte{0, 0, 0, 0, 0, 0, 0, 1}}, "00000000000003e9"},
		{"SELECT (SELECT CASE WHEN hi <= 9223372036854775807 THEN hi END FROM (SELECT CAST(@p1 AS decimal(38, 0)) + 1000 AS hi) s)", []any{"5"}, "31303035"},
		{"SELECT (SELECT CASE WHEN lo < '20690101' THEN CONVERT(varchar(33), DATEADD(second, 3600, lo), 126) END FROM (SELECT CAST(@p1 AS datetime) AS lo) s)", []any{"2026-11-22T23:30:00.003"}, "2026-11-23T00:30:00.003"},
		{"SELECT CASE WHEN CAST(@p1 AS datetime) < CAST(@p2 AS datetime) THEN 1 ELSE 0 END, CASE WHEN @p3 < @p4 THEN 1 ELSE 0 END", []any{"2026-11-22T23:30:00.003", "2026-11-22T23:30:00.007", 10, 9}, "1 0"},
		{"SELECT q.Id " + from + " WHERE q.Nyckel IN (@p1, CAST(@p2 AS uniqueidentifier)) ORDER BY q.Nyckel", []any{"00000000-0000-0000-0000-000000000009", "00000000-0000-0000-0000-000000000008"}, "2|1"},
		{"SELECT q.Id " + from + " WHERE q.Text = @p1", []any{"A"}, "1|6"}, // the collation ignores case
		{"SELECT q.Id " + from + " WHERE CONVERT(varbinary(8000), CONVERT(nvarchar(4000), q.Text)) = CONVERT(varbinary(8000), CONVERT(nvarchar(4000), @p1))", []any{"A"}, ""},
		{"SELECT TOP (8) q.Text " + from + " WHERE q.Text IS NOT NULL ORDER BY q.Text, q.Id", nil, "a|a|B|B|å|å|ä|ä"},
		{"SELECT LOWER(CONVERT(varchar(max), CONVERT(varbinary(max), CONVERT(varbinary(8000), CONVERT(nvarchar(4000), q.Text))), 2)) " + from + " WHERE q.Id = 3", nil, "e400"},
		{"SELECT CONVERT(nvarchar(4000), CONVERT(varbinary(8000), @p1, 2))", []any{"e400"}, "ä"},
		{"SELECT COALESCE(TRY_CAST(q.Text AS decimal(38, 10)), 0) " + from + " WHERE q.Id = 1", nil, "302e30303030303030303030"},
		{"SELECT COUNT(*) FROM (SELECT TOP (1000) 1 AS one " + from + " WHERE q.Text IS NULL) n", nil, "2"},
		{"SELECT q.Id FROM (SELECT h.Id FROM arkiv /* a /* ) */ ' ( */ . [Händelser (alla)] h -- )\n) q WHERE q.Id > 8 ORDER BY q.Id -- slut", nil, "9|10"},
		{"SELECT CONVERT(varchar(33), SYSUTCDATETIME(), 121)", nil, "2026-11-22 10:00:05.0000000"},
	} {
		if got := asked(t, db, x.statement, x.args...); got != x.want {
			t.Errorf("%s %v:\n%s, want\n%s", x.statement, x.args, got, x.want)
		}
	}
}

func TestTableChanges(t *testing.T) {
	table := events()
	d := &Database{Tables: []*Table{table}}
	s := Start(t, d.Handle)
	db := open(t, s.DSN())
	statement := "SELECT q.Id, q.Text FROM (\n" + query + "\n) q WHERE q.Id < 4 ORDER BY q.Id"
	if n := table.Update(func(row map[string]any) bool { row["Text"] = "ny"; return row["Id"] == int64(2) }); n != 1 {
		t.Errorf("%d rows changed", n)
	}
	table.Delete(func(row map[string]any) bool { return row["Id"] == int64(1) })
	table.Insert([]any{0, nil, 1, nil, "sen"})
	if got, want := asked(t, db, statement), "0 sen|2 ny|3 ä"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestTableNames tells names apart that differ in their parts, whatever is in brackets.
func TestTableNames(t *testing.T) {
	d := &Database{}
	names := []string{"dbo.[Ärende.Händelse]", "[dbo].[Ärende].[Händelse]", "dbo.[a]]b]", "dbo.[a]]]]b]", "dbo.[a b]", "ab"}
	for i, name := range names {
		table := NewTable(name, "n int")
		table.Insert([]any{i})
		d.Tables = append(d.Tables, table)
	}
	db := open(t, Start(t, d.Handle).DSN())
	for i, name := range append(names, " DBO . [ärende.händelse] /* a */", "dbo.Ärende.händelse") {
		if got, want := asked(t, db, "SELECT q.n FROM "+name+" q"), fmt.Sprint(i%len(names)); got != want {
			t.Errorf("%s is table %s, want %s", name, got, want)
		}
	}
}
