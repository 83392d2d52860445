package tdstest

import (
	"slices"
	"strings"
)

// selection is a SELECT taken apart.
type selection struct {
	from    *source // nil: no FROM
	items   []item
	counted bool // COUNT(*) is the only item
	where   *node
	order   []order
	top     int // -1: all
	skip    int
}

// source is what a FROM names: a table, or a SELECT in parentheses.
type source struct {
	names []string
	kinds []kind
	rows  func() [][]any
	order func(column int) sorted // of the rows of a table; nil: of no known order
}

type item struct {
	node
	name string
}

type order struct {
	node
	descending bool
}

// syntaxError is a statement of another shape than those that are known.
type syntaxError string

func (e syntaxError) Error() string { return "of no known shape at " + string(e) }

// parser takes a SELECT apart.
type parser struct {
	db     *Database
	sql    string
	tokens []lexed
	params map[string]Param
	from   *source
}

func (d *Database) parseSelect(q Query) *selection {
	sql := q.SQL
	for {
		at := settingPattern.FindStringIndex(sql)
		if at == nil {
			break
		}
		sql = sql[at[1]:]
	}
	p := &parser{db: d, sql: sql, params: map[string]Param{}}
	p.tokens = lex(sql)
	for _, param := range q.Params {
		p.params[strings.ToLower(param.Name)] = param
	}
	return p.selection()
}

func (p *parser) peek() string { return strings.ToUpper(p.tokens[0].text) }

func (p *parser) next() string {
	text := p.tokens[0].text
	if text != "" {
		p.tokens = p.tokens[1:]
	}
	return text
}

// accept takes words if they come next.
func (p *parser) accept(words ...string) bool {
	for i, word := range words {
		if i >= len(p.tokens) || !strings.EqualFold(p.tokens[i].text, word) {
			return false
		}
	}
	p.tokens = p.tokens[len(words):]
	return true
}

func (p *parser) expect(word string) {
	if !p.accept(word) {
		p.fail()
	}
}

func (p *parser) fail() {
	panic(syntaxError(p.sql[p.tokens[0].at:]))
}

func (p *parser) selection() *selection {
	s := &selection{top: -1}
	p.expect("SELECT")
	if p.accept("TOP") {
		s.top = p.count()
	}
	// FROM comes behind the list but says what its columns are.
	list := p.tokens
	for depth := 0; p.peek() != "" && (depth > 0 || p.peek() != "FROM"); {
		switch p.next() {
		case "(":
			depth++
		case ")":
			depth--
		}
	}
	if p.accept("FROM") {
		p.source()
	}
	rest := p.tokens
	p.tokens = list
	p.items(s)
	p.tokens = rest
	s.from = p.from
	if p.accept("WHERE") {
		where := p.or()
		s.where = &where
	}
	p.ordered(s)
	if p.accept("OPTION") {
		for p.next() != ")" {
		}
	}
	p.accept(";")
	if p.peek() != "" {
		p.fail()
	}
	return s
}

// source reads a FROM: a query in parentheses or a name, then perhaps an alias.
func (p *parser) source() {
	at := p.tokens[0].at
	var text string
	var inner *parser
	if p.accept("(") {
		inner = p.inner()
		text = p.sql[at+1 : inner.tokens[len(inner.tokens)-1].at]
	} else {
		for text = p.next(); p.accept("."); {
			text += "." + p.next()
		}
	}
	switch table := p.db.table(text); {
	case table != nil:
		p.from = &source{kinds: table.kinds, rows: table.snapshot, order: table.order}
		for _, col := range table.Columns {
			p.from.names = append(p.from.names, col.Name)
		}
	case inner != nil:
		s := inner.selection()
		p.from = &source{rows: s.run}
		for _, item := range s.items {
			p.from.names, p.from.kinds = append(p.from.names, item.name), append(p.from.kinds, item.k)
		}
	default:
		panic(syntaxError("FROM " + text))
	}
	p.accept("AS")
	switch p.peek() {
	case "", "WHERE", "ORDER", "OPTION", "GROUP", ";":
	default:
		p.next()
	}
}

// inner is a parser of what stands before the parenthesis that closes, which is taken.
func (p *parser) inner() *parser {
	begin := p.tokens
	for depth := 1; depth > 0; {
		switch p.next() {
		case "(":
			depth++
		case ")":
			depth--
		case "":
			p.fail()
		}
	}
	tokens := slices.Clone(begin[:len(begin)-len(p.tokens)])
	tokens[len(tokens)-1].text = ""
	return &parser{db: p.db, sql: p.sql, tokens: tokens, params: p.params}
}

func (p *parser) items(s *selection) {
	for {
		switch {
		case p.accept("*") || p.accept("q", ".", "*"):
			if p.from == nil {
				p.fail()
			}
			for i, name := range p.from.names {
				s.items = append(s.items, item{p.column(i), name})
			}
		case p.accept("COUNT", "(", "*", ")"):
			s.counted = true
			s.items = append(s.items, item{node: constant(typeOf("int", 0), nil)})
		default:
			n := p.or()
			name := n.name
			p.accept("AS")
			switch p.peek() {
			case ",", "FROM", "", ";":
			default:
				name = unquote(p.next())
			}
			s.items = append(s.items, item{n, name})
		}
		if !p.accept(",") {
			break
		}
	}
	if next := p.peek(); next != "FROM" && next != "" && next != ";" {
		p.fail()
	}
}

func (p *parser) ordered(s *selection) {
	if !p.accept("ORDER", "BY") {
		return
	}
	for more := true; more; more = p.accept(",") {
		by := order{node: p.or()}
		if by.descending = p.accept("DESC"); !by.descending {
			p.accept("ASC")
		}
		s.order = append(s.order, by)
	}
	if !p.accept("OFFSET") {
		return
	}
	s.skip = p.count()
	if !p.accept("ROWS") {
		p.expect("ROW")
	}
	if p.accept("FETCH") {
		p.next()
		s.top = p.count()
		p.next()
		p.expect("ONLY")
	}
}

// count is a number of rows: of digits or a parameter, perhaps in parentheses.
func (p *parser) count() int {
	n := p.primary()
	value, ok := integer(n.eval(nil))
	if !ok {
		p.fail()
	}
	return int(value)
}

func unquote(name string) string {
	if strings.HasPrefix(name, "[") {
		return strings.ReplaceAll(name[1:len(name)-1], "]]", "]")
	}
	return name
}
