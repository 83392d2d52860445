package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"arendebrygga/adapter"
	"arendebrygga/mappings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxConfigSize in bytes is far more than anybody writes by hand.
const maxConfigSize = 1 << 20

// scalar is a leaf of the configuration tree. It carries where it came from through
// the merge, so that a mistake in it can be shown there.
type scalar struct {
	Text string
	Raw  string           // as written, before ${NAME} was filled in: what messages may quote
	At   adapter.Position // of the first character of the text
	Env  bool             // from the environment or a flag, where a comma separates list items
}

// tree is a configuration file as nested map[string]any, []any and scalar, the
// forms that koanf merges, with the place of every key.
type tree struct {
	file      string
	lines     []string
	root      map[string]any              // nil if the file is no configuration at all
	places    map[string]adapter.Position // dotted path to the key, or the list item
	broken    map[string]bool             // paths whose value could not be taken, and was told about
	swallowed bool                        // keys were taken by a tag, so that what is missing is not known
	lookup    func(string) (string, bool) // of ${NAME}
	problems  adapter.Problems
}

// readTree reads a YAML file. With a problem in the syntax there is only that one.
func readTree(path string, lookup func(string) (string, bool)) *tree {
	t := &tree{file: path, places: map[string]adapter.Position{}, broken: map[string]bool{}, lookup: lookup}
	text, err := readText(path)
	if wrong := (*mistake)(nil); errors.As(err, &wrong) {
		t.add(wrong.At, wrong.Message, wrong.Hint)
		return t
	}
	if err != nil {
		hint := ""
		if info, _ := os.Stat(path); errors.Is(err, fs.ErrNotExist) || info != nil && info.IsDir() {
			hint = "name the configuration file with --config"
		}
		t.add(adapter.Position{File: path}, err.Error(), hint)
		return t
	}
	t.lines = strings.Split(text, "\n")
	file, err := parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		t.addSyntax(err)
		return t
	}
	t.build(file)
	return t
}

// readText reads a file that an editor on any system wrote.
func readText(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", unwrapPath(err)
	}
	if info.Size() > maxConfigSize {
		return "", fmt.Errorf("is larger than %d bytes", maxConfigSize)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", unwrapPath(err)
	}
	if line, col := mappings.NotUTF8(b); line > 0 {
		return "", &mistake{At: adapter.Position{File: path, Line: line, Col: col}, Message: "the file is not UTF-8", Hint: mappings.SaveAsUTF8}
	}
	text := strings.TrimPrefix(string(b), "\ufeff")
	return strings.ReplaceAll(text, "\r\n", "\n"), nil
}

// unwrapPath drops the path from an error of a file, as the message names it.
func unwrapPath(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func (t *tree) add(at adapter.Position, message, hint string) {
	t.problems = append(t.problems, adapter.Problem{At: at, Message: message, Hint: hint})
}

// bareVariable is a ${NAME} without quotes around it.
var bareVariable = regexp.MustCompile(`[[:blank:]]\$\{[A-Za-z_]`)

// quotedText is what the parser quotes of the file, which may be a secret; one character
// is none.
var quotedText = regexp.MustCompile(`"(?:[^"\\]|\\.){2,}"`)

func (t *tree) addSyntax(err error) {
	at, message := adapter.Position{File: t.file}, err.Error()
	var ye yaml.Error
	if errors.As(err, &ye) {
		message = quotedText.ReplaceAllString(ye.GetMessage(), "…")
		if tk := ye.GetToken(); tk != nil && tk.Position != nil {
			at.Line, at.Col = tk.Position.Line, tk.Position.Column
		}
	}
	hint := "look at the indentation, the colons and the quotes of this line and the one above"
	switch {
	case at.Line > 0 && at.Line <= len(t.lines) && strings.Contains(t.lines[at.Line-1], "\u00a0"):
		hint = "the line holds a no-break space (U+00A0), which only looks like a blank: type its blanks anew"
	case strings.Contains(message, "',' or"):
		message, hint = "a [ or { is not closed: a comma or the other bracket is missing", cmp.Or(mappings.OpenBracket(t.lines, at.Line), hint)
		if bareVariable.MatchString(t.lines[min(max(at.Line, 1), len(t.lines))-1]) {
			hint = "between [ ] or { } a ${NAME} stands in quotes: \"${NAME}\""
		}
	case strings.Contains(message, "invalid header option"):
		message, hint = "a | or > here says that the text stands on the lines below", "put a text that begins with | or > in quotes"
	case strings.Contains(message, "reserved character"):
		hint = "put a text that begins with this sign in quotes"
	case strings.Contains(message, "flow map content"):
		hint = "between { and } stand keys with values, as in { column: Tid }; a text that begins with { stands in quotes"
	case strings.Contains(message, "double-quoted"), strings.Contains(message, "single-quoted"):
		hint = "close the quote that begins here"
	case strings.Contains(message, "\t"):
		message, hint = strings.ReplaceAll(message, "\t", `\t`), "indent with spaces, not with tabs"
	case strings.Contains(message, "mapping value is not allowed"):
		hint = "put a text that holds a colon in quotes; the keys of a section begin in one column"
	case strings.Contains(message, "non-map value"):
		hint = "a blank stands behind the colon of a key, as in mode: history"
	case strings.Contains(message, "value is not allowed in this context"):
		hint = "the keys of a section begin in one column, and a quote that is opened is closed: look at this line and the one above"
	}
	t.add(at, "not valid YAML: "+message, hint)
}

// build turns the parsed file into the tree.
func (t *tree) build(file *ast.File) {
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil {
			t.add(t.pos(doc.Body), "a second document begins here", "keep everything in one, without ---")
			break
		}
		body = doc.Body
	}
	if body == nil {
		t.add(adapter.Position{File: t.file}, "is empty", "")
		return
	}
	switch v := t.value("", body).(type) {
	case map[string]any:
		if !t.swallowed {
			t.root = v
		}
	default:
		t.add(t.pos(body), "want keys and values, such as sources:", "")
	}
}

// pos is where a node begins in the file.
func (t *tree) pos(n ast.Node) adapter.Position {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		return t.pos(m.Values[0].Key)
	}
	p := n.GetToken().Position
	return adapter.Position{File: t.file, Line: p.Line, Col: max(p.Column, 1)}
}

// textPos is where the text of a scalar begins: behind a quote, and on the first
// line of a block that is not blank.
func (t *tree) textPos(n ast.Node) adapter.Position {
	at := t.pos(n)
	switch n := n.(type) {
	case *ast.StringNode:
		if tk := n.GetToken(); tk.Type.String() == "DoubleQuote" || tk.Type.String() == "SingleQuote" {
			at.Col++
		}
	case *ast.LiteralNode:
		for line := at.Line; line < len(t.lines); line++ { // lines[i] is line i+1
			if text := strings.TrimLeft(t.lines[line], " "); strings.TrimSpace(text) != "" {
				return adapter.Position{File: t.file, Line: line + 1, Col: len(t.lines[line]) - len(text) + 1}
			}
		}
	}
	return at
}
