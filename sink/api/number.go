package api

import (
	"bytes"
	"math"
	"strconv"
)

// wholeNumber reads a JSON number that has no fraction, however it is written: 20,
// 20.0 and 2e1 are the same. What is too big for an int64 becomes the biggest one.
func wholeNumber(raw []byte) (n int64, ok bool) {
	digits, negative := bytes.CutPrefix(raw, []byte("-"))
	exponent := 0
	if i := bytes.IndexAny(digits, "eE"); i >= 0 {
		e, err := strconv.ParseInt(string(digits[i+1:]), 10, 32)
		if err != nil { // out of range: e is then the limit, with its sign
			e = max(min(e, math.MaxInt32/2), math.MinInt32/2)
		}
		exponent, digits = int(e), digits[:i]
	}
	whole, fraction, _ := bytes.Cut(digits, []byte("."))
	fraction = bytes.TrimRight(fraction, "0")
	digits = append(bytes.Clone(whole), fraction...)
	exponent -= len(fraction)
	for exponent < 0 && len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits, exponent = digits[:len(digits)-1], exponent+1
	}
	digits = bytes.TrimLeft(digits, "0")
	switch {
	case len(digits) == 0:
		return 0, true
	case exponent < 0:
		return 0, false
	case len(digits)+exponent > 18:
		n = math.MaxInt64
	default:
		n, _ = strconv.ParseInt(string(digits), 10, 64)
		for ; exponent > 0; exponent-- {
			n *= 10
		}
	}
	if negative {
		n = -n
	}
	return n, true
}
