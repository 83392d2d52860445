package mappings

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"arendebrygga/adapter"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile is more than any mapping file needs.
const maxFile = 256 << 10

// file is a mapping file being read, and what is found wrong in it.
type file struct {
	name      string
	content   []byte
	lines     lines
	problems  *adapter.Problems
	swallowed bool // keys were taken by a tag, so that what lacks is not known
}

// wrong reports a mistake at a place.
func (f *file) wrong(at place, message, hint string) {
	*f.problems = append(*f.problems, adapter.Problem{At: at.position(f.name), Message: message, Hint: hint})
}

// warn reports what is worth a look.
func (f *file) warn(at place, message, hint string) {
	*f.problems = append(*f.problems, adapter.Problem{At: at.position(f.name), Message: message, Hint: hint, Warning: true})
}

// fault is a mistake in a piece of code or text, off characters from its beginning.
type fault struct {
	off           int
	message, hint string
}

// maxFaults in one scalar are shown; what made so many is one slip, as a rule.
const maxFaults = 10

// faults reports mistakes inside a scalar, each with a caret under it.
func (f *file) faults(n *node, found []fault) {
	for _, x := range found[:min(len(found), maxFaults)] {
		at := f.lines.inside(n.at, n.text, x.off)
		*f.problems = append(*f.problems, adapter.Problem{At: at.position(f.name), Message: x.message, Hint: x.hint, Excerpt: f.lines.excerpt(at)})
	}
}

// parse makes a node of the file's content; nil if that cannot be done at all.
func (f *file) parse() (root *node) {
	if !f.readable() {
		return nil
	}
	before := len(*f.problems)
	defer func() {
		// The parser is not ours; a file that makes it panic is only a bad file.
		if recover() != nil {
			*f.problems = (*f.problems)[:before]
			f.wrong(place{1, 1}, "not understood as YAML", "")
			root = nil
		}
	}()
	tree, err := parser.ParseBytes(f.content, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		f.syntax(err)
		return nil
	}
	var body ast.Node
	for _, doc := range tree.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil {
			f.wrong(place{placeOf(doc.Body.GetToken()).line, 1}, "a second document in the same file", "put each mapping in a file of its own")
			return nil
		}
		body = doc.Body
	}
	if body == nil {
		f.wrong(place{1, 1}, "the file is empty", "")
		return nil
	}
	if root = f.convert(body, 0); f.swallowed {
		return nil
	}
	return root
}

// readable cleans the content of what editors leave in it and refuses what is not
// text.
func (f *file) readable() bool {
	if len(f.content) > maxFile {
		f.wrong(place{}, "the file is larger than 256 KiB", "")
		return false
	}
	f.content = bytes.TrimPrefix(f.content, []byte("\ufeff"))
	f.content = bytes.ReplaceAll(f.content, []byte("\r\n"), []byte("\n"))
	if line, col := NotUTF8(f.content); line > 0 {
		f.wrong(place{line, col}, "the file is not UTF-8", SaveAsUTF8)
		return false
	}
	f.lines = splitLines(string(f.content))
	return f.shallow()
}

// SaveAsUTF8 is the hint for a file that is not UTF-8.
const SaveAsUTF8 = "save it as UTF-8 in the editor; å, ä and ö look the same but are stored otherwise"

// NotUTF8 gives the line and column, in characters from 1, of the first byte that is not
// UTF-8; 0 if there is none.
func NotUTF8(content []byte) (line, col int) {
	for i, text := range bytes.Split(content, []byte("\n")) {
		if utf8.Valid(text) {
			continue
		}
		col = 1
		for r, size := utf8.DecodeRune(text); r != utf8.RuneError || size > 1; r, size = utf8.DecodeRune(text) {
			text, col = text[size:], col+1
		}
		return i + 1, col
	}
	return 0, 0
}

// shallow refuses nesting on which the YAML parser would spend all memory. It counts
// signs without regard to quotes: no honest file comes near.
func (f *file) shallow() bool {
	const most = 200
	depth := 0
	for i, line := range f.lines {
		marks := 0
		for j, r := range line {
			switch r {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(depth-1, 0)
			case '-', '?', ':', '"', '\'', '!', '&', '*':
				marks++
			}
			if depth > most || marks > 20*most {
				f.wrong(place{i + 1, j + 1}, "nested too deeply", "")
				return false
			}
		}
		if marks > most && strings.Count(string(line), "- ") > most/2 {
			f.wrong(place{i + 1, 1}, "nested too deeply", "")
			return false
		}
	}
	return true
}

// secretKey is of lines of the configuration that are not shown: a whole source may stand
// on one.
var secretKey = regexp.MustCompile(`(?i)password|dsn`)

// configured reports what is wrong with an expression in the configuration. That file
// is read again only then, to find the place in it.
func configured(code adapter.Code, found []fault, problems *adapter.Problems) {
	if len(found) == 0 {
		return
	}
	f := file{name: code.At.File, problems: problems}
	n := &node{text: code.Text, at: place{code.At.Line, code.At.Col}}
	if content, err := os.ReadFile(code.At.File); err == nil && code.At.Line > 0 {
		f.lines = splitLines(strings.ReplaceAll(strings.TrimPrefix(string(content), "\ufeff"), "\r\n", "\n"))
		if !secretKey.MatchString(string(f.lines[min(code.At.Line, len(f.lines))-1])) {
			f.faults(n, found)
			return
		}
	}
	own := splitLines(code.Text)
	for _, x := range found {
		at := own.inside(place{1, 1}, code.Text, x.off)
		*problems = append(*problems, adapter.Problem{At: code.At, Message: x.message, Hint: x.hint, Excerpt: own.excerpt(at)})
	}
}

// code makes a problem of a whole scalar, with a caret where it begins.
func (f *file) code(n *node, message, hint string) adapter.Problem {
	return adapter.Problem{At: n.at.position(f.name), Message: message, Hint: hint, Excerpt: f.lines.excerpt(n.at)}
}
