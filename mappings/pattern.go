package mappings

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// pattern takes statuses: one part for each status column, of which "*" takes any,
// NULL and "" too. Case counts; blanks around a part, which fixed-width columns add,
// do not.
type pattern struct {
	parts []string
	node  *node // where it is written
}

const anyPart = "*"

// newPattern reads a pattern for a source with n status columns. With one column
// the pattern is not split: such a status may hold a slash itself.
func newPattern(n *node, columns int) (pattern, error) {
	parts := []string{n.text}
	if columns > 1 {
		parts = strings.Split(n.text, "/")
	}
	if len(parts) != columns {
		return pattern{}, fmt.Errorf("the pattern %q has %s, but the status of the source has %d", n.text, count(len(parts), "part"), columns)
	}
	for i := range parts {
		parts[i] = tidy(parts[i])
	}
	return pattern{parts, n}, nil
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// tidy gives the form in which statuses and patterns are compared.
func tidy(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }

func (p pattern) String() string { return strings.Join(p.parts, "/") }

// takes tells whether the pattern takes a status; the parts are tidied.
func (p pattern) takes(status []string) bool {
	if len(status) != len(p.parts) {
		return false
	}
	for i, part := range p.parts {
		if part != anyPart && part != status[i] {
			return false
		}
	}
	return true
}

// resembles is takes without regard to case and blanks.
func (p pattern) resembles(status []string) bool {
	if len(status) != len(p.parts) {
		return false
	}
	for i, part := range p.parts {
		if part != anyPart && !strings.EqualFold(bare(part), bare(status[i])) {
			return false
		}
	}
	return true
}

func bare(s string) string { return strings.Join(strings.Fields(s), "") }

// takesJoined is for the status before, of which only the joined text is known. A
// case that was not seen before, whose status is "", is taken by the pattern "" only.
func (p pattern) takesJoined(status string) bool {
	if status == "" || p.String() == "" {
		return p.String() == status
	}
	parts := []string{status}
	if len(p.parts) > 1 {
		parts = strings.Split(status, "/")
	}
	for i := range parts {
		parts[i] = tidy(parts[i])
	}
	return p.takes(parts) || p.String() == strings.Join(parts, "/")
}

// covers tells whether every status that q takes is taken by p.
func (p pattern) covers(q pattern) bool {
	for i, part := range p.parts {
		if part != anyPart && part != q.parts[i] {
			return false
		}
	}
	return true
}

// patterns reads a list of status patterns.
func (k keys) patterns(key string, columns int, first bool) []pattern {
	var out []pattern
	for _, n := range k.words(key) {
		if first && n.text == "" {
			out = append(out, pattern{[]string{""}, n})
			continue
		}
		if columns == 0 {
			continue
		}
		p, err := newPattern(n, columns)
		if err != nil {
			hint := "parts are separated by /, and * stands for any: " + stretch(n.text, columns)
			if strings.Contains(n.text, ", ") {
				hint = `several patterns stand in a list, each in quotes: ["…", "…"]`
			}
			*k.f.problems = append(*k.f.problems, k.f.code(n, err.Error(), hint))
			continue
		}
		out = append(out, p)
	}
	return out
}

// stretch makes a pattern of the right number of parts out of one with another.
func stretch(text string, columns int) string {
	parts := strings.Split(text, "/")
	for len(parts) < columns {
		parts = append(parts, anyPart)
	}
	return strings.Join(parts[:columns], "/")
}
