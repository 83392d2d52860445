package mappings

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"arendebrygga/adapter"
)

// mapping is one compiled mapping file.
type mapping struct {
	name    string // of the file, for reasons
	types   []typ
	nar     *condition // nil: every row
	roles   roles
	arenden []arende
	tags    []string
	events  []*event
	ignore  []pattern
	lenient bool // kontrollsiffra: varna
}

// typ is a producentärendetyp that a mapping serves.
type typ struct {
	id  string
	nar *condition     // nil: every row
	env map[string]any // what expressions see as typ
}

// arende is a number by which a case can be asked for.
type arende struct {
	typ   string
	value *template
	where string // for reasons
}

// arendeTypes are those of the standard.
var arendeTypes = []string{"Konsumentreferens", "Producentarendereferens", "Diarienummer", "Kvittensnummer"}

var mappingKeys = []string{"producentarendetyp", "producentarendetyper", "namn", "kalla", "nar", "mottagare", "arenden", "taggar",
	"behorighet", "kontrollsiffra", "handelser", "ignorera"}

// reader is what the parts of one mapping file are read with.
type reader struct {
	*file
	loader *loader
	rules  *rules // of the source; nil if kalla names none, or one whose own part is wrong
	scope  *scope // nil as rules: then expressions cannot be checked
	inner  *scope // the scope where typ is known
	status int    // number of status columns; 0: not known
}

// mapping reads one mapping file.
func (l *loader) mapping(f *file) {
	root := f.parse()
	if root == nil {
		l.lost = true
		return
	}
	k, ok := f.keysOf(root, "the mapping", mappingKeys...)
	if !ok {
		l.lost = true
		return
	}
	r := &reader{file: f, loader: l}
	r.kalla(k)
	m := &mapping{name: filepath.Base(f.name)}
	m.types = r.types(k)
	m.nar = r.condition(k, "nar", r.scope)
	if n, ok := k.need("mottagare", "the roles that get the events, such as [SOK, MSOK], or alla"); ok {
		m.roles = r.roles(k, n)
	}
	m.arenden = r.arenden(k)
	m.tags = r.tags(k)
	k.optional("behorighet")
	if n, ok := k.optional("kontrollsiffra"); ok {
		m.lenient = true
		if n.text != "varna" {
			f.wrong(n.at, fmt.Sprintf("kontrollsiffra cannot be %q", n.text), "varna publishes with a warning; leave the key out to park such changes")
		}
	}
	m.events = r.events(k, m)
	m.ignore = k.patterns("ignorera", r.status, false)
	r.lint(m)
	if r.rules != nil {
		r.rules.mappings = append(r.rules.mappings, m)
		r.rules.pieces = append(r.rules.pieces, string(f.content))
	}
}

// kalla finds the source that the file is about.
func (r *reader) kalla(k keys) {
	n, ok := k.text("kalla", "the name of a source in the configuration")
	if !ok {
		r.loader.lost = true
		return
	}
	rules := r.loader.rules[n.text]
	if rules == nil {
		var names []string
		for _, known := range sorted(r.loader.rules) {
			names = append(names, known.def.Name)
		}
		r.wrong(n.at, fmt.Sprintf("there is no source %s in the configuration", n.text), adapter.Suggest(n.text, names))
		r.loader.lost = true
		return
	}
	rules.served = true
	if rules.scope == nil {
		return
	}
	r.rules, r.scope, r.status = rules, rules.scope, len(rules.def.Status)
	r.inner = rules.scope.with(typNames)
}

// identifier is the form of a producentärendetyp and of a step.
var identifier = regexp.MustCompile(`^[A-Z0-9_]+$`)

