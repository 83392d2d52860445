package sources

import (
	"fmt"
	"slices"
	"strings"

	"arendebrygga/adapter"
)

// fault is a word or a run of words that a wrapped query must not have, and what to
// do instead. A fault counts at the top level only, unless it is deep.
type fault struct {
	words   string
	deep    bool
	first   bool // only as the query's first word
	message string
	hint    string
}

const (
	boundsHint = "take it away: the adapter adds its own bounds and order around the query"
	readsHint  = "take it away: the adapter only reads"
)

// locks is a word by which who writes would have to wait for us, at any depth.
func locks(words, what string) fault {
	return fault{words: words, deep: true, message: "the query locks " + what + " with " + words, hint: readsHint}
}

var faults = []fault{
	{words: ";", deep: true, message: "the query has a semicolon", hint: "give one SELECT, without a semicolon"},
	{words: "WITH", first: true, message: "the query begins with WITH", hint: "make the common table expression a subselect, or a view in the database"},
	{words: "ORDER BY", message: "the query has an ORDER BY", hint: boundsHint},
	{words: "LIMIT", message: "the query has a LIMIT", hint: boundsHint},
	{words: "OFFSET", message: "the query has an OFFSET", hint: boundsHint},
	{words: "FETCH FIRST", message: "the query has a FETCH FIRST", hint: boundsHint},
	{words: "FETCH NEXT", message: "the query has a FETCH NEXT", hint: boundsHint},
	locks("FOR UPDATE", "rows"), locks("FOR SHARE", "rows"), locks("FOR NO KEY UPDATE", "rows"), locks("FOR KEY SHARE", "rows"), locks("LOCK IN SHARE MODE", "rows"),
	{words: "TABLESAMPLE", deep: true, message: "the query gives only some of the rows, with TABLESAMPLE", hint: "take it away: rows that are left out by chance would be published late or never"},
	{words: "INTO OUTFILE", deep: true, message: "the query writes with INTO OUTFILE", hint: "give a SELECT that only reads"},
	{words: "INTO DUMPFILE", deep: true, message: "the query writes with INTO DUMPFILE", hint: "give a SELECT that only reads"},
	{words: "INTO", message: "the query writes with INTO", hint: "give a SELECT that only reads"},
	{words: "PROCEDURE", message: "the query has a PROCEDURE", hint: "give a SELECT that only reads"},
	{words: parameter, deep: true, message: "the query has a parameter", hint: "write the value itself: the adapter adds parameters of its own"},
	{words: unclosed, deep: true, message: "this string, name or comment does not end", hint: "close it: a quote by the same one, [ by ], /* by */"},
	{words: "/ * !", deep: true, message: "the query has a comment with code in it", hint: "write the code without /*! */, or leave it out"},
	{words: "/ * M !", deep: true, message: "the query has a comment with code in it", hint: "write the code without /*M! */, or leave it out"},
}

// Check finds the mistakes in a definition's queries and kind that can be seen
// without a database, all of them at once. Those of a query stand where it says what is
// wrong, with its line as the excerpt.
func Check(def *adapter.Definition) adapter.Problems {
	var problems adapter.Problems
	if dialects()[def.Kind] == nil {
		problems = append(problems, adapter.Problem{At: def.At, Message: fmt.Sprintf("kind %q is not known", def.Kind), Hint: kindHint(def.Kind)})
	}
	problems = append(problems, checkQuery(def, "events.query", def.Query, def.QueryAt)...)
	if def.Recipients.Query != "" {
		problems = append(problems, checkQuery(def, "recipients.query", def.Recipients.Query, def.Recipients.QueryAt)...)
	}
	if dia := dialects()[def.Kind]; dia != nil && dia.active == "" && def.Cursor.Kind == adapter.CursorRowversion {
		problems = append(problems, adapter.Problem{At: def.At, Message: "kind " + def.Kind + " has no cursor of kind rowversion", Hint: "id, time or none"})
	}
	problems = append(problems, checkCursor(def, "", def.Columns, def.Cursor)...)
	return append(problems, checkCursor(def, "recipients.", def.Recipients.Columns, def.Recipients.Cursor)...)
}

// checkTable finds the first thing in a table's name that is none outside of quotes: such
// a name would be quoted whole, and no table found by it.
func checkTable(def *adapter.Definition, key, name string) adapter.Problems {
	for _, t := range syntaxOf(def.Kind).lex(name) {
		if t.text == unclosed || t.text != "" && strings.Contains(";(),='", t.text) {
			return adapter.Problems{{
				At:      def.At,
				Message: fmt.Sprintf("%s: %q cannot stand in the name of a table", key, name[t.offset:t.end]),
				Hint:    "the name alone, perhaps with its schema before it: dbo.arkHandelse; in the quotes of the database if it has other signs",
			}}
		}
	}
	return nil
}

