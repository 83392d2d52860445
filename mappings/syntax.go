package mappings

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"arendebrygga/adapter"

	"github.com/goccy/go-yaml"
)

// plainYAML turns the YAML parser's words into those of who writes a text.
var plainYAML = []struct{ theirs, ours string }{
	{"map key-value is pre-defined", "something stands behind the end of the value"},
	{"mapping value is not allowed", "a key with a value cannot stand here"},
	{"value is not allowed", "this line does not fit to those before it"},
	{"non-map value is specified", "here should be a key, a colon, a blank and a value"},
	{"could not find flow map content", "a { here begins keys with values, not a text"},
	{"unexpected scalar value type", "a text cannot begin with this sign"},
	{"reserved character", "a text cannot begin with this sign"},
	{"invalid header option", "a text cannot begin with this sign"},
	{"block sequence entries are not allowed", "a list cannot begin behind a key on the same line"},
	{"found character '\t'", "a tab stands here"},
	{"',' or ']' must", "a [ is not closed: , or ] is missing"},
	{"',' or '}' must", "a { is not closed: , or } is missing"},
	{"unknown escape", "a \\ in a text in double quotes begins an escape that is not known"},
}

// syntax reports what the YAML parser says.
func (f *file) syntax(err error) {
	at, message := place{1, 1}, err.Error()
	var yerr yaml.Error
	if errors.As(err, &yerr) {
		message = yerr.GetMessage()
		at = placeOf(yerr.GetToken())
	}
	for _, m := range plainYAML {
		if strings.Contains(message, m.theirs) {
			message = m.ours
			break
		}
	}
	hint := ""
	if at.line <= len(f.lines) {
		hint = f.syntaxHint(at, message)
	}
	*f.problems = append(*f.problems, adapter.Problem{At: at.position(f.name), Message: "not valid YAML: " + message, Excerpt: f.lines.excerpt(at), Hint: hint})
}

const inQuotes = `a text with a colon, a # or braces in it, or that begins with a sign, must stand in quotes: "…"`

var (
	keyAndValue = regexp.MustCompile(`^[ -]*[A-Za-z]+:\s+(.*)$`)
	noBlank     = regexp.MustCompile(`^ *-?[A-Za-z]+:\S`)
	noDash      = regexp.MustCompile(`^ *-[A-Za-z]+:`)
	merging     = regexp.MustCompile(`^(<<<<<<<|=======|>>>>>>>)`)
)

// syntaxHint guesses at the slip behind a syntax error, from the line where the
// parser stopped and from the quotes and brackets before it.
func (f *file) syntaxHint(at place, message string) string {
	line := string(f.lines[at.line-1])
	value := ""
	if m := keyAndValue.FindStringSubmatch(line); m != nil {
		value = m[1]
	}
	quoted := strings.HasPrefix(value, `"`) || strings.HasPrefix(value, "'")
	switch open := f.openQuote(at.line); {
	case merging.MatchString(line):
		return "a merge was left unfinished: keep one side, and take the marks away"
	case strings.HasPrefix(strings.TrimLeft(line, " "), "\t"):
		return "indent with blanks, not with tabs"
	case strings.Contains(line, "\u00a0"):
		return "there is a no-break space in the line; write it anew with ordinary blanks"
	case open > 0 && (open < at.line || !strings.Contains(message, "behind")):
		return fmt.Sprintf("the quote on line %d may not be closed", open)
	case strings.Contains(message, "escape"):
		return `write \\ for \, or put the text in single quotes: '…'`
	case quoted && strings.Contains(message, "behind"):
		return `quotes go around the whole text; a quote inside "…" is written \", and one inside '…' is written ''`
	case noDash.MatchString(line):
		return "a blank belongs behind the dash"
	case noBlank.MatchString(line):
		return "a blank belongs behind the colon"
	case strings.Contains(message, "not closed"):
		return OpenBracket(f.lines.texts(), at.line)
	case strings.Contains(message, "fit") && strings.TrimSpace(line[:min(at.col-1, len(line))]) == "":
		return "keys that belong together begin in the same column"
	case value != "" && !quoted && strings.ContainsAny(value[:1], "{[@`%&*!|>?-"), strings.Contains(value, ": "), strings.HasSuffix(value, ":"),
		strings.Contains(line, "{{"), strings.Contains(message, "this sign"):
		return inQuotes
	case strings.Contains(message, "should be a key"):
		return "if this goes on with the text of the line before, indent it more than the key there"
	}
	return ""
}

// openQuote finds the first line up to this one with an odd number of quotes.
func (f *file) openQuote(last int) int {
	for i, line := range f.lines[:last] {
		if strings.Count(string(line), `"`)%2 == 1 {
			return i + 1
		}
	}
	return 0
}

// OpenBracket names the last of the lines of a YAML file up to a number, counted from 1,
// that opens more [ or { than it closes; empty if there is none.
func OpenBracket(lines []string, number int) string {
	for i := min(number, len(lines)) - 1; i >= 0; i-- {
		for _, pair := range []string{"[]", "{}"} {
			if strings.Count(lines[i], pair[:1]) > strings.Count(lines[i], pair[1:]) {
				return fmt.Sprintf("the %s on line %d is not closed", pair[:1], i+1)
			}
		}
	}
	return ""
}
