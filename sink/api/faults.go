package api

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// fault is one thing that is wrong with a question. It never holds a value of the
// question.
type fault struct {
	path string // of the field; empty for a header, which comes first
	text string // in Swedish
}

type faults []fault

func (f *faults) add(path, text string) { *f = append(*f, fault{path, text}) }

// at gives the path of an element of a list, or of a field of it.
func at(list string, index int, field string) string {
	return list + "[" + strconv.Itoa(index) + "]" + field
}

// String lists the faults in the order of their fields.
func (f faults) String() string {
	slices.SortStableFunc(f, func(a, b fault) int { return comparePaths(a.path, b.path) })
	var b strings.Builder
	for i := range f {
		if i > 0 {
			b.WriteString("; ")
		}
		if f[i].path != "" {
			b.WriteString(f[i].path + ": ")
		}
		b.WriteString(f[i].text)
	}
	return b.String()
}

// comparePaths compares field by field, and indexes as numbers.
func comparePaths(a, b string) int {
	for a != "" && b != "" {
		x, y := segment(a), segment(b)
		if x != y {
			m, errM := strconv.Atoi(x)
			n, errN := strconv.Atoi(y)
			if errM == nil && errN == nil {
				return cmp.Compare(m, n)
			}
			return cmp.Compare(x, y)
		}
		a, b = strings.TrimLeft(a[len(x):], ".[]"), strings.TrimLeft(b[len(y):], ".[]")
	}
	return cmp.Compare(len(a), len(b))
}

func segment(path string) string {
	if end := strings.IndexAny(path, ".[]"); end >= 0 {
		return path[:end]
	}
	return path
}
