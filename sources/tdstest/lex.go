package tdstest

import (
	"regexp"
	"slices"
	"strings"
)

var tokenPattern = regexp.MustCompile(`(?s)^(?:\s+|--[^\n]*|\[(?:[^\]]|\]\])*\]|N?'(?:[^']|'')*'|0[xX][0-9A-Fa-f]*|\d+(?:\.\d+)?|[@\pL_][@\pL\d_]*|<>|<=|>=|!=|.)`)

// lexed is a token and where it stands.
type lexed struct {
	text string
	at   int
}

// lex splits a statement into tokens, without comments; the last one is empty and stands
// at its end.
func lex(sql string) []lexed {
	var tokens []lexed
	for at := 0; at < len(sql); {
		text := tokenPattern.FindString(sql[at:])
		if strings.HasPrefix(sql[at:], "/*") {
			text = sql[at : at+comment(sql[at:])]
		} else if strings.TrimSpace(text) != "" && !strings.HasPrefix(text, "--") {
			tokens = append(tokens, lexed{text, at})
		}
		at += len(text)
	}
	return append(tokens, lexed{"", len(sql)})
}

// same tells whether two texts, a name in parts or a query, are of the same words: in
// brackets or not, in any case, with any comments.
func same(a, b string) bool {
	return slices.EqualFunc(lex(a), lex(b), func(x, y lexed) bool { return strings.EqualFold(unquote(x.text), unquote(y.text)) })
}

// comment is the size of the comment that a text begins with, and those inside it.
func comment(sql string) int {
	for at, depth := 0, 0; at < len(sql); {
		switch {
		case strings.HasPrefix(sql[at:], "/*"):
			at, depth = at+2, depth+1
		case strings.HasPrefix(sql[at:], "*/"):
			if at, depth = at+2, depth-1; depth == 0 {
				return at
			}
		default:
			at++
		}
	}
	panic(syntaxError(sql)) // as the server: Missing end comment mark
}
