package tdstest

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
)

// node is an expression: its type, and its value for a row.
type node struct {
	k      kind
	eval   func(row []any) any // nil is NULL, or unknown
	name   string              // of a column
	binary bool                // text under a binary collation

	column int    // index of a column, and one more; 0: another expression
	fixed  bool   // the same for every row
	bound  *bound // of a comparison of a column with what is fixed
	terms  []node // of AND
}

func constant(k kind, value any) node {
	return node{k: k, fixed: true, eval: func([]any) any { return value }}
}

func typeOf(name string, size int) kind {
	k := kinds[name]
	k.name = name
	if size > 0 {
		k.size = size
	}
	return k
}

var boolean = typeOf("bit", 0)

func (p *parser) or() node {
	n := p.and()
	for p.accept("OR") {
		a, b := n, p.and()
		n = node{k: boolean, eval: func(row []any) any {
			x, y := a.eval(row), b.eval(row)
			if x == true || y == true {
				return true
			}
			if x == nil || y == nil {
				return nil
			}
			return false
		}}
	}
	return n
}

func (p *parser) and() node {
	n := p.not()
	for p.accept("AND") {
		a, b := n, p.not()
		terms := append(slices.Clone(a.terms), b)
		if len(terms) == 1 {
			terms = []node{a, b}
		}
		n = node{k: boolean, terms: terms, eval: func(row []any) any {
			x := a.eval(row)
			if x == false {
				return false
			}
			y := b.eval(row)
			if y == false {
				return false
			}
			if x == nil || y == nil {
				return nil
			}
			return true
		}}
	}
	return n
}

func (p *parser) not() node {
	if p.accept("NOT") {
		return negated(p.not())
	}
	return p.comparison()
}

func negated(n node) node {
	return node{k: boolean, eval: func(row []any) any {
		if b, known := n.eval(row).(bool); known {
			return !b
		}
		return nil
	}}
}

// holds tells of each operator which results of a comparison fulfil it.
var holds = map[string][3]bool{
	"<": {true, false, false}, "<=": {true, true, false}, "=": {false, true, false},
	">=": {false, true, true}, ">": {false, false, true}, "<>": {true, false, true}, "!=": {true, false, true},
}

func (p *parser) comparison() node {
	a := p.sum()
	switch {
	case p.accept("IS", "NOT", "NULL"):
		return node{k: boolean, eval: func(row []any) any { return a.eval(row) != nil }}
	case p.accept("IS", "NULL"):
		return node{k: boolean, eval: func(row []any) any { return a.eval(row) == nil }}
	case p.accept("NOT", "IN"):
		return negated(p.in(a))
	case p.accept("IN"):
		return p.in(a)
	case p.accept("BETWEEN"):
		lo := p.sum()
		p.expect("AND")
		hi := p.sum()
		return node{k: boolean, eval: func(row []any) any {
			x, y := compared(a, lo, holds[">="]).eval(row), compared(a, hi, holds["<="]).eval(row)
			return x == true && y == true
		}}
	}
	if results, known := holds[p.peek()]; known {
		p.next()
		return compared(a, p.sum(), results)
	}
	return a
}

func compared(a, b node, results [3]bool) node {
	n := node{k: boolean}
	if a.column > 0 && b.fixed && !b.binary && (isText(b.k) || !isText(a.k)) {
		n.bound = &bound{a.column - 1, b, results}
	}
	n.eval = func(row []any) any {
		x, y := a.eval(row), b.eval(row)
		if x == nil || y == nil {
			return nil
		}
		return results[1+compare(x, y, a.k, b.k, a.binary || b.binary)]
	}
	return n
}

func (p *parser) in(a node) node {
	p.expect("(")
	var among []node
	for more := true; more; more = p.accept(",") {
		among = append(among, compared(a, p.sum(), holds["="]))
	}
	p.expect(")")
	return node{k: boolean, eval: func(row []any) any {
		var unknown bool
		for _, n := range among {
			switch n.eval(row) {
			case true:
				return true
			case nil:
				unknown = true
			}
		}
		if unknown {
			return nil
		}
		return false
	}}
}

