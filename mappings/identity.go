package mappings

import (
	"strings"
	"time"
	"unicode"

	"arendebrygga/adapter"
)

// IdentityError says why a number from a case system is not the number of a kund.
// Its text is the code of an [adapter.Reason] and never holds the number.
type IdentityError string

// Error gives the code.
func (e IdentityError) Error() string { return string(e) }

// What can be wrong with a number.
const (
	IdentityMissing    IdentityError = "identity-missing"     // NULL or blank
	IdentityForm       IdentityError = "identity-form"        // not a Swedish identity number, or one written in no known form
	IdentityInterim    IdentityError = "identity-interim"     // an interim number: a letter in the first of the last four places
	IdentityLetters    IdentityError = "identity-letters"     // other letters: a foreign id, or a regional reserve number
	IdentityKind       IdentityError = "identity-kind"        // an organisation's number where organisationWhen says person
	IdentityCentury    IdentityError = "identity-century"     // no century is possible, or several are and nothing decides
	IdentityCheckDigit IdentityError = "identity-check-digit" // the last digit does not fit the others
)

// Holder is what a source says of whose number it is.
type Holder uint8

// The holders.
const (
	Unsaid       Holder = iota // the source does not say; the digits tell a person from an organisation
	Person                     // organisationWhen is false
	Organisation               // organisationWhen is true
)

// Letters in the first of the last four places of an interim number.
const interimLetters = "TRSUWXJKLMN"

// Normalise gives a kund's twelve digits and type from whatever a case system holds:
// YYYYMMDD-NNNN, YYMMDD-NNNN, YYMMDD+NNNN, NNNNNN-NNNN, 16NNNNNN-NNNN, each with or
// without the sign, padded with blanks or not. Persons get a century, and
// organisations the prefix 16.
//
// The date part is never read as a date, as samordningsnummer have days 60–91 and
// may have month 00. Digits 3–4 of the ten are 20 or more in an organisation's number
// and in no person's.
//
// A sole trader's firm (enskild firma) has the owner's number. With holder
// Organisation such a number keeps the owner's twelve digits, with century, and has
// the type Organisationsnummer: the number is a personnummer, and what it stands for
// is what the source says. A prefix of 16 says organisation too, but it says no
// century.
//
// Ten digits get their century relative to when, the day of the change, so that a
// replay in a later year gives the same person; see [adapter.Century]. Errors are
// IdentityErrors. With IdentityCheckDigit the identity is given as well, for those
// who choose to use it.
func Normalise(number string, holder Holder, century adapter.Century, when time.Time) (adapter.Identity, error) {
	var id adapter.Identity
	w, err := split(number)
	if err != nil {
		return id, err
	}
	if w.prefix == "16" {
		if holder == Person {
			return id, IdentityKind
		}
		holder, w.prefix = Organisation, ""
		if w.sign == '-' {
			w.sign = 0 // a separator here, as organisations have no age
		}
	}
	month, day := two(w.ten[2:]), two(w.ten[4:])
	switch {
	case month >= 20:
		if holder == Person {
			return id, IdentityKind
		}
		if w.prefix != "" || w.sign == '+' {
			return id, IdentityForm
		}
		id = adapter.Identity{Typ: adapter.Organisationsnummer, Identifierare: "16" + w.ten}
	case day >= 1 && day <= 31 && month >= 1 && month <= 12:
		id.Typ = adapter.Personnummer
	case day >= 60 && day <= 91 && month <= 12:
		id.Typ = adapter.Samordningsnummer
	default:
		return id, IdentityForm
	}
	if id.Identifierare == "" {
		if w.prefix == "" {
			if w.prefix, err = birthCentury(w, century, when); err != nil {
				return adapter.Identity{}, err
			}
		}
		id.Identifierare = w.prefix + w.ten
		if holder == Organisation {
			id.Typ = adapter.Organisationsnummer
		}
	}
	if !luhn(w.ten) {
		return id, IdentityCheckDigit
	}
	return id, nil
}

// written is a number as it was found: its ten digits, the two before them if there
// are any, and the sign before the last four.
type written struct {
	prefix string // "16", "18", "19", "20" or ""
	ten    string
	sign   rune // '-', '+' or 0
}

func split(number string) (written, error) {
	number = strings.TrimFunc(number, func(r rune) bool { return unicode.IsSpace(r) || r == 0 })
	if number == "" {
		return written{}, IdentityMissing
	}
	var w written
	head, tail := number, ""
	if i := strings.LastIndexAny(number, "-+"); i >= 0 {
		head, tail, w.sign = number[:i], number[i+1:], rune(number[i])
	} else if len(number) > 4 {
		head, tail = number[:len(number)-4], number[len(number)-4:]
	}
	digits := head + tail
	switch {
	case !isDigits(digits):
		return w, lettered(head, tail)
	case len(tail) != 4:
		return w, IdentityForm
	case len(digits) == 10:
		w.ten = digits
		return w, nil
	case len(digits) == 12:
		w.prefix, w.ten = digits[:2], digits[2:]
		if p := w.prefix; p == "16" || p == "18" || p == "19" || p == "20" {
			return w, nil
		}
	}
	return w, IdentityForm
}

// lettered tells an interim number from other numbers with something else than
// digits in them.
func lettered(head, tail string) error {
	if len(tail) == 4 && isDigits(tail[1:]) && isDigits(head) && (len(head) == 6 || len(head) == 8) &&
		strings.ContainsRune(interimLetters, unicode.ToUpper(rune(tail[0]))) {
		return IdentityInterim
	}
	if strings.ContainsFunc(head+tail, unicode.IsLetter) {
		return IdentityLetters
	}
	return IdentityForm
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// two reads two digits.
func two(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }

// luhn tells whether the last of ten digits is the check digit of the others:
// weights 2,1,2,1…, the digits of the products added up.
func luhn(ten string) bool {
	sum := 0
	for i := range len(ten) {
		d := int(ten[i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}
