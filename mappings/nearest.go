package mappings

import (
	"cmp"
	"strings"
)

// nearest gives the known word that most resembles a misspelt one, or "" if none
// is near enough to be meant.
func nearest(word string, known []string) string {
	best, least := "", max(2, len([]rune(word))/3)+1
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// suggest makes a hint of the nearest known word, or else lists the few there are.
func suggest(word string, known []string) string {
	if n := nearest(word, known); n != "" {
		return "did you mean " + n + "?"
	}
	if len(known) == 0 || len(known) > 30 {
		return ""
	}
	return "known: " + strings.Join(known, ", ")
}

// distance counts the letters to insert, delete, change or swap with a neighbour to
// make one word of another.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if max(len(x), len(y)) > 80 {
		return cmp.Compare(a, b) * cmp.Compare(a, b) * 80
	}
	var older, prev []int
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		older, prev, row = prev, row, make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := prev[j-1]
			if x[i-1] != y[j-1] {
				change++
			}
			row[j] = min(prev[j]+1, row[j-1]+1, change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
	}
	return row[len(y)]
}
