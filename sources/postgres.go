package sources

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/google/uuid"

	"arendebrygga/adapter"
)

// postgresDialect is for PostgreSQL. Parameters are sent as text and without a
// type, and cast in the statement to the type of the column that they stand beside:
// so the server reads them as its own, and an index serves the comparison.
//
// Text is compared as COLLATE "C", which is by bytes, also where the column's own
// collation makes different texts equal.
var postgresDialect = dialect{
	open:    openPostgres,
	syntax:  syntax{postgres: true},
	quote:   `"`,
	folds:   true,
	clock:   "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
	mark:    numberedMark,
	numbers: "$",
	binary:  always(`%s::text COLLATE "C"`),
	truth:   "%s",
	untrue:  "(%s) IS NOT TRUE",
	number:  postgresNumber,
	hex:     "encode(convert_to(%s, getdatabaseencoding()), 'hex')",
	unhex:   always("convert_from(decode(" + numberedMark + ", 'hex'), getdatabaseencoding())"),
	value:   postgresValue,
	column:  postgresColumn,
	bind:    postgresBind,
	place: func(_ adapter.ColumnType, traits columnTraits) string {
		if traits.as == "" {
			return numberedMark
		}
		return numberedMark + "::" + traits.as
	},
	steps: map[adapter.CursorKind]stepRule{
		// Where the sum would be no bigint, and near the end of time, there is no upper bound.
		adapter.CursorID:   {hi: "(SELECT CASE WHEN hi <= 9223372036854775807 THEN hi END FROM (SELECT %s::numeric + %d AS hi) s)", limit: 1 << 60},
		adapter.CursorTime: {hi: "(SELECT CASE WHEN lo < '9000-01-01' THEN (lo + %[2]d * interval '1 microsecond')::text END FROM (SELECT %[1]s AS lo) s)", usual: int64(time.Hour / time.Microsecond), limit: centuryInMicroseconds},
	},
	floor: postgresFloor,
	blank: func(traits columnTraits) string {
		if traits.text || traits.binary {
			return "%s = ''"
		}
		return ""
	},
	past: func(column string, traits columnTraits, now time.Time, wall string) statement {
		if traits.instant {
			wall = now.UTC().Format(wallLayout)
		}
		return statement{sql: column + " <= '" + wall + "'"}
	},
	never:   postgresNever,
	first:   true, // without an order it expects to meet a row soon in the table as it lies (measured: half of it read)
	places:  postgresPlaces,
	opened:  postgresSnapshots,
	inspect: inspecting{server: postgresServer, rights: postgresRights, found: postgresFound, login: "SELECT current_user, ''", granted: postgresGrants, within: "SELECT current_database()", scans: postgresScans, reads: postgresReads},
	explain: explainPostgres,
}

// postgresValue has the server write a value as text: what the driver would make of
// it may lose digits or, as infinity, have no place in Go. Bytes are read as such.
func postgresValue(_ adapter.ColumnType, traits columnTraits) string {
	if traits.binary {
		return "%s"
	}
	return "%s::text"
}

// postgresNumber has text that says no number count as nought: a cast would end the
// whole statement. Real numbers are spared that, as it takes the server 12 ms for a
// page of a thousand rows.
func postgresNumber(traits columnTraits) string {
	switch traits.as {
	case "int8", "numeric", "float8":
		return "%s::" + traits.as
	}
	return `coalesce(substring(%s::text FROM '^ *(-?[0-9]{1,100}(?:[.][0-9]{0,100})?) *$')::numeric, 0)`
}

// postgresColumn tells what the server's name of a type means. Types that the
// driver does not know, such as enumerations, come as numbers: a parameter beside
// one is left without a type, and the server finds it.
func postgresColumn(databaseType string) columnTraits {
	switch databaseType {
	case "INT2", "INT4", "INT8":
		return columnTraits{as: "int8", number: true} // a bound may lie behind the last number of a smaller type
	case "NUMERIC":
		return columnTraits{as: "numeric", number: true}
	case "FLOAT4", "FLOAT8":
		return columnTraits{as: "float8", float: true}
	case "TIMESTAMP", "DATE":
		return columnTraits{as: "timestamp"} // a date is compared as its midnight, exactly and by its index
	case "TIMESTAMPTZ":
		return columnTraits{as: "timestamptz", instant: true}
	case "TEXT", "VARCHAR", "NAME":
		return columnTraits{as: "text", text: true}
	case "BPCHAR":
		return columnTraits{as: "bpchar", text: true}
	case "UUID":
		return columnTraits{as: "uuid"}
	case "BYTEA":
		return columnTraits{as: "bytea", binary: true}
	}
	return columnTraits{}
}

func postgresBind(t adapter.ColumnType, traits columnTraits, key adapter.Key) []any {
	switch {
	case traits.binary && t == adapter.UUID:
		if id, err := uuid.Parse(string(key)); err == nil {
			return []any{`\x` + hex.EncodeToString(id[:])}
		}
	case traits.binary && t == adapter.Bytes:
		return []any{`\x` + string(key)}
	}
	return []any{string(key)}
}

// postgresFloor leaves out what lies outside all numbers and times: NaN, which is
// greater than any number, and -infinity.
func postgresFloor(kind adapter.CursorKind, traits columnTraits) string {
	switch {
	case kind == adapter.CursorTime:
		return "%s >= '1900-01-01'"
	case traits.as == "numeric" || traits.as == "float8":
		return "%s < 'NaN'"
	}
	return "%s IS NOT NULL"
}

// postgresNever knows the times before Christ, after the year 9999 and at no time.
func postgresNever(text string) bool {
	year, _, _ := strings.Cut(text, "-")
	return text == "infinity" || text == "-infinity" || strings.HasSuffix(text, " BC") ||
		len(year) > 4 && strings.Trim(year, "0123456789") == ""
}
