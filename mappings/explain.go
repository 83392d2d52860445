package mappings

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"arendebrygga/adapter"

	exprfile "github.com/expr-lang/expr/file"
)

var (
	unknownName = regexp.MustCompile(`^unknown name (\S+)$`)
	noMethod    = regexp.MustCompile(`has no method (\w+)$`)
	unexpected  = regexp.MustCompile(`unexpected token \w+\((.*)\)`)
)

// plainWords turns the compiler's words into those of who declares columns.
var plainWords = strings.NewReplacer("unexpected token EOF", "the expression ends too early", "literal not terminated", "a text is not closed",
	"interface {}", "any", "time.Time", "time", "float64", "number", "[]uint8", "bytes", "time.Duration", "duration", "unknown field", "unknown name",
	"map[string]any", "keys with values", "map[string]interface {}", "keys with values")

const (
	writtenAnd  = "and is written &&"
	writtenOr   = "or is written ||"
	writtenNot  = "not is written not"
	writtenBool = "true and false are written so, in small letters"
	writtenNil  = "NULL is written nil: rad.Column == nil, rad.Column != nil"
	writtenLike = `write startsWith "…", endsWith "…", contains "…" or matches "…"`
)

// slips are words and signs of other languages, in small letters, and what takes
// their place.
var slips = map[string]string{
	"and": writtenAnd, "och": writtenAnd, "&": writtenAnd, "or": writtenOr, "eller": writtenOr, "|": writtenOr, "not": writtenNot, "inte": writtenNot, "ej": writtenNot,
	"is": writtenNil, "null": writtenNil, "none": writtenNil, "true": writtenBool, "false": writtenBool, "sant": writtenBool, "falskt": writtenBool, "ja": writtenBool, "nej": writtenBool,
	"like": writtenLike, "in": `a list is written in ["…", "…"]`, "between": "write >= and <=", "=": "equality is written ==", "<>": "unequal is written !=",
	",": "a list stands in [ ], and a decimal number has a point",
}

// explain makes a fault of what the expression compiler says.
func (s *scope) explain(src string, err error) fault {
	var at *exprfile.Error
	if !errors.As(err, &at) {
		return fault{0, err.Error(), ""}
	}
	f := fault{off: at.From, message: strings.TrimSpace(plainWords.Replace(unexpected.ReplaceAllString(at.Message, "unexpected $1")))}
	if m := unknownName.FindStringSubmatch(at.Message); m != nil {
		f.hint = s.unknown(m[1])
		return f
	}
	token := ""
	if i := strings.Index(f.message, `unexpected "`); i >= 0 {
		token = strings.ToLower(strings.TrimSuffix(f.message[i+len(`unexpected "`):], `"`))
	}
	if token == ">" && at.From > 0 && []rune(src)[at.From-1] == '<' {
		token = "<>"
	}
	f.hint = slips[token]
	if f.hint == "" {
		f.hint = typeHint(src, at.Message)
	}
	return f
}

// unknown hints at what a name that is not known may stand for.
func (s *scope) unknown(name string) string {
	column := s.columns.Index(name)
	slip := slips[strings.ToLower(name)]
	switch near := adapter.Suggest(name, append(s.known(), functionNames...)); {
	case slip != "":
		return slip
	case statusNames[name] != nil:
		return "a recipient is read by itself: only the columns of the recipients' query are known here"
	case column >= 0:
		return "columns are written rad." + s.columns[column].Name
	case name == "typ":
		return "typ is known once a producentarendetyp has been chosen: not in the keys that choose it"
	case strings.HasPrefix(near, "did"):
		return near
	default:
		return fmt.Sprintf("a text stands in quotes: %q; %s", name, near)
	}
}

// typeHint is for what fits together in form but not in type.
func typeHint(src, message string) string {
	method := noMethod.FindStringSubmatch(message)
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(message, part) })
	}
	switch {
	case method != nil && slices.Contains([]string{"startsWith", "endsWith", "contains", "matches"}, method[1]):
		return fmt.Sprintf(`write rad.Column %s "…"`, method[1])
	case has("unrecognized character") && strings.ContainsAny(src, typographic):
		return `quotes are written "…" or '…'`
	case has("unrecognized character"):
		return "write && for and, || for or; texts stand in quotes"
	case has("not terminated"):
		return "put the same quote behind it"
	case has("not (mismatched"):
		return "write rad.Column not in […], or not (…) around the whole comparison"
	case has("mismatched") && has("time.Time"):
		return `write a day as date("2026-12-31")`
	case has("mismatched") && has("bool"):
		return "compare with true or false, which stand without quotes"
	case has("mismatched types", "in array"):
		return "compare texts with \"texts\" in quotes and numbers with numbers; the column types are declared in the source"
	case has("as argument"):
		return "the column types are declared in the source"
	case has("unexpected token EOF") && strings.Contains(src, "?") && !strings.Contains(src, ":"):
		return "a choice is written condition ? value : other value"
	case has("unexpected token EOF") && strings.Contains(src, "|"):
		return "a function is written function(value)"
	}
	return ""
}

func (s *scope) known() []string {
	names := []string{"rad"}
	for name := range s.names {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
