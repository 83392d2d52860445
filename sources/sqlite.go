package sources

import (
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	_ "modernc.org/sqlite" // the driver registers itself

	"arendebrygga/adapter"
)

// sqliteDialect is for SQLite files. The unary plus in front of a selected column
// takes its declared type away, by which the driver would turn text into times.
var sqliteDialect = dialect{
	open:   openSQLite,
	quote:  `"`,
	clock:  "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
	mark:   "?",
	value:  func(adapter.ColumnType, columnTraits) string { return "+%s" },
	binary: always("CAST(%s AS BLOB)"),
	truth:  "%s",
	untrue: "(%s) IS NOT TRUE",
	number: func(columnTraits) string { return "CAST(CAST(%s AS TEXT) AS NUMERIC)" },
	hex:    "hex(%s)",
	unhex:  always("unhex(?)"),
	column: sqliteColumn,
	bind:   sqliteBind,
	place:  func(adapter.ColumnType, columnTraits) string { return "?" },
	steps: map[adapter.CursorKind]stepRule{
		adapter.CursorID:   {hi: "%s + %d", value: "?", limit: 1 << 60},
		adapter.CursorTime: {hi: sqliteTimeStep, value: "?", usual: int64(time.Hour / time.Microsecond), limit: centuryInMicroseconds},
	},
	floor:   func(adapter.CursorKind, columnTraits) string { return "trim(%s) <> ''" }, // blank text says nothing, as NULL
	blank:   func(columnTraits) string { return "%s IN ('', X'')" },
	past:    sqlitePast,
	epoch:   true,
	inspect: inspecting{server: sqliteServer, rights: sqliteRights, scans: sqliteScans, reads: sqliteReads},
	explain: explainSQLite,
}

// sqliteTimeStep keeps the storage class and, in text, the separator of the lower
// bound, as that is what SQLite compares. It only has to lie behind the lower
// bound: a window is exact wherever it ends.
const sqliteTimeStep = `(SELECT CASE typeof(lo) WHEN 'integer' THEN lo + max(1, us / 1000000) WHEN 'real' THEN lo + us / 86400000000.0
 ELSE strftime(CASE WHEN substr(lo, 11, 1) = 'T' THEN '%%Y-%%m-%%dT%%H:%%M:%%f' ELSE '%%Y-%%m-%%d %%H:%%M:%%f' END,
 substr(lo, 1, 19), '+' || (us / 1000000 + 1) || ' seconds') END FROM (SELECT %s AS lo, %d AS us))`

func openSQLite(conn Connection, limits adapter.Limits) (*sql.DB, error) {
	if conn.DSN.Set() || conn.Server != "" {
		return nil, errors.New("sqlite takes a path, not a server or a dsn")
	}
	if conn.Path == "" {
		return nil, errors.New("path is missing: the file of the database")
	}
	abs, err := filepath.Abs(conn.Path)
	if err != nil {
		return nil, err
	}
	query := url.Values{"mode": {"ro"}, "_pragma": {"query_only(1)", fmt.Sprintf("busy_timeout(%d)", min(limits.QueryTimeout, 5*time.Second).Milliseconds())}}
	file := url.URL{Scheme: "file", OmitHost: true, Path: "/" + filepath.ToSlash(abs), RawQuery: query.Encode()}
	if abs[0] == '/' {
		file.Path = abs
	}
	return sql.Open("sqlite", file.String())
}

// sqliteColumn goes by how a column is declared; an expression tells nothing.
func sqliteColumn(declared string) columnTraits {
	declared = strings.ToUpper(declared)
	is := func(word string) bool { return strings.Contains(declared, word) }
	return columnTraits{binary: is("BINARY") || is("BLOB"), number: is("INT") || is("DEC") || is("NUM")}
}

// sqliteBind gives numbers as numbers: SQLite orders every number before any text.
func sqliteBind(t adapter.ColumnType, traits columnTraits, key adapter.Key) []any {
	text := string(key)
	switch t {
	case adapter.Int, adapter.Decimal, adapter.Float, adapter.Time, adapter.Date:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return []any{n}
		}
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return []any{f}
		}
	case adapter.UUID:
		if id, err := uuid.Parse(text); err == nil {
			if traits.binary {
				return []any{id[:], text}
			}
			return []any{text, id[:]}
		}
	case adapter.Bytes:
		if b, err := hex.DecodeString(text); err == nil {
			return []any{b}
		}
	}
	return []any{text}
}

// sqlitePast tells by the form of a value which clock it goes by.
func sqlitePast(column string, _ columnTraits, now time.Time, wall string) statement {
	utc := now.UTC().Format(wallLayout)
	return statement{sql: fmt.Sprintf(`coalesce(CASE typeof(%[1]s) WHEN 'integer' THEN %[1]s <= %[2]d WHEN 'real' THEN %[1]s <= julianday('%[3]s')
 ELSE julianday(%[1]s) <= julianday(CASE WHEN %[1]s GLOB '*[Zz]' OR %[1]s GLOB '*:*[+-][0-9][0-9]:[0-9][0-9]' THEN '%[3]s' ELSE '%[4]s' END) END, 0)`,
		column, now.Unix(), utc, wall)}
}

// explainSQLite trusts all of SQLite's messages: they name things of the schema,
// never values.
func explainSQLite(err error) (string, bool) { return err.Error(), true }
