package sources

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	mssql "github.com/microsoft/go-mssqldb"
)

// The numbers of errors that the same statement will not meet again: a deadlock whose
// victim we were, a lock waited for too long, a snapshot that another's change of a
// row, or of a table's definition, has made useless.
var mssqlTransient = []int32{1205, 1222, 3960, 3961}

// mssqlAllows are the numbers of errors by which what the query reaches into cannot be
// read in SNAPSHOT isolation, though the session's own database allows it: a database
// that does not, a linked server, a table in memory.
var mssqlAllows = []int32{3952, 7420, 41332}

// commit has the sessions be READ COMMITTED from now on.
func (p *poller) commit() {
	if p.committed.CompareAndSwap(false, true) && p.warn != nil {
		p.warn("a query reaches into a database that does not allow snapshot isolation (error 3952), a linked server (7420) or a table in memory (41332): the source is read in read committed from now on, where who writes may wait for us; " +
			"for a database, ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON there, too, helps from the next start on")
	}
}

// mssqlNames are the numbers of errors that quote no more than names of the schema and
// of logins, or the operator's own SQL where no keys stand in it, as they are sent as
// parameters: syntax, columns, tables, rights, databases, logins, snapshot isolation.
var mssqlNames = []int32{102, 105, 145, 156, 164, 195, 207, 208, 209, 229, 230, 262, 297, 300, 306, 319, 402, 916, 911, 1033, 1038,
	2760, 2812, 3951, 3952, 3954, 3956, 3961, 4060, 4104, 4121, 4413, 4502, 7420, 8120, 8155, 8156, 8163, 15404, 18452, 18456, 18470, 18487, 18488, 40532, 40613, 40615, 41332, 47106}

// mssqlRefusals are those of them by which a server says that it does not know a
// statement, or that the login may not send it.
var mssqlRefusals = []int32{102, 156, 195, 207, 208, 229, 230, 262, 297, 300, 371, 2812, 4104, 4121, 15562, 33557097}

// explainMSSQL words the server's error by its number, and by as much of its message
// as cannot hold a value. What the driver says itself of a connection quotes the server's
// name at most; what it says of a value is left out.
func explainMSSQL(err error) (string, bool) {
	var e mssql.Error
	if !errors.As(err, &e) {
		var broken mssql.StreamError
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return "the statement took longer than limits.queryTimeout", true
		case errors.As(err, &broken):
			return "the server's answer breaks off or cannot be read", true
		}
		return "", false
	}
	e = telling(e)
	named := slices.Contains(mssqlNames, e.Number)
	switch {
	case e.Number >= 50000, inside(e) && (!named || e.Number >= leastRaised): // raised by the case system, in its own words
		return fmt.Sprintf("error %d: the database raised an error of its own", e.Number), true
	case named:
		return fmt.Sprintf("error %d: %s", e.Number, strings.Join(strings.Fields(e.Message), " ")), true
	}
	text := strings.Join(strings.Fields(e.Message), " ")
	if i := strings.IndexAny(text, "\"'`“”„«»[(<"); i >= 0 {
		text = text[:i] + "***"
	}
	return fmt.Sprintf("error %d: %s", e.Number, text), true
}

// leastRaised is the least number that RAISERROR takes. An error of a lower one, such as
// 207 of a view whose column is gone, is the server's own also inside a view or function.
const leastRaised = 13000

// inside tells whether an error is of a view, a function or a trigger, not of our statement.
func inside(e mssql.Error) bool { return e.ProcName != "" && !strings.HasPrefix(e.ProcName, "sp_") }

// telling is the error that says most of those that the server gave together: the first
// that names something, else the first. Later ones tell what it led to: that a view
// cannot be used (4413), that the login failed.
func telling(e mssql.Error) mssql.Error {
	at := max(0, slices.IndexFunc(e.All, func(one mssql.Error) bool { return slices.Contains(mssqlNames, one.Number) }))
	if len(e.All) == 0 || e.All[at].Number == e.Number {
		return e
	}
	return e.All[at]
}

// cutByMSSQL tells whether a connection ended inside an answer, which the driver calls a
// stream that is not valid, or the server ended it for an error of its own.
func cutByMSSQL(err error) bool {
	var broken mssql.StreamError
	var ended mssql.ServerError
	return errors.As(err, &broken) || errors.As(err, &ended)
}

// mssqlNumbered tells whether one of the errors that the server gave together has one of
// these numbers.
func mssqlNumbered(err error, numbers []int32) bool {
	var e mssql.Error
	return errors.As(err, &e) && (slices.Contains(numbers, e.Number) ||
		slices.ContainsFunc(e.All, func(one mssql.Error) bool { return slices.Contains(numbers, one.Number) }))
}
