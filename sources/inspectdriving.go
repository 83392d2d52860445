package sources

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"arendebrygga/adapter"
)

// driving looks whether the driving tables drive their queries. How far a poll has come is
// read off the driving table, so in the place of one with greater values, such as another's
// own numbers, no poll would find a new row.
func (i *inspection) driving(ctx context.Context) error {
	if i.recipients != nil {
		before := i.about(i.def.Recipients.QueryAt)
		err := i.drives(ctx, i.recipients, i.def.Recipients.Cursor, "recipients.")
		if before(); err != nil {
			return err
		}
	}
	v, err := i.eventsView(ctx)
	if err != nil {
		return err
	}
	return i.drives(ctx, v, i.def.Cursor, "")
}

// drives compares what a query reads with what stands behind its driving table: that is
// the same table by whatever names, views, synonyms or partitions it is reached.
func (i *inspection) drives(ctx context.Context, v *view, rule adapter.CursorRule, under string) error {
	if v.axis.table == "" {
		return nil
	}
	from, column := v.driving()
	table, err := i.dia.inspect.reads(i, ctx, "SELECT "+column+" "+from, rule.Column)
	if err != nil || len(table) == 0 {
		return untold(err)
	}
	all, err := i.dia.inspect.reads(i, ctx, v.query, rule.Column)
	if err != nil || len(all) == 0 {
		return untold(err)
	}
	for _, read := range all {
		if slices.ContainsFunc(table, func(name string) bool { return strings.EqualFold(name, read) }) {
			return nil
		}
	}
	i.tell(Warning, fmt.Sprintf("name the table that %s of the query comes from, or none: as soon as the other one has a greater %s, polls pass new rows, which only a sweep finds", rule.Column, rule.Column),
		"%scursor.table: %s is none of the tables that the query reads: %s", under, rule.Table, strings.Join(all, ", "))
	return nil
}

// untold is nil for an error by which a database, or the login's rights, leave open what a query reads.
func untold(err error) error {
	if unsupported(err) {
		return nil
	}
	return err
}

// mysqlReads takes the tables from the query as the optimizer words it, in which views
// are resolved. Of one that is not, such as one with GROUP BY, it has the name only.
func mysqlReads(i *inspection, ctx context.Context, query, _ string) ([]string, error) {
	text, err := i.optimized(ctx, query)
	names := slices.DeleteFunc(i.dia.syntax.tables(text), func(name string) bool { return !strings.Contains(name, ".") }) // "dual"
	for _, name := range names {
		view, err := i.text(ctx, statement{"SELECT TABLE_NAME FROM information_schema.VIEWS WHERE ? = CONCAT('`', TABLE_SCHEMA, '`.`', TABLE_NAME, '`')", []any{name}})
		if err != nil || view != "" {
			return nil, err
		}
	}
	return names, err
}

// optimized is a query in the words of MySQL's optimizer, which stand in a note behind
// its plan; empty if there is none.
func (i *inspection) optimized(ctx context.Context, query string) (text string, err error) {
	ctx, cancel := context.WithTimeout(ctx, i.patience())
	defer cancel()
	conn, err := i.db.Conn(ctx) // notes are kept for the session's next statement
	if err != nil {
		return "", err
	}
	defer conn.Close()
	plan, err := conn.QueryContext(ctx, "EXPLAIN EXTENDED "+query)
	if unsupported(err) { // MySQL 8 explains no less without the word
		plan, err = conn.QueryContext(ctx, "EXPLAIN "+query)
	}
	if err != nil {
		return "", err
	}
	plan.Close()
	notes, err := conn.QueryContext(ctx, "SHOW WARNINGS")
	if err != nil {
		return "", err
	}
	defer notes.Close()
	for notes.Next() {
		var level, words string
		var code int
		if err := notes.Scan(&level, &code, &words); err != nil {
			return "", err
		}
		if code == optimizerNote {
			text = words
		}
	}
	return text, notes.Err()
}

// optimizerNote is the code of the note that has a query in the optimizer's words.
const optimizerNote = 1003

// postgresReads goes by the plan, in which views and partitions are resolved. What a
// function reads, or another server, does not stand there.
func postgresReads(i *inspection, ctx context.Context, query, _ string) ([]string, error) {
	plans, err := i.postgresPlans(ctx, statement{sql: query})
	if err != nil {
		return nil, err
	}
	var names []string
	for at := 0; at < len(plans); at++ {
		switch n := plans[at]; {
		case n.Table != "":
			names = append(names, n.Schema+"."+n.Table)
		case slices.Contains([]string{"Function Scan", "Table Function Scan", "Foreign Scan", "Custom Scan"}, n.Type):
			return nil, nil
		}
		plans = append(plans, plans[at].Plans...)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// mssqlReads goes by the tables that the server says columns come from, through views
// and synonyms: those of all columns, as what is told of hidden keys, too. It tells
// nothing of a query whose cursor is of no one table, as one with UNION.
func mssqlReads(i *inspection, ctx context.Context, query, column string) ([]string, error) {
	_, columns, err := i.table(ctx, statement{i.dia.inspect.origin, []any{query}})
	told := false
	var names []string
	for _, c := range columns {
		if name, hidden := c[3], c[4] == "1"; name != "" {
			names = append(names, name)
			told = told || !hidden && strings.EqualFold(c[0], column)
		}
	}
	if !told {
		return nil, err
	}
	slices.Sort(names)
	return slices.Compact(names), err
}

// sqliteReads goes by the program that SQLite makes of a query, as its plan has only the
// names that the query itself gives to tables.
func sqliteReads(i *inspection, ctx context.Context, query, _ string) ([]string, error) {
	columns, program, err := i.table(ctx, statement{sql: "EXPLAIN " + query})
	opcode, root := slices.Index(columns, "opcode"), slices.Index(columns, "p2")
	if err != nil || opcode < 0 || root < 0 {
		return nil, err
	}
	var names []string
	for _, step := range program {
		if step[opcode] != "OpenRead" { // of a table or an index, by its first page
			continue
		}
		name, err := i.text(ctx, statement{"SELECT tbl_name FROM sqlite_master WHERE rootpage = CAST(? AS INTEGER)", []any{step[root]}})
		if err != nil {
			return nil, err
		}
		names = append(names, string(name))
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
