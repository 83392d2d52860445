package adapter

import (
	"fmt"
	"strings"
)

// ColumnType is the type that an operator declares for a column of a query.
type ColumnType string

// The column types and the Go values that a Row holds for them. Every column may
// be NULL, which is nil whatever the type.
const (
	String  ColumnType = "string"  // string, valid UTF-8
	Int     ColumnType = "int"     // int, 64 bits
	Decimal ColumnType = "decimal" // Number, the digits as the database wrote them
	Float   ColumnType = "float"   // float64
	Bool    ColumnType = "bool"    // bool
	Time    ColumnType = "time"    // time.Time; in UTC if the column says which instant, else in the source's own zone
	Date    ColumnType = "date"    // time.Time, midnight in the source's own zone
	UUID    ColumnType = "uuid"    // string, lower case with hyphens
	Bytes   ColumnType = "bytes"   // []byte
)

// ColumnTypes lists every column type, in the order used in messages.
var ColumnTypes = []ColumnType{String, Int, Decimal, Float, Bool, Time, Date, UUID, Bytes}

// Number is an exact decimal number as the database wrote it, such as "1200.50".
type Number string

// Column is one declared column of a query.
type Column struct {
	Name string
	Type ColumnType
}

// Columns are a query's columns in the order in which they were declared; the
// values of a Row stand in the same order.
type Columns []Column

// Index finds a column by name, ignoring case; -1 if there is none.
func (c Columns) Index(name string) int {
	for i := range c {
		if strings.EqualFold(c[i].Name, name) {
			return i
		}
	}
	return -1
}

// Names lists the columns' names in order.
func (c Columns) Names() []string {
	names := make([]string, len(c))
	for i := range c {
		names[i] = c[i].Name
	}
	return names
}

// Key is a database value that identifies something (a row, a case, a recipient)
// or that orders rows (a cursor): the database's own text for it. It is never
// computed with in Go, only stored, hashed and handed back to the database.
// The empty Key stands for NULL and for blank text, which identify nothing.
type Key string

// String hides the value: keys may be case numbers, and nobody wants them in a log.
func (k Key) String() string {
	if k == "" {
		return "none"
	}
	return fmt.Sprintf("<%d bytes>", len(k))
}

// Row is one row of a query, its values in the order of the declared columns.
type Row struct {
	Values []any // nil or the Go value of the column's type
	Cursor Key   // the cursor column, as the database wrote it
	ID     Key   // the row's identity: in history mode the `row` column, in net mode the case
	Case   Key   // the case that the row belongs to
	// Err is set when a value could not be read as its declared type. It names the
	// column and the type but not the value. Such a row is parked, not fatal.
	Err error
}
