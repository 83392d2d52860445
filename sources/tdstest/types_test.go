package tdstest

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

func wall(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05.9999999", text)
	if err != nil {
		panic(err)
	}
	return t
}

var long = strings.Repeat("Åäö €", 5000)

// typed is a value in a column of a type, and what the driver makes of it.
var typed = []struct {
	typ  string
	sent any
	want any
}{
	{"bit", true, true}, {"bit", false, false},
	{"tinyint", 255, int64(255)}, {"smallint", -32768, int64(-32768)},
	{"int", -2147483648, int64(-2147483648)}, {"bigint", int64(-1) << 63, int64(-1) << 63},
	{"decimal(38,10)", "-1234567890123456789012345678.0123456789", []byte("-1234567890123456789012345678.0123456789")},
	{"numeric(18,2)", "0.05", []byte("0.05")}, {"decimal(18,0)", 42, []byte("42")},
	{"money", "-922337203685477.5808", []byte("-922337203685477.5808")}, {"money", "1.5000", []byte("1.5000")},
	{"smallmoney", "-214748.3648", []byte("-214748.3648")},
	{"real", 0.5, 0.5}, {"float", 3.141592653589793, 3.141592653589793},
	{"date", "2026-02-28", wall("2026-02-28 00:00:00")}, {"date", "0001-01-01", wall("0001-01-01 00:00:00")},
	{"time(7)", "23:59:59.9999999", wall("0001-01-01 23:59:59.9999999")}, {"time(0)", "12:30:01", wall("0001-01-01 12:30:01")},
	{"datetime", "2026-11-22 23:59:59.997", wall("2026-11-22 23:59:59.997")}, {"datetime", "1753-01-01 00:00:00.003", wall("1753-01-01 00:00:00.003")},
	{"datetime", "2026-11-22 10:00:00.833", wall("2026-11-22 10:00:00.833")}, {"datetime", "2026-11-22 10:00:00.837", wall("2026-11-22 10:00:00.837")},
	{"smalldatetime", "2026-11-22 23:59:00", wall("2026-11-22 23:59:00")},
	{"datetime2(7)", "2026-11-22 10:00:00.0000001", wall("2026-11-22 10:00:00.0000001")}, {"datetime2(3)", "9999-12-31 23:59:59.999", wall("9999-12-31 23:59:59.999")},
	{"datetime2(0)", "0001-01-01 00:00:01", wall("0001-01-01 00:00:01")},
	{"datetimeoffset(7)", "2026-06-30 01:30:00.1234567 +02:00", wall("2026-06-29 23:30:00.1234567")},
	{"datetimeoffset(2)", "2026-06-30 01:30:00.12 -05:30", wall("2026-06-30 07:00:00.12")},
	{"char(6)", "Åäö", "Åäö   "}, {"varchar(20)", "Ärende €", "Ärende €"}, {"varchar(20)", "", ""},
	{"varchar(20) utf8", "Łódź 😀", "Łódź 😀"}, {"varchar(max) utf8", long, long},
	{"nchar(4)", "Łó", "Łó  "}, {"nvarchar(20)", "Łódź 😀", "Łódź 😀"}, {"nvarchar(20)", "", ""},
	{"varchar(max)", long, long}, {"nvarchar(max)", long, long}, {"nvarchar(max)", "", ""}, {"varbinary(max)", []byte(long), []byte(long)},
	{"varchar(8000)", long[:8000], long[:8000]},
	{"binary(4)", []byte{1, 2}, []byte{1, 2, 0, 0}}, {"varbinary(8)", []byte{0, 1}, []byte{0, 1}}, {"varbinary(8)", []byte{}, []byte{}},
	{"rowversion", uint64(0x7D1), []byte{0, 0, 0, 0, 0, 0, 7, 0xD1}},
	{"uniqueidentifier", "6F9619FF-8B86-D011-B42D-00C04FC964FF", []byte{0xFF, 0x19, 0x96, 0x6F, 0x86, 0x8B, 0x11, 0xD0, 0xB4, 0x2D, 0, 0xC0, 0x4F, 0xC9, 0x64, 0xFF}},
}

func TestTypes(t *testing.T) {
	var columns []Column
	var values, nulls []any
	for i, x := range typed {
		columns = append(columns, Column{Name: fmt.Sprintf("Kolumn_ö%d", i), Type: x.typ})
		values, nulls = append(values, x.sent), append(nulls, nil)
	}
	fixed := make([]Column, len(columns))
	for i, col := range columns {
		fixed[i] = Column{Name: col.Name, Type: col.Type, NotNull: true}
	}
	s := Start(t, func(_ context.Context, q Query) (*Result, error) {
		if q.SQL == "SELECT fixed" {
			return &Result{Columns: fixed, Rows: Rows(values)}, nil
		}
		return &Result{Columns: columns, Rows: Rows(values, nulls, values)}, nil
	})
	for _, size := range []string{"512", "4096", "32767"} {
		db := open(t, s.DSN(), "packet size="+size)
		for _, statement := range []string{"SELECT fixed", "SELECT null"} {
			rows, err := db.Query(statement)
			if err != nil {
				t.Fatal(err)
			}
			for n := 0; rows.Next(); n++ {
				check(t, rows, n == 1)
			}
			if err := rows.Err(); err != nil {
				t.Errorf("%s with packets of %s: %v", statement, size, err)
			}
		}
	}
}

