package sources

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"arendebrygga/adapter"
)

var stockholm = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic(err)
	}
	return loc
}()

// valueCase is an SQL expression for the value of one row, and what it is read as.
type valueCase struct {
	only  string // kind of database, empty for both
	typ   adapter.ColumnType
	sql   string
	want  any
	fails bool
}

func local(text string) time.Time {
	at, err := time.ParseInLocation("2006-01-02T15:04:05.999999999Z07:00", text, stockholm)
	if err != nil {
		panic(err)
	}
	return at.In(stockholm)
}

var valueCases = []valueCase{
	{typ: adapter.String, sql: "NULL"},
	{typ: adapter.Int, sql: "NULL"},
	{typ: adapter.Time, sql: "NULL"},
	{typ: adapter.String, sql: "'Ärende, åäö €'", want: "Ärende, åäö €"},
	{typ: adapter.String, sql: "12", want: "12"},
	{only: "mysql", typ: adapter.String, sql: "CAST(CONVERT('Ärende å' USING latin1) AS CHAR CHARACTER SET latin1)", want: "Ärende å"},
	{only: "mysql", typ: adapter.String, sql: "X'C472656E646520E5'", want: "Ärende å"},
	{only: "sqlite", typ: adapter.String, sql: "CAST(X'C4726520E58093' AS TEXT)", want: "Äre å€“"},
	{typ: adapter.Int, sql: "-9223372036854775807", want: -9223372036854775807},
	{typ: adapter.Int, sql: "' 42 '", want: 42},
	{typ: adapter.Int, sql: "'4x'", fails: true},
	{only: "mysql", typ: adapter.Int, sql: "18446744073709551615", fails: true},
	{only: "mysql", typ: adapter.Int, sql: "CAST(12 AS DECIMAL(9,2))", want: 12},
	{only: "mysql", typ: adapter.Int, sql: "CAST(12.50 AS DECIMAL(9,2))", fails: true},
	{only: "mysql", typ: adapter.Decimal, sql: "CAST('1200.50' AS DECIMAL(30,2))", want: adapter.Number("1200.50")},
	{only: "mysql", typ: adapter.Decimal, sql: "CAST('-12345678901234567890.0123456789' AS DECIMAL(40,10))", want: adapter.Number("-12345678901234567890.0123456789")},
	{only: "sqlite", typ: adapter.Decimal, sql: "1200.5", want: adapter.Number("1200.5")},
	{typ: adapter.Decimal, sql: "'1,5'", fails: true},
	{typ: adapter.Float, sql: "1.5e3", want: 1500.0},
	{typ: adapter.Bool, sql: "1", want: true},
	{typ: adapter.Bool, sql: "0", want: false},
	{typ: adapter.Bool, sql: "2", fails: true},
	{typ: adapter.Bool, sql: "'J'", fails: true},
	{typ: adapter.UUID, sql: "'0F8FAD5B-D9CB-469F-A165-70867728950E'", want: "0f8fad5b-d9cb-469f-a165-70867728950e"},
	{typ: adapter.UUID, sql: "X'0F8FAD5BD9CB469FA16570867728950E'", want: "0f8fad5b-d9cb-469f-a165-70867728950e"},
	{typ: adapter.UUID, sql: "'nobody'", fails: true},
	{typ: adapter.Bytes, sql: "X'00FF'", want: []byte{0, 255}},
	{typ: adapter.Time, sql: "'2026-03-29 01:59:59.123456'", want: local("2026-03-29T01:59:59.123456+01:00")},
	{typ: adapter.Time, sql: "'2026-03-29 02:30:00'", want: local("2026-03-29T03:30:00+02:00")}, // the hour that is left out
	{typ: adapter.Time, sql: "'2026-03-29 03:00:00'", want: local("2026-03-29T03:00:00+02:00")},
	{typ: adapter.Time, sql: "'2026-10-25 01:59:59'", want: local("2026-10-25T01:59:59+02:00")},
	{typ: adapter.Time, sql: "'2026-10-25 02:30:00'", want: local("2026-10-25T02:30:00+02:00")}, // the hour that comes twice
	{typ: adapter.Time, sql: "'2026-10-25 03:00:00'", want: local("2026-10-25T03:00:00+01:00")},
	{typ: adapter.Time, sql: "'2026-07-01T12:30'", want: local("2026-07-01T12:30:00+02:00")},
	{typ: adapter.Time, sql: "'2026-07-01'", want: local("2026-07-01T00:00:00+02:00")},
	{typ: adapter.Time, sql: "'2026-07-01T12:30:00.5Z'", want: time.Date(2026, 7, 1, 12, 30, 0, 500000000, time.UTC)},
	{typ: adapter.Time, sql: "'2026-07-01 12:30:00+02:00'", want: time.Date(2026, 7, 1, 10, 30, 0, 0, time.UTC)},
	{typ: adapter.Time, sql: "'0000-00-00 00:00:00'"},
	{typ: adapter.Time, sql: "'2026-00-10 00:00:00'"},
	{typ: adapter.Time, sql: "'1753-01-01 00:00:00'"},
	{typ: adapter.Time, sql: "'9999-12-31 23:59:59'"},
	{typ: adapter.Time, sql: "'2026-02-30 00:00:00'", fails: true},
	{typ: adapter.Time, sql: "'yesterday'", fails: true},
	{only: "mysql", typ: adapter.Time, sql: "CAST('2026-07-01 12:30:00.000001' AS DATETIME(6))", want: local("2026-07-01T12:30:00.000001+02:00")},
	{only: "mysql", typ: adapter.Time, sql: "TIMESTAMP'2026-07-01 12:30:00'", want: local("2026-07-01T12:30:00+02:00")},
	{only: "mysql", typ: adapter.Time, sql: "20260701", fails: true},
	{only: "sqlite", typ: adapter.Time, sql: "1782902700", want: time.Date(2026, 7, 1, 10, 45, 0, 0, time.UTC)},
	{only: "sqlite", typ: adapter.Time, sql: "julianday('2026-07-01 12:30:00.250')", want: time.Date(2026, 7, 1, 12, 30, 0, 250000000, time.UTC)},
	{typ: adapter.Date, sql: "'2026-07-01 23:30:00'", want: local("2026-07-01T00:00:00+02:00")},
	{typ: adapter.Date, sql: "'2026-07-01T23:30:00Z'", want: local("2026-07-02T00:00:00+02:00")},
	{typ: adapter.Date, sql: "'0000-00-00'"},
}

