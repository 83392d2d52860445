package sources

import (
	"regexp"
	"strings"
)

// dollarQuote begins a string that ends with the same again; the tag may be empty.
var dollarQuote = regexp.MustCompile(`^\$([A-Za-z_\x{80}-\x{10FFFF}][0-9A-Za-z_\x{80}-\x{10FFFF}]*)?\$`)

// dollar reads what begins with a dollar sign: a string, a parameter or the sign.
func dollar(s string) (text string, size int) {
	if tag := dollarQuote.FindString(s); tag != "" {
		if end := strings.Index(s[len(tag):], tag); end >= 0 {
			return "", len(tag) + end + len(tag)
		}
		return "", len(s)
	}
	if digits := len(s[1:]) - len(strings.TrimLeft(s[1:], "0123456789")); digits > 0 {
		return parameter, 1 + digits
	}
	return "$", 1
}

// escaped tells whether the quote at an offset begins a string with backslashes, as
// an E directly before it says.
func (x syntax) escaped(tokens []token, offset int) bool {
	n := len(tokens)
	return x.postgres && n > 0 && tokens[n-1].text == "E" && tokens[n-1].offset == offset-1
}

// nestedSize is the size of the comment that a text begins with, and of those in it.
func nestedSize(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "/*"):
			depth++
			i++
		case strings.HasPrefix(s[i:], "*/"):
			depth--
			i++
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(s)
}
