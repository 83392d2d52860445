package sources

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"arendebrygga/adapter"
)

// mssqlDialect is for SQL Server from version 2012, and Azure SQL.
//
// Of two types in a comparison the server converts the one of lower rank, which may
// well be the column: a cp1252 column beside an nvarchar parameter is read whole, and a
// datetime is never equal to the datetimeoffset that the driver makes of a Go time. So
// all but numbers and bytes go as text, and a CAST around the parameter gives it the
// column's own type. Times are handed out as ISO text with a T, the only form that
// datetime reads in the same way whatever the login's language.
var mssqlDialect = dialect{
	open:    openMSSQL,
	syntax:  syntax{tsql: true},
	quote:   "[",
	closing: "]",
	clock:   "SELECT CONVERT(varchar(33), SYSUTCDATETIME(), 121)",
	mark:    numberedMark,
	numbers: "@p",
	top:     true,
	truth:   "CASE WHEN %s THEN 1 ELSE 0 END",
	untrue:  "NOT (%s)", // only asked of what is not NULL
	value:   mssqlValue,
	binary: func(traits columnTraits) string {
		if traits.binary {
			return "CONVERT(varbinary(8000), %s)"
		}
		return "CONVERT(varbinary(8000), " + mssqlText(traits) + ")"
	},
	hex: "LOWER(CONVERT(varchar(max), CONVERT(varbinary(max), %s), 2))",
	unhex: func(traits columnTraits) string {
		if traits.binary {
			return "CONVERT(varbinary(8000), " + numberedMark + ", 2)"
		}
		return "CONVERT(nvarchar(4000), CONVERT(varbinary(8000), " + numberedMark + ", 2))"
	},
	number: mssqlNumber,
	column: mssqlColumn,
	scaled: true,
	bind:   mssqlBind,
	place:  func(_ adapter.ColumnType, traits columnTraits) string { return mssqlPlace(traits) },
	steps: map[adapter.CursorKind]stepRule{
		// Where the sum would be no bigint, or no smalldatetime, there is no upper bound.
		adapter.CursorID:   {hi: "(SELECT CASE WHEN hi <= 9223372036854775807 THEN hi END FROM (SELECT CAST(%s AS decimal(38, 0)) + %d AS hi) s)", limit: 1 << 60},
		adapter.CursorTime: {hi: "(SELECT CASE WHEN lo < '20690101' THEN CONVERT(varchar(33), DATEADD(second, %[2]d, lo), 126) END FROM (SELECT %[1]s AS lo) s)", usual: int64(time.Hour / time.Second), limit: decadeInSeconds},
		// A number that is no int is a numeric by itself, whose bytes are not those of a bigint.
		adapter.CursorRowversion: {hi: "LOWER(CONVERT(varchar(16), CAST(CAST(CAST(%s AS binary(8)) AS bigint) + CAST(%d AS bigint) AS binary(8)), 2))", limit: 1 << 60},
	},
	floor: func(kind adapter.CursorKind, _ columnTraits) string {
		if kind == adapter.CursorTime {
			return "%s >= '19000101'" // in this form the same in every language
		}
		return "%s IS NOT NULL"
	},
	blank: func(traits columnTraits) string {
		switch {
		case traits.binary:
			return "DATALENGTH(%s) = 0" // 0x and 0x00 are equal
		case traits.text:
			return "%s = ''"
		}
		return ""
	},
	past:    mssqlPast,
	active:  "SELECT LOWER(CONVERT(varchar(16), MIN_ACTIVE_ROWVERSION(), 2)), LOWER(CONVERT(varchar(16), @@DBTS, 2))",
	opened:  mssqlSnapshots,
	places:  mssqlPlaces,
	inspect: inspecting{server: mssqlServer, rights: mssqlRights, writer: mssqlWriterHint, found: mssqlFound, login: "SELECT USER_NAME(), ''", granted: mssqlGrants, within: "SELECT DB_NAME()", scans: mssqlScans, reads: mssqlReads, columns: mssqlColumns, origin: mssqlOrigin},
	scouts:  50,
	untimed: true,
	explain: explainMSSQL,
}

