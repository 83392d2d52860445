package api

const (
	identityDigits = 10 // the least number of digits of an identity number
	maxSigns       = 3  // between two of them, as in "900922 - 2382" and "900922%2D2382"
)

// mask replaces whatever looks like an identity number by ***: at least ten digits,
// with at most three blanks or signs between any two of them, or one that is written
// as in a URL. That takes some numbers too many, among them parts of a few UUIDs, but
// none too few.
func mask(s string) string {
	var out []byte
	kept := 0 // s up to here is in out
	for i := 0; i < len(s); {
		if !digit(s[i]) {
			i++
			continue
		}
		end, digits := digitsFrom(s, i)
		if digits >= identityDigits {
			out = append(append(out, s[kept:i]...), "***"...)
			kept = end
		}
		i = end
	}
	if kept == 0 {
		return s
	}
	return string(append(out, s[kept:]...))
}

// digitsFrom finds how far the digits that begin at start reach, signs between them
// included, and how many they are.
func digitsFrom(s string, start int) (end, digits int) {
	end = start
	signs := 0 // since the last digit
	for i := start; i < len(s) && signs <= maxSigns; i++ {
		switch c := s[i]; {
		case digit(c):
			digits++
			end, signs = i+1, 0
		case letter(c) && (i < 2 || s[i-2] != '%'): // but for that of a sign in a URL
			return end, digits
		default:
			signs++
		}
	}
	return end, digits
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
