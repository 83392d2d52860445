package sources

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, a sign or a quoted thing of a query, at the nesting depth of
// parentheses that it stands in.
type token struct {
	text   string // words in upper case; "" for strings and quoted names
	depth  int
	offset int // in bytes
	end    int // the offset behind it
}

// syntax is how dialects differ in what is text and what is SQL.
type syntax struct {
	backslash bool // escapes in strings
	hash      bool // begins a comment, and -- only does before white space
	tsql      bool // comments nest, names begin with @ and # too, and ` does not quote
	postgres  bool // $tag$ … $tag$ is a string and $1 a parameter, comments nest, and only ' and " quote
}

// parameter is the text of a token that stands for a parameter.
const parameter = "$n"

// unclosed is the text of a token for a string, a quoted name or a comment that has no
// end. No word is written in small letters.
const unclosed = "unclosed"

// lex splits a query into tokens, leaving out comments. It knows no grammar: just
// enough to tell what is text and what is SQL.
func (s syntax) lex(query string) []token {
	var tokens []token
	depth, end := 0, len(query)
	query += "\n" // what takes this too has no end
	for i, size := 0, 0; i < end; i += size {
		if size = s.skipped(query[i:]); size > 0 {
			if i+size > end && strings.HasPrefix(query[i:], "/*") {
				tokens = append(tokens, token{unclosed, depth, i, end})
			}
			continue
		}
		text := ""
		r, width := utf8.DecodeRuneInString(query[i:])
		switch {
		case r == '\'' || r == '"' || r == '`' && !s.tsql && !s.postgres || r == '[' && !s.postgres:
			size = quotedSize(query[i:], s.backslash || s.escaped(tokens, i))
		case r == '$' && s.postgres:
			text, size = dollar(query[i:])
		case r == '@' && s.tsql:
			text, size = variable(query[i:])
		case r == '_' || r == '#' && s.tsql || unicode.IsLetter(r) || unicode.IsDigit(r):
			size = strings.IndexFunc(query[i:], func(r rune) bool {
				return r != '_' && r != '$' && !(s.tsql && (r == '#' || r == '@')) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
			})
			text = strings.ToUpper(query[i : i+size])
		default:
			text, size = string(r), width
		}
		if i+size > end {
			text, size = unclosed, end-i
		}
		if text == ")" {
			depth--
		}
		tokens = append(tokens, token{text, depth, i, i + size})
		if text == "(" {
			depth++
		}
	}
	return tokens
}

// skipped is the size of the white space or comment that a text begins with. A
// MySQL comment with code in it, /*! … */, is no comment.
func (x syntax) skipped(s string) int {
	switch {
	case strings.HasPrefix(s, "--") && (!x.hash || len(s) == 2 || s[2] <= ' '), x.hash && strings.HasPrefix(s, "#"):
		if end := strings.IndexByte(s, '\n'); end >= 0 {
			return end + 1
		}
		return len(s)
	case (x.postgres || x.tsql) && strings.HasPrefix(s, "/*"):
		return nestedSize(s)
	case strings.HasPrefix(s, "/*") && !strings.HasPrefix(s, "/*!") && !strings.HasPrefix(s, "/*M!"):
		if end := strings.Index(s[2:], "*/"); end >= 0 {
			return end + 4
		}
		return len(s)
	}
	return len(s) - len(strings.TrimLeft(s, " \t\r\n\f\v"))
}

// quotedSize is the size of the string or quoted name that a text begins with. The
// quote doubled does not end it, nor does one behind a backslash in a string where
// that escapes.
func quotedSize(s string, backslash bool) int {
	closing := s[0]
	if closing == '[' {
		closing = ']'
	}
	for i := 1; i < len(s); i++ {
		switch {
		case backslash && s[i] == '\\' && (closing == '\'' || closing == '"'):
			i++
		case s[i] == closing && i+1 < len(s) && s[i+1] == closing:
			i++
		case s[i] == closing:
			return i + 1
		}
	}
	return len(s)
}
