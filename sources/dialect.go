package sources

import (
	"cmp"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"arendebrygga/adapter"
)

// connLifetime is how long a connection is kept: long enough to be worth its
// handshake, short enough to follow a failover or a changed password.
const connLifetime = 10 * time.Minute

// applicationName is what connections are called in the server's own lists and logs.
const applicationName = "arendebrygga"

// lockWait is how long a session waits for a lock: not for so long that
// limits.queryTimeout ends the statement first, which then would count as a slow one.
func lockWait(limits adapter.Limits) time.Duration {
	return min(5*time.Second, limits.QueryTimeout/2)
}

// numberedMark stands for a parameter until they are numbered. No query that such a
// database takes can hold this character, not even in a string, where a question mark
// may well stand.
const numberedMark = "\x00"

// dialect is all that differs between databases. Templates have %s for the
// expression that they apply to.
type dialect struct {
	open    func(Connection, adapter.Limits) (*sql.DB, error)
	syntax  syntax
	quote   string                    // on both sides of a name, doubled inside it
	closing string                    // behind a name and doubled inside it, where it is another
	folds   bool                      // names without quotes are lower case
	clock   string                    // a statement that gives the database's time, UTC
	mark    string                    // a parameter
	numbers string                    // what the numbers of parameters begin with; empty: they have none
	binary  func(columnTraits) string // template: a value in a form that is ordered by bytes, free of collations
	hex     string                    // such a form as hexadecimal text
	unhex   func(columnTraits) string // a parameter with such text, as a value that binary makes the form of
	top     bool                      // the number of rows is bounded by TOP and FETCH, not by LIMIT
	truth   string                    // template: a condition as a value of a select list
	untrue  string                    // template: a condition is false, or unknown
	number  func(columnTraits) string // template: the number that text, or a number of the column, says
	column  func(databaseType string) columnTraits
	value   func(adapter.ColumnType, columnTraits) string                                  // template: a column in the select list, as the database keeps it
	scaled  bool                                                                           // column is to be told the digits behind the point as well: DECIMAL(2)
	bind    func(adapter.ColumnType, columnTraits, adapter.Key) []any                      // a key as parameters that compare in the column's own type
	place   func(adapter.ColumnType, columnTraits) string                                  // placeholder for such a parameter
	steps   map[adapter.CursorKind]stepRule                                                // windows without a driving table
	floor   func(adapter.CursorKind, columnTraits) string                                  // template: a condition that cursors which say something fulfil
	blank   func(columnTraits) string                                                      // template: true for empty text or bytes; empty if the column holds neither
	past    func(column string, traits columnTraits, now time.Time, wall string) statement // a condition: a time is not after now; wall is now on the source's wall clock
	epoch   bool                                                                           // whole numbers as times are Unix seconds, others Julian days
	never   func(text string) bool                                                         // true for a time that says none; nil if the ISO forms are all there is
	active  string                                                                         // a statement that gives the least rowversion that an open transaction may have, and the last one handed out
	places  []string                                                                       // statements that give what tells this database from others, the best first
	opened  []snapshotRule                                                                 // ways to ask for open transactions, the newest server's first
	inspect inspecting                                                                     // how it is asked about itself
	first   bool                                                                           // whether there is a row is asked by the index only if it is asked for the first row
	scouts  int                                                                            // windows whose bounds one statement finds where rows are counted through the whole query; 0: one
	untimed bool                                                                           // it has no limit of its own to a statement's time
	explain func(error) (text string, ok bool)                                             // a database error without values that may be personal
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
	single  bool // such a one of 32 bits, which the driver gives as one of 64
	number  bool // a whole or decimal number
	padded  bool // text of one length, with blanks at its end that say nothing

	odd string // template: the text of a value that the driver has no type for; empty: it has
	as  string // the type that a parameter beside the column is cast to; empty: none
}

// name quotes an identifier.
func (d *dialect) name(s string) string {
	closing := cmp.Or(d.closing, d.quote)
	return d.quote + strings.ReplaceAll(s, closing, closing+closing) + closing
}

// table quotes a table name that may have a schema before it.
func (d *dialect) table(s string) string {
	var parts []string
	for more := true; more; {
		part, rest, quoted := quotedName(strings.TrimSpace(s))
		if behind, after, found := strings.Cut(rest, "."); quoted && strings.TrimSpace(behind) == "" {
			s, more = after, found
		} else if part, s, more = strings.Cut(s, "."); d.folds { // no name goes on behind its quotes: the database will know none such
			part = strings.Map(lowerASCII, part)
		}
		if part = strings.TrimSpace(part); part != "" { // else database..table
			part = d.name(part)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ".")
}

// quotedName takes the quotes off the name that a text begins with, in those of any
// database.
func quotedName(s string) (name, rest string, quoted bool) {
	if s == "" || !strings.Contains("`\"[", s[:1]) {
		return "", s, false
	}
	size, closing := quotedSize(s, false), strings.Replace(s[:1], "[", "]", 1)
	if size < 2 || s[size-1:size] != closing {
		return "", s, false
	}
	return strings.ReplaceAll(s[1:size-1], closing+closing, closing), s[size:], true
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

// always is for what does not differ between the columns of a database.
func always(template string) func(columnTraits) string {
	return func(columnTraits) string { return template }
}

// cut words a SELECT that gives at most so many rows, after an offset, in an order
// that may be left out. An offset needs an order.
func (d *dialect) cut(list, rest, order string, limit, offset int) string {
	first, last := "SELECT ", ""
	switch {
	case d.top && offset > 0:
		last = fmt.Sprintf(" OFFSET %d ROWS FETCH NEXT %d ROWS ONLY", offset, limit)
	case d.top:
		first = fmt.Sprintf("SELECT TOP (%d) ", limit)
	case offset > 0:
		last = fmt.Sprintf(" LIMIT %d OFFSET %d", limit, offset)
	default:
		last = fmt.Sprintf(" LIMIT %d", limit)
	}
	if order != "" {
		order = " ORDER BY " + order
	}
	return first + list + " " + rest + order + last
}

// empty words a SELECT of the same columns as another's, without a row.
func (d *dialect) empty(selection string) string {
	if d.top {
		return "SELECT TOP (0) * FROM (\n" + selection + "\n) q"
	}
	return selection + "\nLIMIT 0"
}

// traits is what the database says of a result column.
func (d *dialect) traits(t *sql.ColumnType) columnTraits { return d.column(d.called(t)) }

// called is the database's name for the type of a result column.
func (d *dialect) called(t *sql.ColumnType) string {
	name := t.DatabaseTypeName()
	if _, scale, ok := t.DecimalSize(); ok && d.scaled {
		name = fmt.Sprintf("%s(%d)", name, scale)
	}
	return name
}

// numbered gives the parameters of a statement the numbers that some databases want,
// in the order in which they stand.
func (d *dialect) numbered(sql string) string {
	if d.numbers == "" {
		return sql
	}
	var b strings.Builder
	for i := 0; ; i++ {
		before, after, found := strings.Cut(sql, d.mark)
		if i > 0 {
			b.WriteString(d.numbers + strconv.Itoa(i))
		}
		b.WriteString(before)
		if !found {
			return b.String()
		}
		sql = after
	}
}
