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

// TestMSSQLValues reads every type of column as each that it may be declared as.
func TestMSSQLValues(t *testing.T) {
	const id = "6F9619FF-8B86-D011-B42D-00C04FC964FF"
	for _, tc := range []struct {
		database string
		value    any
		declared adapter.ColumnType
		want     any
	}{
		{"varchar(20)", "Ärende €", adapter.String, "Ärende €"},
		{"varchar(20) utf8", "Ärende Ω", adapter.String, "Ärende Ω"},
		{"char(6)", "åä", adapter.String, "åä"}, {"nchar(6)", "Ω  ä", adapter.String, "Ω  ä"}, {"char(6)", "", adapter.String, ""},
		{"nvarchar(max)", "Ärende Ω", adapter.String, "Ärende Ω"},
		{"int", -7, adapter.Int, -7}, {"tinyint", 255, adapter.Int, 255}, {"bigint", int64(1) << 62, adapter.Int, 1 << 62}, {"int", 7, adapter.String, "7"},
		{"decimal(18,0)", "12", adapter.Int, 12}, {"decimal(38,10)", "-1234567890123456789012345678.0123456789", adapter.Decimal, adapter.Number("-1234567890123456789012345678.0123456789")},
		{"money", "-922337203685477.5808", adapter.Decimal, adapter.Number("-922337203685477.5808")}, {"smallmoney", "1.5", adapter.Decimal, adapter.Number("1.5000")},
		{"float", 1.5e3, adapter.Float, 1500.0}, {"float", 0.1, adapter.Decimal, adapter.Number("0.1")},
		{"real", float64(float32(0.1)), adapter.Decimal, adapter.Number("0.1")}, {"real", float64(float32(-1.5e-7)), adapter.Decimal, adapter.Number("-0.00000015")},
		{"real", float64(float32(0.1)), adapter.String, "0.1"}, {"real", float64(float32(0.1)), adapter.Float, 0.1}, {"real", 3.0, adapter.Int, 3},
		{"bit", true, adapter.Bool, true}, {"bit", false, adapter.Int, 0}, {"bit", true, adapter.String, "1"}, {"tinyint", 1, adapter.Bool, true},
		{"uniqueidentifier", id, adapter.UUID, "6f9619ff-8b86-d011-b42d-00c04fc964ff"}, {"uniqueidentifier", id, adapter.String, "6f9619ff-8b86-d011-b42d-00c04fc964ff"},
		{"varbinary(8)", []byte{0, 255}, adapter.Bytes, []byte{0, 255}}, {"rowversion", uint64(2001), adapter.Bytes, []byte{0, 0, 0, 0, 0, 0, 7, 209}},
		{"datetime", "2026-03-29 01:59:59.997", adapter.Time, local("2026-03-29T01:59:59.997+01:00")},
		{"datetime", "2026-03-29 02:30:00", adapter.Time, local("2026-03-29T03:30:00+02:00")}, // the hour that is left out
		{"datetime", "2026-10-25 02:30:00.833", adapter.Time, local("2026-10-25T02:30:00.833+02:00")},
		{"datetime2(7)", "2026-06-01 08:00:00.1234567", adapter.Time, local("2026-06-01T08:00:00.1234567+02:00")},
		{"smalldatetime", "2026-06-01 08:01:00", adapter.Time, local("2026-06-01T08:01:00+02:00")},
		{"datetimeoffset(7)", "2026-06-01 08:00:00.1234567 +02:00", adapter.Time, time.Date(2026, 6, 1, 6, 0, 0, 123456700, time.UTC)},
		{"date", "2026-06-01", adapter.Date, local("2026-06-01T00:00:00+02:00")}, {"date", "2026-06-01", adapter.Time, local("2026-06-01T00:00:00+02:00")},
		{"datetime", "1753-01-01 00:00:00", adapter.Time, nil}, {"datetime2(0)", "9999-12-31 23:59:59", adapter.Time, nil}, {"time(7)", "12:30:00.1234567", adapter.String, "12:30:00.1234567"},
		{"datetime", nil, adapter.Time, nil}, {"uniqueidentifier", nil, adapter.UUID, nil},
	} {
		t.Run(fmt.Sprint(tc.database, " ", tc.declared, " ", tc.value), func(t *testing.T) {
			table := tdstest.NewTable(tdsQuery, "id int not null", "kase varchar(20)", "v "+tc.database)
			table.Insert([]any{1, "a", tc.value})
			s := tdstest.Start(t, (&tdstest.Database{Tables: []*tdstest.Table{table}}).Handle)
			rows, _, _ := walk(t, openTDS(t, s, tdsDefinition(adapter.Column{Name: "v", Type: tc.declared})), adapter.Walk{}, 10)
			if len(rows) != 1 || rows[0].Err != nil {
				t.Fatal(rows)
			}
			if diff := cmp.Diff(tc.want, rows[0].Values[2]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPoint06_MSSQLPrecision has cursors that differ in the last digit: each row is read
// once, and an idle table gives no other row over ten polls.
func TestPoint06_MSSQLPrecision(t *testing.T) {
	for database, times := range map[string][]string{
		"datetime":          {"2026-06-01 08:00:00.833", "2026-06-01 08:00:00.837", "2026-06-01 08:00:00.840"},
		"datetime2(7)":      {"2026-06-01 08:00:00.8333333", "2026-06-01 08:00:00.8333334", "2026-06-01 08:00:00.8333335"},
		"smalldatetime":     {"2026-06-01 08:00:00", "2026-06-01 08:01:00", "2026-06-01 08:02:00"},
		"datetimeoffset(7)": {"2026-06-01 08:00:00.8333333 +02:00", "2026-06-01 07:00:00.8333334 +01:00", "2026-06-01 06:00:00.8333335 +00:00"},
	} {
		t.Run(database, func(t *testing.T) {
			table := tdstest.NewTable(tdsQuery, "id int not null", "kase varchar(20)", "v "+database+" not null")
			s := tdstest.Start(t, (&tdstest.Database{Tables: []*tdstest.Table{table}}).Handle)
			def := tdsDefinition(adapter.Column{Name: "v", Type: adapter.Time})
			def.Cursor = adapter.CursorRule{Column: "v", Kind: adapter.CursorTime}
			src, frontier := openTDS(t, s, def), adapter.Key("")
			for n, at := range times {
				table.Insert([]any{n, "a", at})
				rows, _, next := walk(t, src, adapter.Walk{Lo: frontier, After: frontier != ""}, 10)
				once(t, rows, 1)
				frontier = next
			}
			for range 10 {
				rows, _, next := walk(t, src, adapter.Walk{Lo: frontier}, 10)
				once(t, rows, 1)
				if rows, _, _ = walk(t, src, adapter.Walk{Lo: frontier, After: true}, 10); len(rows) > 0 || next != frontier {
					t.Fatalf("%d rows of an idle table, from %s to %s", len(rows), frontier, next)
				}
			}
		})
	}
}

// TestMSSQLOddTypes has columns whose values the driver has no type for: the server makes
// text of them, and what it does not make text of is no value at all.
func TestMSSQLOddTypes(t *testing.T) {
	for _, tc := range []struct {
		database string
		declared adapter.ColumnType
		sent     string // select list
		given    tdstest.Column
		value    any
		want     any
	}{
		{"sql_variant", adapter.String, "CONVERT(nvarchar(4000), q.[v], CASE CONVERT(varchar(20), SQL_VARIANT_PROPERTY(q.[v], 'BaseType')) WHEN 'date' THEN 126 ", tdstest.Column{Type: "nvarchar(4000)"}, "2026-01-01T00:00:00", "2026-01-01T00:00:00"},
		{"sql_variant", adapter.Time, "CONVERT(nvarchar(4000), q.[v], CASE ", tdstest.Column{Type: "nvarchar(4000)"}, "2026-01-01T00:00:00", local("2026-01-01T00:00:00+01:00")},
		{"sql_variant", adapter.Bytes, "CONVERT(varbinary(8000), q.[v])", tdstest.Column{Type: "varbinary(8000)"}, []byte{1}, []byte{1}},
		{"hierarchyid", adapter.String, "CONVERT(nvarchar(max), q.[v])", tdstest.Column{Type: "nvarchar(max)"}, "/1/2/", "/1/2/"},
		{"hierarchyid", adapter.Bytes, "q.[v]", tdstest.Column{Type: "varbinary(892)"}, []byte{0x58}, []byte{0x58}},
	} {
		t.Run(tc.database+" as "+string(tc.declared), func(t *testing.T) {
			s := tdstest.Start(t, func(_ context.Context, q tdstest.Query) (*tdstest.Result, error) {
				switch {
				case strings.HasPrefix(q.SQL, "SELECT TOP (0)"):
					return &tdstest.Result{Columns: tdstest.Columns("id int", "kase varchar(20)", "v "+tc.database)}, nil
				case strings.Contains(q.SQL, ") q.[id], q.[kase], "+tc.sent):
					return &tdstest.Result{Columns: append(tdstest.Columns("id int", "kase varchar(20)"), tc.given), Rows: tdstest.Rows([]any{1, "a", tc.value})}, nil
				case strings.HasPrefix(q.SQL, "SET "):
					return &tdstest.Result{}, nil
				}
				return nil, tdstest.Err(207)
			})
			src := openTDS(t, s, tdsDefinition(adapter.Column{Name: "v", Type: tc.declared}))
			rows, err := src.Rows(t.Context(), []adapter.Key{"1"})
			if err != nil || len(rows) != 1 || rows[0].Err != nil {
				t.Fatal(rows, err)
			}
			if diff := cmp.Diff(tc.want, rows[0].Values[2]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestMSSQLLongXML holds that rows which nothing tells apart can be ordered by an xml column:
// the server refuses to make 4,000 characters of more.
func TestMSSQLLongXML(t *testing.T) {
	if got, want := apply(mssqlDialect.binary(mssqlColumn("XML")), "q.[x]"), "CONVERT(varbinary(8000), CONVERT(nvarchar(max), q.[x]))"; got != want {
		t.Errorf("ordered by %s, want %s", got, want)
	}
}

// TestMSSQLServerOddTypes has a real server make text of them.
func TestMSSQLServerOddTypes(t *testing.T) {
	b := mssqlBed(t)
	if _, err := b.db.Exec("SELECT hierarchyid::Parse('/1/2/').ToString()"); err != nil {
		t.Skipf("this engine has no hierarchyid: %v", err)
	}
	b.exec(t, "CREATE TABLE dbo.[Ärende händelse] (id int NOT NULL PRIMARY KEY, kase char(10), v sql_variant, h hierarchyid)")
	values := []string{"CAST('2026-01-01T12:30:00' AS datetime)", "CAST('2026-01-01' AS date)", "CAST('12:30' AS time(0))", "CAST(1.5 AS money)", "CAST(0.1 AS float)", "0x5880", "N'Å'", "7", "NULL"}
	for n, value := range values {
		b.exec(t, fmt.Sprintf("INSERT INTO dbo.[Ärende händelse] VALUES (%d, 'a', %s, hierarchyid::Parse('/1/2/'))", n, value))
	}
	rows, _, _ := walk(t, b.open(t, tdsDefinition(adapter.Column{Name: "v", Type: adapter.String}, adapter.Column{Name: "h", Type: adapter.String})), adapter.Walk{}, 10)
	once(t, rows, len(values))
	for n, want := range []any{"2026-01-01T12:30:00", "2026-01-01", "12:30:00", "1.5000", "1.000000000000000e-001", "5880", "Å", "7", nil} {
		if diff := cmp.Diff([]any{n, "a", want, "/1/2/"}, rows[n].Values); diff != "" {
			t.Error(diff)
		}
	}
}

// TestMSSQLOddKeys refuses what is not found again by its text, and a type that the
// driver has no words for.
func TestMSSQLOddKeys(t *testing.T) {
	for typ, want := range map[string]string{
		"sql_variant": "kase is SQL_VARIANT in the database, which is not found again by its text: convert it in the query",
		"hierarchyid": "kase is HIERARCHYID in the database",
		"point":       "a column is of a type that the driver does not know: convert it to text in the query",
	} {
		s := tdstest.Start(t, func(context.Context, tdstest.Query) (*tdstest.Result, error) {
			return &tdstest.Result{Columns: tdstest.Columns("id int", "kase "+typ)}, nil
		})
		if _, err := openTDS(t, s, tdsDefinition()).Read(t.Context(), adapter.Walk{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", typ, err)
		}
	}
}

// TestUnknownValues has a driver give what is of no type that is known here.
func TestUnknownValues(t *testing.T) {
	for _, typ := range []adapter.ColumnType{adapter.String, adapter.Bytes, adapter.Time} {
		v := &view{dia: &mssqlDialect, columns: adapter.Columns{{Name: "v", Type: typ}}, traits: []columnTraits{{}}}
		res := &result{}
		res.begin(1, 1)
		err := v.cells(res)[0].Scan(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		if row := res.rows[0]; err != nil || row.Values[0] != nil || row.Err == nil || !strings.Contains(row.Err.Error(), "column v holds a value of a type that is not known here") {
			t.Errorf("as %s: %q, %v, %v", typ, row.Values, row.Err, err)
		}
	}
}