// check compares a row of typed values, or of NULLs.
func check(t *testing.T, rows *sql.Rows, null bool) {
	t.Helper()
	got, dest := make([]any, len(typed)), make([]any, len(typed))
	for i := range got {
		dest[i] = &got[i]
	}
	if err := rows.Scan(dest...); err != nil {
		t.Fatal(err)
	}
	types, _ := rows.ColumnTypes()
	for i, x := range typed {
		value := got[i]
		if at, ok := value.(time.Time); ok {
			value = at.UTC()
		}
		switch {
		case null && value != nil:
			t.Errorf("%s: %v, want NULL", x.typ, value)
		case !null && !reflect.DeepEqual(value, x.want):
			t.Errorf("%s: %.60v, want %.60v", x.typ, value, x.want)
		}
		if name := types[i].DatabaseTypeName(); i < 4 && !strings.EqualFold(name, x.typ) {
			t.Errorf("%s is called %s", x.typ, name)
		}
	}
}

func TestParameters(t *testing.T) {
	at := time.Date(2026, 6, 30, 1, 30, 0, 123456700, time.FixedZone("", 7200))
	guid := mssql.UniqueIdentifier{0x6F, 0x96, 0x19, 0xFF, 0x8B, 0x86, 0xD0, 0x11, 0xB4, 0x2D, 0, 0xC0, 0x4F, 0xC9, 0x64, 0xFF}
	given := []struct {
		arg  any
		typ  string
		want any
	}{
		{1, "bigint", int64(1)}, {int32(-7), "int", int64(-7)}, {int16(-7), "smallint", int64(-7)}, {byte(200), "tinyint", int64(200)},
		{true, "bit", true}, {2.5, "float", 2.5}, {nil, "nvarchar(1)", nil},
		{"Åäö 😀", "nvarchar(6)", "Åäö 😀"}, {"", "nvarchar(max)", ""}, {long, "nvarchar(max)", long}, {mssql.VarChar("abc"), "varchar(3)", "abc"},
		{[]byte{1, 2, 3}, "varbinary(3)", []byte{1, 2, 3}}, {at, "datetimeoffset(7)", at},
		{mssql.DateTime1(wall("2026-11-22 10:00:00.837")), "datetime", wall("2026-11-22 10:00:00.836666666")},
		{guid, "uniqueidentifier", "6F9619FF-8B86-D011-B42D-00C04FC964FF"},
	}
	s := Start(t, one)
	db := open(t, s.DSN(), "packet size=512")
	statement := "SELECT 1 x WHERE 'Ö' = 'Ö'"
	var args []any
	for i, x := range given {
		args = append(args, x.arg)
		statement += fmt.Sprintf(" AND @p%d = 1", i+1)
	}
	var x int
	if err := db.QueryRow(statement, args...).Scan(&x); err != nil || x != 1 {
		t.Fatalf("%d, %v", x, err)
	}
	q := s.Queries()[0]
	if q.Kind != Execute || q.SQL != statement {
		t.Errorf("%s %q", q.Kind, q.SQL)
	}
	for i, x := range given {
		p := q.Params[i]
		same := reflect.DeepEqual(p.Value, x.want)
		if at, ok := x.want.(time.Time); ok {
			same = at.Sub(p.Value.(time.Time)).Abs() < 100
		}
		if p.Name != fmt.Sprintf("@p%d", i+1) || p.Type != x.typ || !same {
			t.Errorf("%s %s = %.60v, want %s = %.60v", p.Name, p.Type, p.Value, x.typ, x.want)
		}
	}
}

func TestProcedure(t *testing.T) {
	s := Start(t, one)
	var x int
	err := open(t, s.DSN()).QueryRow("sp_describe_first_result_set", sql.Named("tsql", "SELECT 1"), sql.Named("browse_information_mode", int32(1))).Scan(&x)
	if err != nil {
		t.Fatal(err)
	}
	q := s.Queries()[0]
	if q.Kind != Procedure || q.SQL != "sp_describe_first_result_set" || q.Params[0] != (Param{"@tsql", "nvarchar(8)", "SELECT 1"}) || q.Params[1] != (Param{"@browse_information_mode", "int", int64(1)}) {
		t.Errorf("%+v", q)
	}
}