func (p *parser) sum() node {
	n := p.primary()
	for p.peek() == "+" || p.peek() == "-" {
		minus := p.next() == "-"
		n = added(n, p.primary(), minus)
	}
	return n
}

// primary is what needs no parentheses.
func (p *parser) primary() node {
	n := p.simple()
	for p.accept("COLLATE") {
		n.binary, n.column = strings.Contains(strings.ToUpper(p.next()), "_BIN"), 0
	}
	return n
}

func (p *parser) simple() node {
	text := p.next()
	upper := strings.ToUpper(text)
	switch {
	case text == "(":
		if p.peek() == "SELECT" {
			return p.scalar()
		}
		n := p.or()
		p.expect(")")
		n.name = ""
		return n
	case text == "-":
		return added(constant(typeOf("int", 0), int64(0)), p.primary(), true)
	case strings.HasPrefix(upper, "N'"):
		return constant(typeOf("nvarchar", 8000), literal(text[1:]))
	case strings.HasPrefix(text, "'"):
		return constant(typeOf("varchar", 8000), literal(text))
	case strings.HasPrefix(upper, "0X"):
		b, _ := hex.DecodeString(text[2:])
		return constant(typeOf("varbinary", 8000), b)
	case text != "" && text[0] >= '0' && text[0] <= '9':
		return numeral(text)
	case upper == "@@DBTS":
		return constant(typeOf("binary", 8), p.db.last())
	case strings.HasPrefix(text, "@"):
		return p.param(text)
	case upper == "NULL":
		return constant(typeOf("int", 0), nil)
	case upper == "CASE":
		return p.cases()
	case p.peek() == "(" && !strings.HasPrefix(text, "["):
		return p.call(upper)
	case p.accept("."):
		text = p.next()
	}
	if p.from != nil {
		for i, name := range p.from.names {
			if strings.EqualFold(name, unquote(text)) {
				return p.column(i)
			}
		}
		if name := []rune(unquote(text)); len(name) > 0 && unicode.IsLetter(name[0]) {
			panic(&Error{Number: 207, State: 1, Message: "Invalid column name '" + string(name) + "'."})
		}
	}
	panic(syntaxError(text + p.sql[p.tokens[0].at:]))
}

func (p *parser) column(i int) node {
	return node{k: p.from.kinds[i], name: p.from.names[i], column: i + 1, eval: func(row []any) any { return row[i] }}
}

// scalar is a SELECT of one value, behind its opening parenthesis. It knows nothing of
// the row around it.
func (p *parser) scalar() node {
	s := p.inner().selection()
	return node{k: s.items[0].k, eval: func([]any) any {
		if rows := s.run(); len(rows) > 0 {
			return rows[0][0]
		}
		return nil
	}}
}

func literal(text string) string { return strings.ReplaceAll(text[1:len(text)-1], "''", "'") }

func (p *parser) param(name string) node {
	param, known := p.params[strings.ToLower(name)]
	if !known {
		panic(syntaxError(name))
	}
	k, err := parseType(param.Type)
	if err != nil {
		panic(syntaxError(param.Type))
	}
	return constant(k, param.Value)
}

// cases reads CASE WHEN … THEN … ELSE … END.
func (p *parser) cases() node {
	var when, then []node
	for p.accept("WHEN") {
		when = append(when, p.or())
		p.expect("THEN")
		then = append(then, p.or())
	}
	if len(then) == 0 {
		p.fail()
	}
	otherwise := constant(then[0].k, nil)
	if p.accept("ELSE") {
		otherwise = p.or()
	}
	p.expect("END")
	return node{k: then[0].k, eval: func(row []any) any {
		for i, n := range when {
			if n.eval(row) == true {
				return convert(then[i].eval(row), then[i].k, then[0].k, 0)
			}
		}
		return convert(otherwise.eval(row), otherwise.k, then[0].k, 0)
	}}
}
