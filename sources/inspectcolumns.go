package sources

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"arendebrygga/adapter"
)

// readable lists for each declared type the kinds of column that every value of is
// read well.
var readable = map[adapter.ColumnType][]string{
	adapter.String:  {"text", "whole", "exact", "float", "moment", "day", "truth", "uuid"},
	adapter.Int:     {"whole", "exact"},
	adapter.Decimal: {"whole", "exact", "float"},
	adapter.Float:   {"whole", "exact", "float"},
	adapter.Bool:    {"whole", "truth"},
	adapter.Time:    {"moment", "day"},
	adapter.Date:    {"moment", "day"},
	adapter.UUID:    {"uuid", "bytes", "text"},
	adapter.Bytes:   {"bytes", "text"},
}

// kindOf sorts the names that databases have for column types; empty for one that is
// not known here, which may well be readable.
func kindOf(databaseType string) string {
	name := strings.TrimPrefix(strings.ToUpper(databaseType), "UNSIGNED ")
	switch name {
	case "DECIMAL", "NUMERIC", "MONEY", "SMALLMONEY":
		return "exact"
	case "FLOAT", "DOUBLE", "REAL", "FLOAT4", "FLOAT8":
		return "float"
	case "DATETIME", "TIMESTAMP", "TIMESTAMPTZ", "SMALLDATETIME", "DATETIME2", "DATETIMEOFFSET":
		return "moment"
	case "DATE":
		return "day"
	case "BOOL", "BIT":
		return "truth"
	case "UUID", "UNIQUEIDENTIFIER":
		return "uuid"
	case "BINARY", "VARBINARY", "BYTEA", "IMAGE":
		return "bytes"
	case "INT", "TINYINT", "SMALLINT", "MEDIUMINT", "BIGINT", "INT2", "INT4", "INT8", "YEAR":
		return "whole"
	}
	if strings.HasSuffix(name, "BLOB") {
		return "bytes"
	}
	if strings.HasSuffix(name, "TEXT") || strings.HasSuffix(name, "CHAR") || name == "NAME" || name == "ENUM" {
		return "text"
	}
	return ""
}

// columns compares what the queries give with what is declared.
func (i *inspection) columns(ctx context.Context) error {
	if _, err := i.eventsView(ctx); err != nil {
		i.tell(Error, cmp.Or(i.lacking(err, i.def.Query, ""), "mend events.query or events.columns"), "%s", i.dia.text(err))
	} else if err := i.types(ctx, i.events, "events"); err != nil {
		return err
	}
	if i.def.Recipients.Query == "" {
		return nil
	}
	defer i.about(i.def.Recipients.QueryAt)()
	if _, err := i.recipientsView(ctx); err != nil {
		i.tell(Error, cmp.Or(i.lacking(err, i.def.Recipients.Query, ""), "mend recipients.query or recipients.columns"), "%s", i.dia.text(err))
		return nil
	}
	return i.types(ctx, i.recipients, "recipients")
}

// types tells of columns whose values cannot be read, or not all. SQLite's columns
// have no types to go by.
func (i *inspection) types(ctx context.Context, v *view, where string) error {
	found, err := query(ctx, i.poller, statement{sql: i.dia.empty(v.query)}, typesOf)
	if err != nil {
		return err
	}
	names := make(adapter.Columns, len(found))
	for at := range found {
		names[at].Name = found[at].Name()
	}
	wrong, described := false, i.described(ctx, v.query)
	var columns []string
	for _, col := range v.columns {
		at := names.Index(col.Name)
		databaseType := found[at].DatabaseTypeName()
		kind := kindOf(databaseType)
		if told := described[names[at].Name]; told != "" {
			columns = append(columns, names[at].Name+" "+told)
		}
		if i.dia.epoch || kind == "" || slices.Contains(readable[col.Type], kind) || col.Type == adapter.Int && databaseType == "BIT" {
			continue
		}
		wrong = true
		databaseType = cmp.Or(described[names[at].Name], databaseType)
		switch kind {
		case "text":
			i.tell(Warning, "a row whose text is no "+string(col.Type)+" is parked; declare it as string, or convert it in the query",
				"%s.columns: %s is declared as %s, and is text in the database (%s)", where, col.Name, col.Type, databaseType)
		case "bytes":
			i.tell(Warning, "declare it as bytes or uuid", "%s.columns: %s is declared as %s, and holds bytes in the database (%s)", where, col.Name, col.Type, databaseType)
		default:
			i.tell(Error, "no row could be read: declare another type, or convert it in the query",
				"%s.columns: %s is declared as %s, and is %s in the database", where, col.Name, col.Type, databaseType)
		}
	}
	list := ""
	if len(columns) > 0 {
		list = ": " + strings.Join(columns, ", ")
	}
	if !wrong {
		i.tell(OK, "", "%s.query gives the %d columns that are declared, in types that can be read%s", where, len(v.columns), list)
	}
	return nil
}

// described are the columns of a query as the database itself calls their types, which
// says more than the driver's names: lengths, and whether there may be NULL. There are
// none where it does not tell, or not this login.
func (i *inspection) described(ctx context.Context, selection string) map[string]string {
	if i.dia.inspect.columns == "" {
		return nil
	}
	_, rows, err := i.table(ctx, statement{i.dia.inspect.columns, []any{i.dia.empty(selection)}})
	if err != nil {
		return nil
	}
	types := map[string]string{}
	for _, row := range rows {
		if types[row[0]] = row[1]; row[2] == "0" {
			types[row[0]] += " not null"
		}
	}
	return types
}
