package sources

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// first gives the answer of the first statement that the server knows, that the
// login may send and that answers with something, and the number of that statement;
// empty if there is none. Statements after it are for older servers, other products
// or fewer rights.
func (p *poller) first(ctx context.Context, statements []string) (answer string, which int, err error) {
	for i, sql := range statements {
		text, err := p.text(ctx, statement{sql: sql})
		if err != nil && !unsupported(err) {
			return "", 0, err
		}
		if err == nil && text != "" {
			return string(text), i, nil
		}
	}
	return "", len(statements), nil
}

// withoutColumn tells whether a table has no column of a name that was asked for.
func withoutColumn(err error) bool {
	var my *mysql.MySQLError
	var pg *pgconn.PgError
	var lite *sqlite.Error
	return errors.As(err, &my) && my.Number == 1054 || errors.As(err, &pg) && pg.Code == "42703" || mssqlNumbered(err, []int32{207}) ||
		errors.As(err, &lite) && strings.Contains(lite.Error(), "no such column")
}

// unsupported tells whether a server refused a statement for what it is: it does not
// know a name in it, or the login may not use one. The same server will do so again.
func unsupported(err error) bool {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return slices.Contains([]uint16{1064, 1109, 1142, 1143, 1146, 1193, 1227, 1345, 1370}, my.Number)
	}
	if mssqlNumbered(err, mssqlRefusals) {
		return true
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (strings.HasPrefix(pg.Code, "42") || pg.Code == "0A000")
}
