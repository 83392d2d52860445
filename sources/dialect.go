package sources

import (
	"database/sql"
	"strings"
	"time"

	"arendebrygga/adapter"
)

// connLifetime is how long a connection is kept: long enough to be worth its
// handshake, short enough to follow a failover or a changed password.
const connLifetime = 10 * time.Minute

// applicationName is what connections are called in the server's own lists and logs.
const applicationName = "arendebrygga"

// dialect is all that differs between databases. Templates have %s for the
// expression that they apply to.
type dialect struct {
	open    func(Connection, adapter.Limits) (*sql.DB, error)
	syntax  syntax
	quote   string                    // on both sides of a name, doubled inside it
	folds   bool                      // names without quotes are lower case
	clock   string                    // a statement that gives the database's time, UTC
	mark    string                    // a parameter
	binary  string                    // text as bytes, free of collations
	hex     string                    // bytes as hexadecimal text
	unhex   string                    // and back
	value   func(columnTraits) string // template: a column in the select list, as the database keeps it
	number  func(columnTraits) string // template: the number that text, or a number of the column, says
	column  func(databaseType string) columnTraits
	bind    func(adapter.ColumnType, columnTraits, adapter.Key) []any                   // a key as parameters that compare in the column's own type
	place   func(adapter.ColumnType, columnTraits) string                               // placeholder for such a parameter
	steps   map[adapter.CursorKind]stepRule                                             // windows without a driving table
	floor   func(adapter.CursorKind, columnTraits) string                               // template: a condition that cursors which say something fulfil
	blank   func(columnTraits) string                                                   // template: true for empty text or bytes; empty if the column holds neither
	past    func(column string, traits columnTraits, now time.Time, wall string) string // true if a time is not after now; wall is now on the source's wall clock
	epoch   bool                                                                        // whole numbers as times are Unix seconds, others Julian days
	never   func(text string) bool                                                      // true for a time that says none; nil if the ISO forms are all there is
	places  []string                                                                    // statements that give what tells this database from others, the best first
	opened  []snapshotRule                                                              // ways to ask for open transactions, the newest server's first
	inspect inspecting                                                                  // how it is asked about itself
	first   bool                                                                        // whether there is a row is asked by the index only if it is asked for the first row
	scouts  int                                                                         // windows whose bounds one statement finds where rows are counted through the whole query; 0: one
	explain func(error) (text string, ok bool)                                          // a database error without values that may be personal
}

// stepRule is how the database computes the upper bound of a window from the lower
// one. Steps are counted in the smallest unit that cursors of the kind differ by.
type stepRule struct {
	hi           string // template: placeholder of lo, then the step
	value        string // a placeholder by itself, in the type that cursors of the kind are ordered by; empty: as any other
	usual, limit int64
}

// columnTraits is what the database says of a result column.
type columnTraits struct {
	binary  bool // bytes, not text
	bits    bool // a bit field, as big-endian bytes
	instant bool // a time that says which instant, given in UTC
	text    bool // text in a character set
	float   bool // a binary fraction, whose text may have an exponent
	number  bool // a whole or decimal number

	as string // the type that a parameter beside the column is cast to; empty: none
}

// name quotes an identifier.
func (d *dialect) name(s string) string {
	return d.quote + strings.ReplaceAll(s, d.quote, d.quote+d.quote) + d.quote
}

// table quotes a table name that may have a schema before it.
func (d *dialect) table(s string) string {
	parts := strings.Split(s, ".")
	for i, part := range parts {
		part = strings.TrimSpace(part)
		if d.folds && !strings.HasPrefix(part, d.quote) {
			part = strings.Map(lowerASCII, part)
		}
		parts[i] = d.name(strings.Trim(part, "`\"[] "))
	}
	return strings.Join(parts, ".")
}

func lowerASCII(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// apply fills a template that has its expression once or several times.
func apply(template, expression string) string {
	return strings.ReplaceAll(template, "%s", expression)
}