// types reads producentarendetyp and namn, or producentarendetyper.
func (r *reader) types(k keys) []typ {
	if list, many := k.field["producentarendetyper"]; many {
		for _, key := range []string{"producentarendetyp", "namn"} {
			if k.field[key] != nil {
				r.wrong(k.key[key], key+" cannot stand beside producentarendetyper", "it stands in each of the types")
			}
		}
		if !r.expect(list, "producentarendetyper", aList) {
			return nil
		}
		var out []typ
		for i, n := range k.items("producentarendetyper") {
			one, ok := r.keysOf(n, "the producentärendetyp", "id", "namn", "nar")
			if !ok {
				continue
			}
			t := r.typ(one, "id")
			t.nar = r.condition(one, "nar", r.scope)
			if one.field["nar"] == nil && i < len(list.items)-1 {
				r.warn(n.at, "the types after this one are never reached", "without nar it takes every row; give it one, or put it last")
			}
			out = append(out, t)
		}
		return out
	}
	return []typ{r.typ(k, "producentarendetyp")}
}

func (r *reader) typ(k keys, key string) typ {
	var t typ
	id, ok := k.text(key, "the middle field of the kundhändelsetyp, such as BYGGLOV")
	if ok && r.identifier(id, key) {
		t.id = id.text
		if r.rules != nil {
			r.unique(id)
		}
	}
	namn := ""
	if n, ok := k.fixed("namn", "what people call this kind of case"); ok {
		namn = strings.TrimSpace(n.text)
	}
	t.env = map[string]any{"id": t.id, "namn": namn}
	return t
}

// unique holds that a producentärendetyp of a source stands in one file only.
func (r *reader) unique(id *node) {
	key := r.rules.def.Name + "\x00" + id.text
	if first, ok := r.loader.types[key]; ok {
		r.wrong(id.at, fmt.Sprintf("the producentärendetyp %s of the source %s is mapped already", id.text, r.rules.def.Name),
			fmt.Sprintf("it stands on line %d of %s; one file may hold all of its events", first.Line, first.File))
		return
	}
	r.loader.types[key] = id.at.position(r.name)
}

// identifier holds the form that the standard gives the fields of a kundhändelsetyp.
func (r *reader) identifier(n *node, key string) bool {
	if identifier.MatchString(n.text) {
		return true
	}
	proposal := strings.NewReplacer("Å", "A", "Ä", "A", "Ö", "O", "É", "E", " ", "_", "-", "_").Replace(strings.ToUpper(strings.TrimSpace(n.text)))
	hint := "write it like " + proposal
	if parts := strings.Split(proposal, "."); len(parts) == 3 && identifier.MatchString(parts[2]) {
		hint = "the producer and the producentärendetyp come before it by themselves: " + parts[2]
	} else if !identifier.MatchString(proposal) {
		hint = ""
	}
	r.wrong(n.at, fmt.Sprintf("%s may hold A–Z without å, ä and ö, 0–9 and _ only: %q", key, n.text), hint)
	return false
}

// condition compiles the expression of a key that may be left out.
func (r *reader) condition(k keys, key string, s *scope) *condition {
	n := k.field[key]
	if n == nil {
		return nil
	}
	if n.kind == aBool {
		r.wrong(n.at, key+" holds an expression over the row", "leave the key out for every row")
		return nil
	}
	if n.kind == aList {
		r.wrong(n.at, key+" holds one expression, not a list", "join the parts with && or ||")
		return nil
	}
	if n.kind == aText && strings.HasPrefix(strings.TrimSpace(n.text), "{{") {
		r.wrong(n.at, key+" holds an expression, which stands without {{ }}", "")
		return nil
	}
	if n, ok := k.text(key, ""); ok && s != nil {
		c, found := s.condition(n.text, key, fmt.Sprintf("%s:%d %s", filepath.Base(r.name), n.at.line, key))
		r.faults(n, found)
		r.lookedBack(n.at)
		return c
	}
	return nil
}

// producents gives the producers that the file may publish for.
func (r *reader) producents() map[string]adapter.Producent {
	if r.rules == nil {
		return nil
	}
	return r.rules.producents
}
