package sources

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"arendebrygga/adapter"
)

// wallLayout is a time as both databases write it and read it.
const wallLayout = "2006-01-02 15:04:05.000000"

// mysqlDialect is for MySQL and MariaDB. Text parameters beside a time column are
// converted to the column's type by the server; a number column would be compared
// as a float with them, so numbers are bound as numbers.
var mysqlDialect = dialect{
	open:   openMySQL,
	syntax: syntax{backslash: true, hash: true},
	quote:  "`",
	clock:  "SELECT CAST(UTC_TIMESTAMP(6) AS CHAR)",
	mark:   "?",
	value:  func(adapter.ColumnType, columnTraits) string { return "%s" },
	binary: always("CAST(%s AS BINARY)"),
	truth:  "%s",
	untrue: "(%s) IS NOT TRUE", // MariaDB compares no UUID with text, and says NULL
	number: func(columnTraits) string { return "CAST(%s AS DECIMAL(65,30))" },
	hex:    "HEX(%s)",
	unhex:  always("UNHEX(?)"),
	column: mysqlColumn,
	bind:   mysqlBind,
	place: func(t adapter.ColumnType, _ columnTraits) string {
		if t == adapter.Decimal || t == adapter.Float {
			return "CAST(? AS DECIMAL(65,30))"
		}
		return "?"
	},
	steps: map[adapter.CursorKind]stepRule{
		adapter.CursorID:   {hi: "CAST(%s AS DECIMAL(65,0)) + %d", value: "CAST(? AS DECIMAL(65,30))", limit: 1 << 60},
		adapter.CursorTime: {hi: "CAST(%s AS DATETIME(6)) + INTERVAL %d MICROSECOND", value: "CAST(? AS DATETIME(6))", usual: int64(time.Hour / time.Microsecond), limit: centuryInMicroseconds},
	},
	floor: func(kind adapter.CursorKind, _ columnTraits) string {
		if kind == adapter.CursorTime {
			return "%s >= '1900-01-01'" // a zero date is no time, and a bad bound in strict modes
		}
		return "%s IS NOT NULL"
	},
	blank: func(traits columnTraits) string {
		if traits.text || traits.binary {
			return "%s = ''"
		}
		return "" // a number would be equal to it
	},
	past: func(column string, traits columnTraits, now time.Time, wall string) statement {
		if traits.instant {
			wall = now.UTC().Format(wallLayout)
		}
		return statement{sql: column + " <= '" + wall + "'"}
	},
	places:  mysqlPlaces,
	inspect: inspecting{server: mysqlServer, rights: mysqlRights, found: mysqlFound, login: mysqlLogin, grantee: mysqlGrantee, granted: mysqlGrants, placed: true, within: "SELECT DATABASE()", scans: mysqlScans, reads: mysqlReads},
	scouts:  50,
	explain: explainMySQL,
}

const centuryInMicroseconds = 100 * 365 * 24 * int64(time.Hour/time.Microsecond)

func mysqlColumn(databaseType string) columnTraits {
	switch {
	case strings.HasSuffix(databaseType, "BINARY"), strings.HasSuffix(databaseType, "BLOB"):
		return columnTraits{binary: true}
	case strings.HasSuffix(databaseType, "CHAR"), strings.HasSuffix(databaseType, "TEXT"):
		return columnTraits{text: true}
	}
	number := strings.HasSuffix(databaseType, "INT") || databaseType == "DECIMAL"
	return columnTraits{bits: databaseType == "BIT", instant: databaseType == "TIMESTAMP", number: number}
}

func mysqlBind(t adapter.ColumnType, traits columnTraits, key adapter.Key) []any {
	switch {
	case t == adapter.Int && !traits.text:
		return []any{bindInt(key)}
	case traits.binary && t == adapter.UUID:
		if id, err := uuid.Parse(string(key)); err == nil {
			return []any{id[:]}
		}
	case traits.binary && t == adapter.Bytes:
		if b, err := hex.DecodeString(string(key)); err == nil {
			return []any{b}
		}
	}
	return []any{string(key)}
}

// bindInt gives a whole number as one, however large, and anything else as text.
func bindInt(key adapter.Key) any {
	if n, err := strconv.ParseInt(string(key), 10, 64); err == nil {
		return n
	}
	if n, err := strconv.ParseUint(string(key), 10, 64); err == nil {
		return n
	}
	return string(key)
}
