package mappings

import (
	"fmt"
	"slices"
	"strings"

	"arendebrygga/adapter"
)

// keys are the fields of an object of which every key is known.
type keys struct {
	f     *file
	at    place  // where the object begins
	what  string // for messages, such as "the event"
	field map[string]*node
	key   map[string]place
	hints []string // given for unknown keys; what one of them names is not reported as missing too
}

// keysOf reads an object strictly: unknown and repeated keys are mistakes.
func (f *file) keysOf(n *node, what string, known ...string) (keys, bool) {
	k := keys{f: f, at: n.at, what: what, field: map[string]*node{}, key: map[string]place{}}
	if !f.expect(n, what, anObject) {
		return k, false
	}
	for _, fl := range n.fields {
		if first, ok := k.key[fl.key]; ok {
			f.wrong(fl.at, fmt.Sprintf("%s stands twice in %s", fl.key, what), fmt.Sprintf("the first is on line %d", first.line))
			continue
		}
		k.key[fl.key] = fl.at
		if !slices.Contains(known, fl.key) {
			hint := adapter.Suggest(fl.key, known)
			f.wrong(fl.at, fmt.Sprintf("unknown key %s in %s", fl.key, what), hint)
			k.hints = append(k.hints, hint)
			continue
		}
		k.field[fl.key] = fl.value
	}
	return k, true
}

// expect reports a value of another kind than one of these.
func (f *file) expect(n *node, what string, kinds ...kind) bool {
	if n.kind == broken {
		return false
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		if n.kind == k {
			return true
		}
		names[i] = k.String()
	}
	if kinds[0] == aText {
		names = names[:1] // the others are let through as the text that was written
	}
	hint := ""
	switch {
	case n.kind == nothing:
		hint = "it should be " + strings.Join(names, " or ")
		if strings.Contains(f.lines.rest(n.at), "#") {
			hint = `# begins a comment; if it belongs to the text, put the text in quotes: "…"`
		}
		f.wrong(n.at, what+" has no value", hint)
		return false
	case kinds[0] == aBool:
		hint = "write true or false"
	case kinds[0] == aList && n.kind == anObject:
		hint = "each element begins with a dash and a blank: - …"
	case kinds[0] == aText && (n.kind == aNumber || n.kind == aBool):
		hint = fmt.Sprintf("put it in quotes: %q", n.text)
	case kinds[0] == aText && (n.kind == aList || n.kind == anObject):
		hint = `if it is meant as text, put it in quotes: "…"`
	}
	f.wrong(n.at, fmt.Sprintf("%s should be %s, not %s", what, strings.Join(names, " or "), n.kind), hint)
	return false
}

// meant tells whether a misspelt key may be this one.
func (k keys) meant(key string) bool {
	return slices.Contains(k.hints, adapter.Suggest(key, []string{key}))
}

// need gives the value of a key that must be there.
func (k keys) need(key, hint string) (*node, bool) {
	n, ok := k.field[key]
	if !ok {
		if _, there := k.key[key]; !there && !k.meant(key) {
			k.f.wrong(k.at, fmt.Sprintf("%s lacks %s", k.what, key), hint)
		}
	}
	return n, ok
}

// text gives the text of a key that must be there, not blank.
func (k keys) text(key, hint string) (*node, bool) {
	n, ok := k.need(key, hint)
	if !ok || !k.f.expect(n, key, aText) {
		return nil, false
	}
	if strings.TrimSpace(n.text) == "" {
		k.f.wrong(n.at, key+" is blank", "")
		return nil, false
	}
	return n, true
}

// valuesGo is the hint for {{ }} where it is not filled in.
const valuesGo = "{{ }} is for rubrik, beskrivning, varde, utokadInformation and referenser"

// fixed gives the text of a key that must be there and is the same for every row.
func (k keys) fixed(key, hint string) (*node, bool) {
	n, ok := k.text(key, hint)
	if ok && strings.Contains(n.text, "{{") {
		k.f.wrong(n.at, key+" cannot hold a value of the row", valuesGo)
		return nil, false
	}
	return n, ok
}

// optional gives the text of a key that may be left out.
func (k keys) optional(key string) (*node, bool) {
	if k.field[key] == nil {
		return nil, false
	}
	return k.text(key, "")
}

// flag gives the value of a key that is true or false.
func (k keys) flag(key string) (value, ok bool) {
	n := k.field[key]
	if n == nil || !k.f.expect(n, key, aBool) {
		return false, false
	}
	return strings.EqualFold(n.text, "true"), true
}

// items gives the elements of a list, or a lone value as a list of one.
func (k keys) items(key string) []*node {
	n := k.field[key]
	if n == nil {
		return nil
	}
	if n.kind == aText || n.kind == aNumber {
		return []*node{n}
	}
	if !k.f.expect(n, key, aList) {
		return nil
	}
	if len(n.items) == 0 {
		k.f.wrong(n.at, key+" is empty", "")
	}
	return n.items
}

// typographic are quotes that word processors put in place of plain ones.
const typographic = "“”„‘’«»"

// words gives the elements of a list of short texts. Numbers count as the text that
// was written, as codes in case systems often are numbers.
func (k keys) words(key string) []*node {
	var out []*node
	seen := map[string]bool{}
	for _, n := range k.items(key) {
		switch {
		case !k.f.expect(n, "an element of "+key, aText, aNumber, aBool):
		case strings.ContainsAny(n.text, typographic):
			k.f.wrong(n.at, fmt.Sprintf("the quotes in %s are typographic, and would be part of the value", n.text), `quotes are written "…" or '…'`)
		case strings.Contains(n.text, "{{"):
			k.f.wrong(n.at, fmt.Sprintf("an element of %s cannot hold a value of the row", key), valuesGo)
		case seen[n.text]:
			k.f.warn(n.at, fmt.Sprintf("%q stands twice in %s", n.text, key), "")
		default:
			seen[n.text] = true
			out = append(out, n)
		}
	}
	return out
}
