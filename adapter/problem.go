package adapter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Position is a place in a file that an operator wrote. Line and Col count from 1;
// 0 means not known.
type Position struct {
	File      string
	Line, Col int
}

// Along gives the position of a byte in a text that begins at p and whose lines
// are all indented alike, as those of a YAML block are.
func (p Position) Along(text string, offset int) Position {
	if p.Line == 0 {
		return p
	}
	before := text[:offset]
	p.Line += strings.Count(before, "\n")
	p.Col += utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return p
}

// Problem is one mistake in a file that an operator wrote.
type Problem struct {
	At      Position
	Message string // lower case, no full stop
	Excerpt string // the line in question with a caret under it; may be empty
	Hint    string // how to mend it; may be empty
	Warning bool   // worth a look, but not in the way of running
}

// String gives `file:line:col: message`, then the excerpt and the hint on lines of
// their own.
func (p Problem) String() string {
	var b strings.Builder
	if p.At.File != "" {
		b.WriteString(p.At.File + ":")
		if p.At.Line > 0 {
			fmt.Fprintf(&b, "%d:%d:", p.At.Line, max(p.At.Col, 1))
		}
		b.WriteByte(' ')
	}
	if p.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Message)
	for line := range strings.SplitSeq(p.Excerpt, "\n") {
		if line != "" {
			b.WriteString("\n    " + line)
		}
	}
	if p.Hint != "" {
		b.WriteString("\n  hint: " + p.Hint)
	}
	return b.String()
}

// Problems are all the mistakes found in one go; an error if there is any.
type Problems []Problem

// Error lists the problems, one after the other.
func (ps Problems) Error() string {
	parts := make([]string, len(ps))
	for i := range ps {
		parts[i] = ps[i].String()
	}
	return strings.Join(parts, "\n")
}

// Sort orders the problems by file, line and column.
func (ps Problems) Sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Col, b.At.Col))
	})
}

// Split tells errors from warnings.
func (ps Problems) Split() (errs, warnings Problems) {
	for _, p := range ps {
		if p.Warning {
			warnings = append(warnings, p)
		} else {
			errs = append(errs, p)
		}
	}
	return errs, warnings
}
