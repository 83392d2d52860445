package sources

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"arendebrygga/adapter"
)

// scan is a table that a statement reads, as the database plans it.
type scan struct {
	table string
	index string  // empty: the table is read whole
	rows  float64 // by estimate; 0 if the database does not say
}

// plan has the database say how it would read a window in the middle of the rows, which
// reach as far as ext tells, and find the recipients of the cases there.
func (i *inspection) plan(ctx context.Context, ext adapter.Extent) error {
	v, err := i.eventsView(ctx)
	if err != nil {
		return err
	}
	if v.cursor < 0 {
		i.tell(Info, "that is much work for the database if there are many; look whether a number or a time in the rows can be the cursor", "without a cursor every poll reads all rows")
		return nil
	}
	if ext.Back == "" {
		i.tell(OK, "", "there are so few rows that it does not matter how they are read")
		return nil
	}
	cond := v.against(v.bounds(adapter.Walk{Lo: ext.Back}), "<", ext.Greatest)
	err = i.planned(ctx, v.page(cond, i.limits.PageSize+1), "window of a poll", fmt.Sprintf("an index on %s would help, and cursor.table where several tables are joined", v.columns[v.cursor].Name))
	if err != nil || i.def.Recipients.Query == "" {
		return err
	}
	return i.partiesPlan(ctx, adapter.Walk{Lo: ext.Back})
}

// partiesPlan has the database say how it would find the recipients of the cases of a page.
func (i *inspection) partiesPlan(ctx context.Context, from adapter.Walk) error {
	parties, err := i.recipientsView(ctx)
	if err != nil {
		return nil // told with the columns
	}
	page, err := i.Read(ctx, from)
	if err != nil {
		return err
	}
	defer i.about(i.def.Recipients.QueryAt)()
	cases := make([]adapter.Key, 0, keysPerStatement)
	for _, row := range page.Rows[:min(len(page.Rows), keysPerStatement)] {
		if row.Case != "" && !slices.Contains(cases, row.Case) {
			cases = append(cases, row.Case)
		}
	}
	if len(cases) == 0 {
		return nil
	}
	err = i.planned(ctx, parties.among(parties.kase, cases, perKey*keysPerStatement+1), "question for recipients",
		fmt.Sprintf("an index by which %s of recipients.query is found would help", parties.columns[parties.kase].Name))
	if unsupported(err) {
		i.tell(Info, "of a view it is told only to who may see what that reads", "how recipients would be found could not be looked up: %s", i.dia.text(err))
		return nil
	}
	return err
}

// planned tells which tables a statement reads whole. Small ones do not matter.
func (i *inspection) planned(ctx context.Context, st statement, what, hint string) error {
	scans, err := i.dia.inspect.scans(i, ctx, st)
	if err != nil {
		return err
	}
	whole, ways := false, ""
	for _, s := range scans {
		switch {
		case s.index != "" && ways == "":
			ways = ": " + s.table + " by " + s.index
		case s.index != "":
			ways += ", " + s.table + " by " + s.index
		case s.rows > 0 && s.rows < 10*float64(i.limits.PageSize):
		default:
			whole = true
			about := ""
			if s.rows > 0 {
				about = fmt.Sprintf(", of about %.0f rows,", s.rows)
			}
			i.tell(Warning, hint+"; DISTINCT, GROUP BY and UNION have the whole query made first", "every %s reads %s%s whole", what, s.table, about)
		}
	}
	if !whole {
		i.tell(OK, "", "a %s reads no large table whole%s", what, ways)
	}
	return nil
}

// mysqlScans reads EXPLAIN, whose columns have other places in each product.
func mysqlScans(i *inspection, ctx context.Context, st statement) (scans []scan, err error) {
	names, rows, err := i.table(ctx, statement{"EXPLAIN " + st.sql, st.args})
	if unsupported(err) {
		return nil, fmt.Errorf("the query reads a view, and the login lacks the right SHOW VIEW on it: %w", err)
	}
	for _, row := range rows {
		var s scan
		kind := ""
		for at, name := range names {
			switch strings.ToLower(name) {
			case "table":
				s.table = row[at]
			case "key":
				s.index = row[at]
			case "type":
				kind = strings.ToLower(row[at])
			case "rows":
				s.rows, _ = strconv.ParseFloat(row[at], 64) // empty where nothing is read
			}
		}
		if kind == "all" || kind == "index" { // the latter: all of an index
			s.index = ""
		}
		if s.table != "" && kind != "" {
			scans = append(scans, s)
		}
	}
	return scans, err
}

// postgresNode is a node of a plan in JSON.
type postgresNode struct {
	Type   string  `json:"Node Type"`
	Table  string  `json:"Relation Name"`
	Schema string  `json:"Schema"`
	Index  string  `json:"Index Name"`
	Rows   float64 `json:"Plan Rows"`
	Plans  []postgresNode
}

// postgresPlans gives the topmost nodes of a statement's plan.
func (i *inspection) postgresPlans(ctx context.Context, st statement) ([]postgresNode, error) {
	text, err := i.text(ctx, statement{"EXPLAIN (VERBOSE, FORMAT JSON) " + st.sql, st.args})
	if err != nil {
		return nil, err
	}
	var plans []struct{ Plan postgresNode }
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		return nil, fmt.Errorf("the plan cannot be read: %w", err)
	}
	nodes := make([]postgresNode, len(plans))
	for at := range plans {
		nodes[at] = plans[at].Plan
	}
	return nodes, nil
}

func postgresScans(i *inspection, ctx context.Context, st statement) (scans []scan, err error) {
	nodes, err := i.postgresPlans(ctx, st)
	for _, n := range nodes {
		if scans, err = n.scans(ctx, i, scans); err != nil {
			return nil, err
		}
	}
	return scans, err
}

// scans collects what a node and those below it read. The rows of a table that is read
// whole are those that it has, as the plan counts only those that pass its conditions.
func (n postgresNode) scans(ctx context.Context, i *inspection, scans []scan) ([]scan, error) {
	var err error
	switch {
	case n.Type == "Seq Scan":
		size, err := i.text(ctx, statement{"SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = to_regclass(" + numberedMark + "::text)", []any{i.dia.name(n.Schema) + "." + i.dia.name(n.Table)}})
		if err != nil {
			return nil, err
		}
		rows, _ := strconv.ParseFloat(string(size), 64) // empty: a table that we cannot see, whose estimate is all there is
		scans = append(scans, scan{table: n.Table, rows: max(rows, n.Rows, 1)})
	case n.Index != "":
		scans = append(scans, scan{table: n.Table, index: n.Index, rows: n.Rows})
	}
	for _, child := range n.Plans {
		if scans, err = child.scans(ctx, i, scans); err != nil {
			return nil, err
		}
	}
	return scans, nil
}

// sqliteScans reads EXPLAIN QUERY PLAN, which has a line of text for each table.
func sqliteScans(i *inspection, ctx context.Context, st statement) (scans []scan, err error) {
	_, rows, err := i.table(ctx, statement{"EXPLAIN QUERY PLAN " + st.sql, st.args})
	for _, row := range rows {
		words := strings.Fields(row[len(row)-1])
		switch {
		case len(words) < 2 || words[1] == "CONSTANT":
		case words[0] == "SCAN":
			scans = append(scans, scan{table: words[1]})
		case words[0] == "SEARCH":
			_, index, _ := strings.Cut(strings.Join(words, " "), " USING ")
			index, _, _ = strings.Cut(index, " (")
			scans = append(scans, scan{table: words[1], index: index})
		}
	}
	return scans, err
}
