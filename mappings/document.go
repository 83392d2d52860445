package mappings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// document is a piece of JSON with templates in it: what utokadInformation and
// referenser say. A value that turns out empty is left out, and so is an object or a
// list in which nothing is left.
type document struct {
	raw    []byte    // a number, true or false, as it was written
	text   *template // or a text
	items  []*document
	names  []string // of an object's items, as JSON; nil for a list
	object bool
}

// document reads a value that becomes JSON.
func (f *file) document(n *node, key string, s *scope) *document {
	switch n.kind {
	case aText:
		t, found := s.template(n.text, swedish)
		f.faults(n, found)
		return &document{text: t}
	case aNumber:
		if !json.Valid([]byte(n.text)) {
			f.wrong(n.at, fmt.Sprintf("%s is not a number that JSON knows", n.text), fmt.Sprintf("put it in quotes: %q", n.text))
		}
		return &document{raw: []byte(n.text)}
	case aBool:
		return &document{raw: []byte(strings.ToLower(n.text))}
	case aList:
		d := &document{}
		for _, item := range n.items {
			d.items = append(d.items, f.document(item, "an element of "+key, s))
		}
		return d
	case anObject:
		return f.object(n, key, s)
	case nothing:
		f.wrong(n.at, key+" has no value", "")
	}
	return &document{}
}

func (f *file) object(n *node, key string, s *scope) *document {
	d := &document{object: true}
	first := map[string]int{}
	for _, fl := range n.fields {
		if line, ok := first[fl.key]; ok {
			f.wrong(fl.at, fmt.Sprintf("%s stands twice in %s", fl.key, key), fmt.Sprintf("the first is on line %d", line))
			continue
		}
		first[fl.key] = fl.at.line
		d.names = append(d.names, string(quote(fl.key)))
		d.items = append(d.items, f.document(fl.value, fl.key, s))
	}
	return d
}

// errBytes says that a text holds what JSON cannot carry.
var errBytes = errors.New("the text is not valid UTF-8")

// render appends the JSON; empty tells that there is nothing to say and that b is as
// it was.
func (d *document) render(b *bytes.Buffer, e *evaluator) (empty bool, err error) {
	switch {
	case d.raw != nil:
		b.Write(d.raw)
		return false, nil
	case d.text != nil:
		s, err := d.text.render(e)
		if s = strings.TrimSpace(s); err != nil || s == "" {
			return true, err
		}
		if !utf8.ValidString(s) {
			return true, errBytes
		}
		b.Write(quote(s))
		return false, nil
	}
	begin := b.Len()
	b.WriteByte(bracket(d.object, '{', '['))
	for i, item := range d.items {
		before := b.Len()
		if before > begin+1 {
			b.WriteByte(',')
		}
		if d.object {
			b.WriteString(d.names[i] + ":")
		}
		empty, err := item.render(b, e)
		if err != nil {
			return true, err
		}
		if empty {
			b.Truncate(before)
		}
	}
	if b.Len() == begin+1 {
		b.Truncate(begin)
		return true, nil
	}
	b.WriteByte(bracket(d.object, '}', ']'))
	return false, nil
}

func bracket(object bool, yes, no byte) byte {
	if object {
		return yes
	}
	return no
}

// quote writes a JSON string without the escapes that only HTML needs.
func quote(s string) []byte {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
		return append(append(append(make([]byte, 0, len(s)+2), '"'), s...), '"')
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return []byte(`""`)
	}
	return slices.Clip(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}
