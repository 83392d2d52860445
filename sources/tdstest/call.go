package tdstest

import (
	"strconv"
	"strings"
	"sync"
	"time"
)

// numeral is a number as it is written.
func numeral(text string) node {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		k := typeOf("int", 0)
		if n > 1<<31-1 {
			k = typeOf("bigint", 0)
		}
		return constant(k, n)
	}
	k := typeOf("decimal", 0)
	_, fraction, _ := strings.Cut(text, ".")
	k.prec, k.scale = 38, len(fraction)
	return constant(k, text)
}

// call is a function, with its opening parenthesis next.
func (p *parser) call(name string) node {
	p.expect("(")
	switch name {
	case "CAST", "TRY_CAST":
		n := p.or()
		p.expect("AS")
		to := p.typeName()
		p.expect(")")
		return converted(n, to, 0, name == "TRY_CAST")
	case "CONVERT", "TRY_CONVERT":
		to := p.typeName()
		p.expect(",")
		n, style := p.or(), 0
		if p.accept(",") {
			style = p.count()
		}
		p.expect(")")
		return converted(n, to, style, name == "TRY_CONVERT")
	case "DATEADD":
		unit := strings.ToLower(p.next())
		p.expect(",")
		args := p.args()
		return dateAdd(unit, args[0], args[1])
	}
	args := p.args()
	switch {
	case name == "SYSUTCDATETIME" || name == "GETUTCDATE" || name == "SYSDATETIME":
		return constant(typeOf("datetime2", 0), p.db.now())
	case name == "MIN_ACTIVE_ROWVERSION":
		return constant(typeOf("binary", 8), p.db.active())
	case (name == "COALESCE" || name == "ISNULL") && len(args) > 0:
		return node{k: args[0].k, eval: func(row []any) any {
			for _, n := range args {
				if value := n.eval(row); value != nil {
					return convert(value, n.k, args[0].k, 0)
				}
			}
			return nil
		}}
	case name == "IIF" && len(args) == 3:
		return node{k: args[1].k, eval: func(row []any) any {
			if args[0].eval(row) == true {
				return args[1].eval(row)
			}
			return convert(args[2].eval(row), args[2].k, args[1].k, 0)
		}}
	case name == "NULLIF" && len(args) == 2:
		same := compared(args[0], args[1], holds["="])
		return node{k: args[0].k, eval: func(row []any) any {
			if same.eval(row) == true {
				return nil
			}
			return args[0].eval(row)
		}}
	case texts[name] != nil && len(args) == 1:
		return node{k: varying(args[0].k), eval: func(row []any) any {
			if text, ok := args[0].eval(row).(string); ok {
				return texts[name](text)
			}
			return nil
		}}
	case name == "DATALENGTH" && len(args) == 1:
		return node{k: typeOf("int", 0), eval: func(row []any) any {
			if value := args[0].eval(row); value != nil {
				return int64(len(toBytes(value, args[0].k)))
			}
			return nil
		}}
	}
	panic(syntaxError(name + "(" + p.sql[p.tokens[0].at:]))
}

// args reads what stands before a closing parenthesis. A comparison may be among it,
// as in IIF.
func (p *parser) args() []node {
	var args []node
	if p.accept(")") {
		return nil
	}
	for more := true; more; more = p.accept(",") {
		args = append(args, p.or())
	}
	p.expect(")")
	return args
}

func (p *parser) typeName() kind {
	text := p.next()
	if p.peek() == "(" {
		for last := ""; last != ")"; {
			last = p.next()
			if text += last; last == "" {
				p.fail()
			}
		}
	} else if strings.HasSuffix(strings.ToLower(text), "char") || strings.HasSuffix(strings.ToLower(text), "binary") {
		text += "(30)" // the default in CAST and CONVERT
	}
	k, err := parseType(unquote(text))
	if err != nil {
		p.fail()
	}
	return k
}

// converted is CAST; with try it gives NULL where that cannot be.
func converted(n node, to kind, style int, try bool) node {
	eval := func(row []any) (value any) {
		if try {
			defer func() {
				if _, failed := recover().(*Error); failed {
					value = nil
				}
			}()
		}
		return convert(n.eval(row), n.k, to, style)
	}
	if n.fixed {
		each := eval
		once := sync.OnceValue(func() any { return each(nil) })
		eval = func([]any) any { return once() }
	}
	return node{k: to, binary: n.binary, fixed: n.fixed, eval: eval}
}

// texts are the functions of a text that give a text.
var texts = map[string]func(string) string{
	"LOWER": strings.ToLower,
	"UPPER": strings.ToUpper,
	"RTRIM": func(s string) string { return strings.TrimRight(s, " ") },
	"LTRIM": func(s string) string { return strings.TrimLeft(s, " ") },
	"TRIM":  func(s string) string { return strings.Trim(s, " ") },
}

// varying is the type of a function of text: of char it gives varchar, as it is not padded.
func varying(k kind) kind {
	switch k.name {
	case "char":
		return typeOf("varchar", k.size)
	case "nchar":
		return typeOf("nvarchar", k.size)
	}
	return k
}

// units of DATEADD.
var units = map[string]time.Duration{
	"day": 24 * time.Hour, "dd": 24 * time.Hour, "hour": time.Hour, "hh": time.Hour, "minute": time.Minute, "mi": time.Minute,
	"second": time.Second, "ss": time.Second, "millisecond": time.Millisecond, "ms": time.Millisecond,
	"microsecond": time.Microsecond, "mcs": time.Microsecond, "nanosecond": 1, "ns": 1,
}

func dateAdd(unit string, n, to node) node {
	one, known := units[unit]
	if !known {
		panic(syntaxError("DATEADD(" + unit))
	}
	if !timed(to.k) {
		to = converted(to, typeOf("datetime", 0), 0, false)
	}
	return node{k: to.k, eval: func(row []any) any {
		by, at := n.eval(row), to.eval(row)
		if by == nil || at == nil {
			return nil
		}
		count, ok := integer(by)
		if !ok || count != int64(int32(count)) {
			panic(&Error{Number: 8115, State: 2, Message: "Arithmetic overflow error converting expression to data type int."})
		}
		moved := at.(time.Time)
		if one >= time.Second { // a duration holds 292 years only
			moved = moved.AddDate(0, 0, int(count*int64(one/time.Second)/86400)).Add(time.Duration(count*int64(one/time.Second)%86400) * time.Second)
		} else {
			moved = moved.Add(time.Duration(count) * one)
		}
		if moved.Year() > 9999 || moved.Year() < 1 {
			panic(&Error{Number: 517, State: 1, Message: "Adding a value to a 'datetime' column caused an overflow."})
		}
		return convert(moved, to.k, to.k, 0)
	}}
}

// added is a sum or a difference of numbers, or texts put together.
func added(a, b node, minus bool) node {
	k := a.k
	if rank(b.k) > rank(a.k) {
		k = b.k
	}
	return node{k: k, eval: func(row []any) any {
		x, y := a.eval(row), b.eval(row)
		if x == nil || y == nil {
			return nil
		}
		if s, ok := x.(string); ok && rank(k) < rankGUID {
			t, _ := y.(string)
			return s + t
		}
		m, okX := asNumber(convert(x, a.k, k, 0))
		n, okY := asNumber(convert(y, b.k, k, 0))
		if !okX || !okY {
			panic(&Error{Number: 402, State: 1, Message: "The data types are incompatible in the add operator."})
		}
		if minus {
			n.Neg(n)
		}
		return convert(m.Add(m, n).FloatString(max(k.scale, 0)), typeOf("varchar", 8000), k, 0)
	}}
}
