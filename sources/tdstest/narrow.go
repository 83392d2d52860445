package tdstest

import "sort"

// bound is a comparison of a column with what is the same for all rows.
type bound struct {
	column  int
	with    node
	results [3]bool
}

// sorted tells how the rows of a table lie by a column.
type sorted int

const (
	unsorted  sorted = iota // or with NULL
	ascending               // with equal ones
	strictly
)

// order tells how the rows lie by a column.
func (t *Table) order(column int) sorted {
	t.mu.Lock()
	defer t.mu.Unlock()
	if known, ok := t.orders[column]; ok {
		return known
	}
	lie, k := strictly, t.kinds[column]
	for i, row := range t.rows {
		switch {
		case row[column] == nil || i > 0 && compare(t.rows[i-1][column], row[column], k, k, false) > 0:
			lie = unsorted
		case lie == strictly && i > 0 && compare(t.rows[i-1][column], row[column], k, k, false) == 0:
			lie = ascending
		}
		if lie == unsorted {
			break
		}
	}
	if t.orders == nil {
		t.orders = map[int]sorted{}
	}
	t.orders[column] = lie
	return lie
}

// narrowed leaves out rows that conditions on a column rule out by which the rows lie,
// as an index does; without it a walk through a million rows would take the square of
// that. It also tells how many rows are enough, if they lie as they are asked for; 0:
// all are needed.
func (s *selection) narrowed(rows [][]any) (some [][]any, enough int) {
	if s.from == nil || s.from.order == nil {
		return rows, 0
	}
	if s.where != nil {
		terms := s.where.terms
		if terms == nil {
			terms = []node{*s.where}
		}
		for _, term := range terms {
			if b := term.bound; b != nil && s.from.order(b.column) != unsorted {
				rows = b.among(rows, s.from.kinds[b.column])
			}
		}
	}
	if s.top >= 0 && !s.counted && (len(s.order) == 0 || s.order[0].column > 0 && !s.order[0].descending && s.from.order(s.order[0].column-1) == strictly) {
		enough = s.skip + s.top
	}
	return rows, enough
}

// among gives the rows that fulfil a bound, among rows that lie by its column.
func (b *bound) among(rows [][]any, k kind) [][]any {
	value := b.with.eval(nil)
	if value == nil {
		return nil
	}
	first := func(least int) int {
		return sort.Search(len(rows), func(i int) bool { return compare(rows[i][b.column], value, k, b.with.k, b.with.binary) >= least })
	}
	switch b.results {
	case holds[">="]:
		return rows[first(0):]
	case holds[">"]:
		return rows[first(1):]
	case holds["<"]:
		return rows[:first(0)]
	case holds["<="]:
		return rows[:first(1)]
	case holds["="]:
		return rows[first(0):first(1)]
	}
	return rows
}
