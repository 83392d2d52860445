package mappings

import (
	"fmt"
	"strings"

	"arendebrygga/adapter"
)

// lint checks what concerns several parts of a file at once.
func (r *reader) lint(m *mapping) {
	steps := map[string]*event{}
	var names []string
	for _, e := range m.events {
		if e.step == "" {
			continue
		}
		if first, ok := steps[e.step]; ok {
			r.wrong(e.at, fmt.Sprintf("the step %s stands twice", e.step), fmt.Sprintf("the first is on line %d; one step may list several patterns in till", first.at.line))
			continue
		}
		steps[e.step] = e
		names = append(names, e.step)
	}
	for _, e := range m.events {
		for _, n := range e.leadsTo {
			if steps[n.text] == nil {
				r.wrong(n.at, fmt.Sprintf("lederTill names the step %s, which is not there", n.text), adapter.Suggest(n.text, names))
			}
		}
		for _, n := range e.before {
			if r.identifier(n, "tidigare") && steps[n.text] != nil {
				r.wrong(n.at, fmt.Sprintf("tidigare names the step %s, which is still there", n.text), "it lists names that a step had before it was renamed")
			}
		}
	}
	r.unreachable(m)
	r.cases(m)
}

// unreachable warns of patterns that an earlier event always takes before them.
func (r *reader) unreachable(m *mapping) {
	var earlier []*event
	swallowed := func(p pattern) (string, *event) {
		for _, e := range earlier {
			for _, q := range e.to {
				if q.covers(p) {
					return q.String(), e
				}
			}
		}
		return "", nil
	}
	for _, e := range m.events {
		hit, reason := 0, ""
		for _, p := range e.to {
			if q, by := swallowed(p); by != nil {
				hit++
				reason = fmt.Sprintf("%s on line %d takes %q first, as the first event that matches wins", by.step, by.at.line, q)
				if hit < len(e.to) || len(e.to) > 1 {
					r.warn(p.node.at, fmt.Sprintf("the pattern %q never matches", p), reason)
				}
			}
		}
		if len(e.to) == 1 && hit == 1 {
			r.warn(e.at, fmt.Sprintf("the step %s is never reached", e.step), reason+"; put it before that one")
		}
		if e.nar == nil && e.from == nil {
			earlier = append(earlier, e)
		}
	}
	for _, p := range m.ignore {
		if q, by := swallowed(p); by != nil {
			r.warn(p.node.at, fmt.Sprintf("the pattern %q in ignorera never matches", p), fmt.Sprintf("%s on line %d takes %q", by.step, by.at.line, q))
		}
	}
}

// cases warns of patterns that differ only in case, as statuses drift in spelling.
func (r *reader) cases(m *mapping) {
	first := map[string]pattern{}
	check := func(ps []pattern) {
		for _, p := range ps {
			fold := strings.ToLower(p.String())
			if q, ok := first[fold]; !ok {
				first[fold] = p
			} else if q.String() != p.String() {
				r.warn(p.node.at, fmt.Sprintf("the pattern %q differs only in case from %q on line %d", p, q, q.node.at.line), "case counts; keep both only if the source has both")
			}
		}
	}
	for _, e := range m.events {
		check(e.to)
		check(e.from)
	}
	check(m.ignore)
}
