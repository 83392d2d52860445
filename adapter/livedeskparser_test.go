package adapter_test

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// deskParser understands a statement that writes.
type deskParser struct {
	desk   *desk
	tokens []string
	draw   func() uint64 // the next row version
}

// deskError is a statement that is not understood.
type deskError string

var deskTokens = regexp.MustCompile(`'[^']*'|-?\d+|\w+|[^\s]`)

func (p *deskParser) next() string {
	if len(p.tokens) == 0 {
		panic(deskError("the statement ends too early"))
	}
	token := p.tokens[0]
	p.tokens = p.tokens[1:]
	return token
}

func (p *deskParser) accept(words ...string) bool {
	for i, word := range words {
		if i >= len(p.tokens) || !strings.EqualFold(p.tokens[i], word) {
			return false
		}
	}
	p.tokens = p.tokens[len(words):]
	return true
}

func (p *deskParser) expect(words ...string) {
	if !p.accept(words...) {
		panic(deskError("not understood at " + strings.Join(p.tokens, " ")))
	}
}

// statement gives what a statement changes. Identities and row versions are drawn now,
// as in a transaction that commits later.
func (p *deskParser) statement() (change func()) {
	switch {
	case p.accept("CREATE", "TABLE"):
		name := p.next()
		return func() { p.desk.tables[name] = p.table() }
	case p.accept("CREATE", "INDEX"), p.accept("DROP", "INDEX"), p.accept("SET", "IDENTITY_INSERT"):
		return func() {}
	case p.accept("SELECT", "*", "INTO"):
		to := p.next()
		p.expect("FROM")
		from := p.known(p.next())
		return func() { p.desk.tables[to] = &deskTable{columns: from.columns, rows: slices.Clone(from.rows)} }
	case p.accept("INSERT", "INTO"):
		return p.insert(p.known(p.next()))
	case p.accept("UPDATE"):
		return p.update(p.known(p.next()))
	case p.accept("DELETE", "FROM"):
		table := p.known(p.next())
		where := p.where()
		return func() { table.rows = slices.DeleteFunc(slices.Clone(table.rows), where) }
	case p.accept("EXEC", "sp_rename"):
		table, old, column := strings.Cut(unquoted(p.next()), ".")
		p.expect(",")
		name := unquoted(p.next())
		if column {
			return func() { p.known(table).rename(old, name) }
		}
		return func() { p.desk.tables[name] = p.known(table); delete(p.desk.tables, table) }
	}
	p.expect("ALTER", "TABLE")
	return p.alter(p.known(p.next()))
}

func (p *deskParser) known(name string) *deskTable {
	if table := p.desk.tables[name]; table != nil {
		return table
	}
	panic(deskError("there is no table " + name))
}

func unquoted(token string) string { return strings.Trim(token, "'") }

func (p *deskParser) literal() any {
	token := p.next()
	if strings.EqualFold(token, "NULL") {
		return nil
	}
	if n, err := strconv.ParseInt(token, 10, 64); err == nil {
		return n
	}
	return unquoted(token)
}

// names reads what stands in parentheses.
func (p *deskParser) names() (names []string) {
	for p.expect("("); ; p.expect(",") {
		if names = append(names, p.next()); p.accept(")") {
			return names
		}
	}
}

func (p *deskParser) table() *deskTable {
	table := &deskTable{}
	for p.expect("("); ; p.expect(",") {
		if table.columns = append(table.columns, p.column()); p.accept(")") {
			return table
		}
	}
}

func (p *deskParser) column() deskColumn {
	c := deskColumn{name: p.next(), typ: strings.ToLower(p.next())}
	if p.accept("(") {
		c.typ += "(" + p.next() + ")"
		p.expect(")")
	}
	for {
		switch {
		case p.accept("NOT", "NULL"), p.accept("PRIMARY", "KEY"):
			c.notNull = true
		case p.accept("NULL"):
			c.notNull = false
		case p.accept("IDENTITY", "(", "1", ",", "1", ")"):
			c.identity = true
		case p.accept("CONSTRAINT"):
			p.next()
		case p.accept("DEFAULT"):
			c.value = p.literal()
		default:
			return c
		}
	}
}