// mssqlSnapshots note the greatest row version that any transaction had drawn. They have
// ended when the least of an open one is greater.
var mssqlSnapshots = []snapshotRule{{
	kind: adapter.CursorRowversion,
	take: "SELECT LOWER(CONVERT(varchar(16), @@DBTS, 2))",
	each: "CASE WHEN MIN_ACTIVE_ROWVERSION() > CONVERT(binary(8), " + numberedMark + ", 2) THEN '1' ELSE '0' END",
}}

// decadeInSeconds keeps DATEADD's number an int.
const decadeInSeconds = 10 * 365 * 24 * int64(time.Hour/time.Second)

// The types that parameters are cast to, apart from those with a scale behind them.
const (
	mssqlInt     = "bigint" // not cast: the driver sends it as such
	mssqlDecimal = "decimal(38, "
	mssqlFloat   = "float"
	mssqlUUID    = "uniqueidentifier"
	mssqlVarchar = "varchar(8000)"
)

// mssqlColumn tells what the driver's name of a type means. A rowversion is a BINARY
// to it.
func mssqlColumn(databaseType string) columnTraits {
	name, scale, _ := strings.Cut(strings.TrimSuffix(databaseType, ")"), "(")
	switch name {
	case "TINYINT", "SMALLINT", "INT", "BIGINT":
		return columnTraits{as: mssqlInt, number: true} // a bound may lie behind the last number of a smaller type
	case "BIT":
		return columnTraits{as: "bit"}
	case "DECIMAL":
		return columnTraits{as: mssqlDecimal + scale + ")", number: true}
	case "MONEY", "SMALLMONEY":
		return columnTraits{as: mssqlDecimal + "4)", number: true}
	case "FLOAT", "REAL":
		return columnTraits{as: mssqlFloat, float: true, single: name == "REAL"}
	case "DATETIME", "SMALLDATETIME":
		return columnTraits{as: strings.ToLower(name)}
	case "DATETIME2":
		return columnTraits{as: "datetime2(" + scale + ")"}
	case "DATETIMEOFFSET":
		return columnTraits{as: "datetimeoffset(" + scale + ")", instant: true}
	case "DATE":
		return columnTraits{as: "datetime2(0)"} // as its midnight: a bound may lie within a day
	case "TIME":
		return columnTraits{as: "time(" + scale + ")"}
	case "UNIQUEIDENTIFIER":
		return columnTraits{as: mssqlUUID}
	case "CHAR", "VARCHAR", "TEXT":
		return columnTraits{as: mssqlVarchar, text: true, padded: name == "CHAR"}
	case "NCHAR":
		return columnTraits{text: true, padded: true}
	case "NVARCHAR", "NTEXT":
		return columnTraits{text: true}
	case "SQL_VARIANT":
		return columnTraits{text: true, odd: mssqlVariant}
	case "BINARY", "VARBINARY", "IMAGE":
		return columnTraits{binary: true}
	}
	return columnTraits{text: true, odd: mssqlLong} // xml, which has no comparisons, hierarchyid, geography and other types of the CLR
}

// mssqlLong is the text of what the server does not cut to less, but refuses (error 6354).
const mssqlLong = "CONVERT(nvarchar(max), %s)"

// mssqlText is a value as text that says all of it, the same in every language.
func mssqlText(traits columnTraits) string {
	kind, _, _ := strings.Cut(traits.as, "(")
	switch kind {
	case "":
		if traits.odd == mssqlLong {
			return mssqlLong
		}
	case "datetime", "smalldatetime", "datetime2", "datetimeoffset":
		return "CONVERT(nvarchar(33), %s, 126)"
	case "time":
		return "CONVERT(nvarchar(16), %s, 121)"
	case mssqlFloat:
		return "CONVERT(nvarchar(40), %s, 2)"
	case mssqlUUID:
		return "LOWER(CONVERT(nvarchar(36), %s))"
	}
	return "CONVERT(nvarchar(4000), %s)"
}

// mssqlVariant is the text of what may be of a type in one row and of another in the next.
// The style goes by that: ISO for times, all digits for fractions, hexadecimal for bytes.
const mssqlVariant = "CONVERT(nvarchar(4000), %s, CASE CONVERT(varchar(20), SQL_VARIANT_PROPERTY(%s, 'BaseType')) WHEN 'date' THEN 126 WHEN 'smalldatetime' THEN 126 WHEN 'datetime' THEN 126 WHEN 'datetime2' THEN 126" +
	" WHEN 'datetimeoffset' THEN 126 WHEN 'time' THEN 121 WHEN 'money' THEN 2 WHEN 'smallmoney' THEN 2 WHEN 'float' THEN 2 WHEN 'real' THEN 2 WHEN 'binary' THEN 2 WHEN 'varbinary' THEN 2 ELSE 0 END)"

