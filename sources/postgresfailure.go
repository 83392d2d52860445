package sources

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// explainPostgres words the server's errors by their message alone: detail, hint
// and context quote rows. Messages about names, syntax, rights and logins (classes
// 42, 28, 3D and 3F) stay whole, as keys are sent as parameters and never stand in
// the statement; all others are cut at the first quote.
func explainPostgres(err error) (string, bool) {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return explainConnecting(err)
	}
	if e.Routine == "exec_stmt_raise" || strings.HasPrefix(e.Code, "P0") { // raised by a function of the case system, in its own words
		return fmt.Sprintf("error %s: the database raised an error of its own", e.Code), true
	}
	switch e.Code[:min(2, len(e.Code))] {
	case "42", "28", "3D", "3F":
		if e.Where == "" && e.InternalQuery == "" { // else in a function, whose statements may hold values
			return fmt.Sprintf("error %s: %s", e.Code, e.Message), true
		}
	}
	text := e.Message
	if i := strings.IndexAny(text, "\"'`“”„«»"); i >= 0 {
		text = text[:i] + "***"
	}
	if e.Code == "57014" && strings.Contains(text, "statement timeout") {
		text += ": it took longer than limits.queryTimeout"
	}
	return fmt.Sprintf("error %s: %s", e.Code, text), true
}

// explainConnecting words the failure to reach a server in one line.
func explainConnecting(err error) (string, bool) {
	var e *pgconn.ConnectError
	if !errors.As(err, &e) {
		return "", false
	}
	var network *net.OpError
	if errors.As(err, &network) {
		return network.Error(), true
	}
	text := "connect: " + strings.ReplaceAll(strings.Join(strings.Fields(e.Unwrap().Error()), " "), ": %!w(<nil>)", "") // the driver words some without a cause so
	const look = ": look whether it is PostgreSQL that listens there"
	switch {
	case strings.Contains(text, "received unexpected message"):
		text += look
	case strings.Contains(text, "server refused TLS connection"):
		text += look + "; if so, " + fmt.Sprintf(noTLS, "sslmode=disable")
	}
	return text, true
}

// endedByPostgres tells whether the server ended the session by itself: for its own
// end or for having been idle.
func endedByPostgres(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		switch e.Code {
		case "57P01", "57P02", "57P05":
			return true
		}
	}
	return errors.Is(err, pgconn.ErrConnClosed)
}