func TestValues(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		for i, c := range valueCases {
			if c.only != "" && c.only != b.kind {
				continue
			}
			t.Run(fmt.Sprintf("%d %s %s", i, c.typ, c.sql), func(t *testing.T) {
				row := b.one(t, c.typ, "SELECT 1 AS id, 'k' AS kase, 7 AS at, "+c.sql+" AS v")
				if (row.Err != nil) != c.fails {
					t.Fatalf("error %v", row.Err)
				}
				if c.fails && (!strings.Contains(row.Err.Error(), "column v") || !strings.Contains(row.Err.Error(), string(c.typ))) {
					t.Errorf("error %v", row.Err)
				}
				if diff := cmp.Diff(c.want, row.Values[3]); diff != "" {
					t.Error(diff)
				}
				if want, ok := c.want.(time.Time); ok && row.Values[3].(time.Time).Location().String() != want.Location().String() {
					t.Errorf("location %v", row.Values[3].(time.Time).Location())
				}
			})
		}
	})
}

// one reads the only row of a query with an id, a case and a value v.
func (b *bed) one(t *testing.T, typ adapter.ColumnType, query string) adapter.Row {
	t.Helper()
	def := b.history()
	def.Query, def.Columns[2].Type = b.words(query), adapter.Int
	def.Columns = append(def.Columns, adapter.Column{Name: "V", Type: typ})
	def.Columns[3].Name = "v"
	rows, _, _ := walk(t, b.open(t, def), adapter.Walk{}, 1000)
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	return rows[0]
}

// TestColumnTypes reads types that only a table's column can have.
func TestColumnTypes(t *testing.T) {
	b := mysqlBed(t)
	b.exec(t, "CREATE TABLE v (b BIT(1), t TINYINT(1), l VARCHAR(20) CHARACTER SET latin1, ts TIMESTAMP(3) NULL, z DATETIME, f FLOAT, u BINARY(16), n BIT(9))",
		"INSERT INTO v VALUES (b'1', 1, 'Ö', '2026-10-25 00:30:00.125', '0000-00-00 00:00:00', 0.1, UNHEX('0F8FAD5BD9CB469FA16570867728950E'), b'100000001')")
	for column, c := range map[string]valueCase{
		"b":  {typ: adapter.Bool, want: true},
		"t":  {typ: adapter.Bool, want: true},
		"l":  {typ: adapter.String, want: "Ö"},
		"ts": {typ: adapter.Time, want: time.Date(2026, 10, 25, 0, 30, 0, 125000000, time.UTC)},
		"z":  {typ: adapter.Time},
		"f":  {typ: adapter.Decimal, want: adapter.Number("0.1")},
		"n":  {typ: adapter.Int, want: 257},
		"u":  {typ: adapter.UUID, want: "0f8fad5b-d9cb-469f-a165-70867728950e"},
	} {
		row := b.one(t, c.typ, "SELECT 1 AS id, 'k' AS kase, 7 AS at, "+column+" AS v FROM v")
		if diff := cmp.Diff(c.want, row.Values[3]); diff != "" || row.Err != nil {
			t.Error(column, row.Err, diff)
		}
	}
}

// TestKeys tells keys from values: NULL and blanks are no key, the rest is the
// database's own text.
func TestKeys(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		for sql, want := range map[string]adapter.Key{"NULL": "", "''": "", "'  '": "", "' a '": " a ", "'Å'": "Å", "007": "7", "'007'": "007"} {
			def := b.history()
			def.Query, def.Columns[2].Type = "SELECT 1 AS id, "+sql+" AS kase, 5 AS at", adapter.Int
			rows, _, _ := walk(t, b.open(t, def), adapter.Walk{}, 1000)
			if len(rows) != 1 || rows[0].Case != want || rows[0].ID != "1" || rows[0].Cursor != "1" {
				t.Errorf("%s: %q", sql, rows)
			}
		}
	})
}

// Two numbers that are bytes must never be taken for the same case because text
// cannot tell them apart.
func TestBytesAsKeys(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE e (id INT PRIMARY KEY, kase BINARY(16), at DATETIME)",
			"INSERT INTO e VALUES (1, X'00112233445566778899AABBCCDDEE8D', NULL), (2, X'00112233445566778899AABBCCDDEE8F', NULL)")
		def := b.history()
		for typ, readable := range map[adapter.ColumnType]bool{adapter.String: false, adapter.Bytes: true, adapter.UUID: true} {
			def.Columns[1].Type = typ
			rows, _, _ := walk(t, b.open(t, def), adapter.Walk{}, 1000)
			for i, row := range rows {
				if known := row.Case != ""; known != readable || known != (row.Err == nil) {
					t.Errorf("%s, row %d: known %v, error %v", typ, i, known, row.Err)
				}
			}
			if readable && rows[0].Case == rows[1].Case {
				t.Errorf("%s: one and the same case", typ)
			}
		}
	})
}
