package sources

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"arendebrygga/adapter"
)

// countedRows is where counting ends: whether there are more makes no difference.
const countedRows = 10_000

// rows looks at the rows themselves, and at how they would be read.
func (i *inspection) rows(ctx context.Context) {
	ext, err := i.Extent(ctx)
	if err != nil && blamed(err) {
		hint := "mend events.cursor"
		if table := i.def.Cursor.Table; table != "" {
			hint = fmt.Sprintf("is cursor.table: %s the table that %s of the query comes from, and may the login read it?", table, i.def.Cursor.Column)
		}
		i.tell(Error, cmp.Or(i.lacking(err, i.def.Query, i.def.Cursor.Table), hint), "no poll could begin: %s", i.dia.text(err))
		return
	}
	i.ask(ctx, "how a poll would be carried out", func(i *inspection, ctx context.Context) error {
		if err != nil {
			return err
		}
		return i.plan(ctx, ext)
	})
	i.ask(ctx, "whether cursor.table is right", (*inspection).driving)
	i.ask(ctx, "rows without a cursor", (*inspection).cursorless)
	i.ask(ctx, "rows with the same identity", (*inspection).twins)
}

// cursorless counts the rows that no poll can find.
func (i *inspection) cursorless(ctx context.Context) error {
	v, err := i.eventsView(ctx)
	if err != nil || v.cursor < 0 {
		return err
	}
	n, err := i.count(ctx, statement{sql: fmt.Sprintf("%s WHERE %s IS NULL", v.from(), v.col(v.cursor))})
	switch {
	case err != nil:
		return err
	case n == 0:
		i.tell(OK, "", "every row has a value in %s", v.columns[v.cursor].Name)
	case i.def.Sweep > 0:
		i.tell(Info, "", "%s without a value in %s: no poll finds them, only a sweep does, every %s", rowCount(n), v.columns[v.cursor].Name, i.def.Sweep)
	default:
		i.tell(Warning, "give sweep a time, or name a cursor that all rows have", "%s without a value in %s: no poll finds them, and there are no sweeps", rowCount(n), v.columns[v.cursor].Name)
	}
	return nil
}

// count counts the rows of a statement without its select list, up to countedRows.
func (i *inspection) count(ctx context.Context, st statement) (int, error) {
	text, err := i.text(ctx, statement{"SELECT COUNT(*) FROM (" + i.dia.cut("1 AS one", st.sql, "", countedRows, 0) + ") n", st.args})
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(text))
}

func rowCount(n int) string {
	if n == countedRows {
		return fmt.Sprintf("at least %d rows", n)
	}
	return things(n, "%d rows")
}

// things words a number of things, whose name the format ends with.
func things(n int, format string) string {
	if n == 1 {
		format = strings.TrimSuffix(format, "s")
	}
	return fmt.Sprintf(format, n)
}

// twins counts the identities that come more than once among the newest rows, or all
// if there are few.
func (i *inspection) twins(ctx context.Context) error {
	v, err := i.eventsView(ctx)
	if err != nil {
		return err
	}
	cond, err := i.newest(ctx, v)
	if err != nil {
		return err
	}
	cond = cond.and(v.col(v.id) + " IS NOT NULL")
	by := []string{v.binary(v.id)}
	if rule := i.def.Recipients; rule.Query == "" { // a row for each recipient
		for _, name := range []string{rule.Recipient, rule.Identity.Column, rule.Role} {
			if at := v.columns.Index(name); at >= 0 {
				by = append(by, v.binary(at))
			}
		}
	}
	n, err := i.count(ctx, statement{fmt.Sprintf("%s%s GROUP BY %s HAVING COUNT(*) > 1", v.from(), cond, strings.Join(by, ", ")), cond.args})
	if err != nil {
		return err
	}
	if n == 0 {
		i.tell(OK, "", "each value of %s comes once among the newest rows", v.columns[v.id].Name)
		return nil
	}
	i.tell(Warning, "is a join missing a condition? Rows that are equal count once, others stop the source as not unique",
		"%s of %s found more than once among the newest rows", things(n, "%d values"), v.columns[v.id].Name)
	return nil
}

// newest is a condition for the last pages of rows.
func (i *inspection) newest(ctx context.Context, v *view) (where, error) {
	if v.cursor < 0 {
		return where{}, nil
	}
	ext, err := i.Extent(ctx)
	if err != nil || ext.Back == "" {
		return where{}, err
	}
	if ext.Future != "" {
		i.tell(Info, "they are read again by every poll until then; if they are no mistakes, look at the source's zone", "there are rows whose %s lies in the future by the database's clock", v.columns[v.cursor].Name)
	}
	return v.bounds(adapter.Walk{Lo: ext.Back}), nil
}
