package adapter

import (
	"errors"
	"fmt"
)

// Crowd is the Err of a row that stands for more rows than a source gives of one case, or
// of one event. What it is about is parked, and all else goes on.
type Crowd struct {
	Most   int    // so many rows would have been taken
	Column string // that all of them have the same value of
}

// Error names the column, not the value.
func (c Crowd) Error() string {
	return fmt.Sprintf("more than %d rows of the query have one and the same value of %s: is a join missing a condition?", c.Most, c.Column)
}

func (r *Row) crowd() bool {
	var c Crowd
	return errors.As(r.Err, &c)
}

// seatCrowds gives a case with too many recipients the row that stands for them, where
// cases are known by more than the query asks for, too.
func seatCrowds(byCase map[Key][]Row, cases []Key, rows []Row) {
	for _, r := range rows {
		if !r.crowd() {
			continue
		}
		for _, c := range cases {
			if c.bare() == r.Case.bare() {
				r.Case = c
				byCase[c] = []Row{r}
			}
		}
	}
}

// stay has the recipients of a case with too many count as they did: who of them there
// still is nobody knows.
func (m *meeting) stay() {
	for i := range m.rows {
		if !m.rows[i].crowd() {
			continue
		}
		for _, p := range m.Parties {
			if _, told := m.now[p.ID]; p.Until == 0 && !told {
				m.now[p.ID] = p.Hash
			}
		}
	}
}
