package mappings

import (
	"strings"
	"unicode"

	"arendebrygga/adapter"
)

// place is where a scalar begins in a file, and how it was written there: the
// first character tells (a quote, | or >, or anything else for a plain one).
type place struct{ line, col int }

// lines are a file's text, in characters, for positions and excerpts.
type lines [][]rune

func (ls lines) texts() []string {
	texts := make([]string, len(ls))
	for i, line := range ls {
		texts[i] = string(line)
	}
	return texts
}

func splitLines(text string) lines {
	var ls lines
	for line := range strings.SplitSeq(text, "\n") {
		ls = append(ls, []rune(line))
	}
	return ls
}

// at gives the character at a place; a line feed at the end of a line, 0 behind the
// last one.
func (ls lines) at(p place) rune {
	switch {
	case p.line < 1 || p.line > len(ls):
		return 0
	case p.col < 1 || p.col > len(ls[p.line-1]):
		return '\n'
	}
	return ls[p.line-1][p.col-1]
}

// rest gives what stands from a place to the end of its line.
func (ls lines) rest(p place) string {
	if p.line < 1 || p.line > len(ls) || p.col < 1 || p.col > len(ls[p.line-1]) {
		return ""
	}
	return string(ls[p.line-1][p.col-1:])
}

func (ls lines) next(p place) place {
	if p.line >= 1 && p.line <= len(ls) && p.col <= len(ls[p.line-1]) {
		return place{p.line, p.col + 1}
	}
	return place{p.line + 1, 1}
}

// inside gives the place of the character number off of a scalar's value. YAML
// takes indentation, line breaks, quotes and escapes away; this walks along the file
// and skips them again. Where it loses its way, it gives the scalar's beginning.
func (ls lines) inside(start place, value string, off int) place {
	p, style := start, ls.at(start)
	switch style {
	case '|', '>':
		p = place{start.line + 1, 1}
	case '"', '\'':
		p = ls.next(start)
	default:
		style = 0
	}
	for i, want := range []rune(value) {
		p = ls.skipTo(p, want, style)
		if i == off {
			return p
		}
		got := ls.at(p)
		if got != want && style != '"' && !(unicode.IsSpace(got) && unicode.IsSpace(want)) {
			return start
		}
		p = ls.past(p, got, style)
	}
	return p
}

// skipTo passes the blanks that folding took away before a character of a value.
func (ls lines) skipTo(p place, want rune, style rune) place {
	if unicode.IsSpace(want) {
		return p
	}
	for unicode.IsSpace(ls.at(p)) {
		p = ls.next(p)
	}
	if style == '"' && ls.at(p) == '\\' && ls.at(ls.next(p)) == '\n' {
		return ls.skipTo(ls.next(p), want, style)
	}
	return p
}

// past passes one character of a value, which an escape may have spelt.
func (ls lines) past(p place, got rune, style rune) place {
	n := 1
	switch {
	case style == '\'' && got == '\'':
		n = 2
	case style == '"' && got == '\\':
		n = 2 + map[rune]int{'x': 2, 'u': 4, 'U': 8}[ls.at(ls.next(p))]
	}
	for range n {
		p = ls.next(p)
	}
	return p
}

// Longer lines are cut around the caret in an excerpt.
const excerptWidth = 100

// excerpt shows a line with a caret under one of its characters.
func (ls lines) excerpt(p place) string {
	if p.line < 1 || p.line > len(ls) {
		return ""
	}
	line, col := ls[p.line-1], min(max(p.col, 1), len(ls[p.line-1])+1)
	from := 0
	for from < len(line) && from < col-1 && unicode.IsSpace(line[from]) {
		from++
	}
	before, after := "", ""
	if col-from > excerptWidth*2/3 {
		from, before = col-excerptWidth/2, "… "
	}
	to := len(line)
	if to-from > excerptWidth {
		to, after = max(from+excerptWidth, col), " …"
	}
	shown := strings.ReplaceAll(string(line[from:min(to, len(line))]), "\t", " ")
	return before + shown + after + "\n" + strings.Repeat(" ", len([]rune(before))+col-1-from) + "^"
}

// position makes a place one of the given file.
func (p place) position(file string) adapter.Position {
	return adapter.Position{File: file, Line: p.line, Col: p.col}
}
