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
	// CursorRowversion is a number that the database gives a row anew whenever it is
	// written, and which tells nothing else: SQL Server's rowversion.
	CursorRowversion CursorKind = "rowversion"
	CursorNone       CursorKind = "none" // nothing does: every poll walks all rows, in windows of their identity
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
	Kind            string // mssql, mysql, postgres, sqlite
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
	// Created is a column that is added to the case's identity, where ids are used
	// again; may be empty.
	Created string
	Status  []string
	Time    TimeRule
	Cursor  CursorRule

	PublishWhen  Code // the word always, or an expression; an empty Text is a mistake
	WithdrawWhen Code // empty Text: never
	IfChanged    string
	Delay        time.Duration // a change that is undone within this time is never published; 0: none is waited for
	OnMissing    MissingRule
	Recipients   RecipientRule

	FirstRun FirstRun
	Poll     time.Duration
	Overlap  time.Duration
	MaxHold  time.Duration // the longest that an open transaction makes polls begin further back than Overlap
	Sweep    time.Duration // how often all rows are compared; 0: never
	Limits   Limits
}

// What happens to a published row whose status or texts changed in the source.
const (
	Replace = "replace" // its events get a new revision under the same id
	Ignore  = "ignore"  // it is only counted
)

// What happens to a change whose time lies in the future by the database's clock.
const (
	Publish = "publish" // it is published now, with that time
	Hold    = "hold"    // it is published when that time has come
)

// What happens to the events of rows that the source no longer has.
const (
	Keep     = "keep"     // they stay; the rows are only counted
	Withdraw = "withdraw" // they are taken back
)

// MissingRule says what to do about rows that sweeps do not find any more.
type MissingRule struct {
	Do    string // Keep or Withdraw
	After int    // how many complete sweeps in a row must have missed a row
}

// TimeRule says when a change happened. IfMidnight names a column to take instead
// when Column says exactly midnight, as business dates without a time do.
type TimeRule struct {
	Column     string // empty: the time cursor, or the time of detection
	IfMidnight string
	IfFuture   string // Publish or Hold
}

// CursorRule names the column that orders the rows. Table is the driving table,
// which has a column of the same name with an index; empty if not given. Without a
// cursor, Column is empty and Table has the column of the rows' identity.
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
	Created   string // column with what Definition.Created has of the recipient's case; where only that is given, nobody is a recipient
	Recipient string // column with the recipient's stable id; may be empty without a Query
	Role      string // may be empty
	Row       string // column with the event row that a recipient belongs to, NULL for those of the whole case; empty: all are the case's
	Identity  IdentityRule
	Cursor    CursorRule // of kind time: when a row of the query was last written; an empty Column: the query does not say
	Changes   PartyChanges
}

// What a recipient who is added to a case later gets of it.
const (
	WholeHistory = "wholeHistory" // all of its events
	FromNow      = "fromNow"      // those of changes that come after
)

// Hide is what happens to the events of a recipient who is removed from a case,
// unless it is Keep.
const Hide = "hide"

// PartyChanges says what happens when the recipients of a case change.
type PartyChanges struct {
	Added   string // WholeHistory or FromNow
	Removed string // Hide or Keep
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
	AllowedHours   Hours
}

// Hours is a part of each day, in minutes since midnight on the source's clock. From
// is inside, To is not; To before From goes over midnight. The zero value is the
// whole day.
type Hours struct{ From, To int }

// Producent is a public body that publishes kundhändelser.
type Producent struct {
	ID              string // in the URL if there are several; "" if there is one
	Namn            string
	Aktor           string // first field of every kundhändelsetyp
	Standardversion string
}
