package sources

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
)

// lacking is a hint for an error by which the login lacks a right, and empty for any
// other. The table is looked for among those that the query names, as servers word their
// errors in many languages.
func (i *inspection) lacking(err error, query, driving string) string {
	var my *mysql.MySQLError
	var pg *pgconn.PgError
	if !(errors.As(err, &my) && slices.Contains([]uint16{1142, 1143, 1370}, my.Number)) && !(errors.As(err, &pg) && pg.Code == "42501") && !mssqlNumbered(err, []int32{229, 230}) {
		return ""
	}
	text, to := i.dia.text(err), "the login"
	if i.login.name != "" {
		to = i.grantee(i.login)
	}
	for _, name := range i.named(query, driving) {
		name = i.dia.table(name)
		parts := nameParts(name)
		last := parts[len(parts)-1]
		if !strings.HasSuffix(text, " "+last) && !strings.Contains(text, "'"+last+"'") && !strings.Contains(text, i.dia.name(last)) {
			continue
		}
		if i.dia.inspect.placed && len(parts) == 1 {
			name = i.dia.name(i.database) + "." + name
		}
		return fmt.Sprintf("GRANT SELECT ON %s TO %s; the query itself may well be right", name, to)
	}
	return fmt.Sprintf("GRANT the right to what the error names TO %s, or to the owner of the view or function that reads it; the query itself may well be right", to)
}

// nameParts takes a quoted name apart.
func nameParts(name string) (parts []string) {
	for {
		part, rest, _ := quotedName(name)
		parts = append(parts, part)
		if _, name, _ = strings.Cut(rest, "."); name == "" {
			return parts
		}
	}
}
