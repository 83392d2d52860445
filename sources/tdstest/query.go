package tdstest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"
)

// Handler answers a statement. Its context ends when the client cancels the
// statement or the connection ends; a handler that waits for that never answers, as a
// server does that waits for a lock. Handlers of several connections run at the same
// time. An error that is no *Error is the test's failure.
type Handler func(ctx context.Context, q Query) (*Result, error)

// Kind is how a statement came.
type Kind string

// The kinds of requests. The last three have no SQL and reach no handler.
const (
	Batch     Kind = "batch"     // SQL without parameters
	Execute   Kind = "execute"   // sp_executesql: SQL with parameters
	Procedure Kind = "procedure" // SQL is the name of a procedure
	Begin     Kind = "begin"     // a transaction, with its isolation level in the session
	Commit    Kind = "commit"
	Rollback  Kind = "rollback"
)

// Query is a request of a client.
type Query struct {
	Kind    Kind
	SQL     string // exactly as sent
	Params  []Param
	Session Session // as it was when the request came
}

// Param is a parameter of a statement.
type Param struct {
	Name  string // with its @; empty if it was given by position
	Type  string // as declared to the server, such as "nvarchar(7)" or "datetimeoffset(7)"
	Value any    // see the package; nil is NULL
}

// Types gives the declared types of the parameters in their order.
func (q Query) Types() []string {
	types := make([]string, len(q.Params))
	for i, p := range q.Params {
		types[i] = p.Type
	}
	return types
}

// Session is the state of a connection.
type Session struct {
	ID            int // from 1, by when the connection came
	Login         Login
	Isolation     string   // of the last transaction begun, as in SET TRANSACTION ISOLATION LEVEL; empty: none yet, or the session's own
	InTransaction bool     // begun by the driver's request, not yet ended
	Settings      []string // SET statements since the session was last reset, as sent
	Resets        int      // how often the driver had the session reset: settings are forgotten then
}

// Login is what a client says of itself.
type Login struct {
	User, Password, Database string
	App, Host                string
	Server                   string // as the client names the server, with the instance
	ReadOnly                 bool   // applicationintent=readonly
	PacketSize               int    // that the client asked for
}

// Result is the answer to a statement.
type Result struct {
	Columns  []Column        // none: the statement gives no rows
	Rows     iter.Seq[[]any] // taken one by one while they are sent; see Rows for a fixed list
	Affected int64           // rows changed, for statements that give none
	Settings []string        // SET statements that the statement came to, for the session to keep
	Fault    *Fault          // nil: all goes well
}

// Rows gives fixed rows.
func Rows(rows ...[]any) iter.Seq[[]any] { return slices.Values(rows) }

// Row is one row with a single unnamed column, as of a scalar.
func Row(typ string, value any) *Result {
	return &Result{Columns: Columns("x " + typ), Rows: Rows([]any{value})}
}

// Fault goes wrong on purpose, after so many complete rows: first the delay, which a
// cancelled statement ends, then the error or the cut, or the rest of the rows.
type Fault struct {
	After int
	Delay time.Duration
	Error *Error
	Cut   Cut
}

// Cut is a way to lose a connection.
type Cut string

// The ways to lose a connection.
const (
	Close     Cut = "close"      // in good order as TCP sees it
	Reset     Cut = "reset"      // as by a firewall or a crash; rows on their way may be lost too
	HalfClose Cut = "half-close" // the server only reads from then on
	InRow     Cut = "in row"     // close, with the first bytes of the next row sent
)

// Error is an error by its number, as the server has it in sys.messages. Class is the
// severity, 16 if it is left out; from 20 on the connection ends.
type Error struct {
	Number  int32
	State   uint8
	Class   uint8
	Message string
	Proc    string   // the view, function or procedure that it is of; empty: the statement itself
	Before  []*Error // those that the server sends before it
}

// Error gives the number, which tests of error handling compare, and the message.
func (e *Error) Error() string { return fmt.Sprintf("tds error %d: %s", e.Number, e.Message) }

// errorTexts are the errors that a client meets in the running of a source.
var errorTexts = map[int32]Error{
	102:   {Class: 15, Message: "Incorrect syntax near 'x'."},
	207:   {Class: 16, Message: "Invalid column name 'x'."},
	208:   {Class: 16, Message: "Invalid object name 'x'."},
	229:   {Class: 14, Message: "The SELECT permission was denied on the object 'x', database 'x', schema 'dbo'."},
	1205:  {Class: 13, Message: "Transaction was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction."},
	1222:  {Class: 16, Message: "Lock request time out period exceeded."},
	3952:  {Class: 16, Message: "Snapshot isolation transaction failed accessing database 'x' because snapshot isolation is not allowed in this database. Use ALTER DATABASE to allow snapshot isolation."},
	3960:  {Class: 16, Message: "Snapshot isolation transaction aborted due to update conflict."},
	4060:  {Class: 11, Message: "Cannot open database \"x\" requested by the login. The login failed."},
	18456: {Class: 14, Message: "Login failed for user 'x'."},
	40613: {Class: 17, Message: "Database 'x' on server 'x' is not currently available. Please retry the connection later."},
}

// Err gives an error by its number, with the text and severity that the server has
// for it, as far as the package knows it.
func Err(number int32) *Error {
	e := errorTexts[number]
	e.Number, e.State = number, 1
	return &e
}