// mssqlValue has the server write as text what the driver would make a Go time of, or
// bytes in another order than the text has, or bytes that only the server understands.
// The padding of text is taken away, as other databases do and the server itself where it
// compares: or else a case that is char(10) here and varchar(10) there were two. All else
// the driver reads exactly.
func mssqlValue(t adapter.ColumnType, traits columnTraits) string {
	kind, _, _ := strings.Cut(traits.as, "(")
	switch kind {
	case "datetime", "smalldatetime", "datetime2", "datetimeoffset", "time", mssqlUUID:
		return strings.ReplaceAll(mssqlText(traits), "nvarchar", "varchar")
	case "bit":
		return "CAST(%s AS tinyint)"
	}
	switch {
	case traits.padded:
		return "RTRIM(%s)"
	case traits.odd == mssqlVariant && t == adapter.Bytes:
		return "CONVERT(varbinary(8000), %s)"
	case traits.odd != "" && t != adapter.Bytes:
		return traits.odd
	}
	return "%s"
}

// mssqlNumber has text that says no number count as nought, as a cast would end the
// whole statement.
func mssqlNumber(traits columnTraits) string {
	if traits.number || traits.float {
		return "CAST(%s AS " + traits.as + ")"
	}
	return "COALESCE(TRY_CAST(%s AS decimal(38, 10)), 0)"
}

// mssqlPlace is a parameter in the column's own type.
func mssqlPlace(traits columnTraits) string {
	if traits.as == "" || traits.as == mssqlInt {
		return numberedMark
	}
	return "CAST(" + numberedMark + " AS " + traits.as + ")"
}

func mssqlBind(t adapter.ColumnType, traits columnTraits, key adapter.Key) []any {
	switch {
	case traits.as == mssqlInt:
		if n, err := strconv.ParseInt(string(key), 10, 64); err == nil {
			return []any{n}
		}
	case traits.binary && t == adapter.UUID:
		if id, err := uuid.Parse(string(key)); err == nil {
			return []any{id[:]}
		}
	case traits.binary:
		if b, err := hex.DecodeString(string(key)); err == nil {
			return []any{b}
		}
	}
	return []any{string(key)}
}

// mssqlPast writes the time in the column's own type. As smalldatetime it is rounded to
// the minute, as is what the application writes there. It is a parameter, as a statement
// with another text would need another plan at every poll.
func mssqlPast(column string, traits columnTraits, now time.Time, wall string) statement {
	kind, _, _ := strings.Cut(traits.as, "(")
	switch {
	case traits.instant:
		wall = now.UTC().Format(wallLayout) + "+00:00"
	case kind == "datetime" || kind == "smalldatetime":
		wall = wall[:len("2006-01-02 15:04:05.000")] // more digits it refuses
	}
	if traits.as != "" && !traits.text {
		wall = strings.Replace(wall, " ", "T", 1)
	}
	return statement{column + " <= " + mssqlPlace(traits), []any{wall}}
}

// mssqlPlaces are what the servers of an availability group, or of a mirrored pair,
// call a database that they share; for any other the server, the name and when the
// database was made or restored there. It is found by its name: in Azure SQL Database
// DB_ID() is another number than the one in sys.databases.
var mssqlPlaces = []string{
	"SELECT 'group/' + CONVERT(varchar(36), group_database_id) FROM sys.databases WHERE name = DB_NAME() AND group_database_id IS NOT NULL",
	"SELECT 'mirrored/' + CONVERT(varchar(36), mirroring_guid) FROM sys.database_mirroring WHERE database_id = DB_ID() AND mirroring_guid IS NOT NULL",
	"SELECT CONCAT(@@SERVERNAME, '/', name, '/', service_broker_guid, '/', CONVERT(varchar(33), create_date, 126)) FROM sys.databases WHERE name = DB_NAME()",
	"SELECT CONCAT(@@SERVERNAME, '/', DB_NAME())",
}
