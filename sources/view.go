package sources

import (
	"slices"
	"strings"
	"time"

	"arendebrygga/adapter"
)

// view is the operator's query as a table with known columns, and the statements
// over it.
type view struct {
	what    string // the query's key
	dia     *dialect
	def     *adapter.Definition
	query   string
	columns adapter.Columns
	names   []string // quoted, as the database spells them
	traits  []columnTraits
	types   []string // as the database calls them
	given   []string // the types of what is selected of them; nil before the first result
	cursor  int      // indexes into columns; -1 if the query has no such column
	id      int
	kase    int
	axis    axis
	below   adapter.Key // of a rowversion axis: the least that an open transaction may have
}

// statement is SQL with its parameters.
type statement struct {
	sql  string
	args []any
}

// where is a condition under construction, over the view or its driving table.
type where struct {
	terms []string
	args  []any
}

func (w where) and(term string, args ...any) where {
	return where{append(w.terms[:len(w.terms):len(w.terms)], term), append(w.args[:len(w.args):len(w.args)], args...)}
}

func (w where) String() string {
	if len(w.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.terms, " AND ")
}

// from wraps the query. The line break ends a comment in the query's last line.
func (v *view) from() string { return "FROM (\n" + v.query + "\n) q" }

func (v *view) col(i int) string { return "q." + v.names[i] }

// along is the column that walks go along.
func (v *view) along() string { return v.col(v.axis.column) }

// driving is what bounds are looked up in: the driving table, else the view. The
// second result is the axis' column there.
func (v *view) driving() (from, column string) {
	if v.axis.table == "" {
		return v.from(), v.along()
	}
	return "FROM " + v.dia.table(v.axis.table) + " q", v.along()
}

// against adds a comparison of the axis' column with a key, in the column's own type.
func (v *view) against(w where, op string, key adapter.Key) where {
	return w.and(v.along()+" "+op+" "+v.place(v.axis.column), v.bind(v.axis.column, key)[0])
}

// bind gives a key as parameters that compare with a column in its own type, place
// the placeholder for one.
func (v *view) bind(i int, key adapter.Key) []any {
	return v.dia.bind(v.columns[i].Type, v.traits[i], key)
}

func (v *view) place(i int) string { return v.dia.place(v.columns[i].Type, v.traits[i]) }

// read is a column in the select list.
func (v *view) read(i int) string {
	return apply(v.dia.value(v.columns[i].Type, v.traits[i]), v.col(i))
}

// floor is a condition that holds for values of the axis which say something.
func (v *view) floor() string {
	if v.axis.kind != adapter.CursorNone {
		return apply(v.dia.floor(v.axis.kind, v.traits[v.axis.column]), v.along())
	}
	some := v.along() + " IS NOT NULL"
	if blank := v.dia.blank(v.traits[v.axis.column]); blank != "" {
		return some + " AND " + apply(v.dia.untrue, apply(blank, v.along()))
	}
	return some
}

// nameless is a condition that holds for rows without an identity.
func (v *view) nameless() string {
	none := v.col(v.id) + " IS NULL"
	if blank := v.dia.blank(v.traits[v.id]); blank != "" {
		return "(" + none + " OR " + apply(blank, v.col(v.id)) + ")"
	}
	return none
}

// bounds are the conditions that a walk puts on its axis, whatever the window.
func (v *view) bounds(w adapter.Walk) where {
	var cond where
	switch {
	case w.Lo == "":
		cond = cond.and(v.floor())
	case w.After:
		cond = v.against(cond, ">", w.Lo)
	default:
		cond = v.against(cond, ">=", w.Lo)
	}
	if w.Until != "" {
		cond = v.against(cond, "<=", w.Until)
	}
	if v.below != "" {
		cond = v.against(cond, "<", v.below)
	}
	if w.Lo != "" && v.axis.kind == adapter.CursorNone {
		cond = cond.and(v.floor()) // a collation may have blank text between others
	}
	return cond
}

// least finds the first cursor that fulfils a condition.
func (v *view) least(cond where) statement {
	from, column := v.driving()
	return statement{v.dia.cut(v.key(), from+cond.String(), column, 1, 0), cond.args}
}

// last finds the greatest cursor that fulfils a condition.
func (v *view) last(cond where, offset int) statement {
	from, column := v.driving()
	return statement{v.dia.cut(v.key(), from+cond.String(), column+" DESC", 1, offset), cond.args}
}

// past is a condition that holds for cursors which are not in the future.
func (v *view) past(now time.Time) statement {
	if v.axis.kind != adapter.CursorTime {
		return statement{sql: v.floor()}
	}
	return v.dia.past(v.along(), v.traits[v.axis.column], now, now.In(v.def.Location).Format(wallLayout))
}

// key is the axis' column in the select list, as the text of a key: bytes have none of
// their own.
func (v *view) key() string {
	if v.axis.kind == adapter.CursorRowversion {
		return apply(v.dia.hex, v.along())
	}
	return v.read(v.axis.column)
}

// binary is a column in the form that tells apart what a collation or a number format
// makes equal.
func (v *view) binary(i int) string { return apply(v.dia.binary(v.traits[i]), v.col(i)) }

// selected is the select list of the declared columns, in their order.
func (v *view) selected(more ...string) string {
	list := make([]string, 0, len(v.names)+len(more))
	for i := range v.names {
		list = append(list, v.read(i))
	}
	return strings.Join(append(list, more...), ", ")
}

// order gives the expressions that order rows by a column so that only equal ones
// are in no order. A number comes before its own binary form, in which 10 lies before 9.
func (v *view) order(i int) []string {
	if v.plain(i) {
		return []string{v.col(i)}
	}
	if t := v.columns[i].Type; t == adapter.Int || t == adapter.Decimal {
		return []string{apply(v.dia.number(v.traits[i]), v.col(i)), v.binary(i)}
	}
	return []string{v.binary(i)}
}

// plain tells whether a column orders rows by itself, as SQL Server's numbers do: those of
// one column that are equal have the same text, and more to order by could mean a sort.
// The server refuses to order by a column twice, too, and a cast to its own type is the column.
func (v *view) plain(i int) bool { return v.dia.top && v.numbers(i) }

// page reads the rows that fulfil a condition, in source order.
func (v *view) page(cond where, limit int, more ...string) statement {
	order := slices.Compact(append([]string{v.along()}, v.order(v.axis.tie)...))
	return statement{v.dia.cut(v.selected(more...), v.from()+cond.String(), strings.Join(order, ", "), limit, 0), cond.args}
}
