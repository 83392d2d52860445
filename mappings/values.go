package mappings

import (
	"errors"
	"strconv"

	"arendebrygga/adapter"
)

var errNoText = errors.New("the value has no text form")

// errNil is a value that is nil without any column being NULL.
var errNil = errors.New("the expression gives nothing")

// format gives a value as a text shows it: texts as they are, whole numbers plainly,
// decimals with the digits and the point of the database. A time has no text of its
// own, nor has true or false: what a reader wants to see depends on the place.
func format(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", errNil
	case string:
		return v, nil
	case adapter.Number:
		return string(v), nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	}
	return "", errNoText
}

// isNull tells whether an expression stopped because of a value that is missing,
// not because it failed.
func isNull(err error) bool {
	var missing *nullError
	return errors.As(err, &missing) || errors.Is(err, errNil)
}

// print gives the text of one value.
func (s *segment) print(e *evaluator) (string, error) {
	if c := s.value.column; c >= 0 {
		v := e.value(c)
		if v == nil {
			return "", e.missing[c]
		}
		return format(v)
	}
	v, err := e.run(s.value)
	if err != nil {
		return "", err
	}
	return format(v)
}
