package mappings

import (
	"strconv"
	"time"

	"arendebrygga/adapter"
)

// oldest is an age that nobody has passed. Where neither a plus nor Fixed says so, a
// reading that makes a person older than this is not possible.
const oldest = 125

// birthCentury gives the first two of twelve digits for a person's ten.
//
// A sign says the most: + is written from the year in which the person turns a
// hundred, and means the youngest such reading; - is written before. Without a sign the operator's choice decides: Fixed names
// the century, MinAge takes the youngest reading of at least that age. With neither,
// or where a sign contradicts them, only a number with a single possible reading has
// a century: the other reading may be a living person.
func birthCentury(w written, c adapter.Century, when time.Time) (string, error) {
	var possible []int
	for _, century := range []int{20, 19, 18} {
		if b := (birth{century*100 + two(w.ten), w.ten, when}); b.fits(w.sign, c) {
			possible = append(possible, century)
		}
	}
	decided := len(possible) == 1 || len(possible) > 1 && (c.MinAge > 0 || w.sign == '+')
	if !decided {
		return "", IdentityCentury
	}
	return strconv.Itoa(possible[0]), nil
}

// birth is one reading of a number, seen from the day of a change.
type birth struct {
	year int
	ten  string
	when time.Time
}

func (b birth) fits(sign rune, c adapter.Century) bool {
	age, years := b.age(), b.when.Year()-b.year
	switch {
	case age < 0, age < c.MinAge, age > oldest && sign != '+' && c.Fixed == 0:
		return false
	case sign == '-' && years >= 100, sign == '+' && years < 100:
		return false
	}
	return c.Fixed == 0 || c.Fixed == b.year/100
}

// age is in whole years; below 0 before birth. Where a samordningsnummer leaves
// month or day unknown, only the year counts.
func (b birth) age() int {
	age := b.when.Year() - b.year
	month, day := two(b.ten[2:]), two(b.ten[4:])
	if day >= 60 {
		day -= 60
	}
	if month == 0 || day == 0 {
		return age
	}
	if now := int(b.when.Month()); month > now || month == now && day > b.when.Day() {
		age--
	}
	return age
}