func (p *deskParser) insert(table *deskTable) func() {
	var names []string
	for _, c := range table.columns {
		names = append(names, c.name)
	}
	if p.tokens[0] == "(" {
		names = p.names()
	}
	var rows []map[string]any
	if p.accept("SELECT") {
		for !p.accept("FROM") {
			p.next() // the same columns
		}
		for _, row := range p.known(p.next()).rows {
			rows = append(rows, maps.Clone(row))
		}
	} else {
		p.expect("VALUES")
		for more := true; more; more = p.accept(",") {
			rows = append(rows, p.values(table, names))
		}
	}
	for _, row := range rows {
		for _, c := range table.columns {
			if n, given := row[c.name].(int64); c.identity && given {
				table.last = max(table.last, n)
			} else if c.identity {
				table.last++
				row[c.name] = table.last
			}
			if c.typ == "rowversion" {
				row[c.name] = p.draw()
			}
		}
	}
	return func() { table.rows = append(table.rows, rows...) }
}

func (p *deskParser) values(table *deskTable, names []string) map[string]any {
	row := map[string]any{}
	for _, c := range table.columns {
		row[c.name] = c.value
	}
	p.expect("(")
	for i, name := range names {
		if row[name] = p.literal(); i < len(names)-1 {
			p.expect(",")
		}
	}
	p.expect(")")
	return row
}

func (p *deskParser) update(table *deskTable) func() {
	p.expect("SET")
	set := map[string]any{}
	for more := true; more; more = p.accept(",") {
		name := p.next()
		p.expect("=")
		set[name] = p.literal()
	}
	for _, c := range table.columns {
		if c.typ == "rowversion" {
			set[c.name] = p.draw()
		}
	}
	where := p.where()
	return func() {
		table.rows = slices.Clone(table.rows)
		for i, row := range table.rows {
			if where(row) {
				table.rows[i] = maps.Clone(row)
				maps.Copy(table.rows[i], set)
			}
		}
	}
}

func (p *deskParser) where() func(map[string]any) bool {
	if !p.accept("WHERE") {
		return func(map[string]any) bool { return true }
	}
	name := p.next()
	p.expect("=")
	value := p.literal()
	return func(row map[string]any) bool { return row[name] == value }
}

func (p *deskParser) alter(table *deskTable) func() {
	at := func(name string) int {
		return slices.IndexFunc(table.columns, func(c deskColumn) bool { return c.name == name })
	}
	switch {
	case p.accept("ADD", "CONSTRAINT"):
		p.next()
		p.expect("DEFAULT")
		value := p.literal()
		p.expect("FOR")
		name := p.next()
		return func() { table.columns[at(name)].value = value }
	case p.accept("ADD"):
		c := p.column()
		return func() {
			table.columns = append(table.columns, c)
			for _, row := range table.rows {
				if row[c.name] = c.value; c.typ == "rowversion" {
					row[c.name] = p.draw()
				}
			}
		}
	case p.accept("ALTER", "COLUMN"):
		c := p.column()
		return func() {
			c.value = table.columns[at(c.name)].value
			table.columns[at(c.name)] = c
		}
	}
	p.expect("DROP", "CONSTRAINT")
	p.next()
	if !p.accept(",", "COLUMN") {
		return func() {}
	}
	name := p.next()
	return func() { table.columns = slices.Delete(slices.Clone(table.columns), at(name), at(name)+1) }
}

func (t *deskTable) rename(old, name string) {
	t.columns = slices.Clone(t.columns)
	for i := range t.columns {
		if t.columns[i].name == old {
			t.columns[i].name = name
		}
	}
	for _, row := range t.rows {
		row[name] = row[old]
		delete(row, old)
	}
}
