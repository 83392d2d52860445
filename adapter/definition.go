package adapter

import "time"

// Mode says what a source's rows are.
type Mode string

// The modes of a source.
const (
	History Mode = "history" // rows are events: each is one status change
	Net     Mode = "net"     // one row a case: its present state; what happened between two polls cannot be seen
)

// CursorKind says what orders a source's rows.
type CursorKind string

// The kinds of cursor.
const (
	CursorID   CursorKind = "id"   // a number that the database hands out in rising order
	CursorTime CursorKind = "time" // a time that is set when a row is written
)

// Code is an expression that an operator wrote, and where.
type Code struct {
	Text string
	At   Position
}

// Definition is everything that a source's part of the configuration says, apart
// from how to connect. Column names in it are spelt as in Columns.
type Definition struct {
	Name            string
	Kind            string // mysql, postgres, sqlite
	Producent       string // id of the producer that the rows belong to
	ProducentColumn string // or the column that holds it
	Location        *time.Location
	At              Position // of the source in the configuration file

	Mode    Mode
	Query   string
	QueryAt Position // of the query's first character
	Columns Columns
	Row     string // column with the row's identity; in net mode the same as Case
	Case    string // column with the case's identity
	Status  []string
	Time    TimeRule
	Cursor  CursorRule

	PublishWhen  Code // the word always, or an expression; an empty Text is a mistake
	WithdrawWhen Code // empty Text: never
	IfChanged    string
	Recipients   RecipientRule

	FirstRun FirstRun
	Poll     time.Duration
	Overlap  time.Duration
	Limits   Limits
}

// What happens to a published row whose status or texts changed in the source.
const (
	Replace = "replace" // its events get a new revision under the same id
	Ignore  = "ignore"  // it is only counted
)

// TimeRule says when a change happened. IfMidnight names a column to take instead
// when Column says exactly midnight, as business dates without a time do.
type TimeRule struct {
	Column     string // empty: the time cursor, or the time of detection
	IfMidnight string
}

// CursorRule names the column that orders the rows. Table is the driving table,
// which has a column of the same name with an index; empty if not given.
type CursorRule struct {
	Column string
	Kind   CursorKind
	Table  string
}

// RecipientRule says whom a case is about. Without a Query the columns are those
// of the event row itself.
type RecipientRule struct {
	Query     string
	QueryAt   Position // of the query's first character
	Columns   Columns
	Case      string
	Recipient string // column with the recipient's stable id; may be empty without a Query
	Role      string // may be empty
	Row       string // column with the event row that a recipient belongs to, NULL for those of the whole case; empty: all are the case's
	Identity  IdentityRule
}

// IdentityRule says where a recipient's identity number is and how to read it.
type IdentityRule struct {
	Column           string
	OrganisationWhen Code   // true: the number is an organisation's
	Tillagg          string // column that tells apart the firms of a sole trader; may be empty
	Century          Century
}

// Century decides the century of ten digits without a sign. The zero value
// decides nothing: such a number is then parked if two readings are possible.
type Century struct {
	MinAge int // youngest possible age in years when the change happened; 0: not given
	Fixed  int // 18, 19 or 20; 0: not given
}

// FirstRunKind says what to do with the rows that are there at the first run.
type FirstRunKind string

// The kinds of first run.
const (
	Baseline FirstRunKind = "baseline" // remember them, publish nothing
	All      FirstRunKind = "all"      // publish them all
	When     FirstRunKind = "when"     // publish those for which the expression is true
)

// FirstRun is the operator's choice for the rows that are there at the first run.
type FirstRun struct {
	Kind        FirstRunKind
	PublishWhen Code // for When
}

// Limits keep the adapter gentle to the database.
type Limits struct {
	PageSize       int // rows in one statement and in one commit; 1–1000
	QueryTimeout   time.Duration
	MaxConnections int
}

// Producent is a public body that publishes kundhändelser.
type Producent struct {
	ID              string // in the URL if there are several; "" if there is one
	Namn            string
	Aktor           string // first field of every kundhändelsetyp
	Standardversion string
}