// syntaxOf is that of a kind, or what all have in common of one that is not known.
func syntaxOf(kind string) syntax {
	if dia := dialects()[kind]; dia != nil {
		return dia.syntax
	}
	return syntax{}
}

func kindHint(kind string) string {
	switch strings.ToLower(kind) {
	case "sqlserver", "sql server":
		return "write mssql"
	case "mariadb":
		return "write mysql: it is for MariaDB too"
	case "postgresql":
		return "write postgres"
	}
	return "one of " + strings.Join(Kinds(), ", ")
}

// checkCursor finds a cursor that is declared as what its kind cannot be, or whose table
// is none. Of the events query it is just called the cursor, so under is empty.
func checkCursor(def *adapter.Definition, under string, columns adapter.Columns, rule adapter.CursorRule) adapter.Problems {
	problems := checkTable(def, under+"cursor.table", rule.Table)
	i := columns.Index(rule.Column)
	if i < 0 {
		return problems // told by the configuration, which knows where it stands
	}
	col := columns[i]
	fits := map[adapter.CursorKind][]adapter.ColumnType{
		adapter.CursorID:         {adapter.Int, adapter.Decimal},
		adapter.CursorTime:       {adapter.Time, adapter.Date},
		adapter.CursorRowversion: {adapter.Bytes},
	}[rule.Kind]
	if fits == nil || slices.Contains(fits, col.Type) {
		return problems
	}
	words := make([]string, len(fits))
	for i, fit := range fits {
		words[i] = string(fit)
	}
	return append(problems, adapter.Problem{
		At:      def.At,
		Message: fmt.Sprintf("%scursor column %s is declared as %s, which a cursor of kind %s cannot be", under, col.Name, col.Type, rule.Kind),
		Hint:    fmt.Sprintf("declare it as %s, or name another column", strings.Join(words, " or ")),
	})
}

func checkQuery(def *adapter.Definition, key, query string, at adapter.Position) adapter.Problems {
	syntax := syntaxOf(def.Kind)
	tokens := syntax.lex(query)
	if len(tokens) == 0 {
		return adapter.Problems{{At: def.At, Message: key + " is empty", Hint: "give a SELECT"}}
	}
	var problems adapter.Problems
	report := func(offset int, message, hint string) {
		place := def.At
		if at.Line > 0 {
			place = at.Along(query, offset)
		}
		problems = append(problems, adapter.Problem{At: place, Message: key + ": " + message, Excerpt: excerpt(query, offset), Hint: hint})
	}
	if first := tokens[0].text; first != "SELECT" && first != "(" && first != "WITH" {
		report(tokens[0].offset, "the query does not begin with SELECT", "give a SELECT that only reads")
	}
	if i, found := unmatched(tokens); found {
		report(tokens[i].offset, "this parenthesis has no counterpart", "close it, or take it away")
	}
	for i := range tokens {
		f := faultAt(faults, tokens, i)
		if f == nil && syntax.tsql {
			f = faultAt(tsqlFaults, tokens, i)
		}
		if f != nil {
			report(tokens[i].offset, f.message, f.hint)
		}
	}
	return problems
}

// unmatched finds a parenthesis that lacks the other one.
func unmatched(tokens []token) (index int, found bool) {
	var opened []int
	for i := range tokens {
		switch {
		case tokens[i].text == "(":
			opened = append(opened, i)
		case tokens[i].text == ")" && len(opened) == 0:
			return i, true
		case tokens[i].text == ")":
			opened = opened[:len(opened)-1]
		}
	}
	if len(opened) == 0 {
		return 0, false
	}
	return opened[0], true
}

// faultAt is the fault that begins at a token, if any.
func faultAt(faults []fault, tokens []token, i int) *fault {
	for k := range faults {
		f := &faults[k]
		if f.first && i > 0 || !f.deep && tokens[i].depth > 0 {
			continue
		}
		if after(tokens, i, ".") || !matches(tokens[i:], strings.Fields(f.words)) || asName(tokens, i) {
			continue
		}
		return f
	}
	return nil
}

func matches(tokens []token, words []string) bool {
	return len(tokens) >= len(words) &&
		slices.EqualFunc(tokens[:len(words)], words, func(t token, w string) bool { return t.text == w })
}

// asName tells whether a word stands where only a name can: after AS or before a
// dot. Some databases allow words such as OFFSET as names.
func asName(tokens []token, i int) bool {
	return after(tokens, i, "AS") || i+1 < len(tokens) && tokens[i+1].text == "."
}

func after(tokens []token, i int, text string) bool { return i > 0 && tokens[i-1].text == text }

// excerpt is the line that holds an offset, with a caret under it.
func excerpt(query string, offset int) string {
	begin := strings.LastIndexByte(query[:offset], '\n') + 1
	line, _, _ := strings.Cut(query[begin:], "\n")
	before := query[begin:offset]
	indent := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, before)
	return strings.TrimRight(line, "\r") + "\n" + indent + "^"
}
