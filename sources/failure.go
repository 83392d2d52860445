package sources

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	mssql "github.com/microsoft/go-mssqldb"
	"modernc.org/sqlite"

	"arendebrygga/adapter"
)

// failure is a database error whose text is safe to log. The inner error is kept
// for errors.Is and errors.As only: its own text may quote values of rows.
type failure struct {
	doing, text string
	err         error
}

// Error says what was being done and what the database said, without values.
func (f *failure) Error() string { return f.doing + ": " + f.text }

// Unwrap gives the error as the driver gave it. Do not log its text.
func (f *failure) Unwrap() error { return f.err }

// text words an error of any layer without values.
func (d *dialect) text(err error) string {
	var worded *failure
	if errors.As(err, &worded) {
		return worded.Error()
	}
	if s, ok := d.explain(err); ok {
		return s
	}
	return err.Error()
}

// refused words an error about a query that was sent as the operator wrote it,
// without a value from any row: what a syntax error quotes then is the operator's
// own, and needed to mend it.
func (d *dialect) refused(key string, err error) error {
	text := d.text(err)
	var e *mysql.MySQLError
	if errors.As(err, &e) && e.Number == 1064 {
		text = fmt.Sprintf("error %d: %s", e.Number, e.Message)
	}
	return &failure{doing: key, err: err, text: text}
}

// explainMySQL keeps those messages whole that quote names of the schema and cuts
// all others at the first quote: they may quote values of rows. A syntax error
// quotes the statement, which holds keys as values.
func explainMySQL(err error) (string, bool) {
	var e *mysql.MySQLError
	if !errors.As(err, &e) {
		return "", false
	}
	switch e.Number {
	case 1044, 1045, 1046, 1049, 1051, 1054, 1060, 1109, 1142, 1143, 1146, 1227, 1267, 1271, 1305, 1356, 1370, 1698:
		return fmt.Sprintf("error %d: %s", e.Number, e.Message), true
	}
	if e.Number == 1969 || e.Number == 3024 { // MariaDB's and MySQL's
		return fmt.Sprintf("error %d: the statement took longer than limits.queryTimeout (max_statement_time)", e.Number), true
	}
	if e.Number == 1644 { // raised by a function of the case system, in its own words
		return fmt.Sprintf("error %d: the database raised an error of its own", e.Number), true
	}
	text, _, cut := strings.Cut(strings.ReplaceAll(e.Message, `"`, "'"), "'")
	if cut {
		text += "***"
	}
	return fmt.Sprintf("error %d: %s", e.Number, text), true
}

// collisionPauses are how long a read that collided with others waits before it is
// tried again, with as much again at random.
var collisionPauses = [...]time.Duration{50 * time.Millisecond, 250 * time.Millisecond, time.Second}

// retry runs a read a second time if the first met a connection that was dead: a
// pooled one may have been cut by the server or a firewall long ago. One that gave way
// to others in a deadlock, or did not get a lock, is tried a few times more, and
// counted. One that SNAPSHOT isolation is in the way of is read without. Nothing of what
// was read before counts.
func retry[T any](ctx context.Context, p *poller, timeout time.Duration, read func(context.Context) (T, error)) (T, error) {
	var cut, committed bool
	for collisions := 0; ; {
		bounded, cancel := context.WithTimeout(ctx, timeout)
		value, err := read(bounded)
		cancel()
		switch {
		case err == nil || ctx.Err() != nil:
			return value, err
		case mssqlNumbered(err, mssqlTransient):
			p.collisions.Add(1)
			if collisions == len(collisionPauses) {
				return value, err
			}
			pause := collisionPauses[collisions]
			collisions++
			select {
			case <-time.After(pause + rand.N(pause)):
			case <-ctx.Done():
				return value, err
			}
		case !committed && mssqlNumbered(err, mssqlAllows):
			committed = true
			p.commit()
		case !cut && dead(err):
			cut = true
		default:
			return value, err
		}
	}
}

// Collisions is how many statements of a source, since it was opened, gave way to
// another's in a deadlock or waited in vain for a lock. Each was sent again, or failed
// its poll, which is then tried again; none loses a row. Any goroutine may ask.
func Collisions(source adapter.Source) uint64 {
	p, ok := source.(*poller)
	if !ok {
		return 0
	}
	return p.collisions.Load()
}

// blamed tells whether a server's error is about the statement itself: not about its time,
// its locks or its connection, of which the same statement may find nothing again.
func blamed(err error) bool {
	if dead(err) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return false
	}
	var my *mysql.MySQLError
	var pg *pgconn.PgError
	var ms mssql.Error
	var lite *sqlite.Error
	switch {
	case errors.As(err, &my): // a lock, and MySQL's end of time, are of no class of their own
		class := string(my.SQLState[:2])
		return class != "08" && class != "40" && class != "70" && my.Number != 1205 && my.Number != 3024
	case errors.As(err, &pg):
		return slices.Contains([]string{"22", "42", "0A"}, pg.Code[:min(2, len(pg.Code))])
	case errors.As(err, &ms): // graver ones are about resources or end the connection
		return ms.Class <= 16 && !mssqlNumbered(err, mssqlTransient) && !mssqlNumbered(err, mssqlAllows)
	}
	return errors.As(err, &lite) && lite.Code() == sqliteError
}

// sqliteError is the code SQLITE_ERROR, of a statement that makes no sense.
const sqliteError = 1

func dead(err error) bool {
	var network *net.OpError
	if errors.As(err, &network) && (network.Op == "dial" || network.Timeout()) {
		return false
	}
	return network != nil || errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || endedByPostgres(err) || cutByMSSQL(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
