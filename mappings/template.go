package mappings

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"unicode/utf8"
)

// template is a text with values in it: {{ expression }} prints a value, and what
// stands in [[ ]] is left out if a value in it is NULL.
type template struct {
	segments []segment
	fixed    bool // no values at all
}

// segment is a piece of a template: fixed text, a value, or an optional part.
type segment struct {
	text     string
	value    *code
	optional []segment
}

// splitter walks along a template's source.
type splitter struct {
	scope    *scope
	language string
	src      []rune
	pos      int
	found    []fault
}

// template compiles a text in one language.
func (s *scope) template(src, language string) (*template, []fault) {
	p := &splitter{scope: s, language: language, src: []rune(src)}
	t := &template{segments: p.segments(false)}
	if len(p.found) > 0 {
		return nil, p.found
	}
	t.fixed = true
	for _, seg := range t.segments {
		t.fixed = t.fixed && seg.value == nil && seg.optional == nil
	}
	return t, nil
}

func (p *splitter) ahead(mark string) bool {
	return p.pos+1 < len(p.src) && string(p.src[p.pos:p.pos+2]) == mark
}

func (p *splitter) fault(at int, message, hint string) {
	p.found = append(p.found, fault{at, message, hint})
}

// segments reads to the end, or to the ]] that closes an optional part.
func (p *splitter) segments(optional bool) []segment {
	var out []segment
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			p.loose(plain.String())
			out = append(out, segment{text: plain.String()})
			plain.Reset()
		}
	}
	for p.pos < len(p.src) {
		switch {
		case p.ahead("{{"):
			flush()
			if seg, ok := p.value(); ok {
				out = append(out, seg)
			}
		case p.ahead("[["):
			flush()
			if seg, ok := p.part(optional); ok {
				out = append(out, seg)
			}
		case p.ahead("]]") && optional:
			flush()
			return out
		case p.ahead("]]"), p.ahead("}}"):
			flush()
			mark := string(p.src[p.pos : p.pos+2])
			p.fault(p.pos, mark+" closes nothing", "every "+mark+" needs its "+map[string]string{"]]": "[[", "}}": "{{"}[mark]+" before it")
			p.pos += 2
		default:
			plain.WriteRune(p.src[p.pos])
			p.pos++
		}
	}
	flush()
	return out
}

// looseColumn is what a text hardly means to say: a value that nobody fills in.
var looseColumn = regexp.MustCompile(`\brad\??\.\p{L}`)

// loose finds values without their braces in the fixed text that was just read.
func (p *splitter) loose(plain string) {
	for _, at := range looseColumn.FindAllStringIndex(plain, -1) {
		p.fault(p.pos-utf8.RuneCountInString(plain[at[0]:]), "a value stands here without its braces, and would be shown as it is written", "write {{ rad.Column }}")
	}
}

// part reads [[ … ]].
func (p *splitter) part(inside bool) (segment, bool) {
	start, before := p.pos, len(p.found)
	p.pos += 2
	if inside {
		p.fault(start, "[[ ]] cannot stand inside [[ ]]", "close the first one before it")
	}
	seg := segment{optional: p.segments(true)}
	if !p.ahead("]]") {
		p.fault(start, "[[ is never closed", "write ]] where the optional part ends")
		return seg, false
	}
	p.pos += 2
	valued := false
	for _, inner := range seg.optional {
		valued = valued || inner.value != nil
	}
	if !valued && len(p.found) == before {
		p.fault(start, "[[ ]] without a value in it", "it is left out if a value in it is NULL, so it needs a {{ }}")
	}
	return seg, valued
}

// value reads {{ … }}.
func (p *splitter) value() (segment, bool) {
	start := p.pos
	p.pos += 2
	if p.pos < len(p.src) && p.src[p.pos] == '{' {
		p.fault(p.pos, "one brace too many", "a value stands in two: {{ rad.Column }}")
		p.skip()
		return segment{}, false
	}
	var quote rune
	for from := p.pos; p.pos < len(p.src); p.pos++ {
		r := p.src[p.pos]
		switch {
		case quote != 0 && r == '\\' && quote != '`':
			p.pos++
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'' || r == '`':
			quote = r
		case p.ahead("}}"):
			src := string(p.src[from:p.pos])
			p.pos += 2
			return p.compile(src, from)
		}
	}
	p.fault(start, "{{ is never closed", "write }} after the expression")
	return segment{}, false
}

// skip passes all braces up to and with the next that close.
func (p *splitter) skip() {
	for p.pos < len(p.src) && !p.ahead("}}") {
		p.pos++
	}
	for p.pos < len(p.src) && p.src[p.pos] == '}' {
		p.pos++
	}
}

// compile makes a value of an expression that begins off characters into the text.
func (p *splitter) compile(src string, off int) (segment, bool) {
	lead := utf8.RuneCountInString(src) - utf8.RuneCountInString(strings.TrimLeft(src, " \n\t"))
	trimmed := strings.TrimSpace(src)
	c, found := p.scope.compile(trimmed, p.language)
	if len(found) == 0 {
		found = unprintable(c)
	}
	for _, f := range found {
		p.fault(off+lead+f.off, f.message, f.hint)
	}
	if len(found) > 0 {
		return segment{}, false
	}
	return segment{value: c}, true
}

// unprintable finds values that have no text of their own.
func unprintable(c *code) []fault {
	switch t := c.root.Type(); {
	case c.resultOf() == "nil":
		return []fault{{0, "nil prints nothing", ""}}
	case t == timeType:
		return []fault{{0, "a time cannot be printed as it is", "choose a form: isodatum(…), langdatum(…) or klockslag(…)"}}
	case t.Kind() == reflect.Bool:
		return []fault{{0, "true and false cannot be printed", `choose the words: … ? "ja" : "nej"`}}
	case t == bytesType, t.Kind() == reflect.Slice, t.Kind() == reflect.Map, t.Kind() == reflect.Struct, t.Kind() == reflect.Func, t.Kind() == reflect.Pointer:
		return []fault{{0, fmt.Sprintf("a value of type %s cannot be printed", c.resultOf()), ""}}
	}
	return nil
}

// render writes the text. The error is a nullError where a value outside [[ ]] is
// NULL.
func (t *template) render(e *evaluator) (string, error) {
	if t.fixed {
		if len(t.segments) == 0 {
			return "", nil
		}
		return t.segments[0].text, nil
	}
	b, err := write(e.text[:0], t.segments, e)
	e.text = b
	return string(b), err
}

// write appends the text to b.
func write(b []byte, segments []segment, e *evaluator) ([]byte, error) {
	for i := range segments {
		seg := &segments[i]
		switch {
		case seg.optional != nil:
			before := len(b)
			var err error
			if b, err = write(b, seg.optional, e); err != nil {
				if !isNull(err) {
					return b, err
				}
				b = b[:before]
			}
		case seg.value != nil:
			s, err := seg.print(e)
			if err != nil {
				return b, err
			}
			b = append(b, s...)
		default:
			b = append(b, seg.text...)
		}
	}
	return b, nil
}
