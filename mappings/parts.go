package mappings

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"arendebrygga/adapter"
)

// roles say which recipients get an event.
type roles struct {
	all   bool
	names []string
	own   bool // of the recipients that belong to the event row, not of the case's
}

// allRoles is what mottagare says for every recipient.
const allRoles = "alla"

// allow tells whether a recipient with this role gets the event.
func (r roles) allow(role string) bool { return r.all || slices.Contains(r.names, role) }

// resemble is allow without regard to case and blanks.
func (r roles) resemble(role string) bool {
	return slices.ContainsFunc(r.names, func(name string) bool { return strings.EqualFold(bare(name), bare(role)) })
}

// roles reads mottagare: roles of the case's recipients, or under handelsens those
// of the event row's own.
func (r *reader) roles(k keys, n *node) roles {
	if n.kind != anObject {
		return r.roleNames(k, "mottagare", n)
	}
	inner, ok := r.keysOf(n, "mottagare", "handelsens")
	if !ok {
		return roles{all: true}
	}
	names, ok := inner.need("handelsens", "the roles of those who belong to the event itself: { handelsens: [GRAN] }")
	if !ok {
		return roles{all: true}
	}
	if r.rules != nil && r.rules.def.Recipients.Row == "" {
		r.wrong(n.at, fmt.Sprintf("the recipients of the source %s do not say which event they belong to", r.rules.def.Name),
			"name the column with row: in the source's recipients, which need a query for it; or name roles: [SOK, MSOK]")
	}
	out := r.roleNames(inner, "handelsens", names)
	out.own = true
	return out
}

func (r *reader) roleNames(k keys, key string, n *node) roles {
	if n.kind == aText && n.text == allRoles {
		return roles{all: true}
	}
	if n.kind == aText && (strings.EqualFold(n.text, allRoles) || strings.EqualFold(n.text, "all")) {
		r.wrong(n.at, fmt.Sprintf("%s cannot be %s", key, n.text), "every recipient is written alla; a role stands in a list: ["+n.text+"]")
		return roles{all: true}
	}
	var out roles
	for _, w := range k.words(key) {
		if w.text == allRoles {
			r.wrong(w.at, "alla stands alone, not in a list", key+": alla")
		}
		out.names = append(out.names, tidy(w.text))
	}
	if len(out.names) > 0 && r.rules != nil && r.rules.def.Recipients.Role == "" {
		r.wrong(n.at, fmt.Sprintf("the recipients of the source %s have no role", r.rules.def.Name), "name the column with role: in the source's recipients, or write mottagare: alla")
	}
	return out
}

// maxTag is the length of a tag, in characters (standard 6.1).
const maxTag = 100

// tags reads taggar.
func (r *reader) tags(k keys) []string {
	var out []string
	for _, n := range k.words("taggar") {
		switch t := strings.TrimSpace(n.text); {
		case t == "":
			r.wrong(n.at, "a tag is blank", "")
		case len([]rune(t)) > maxTag:
			r.wrong(n.at, fmt.Sprintf("a tag is longer than %d characters", maxTag), "")
		default:
			out = append(out, t)
		}
	}
	return out
}

// arenden reads the numbers by which a case can be asked for.
func (r *reader) arenden(k keys) []arende {
	if _, ok := k.need("arenden", `the numbers of the case, such as [{ typ: Diarienummer, varde: "{{ rad.Dnr }}" }]`); !ok {
		return nil
	}
	var out []arende
	for _, n := range k.items("arenden") {
		one, ok := r.keysOf(n, "the number of the case", "typ", "varde")
		if !ok {
			continue
		}
		a := arende{where: fmt.Sprintf("%s:%d arenden", filepath.Base(r.name), n.at.line)}
		if t, ok := one.text("typ", "one of "+strings.Join(arendeTypes, ", ")); ok {
			a.typ = t.text
			if !slices.Contains(arendeTypes, a.typ) {
				r.wrong(t.at, fmt.Sprintf("unknown typ %s", a.typ), adapter.Suggest(a.typ, arendeTypes))
			}
		}
		if v, ok := one.text("varde", `the value, such as "{{ rad.Dnr }}"`); ok {
			a.value = r.template(v, swedish)
			if a.value != nil && a.value.fixed {
				r.warn(v.at, "every case gets the same number", `a value of the row is written {{ rad.Column }}`)
			}
		}
		out = append(out, a)
	}
	return out
}

// template compiles a text, if the source is known.
func (r *reader) template(n *node, language string) *template {
	if r.inner == nil {
		return nil
	}
	t, found := r.inner.template(n.text, language)
	r.faults(n, found)
	return t
}
