package mappings

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"

	"pgregory.net/rapid"
)

// oracle says what a written number may become, in another way than Normalise: it
// lists everybody who ever was born with these ten digits and crosses out.
type oracle struct {
	century adapter.Century
	when    time.Time
}

var writtenForm = regexp.MustCompile(`^(16|18|19|20)?([0-9]{6})([-+]?)([0-9]{4})$`)

// people lists the twelve digits of those who can be meant by a person's ten.
func (o oracle) people(ten, sign string) []string {
	var out []string
	for year := o.when.Year(); year >= 1800; year-- {
		if fmt.Sprintf("%02d", year%100) != ten[:2] {
			continue
		}
		var month, day int
		fmt.Sscanf(ten[2:6], "%02d%02d", &month, &day)
		if day >= 60 {
			day -= 60
		}
		born := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		if month == 0 || day == 0 {
			born = time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
			if o.century.MinAge > 0 { // only the year is known
				born = time.Date(year, o.when.Month(), o.when.Day(), 0, 0, 0, 0, time.UTC)
			}
		}
		today := time.Date(o.when.Year(), o.when.Month(), o.when.Day(), 0, 0, 0, 0, time.UTC)
		hundred := o.when.Year() >= year+100
		switch {
		case born.After(today), born.AddDate(o.century.MinAge, 0, 0).After(today):
		case o.century.Fixed != 0 && o.century.Fixed != year/100:
		case sign == "-" && hundred, sign == "+" && !hundred:
		case sign != "+" && o.century.Fixed == 0 && !born.AddDate(126, 0, 0).After(today):
		default:
			out = append(out, fmt.Sprint(year)[:2]+ten)
		}
	}
	return out
}

// allowed gives the only identity that a number may become; the zero one for none.
func (o oracle) allowed(number string, holder Holder) (id adapter.Identity) {
	m := writtenForm.FindStringSubmatch(strings.Trim(number, " \u00a0"))
	if m == nil {
		return id
	}
	prefix, ten, sign := m[1], m[2]+m[4], m[3]
	sum := 0
	for i, r := range ten {
		double := (2 - i%2) * int(r-'0')
		sum += double%10 + double/10
	}
	var month, day int
	fmt.Sscanf(ten[2:6], "%02d%02d", &month, &day)
	person := month >= 1 && month <= 12 && day >= 1 && day <= 31
	coordination := month <= 12 && day >= 60 && day <= 91
	if sum%10 != 0 || holder == Person && (prefix == "16" || month >= 20) {
		return id
	}
	if month >= 20 && (prefix == "" || prefix == "16") && sign != "+" {
		return adapter.Identity{Typ: adapter.Organisationsnummer, Identifierare: "16" + ten}
	}
	switch {
	case !person && !coordination:
		return id
	case prefix == "16" || holder == Organisation:
		id.Typ = adapter.Organisationsnummer
	case person:
		id.Typ = adapter.Personnummer
	default:
		id.Typ = adapter.Samordningsnummer
	}
	if prefix != "" && prefix != "16" {
		id.Identifierare = prefix + ten
		return id
	}
	if prefix == "16" && sign == "-" {
		sign = ""
	}
	people := o.people(ten, sign)
	if len(people) == 1 || len(people) > 1 && (sign == "+" || o.century.MinAge > 0) {
		id.Identifierare = people[0]
		return id
	}
	return adapter.Identity{}
}

// TestNeverAnotherPerson asks about any number, written in any way, and holds that
// Normalise gives what the oracle allows and nothing else.
func TestNeverAnotherPerson(t *testing.T) {
	given := 0
	check := func(t *rapid.T) {
		ten := fmt.Sprintf("%02d%02d%02d%03d", rapid.IntRange(0, 99).Draw(t, "year"), rapid.SampledFrom([]int{0, 1, 3, 6, 6, 11, 12, 13, 19, 20, 99}).Draw(t, "month"),
			rapid.SampledFrom([]int{0, 1, 15, 28, 31, 32, 59, 60, 61, 75, 75, 91, 92}).Draw(t, "day"), rapid.IntRange(0, 999).Draw(t, "birth number"))
		for last := '0'; last <= '9'; last++ {
			if luhn(ten + string(last)) {
				ten += string(last)
				break
			}
		}
		prefix := rapid.SampledFrom([]string{"", "", "", "16", "18", "19", "20", "00", "17"}).Draw(t, "prefix")
		sign := rapid.SampledFrom([]string{"", "", "-", "+", "–", "\u00ad", " "}).Draw(t, "sign")
		number := rapid.SampledFrom([]string{"", " ", "\u00a0", "0"}).Draw(t, "before") + prefix + ten[:6] + sign + ten[6:] + rapid.SampledFrom([]string{"", "  "}).Draw(t, "after")
		if rapid.IntRange(0, 9).Draw(t, "spoilt") == 0 {
			runes := []rune(number)
			runes[rapid.IntRange(0, len(runes)-1).Draw(t, "at")] = rapid.SampledFrom([]rune("0159-+Ttå\uff11\u0661.")).Draw(t, "letter")
			number = string(runes)
		}
		// Mostly about a birthday on which something changes.
		now := 1900 + two(ten) + rapid.SampledFrom([]int{0, 15, 18, 40, 99, 100, 101, 111, 118, 125, 126}).Draw(t, "age")
		day := max(two(ten[4:])%60, 1) + rapid.IntRange(-1, 1).Draw(t, "days after")
		o := oracle{when: time.Date(now, time.Month(max(two(ten[2:])%20, 1)), day, rapid.IntRange(0, 23).Draw(t, "hour"), 0, 0, 0, time.UTC)}
		if o.when.Month() == time.February && o.when.Day() == 29 { // its anniversaries are a matter of taste
			o.when = o.when.AddDate(0, 0, -1)
		}
		o.century = rapid.SampledFrom([]adapter.Century{{}, {}, {MinAge: 18}, {MinAge: 15}, {Fixed: 19}, {Fixed: 20}}).Draw(t, "century")
		holder := rapid.SampledFrom([]Holder{Unsaid, Person, Organisation}).Draw(t, "holder")
		got, err := Normalise(number, holder, o.century, o.when)
		want := o.allowed(number, holder)
		if err != nil {
			got = adapter.Identity{}
		} else {
			given++
		}
		if got != want {
			t.Fatalf("%q of holder %d in %s with %+v: got %s %q, %v; allowed is %s %q", number, holder, o.when.Format(time.DateOnly), o.century,
				got.Typ, got.Identifierare, err, want.Typ, want.Identifierare)
		}
	}
	for range 20 {
		rapid.Check(t, check)
	}
	if given < 100 {
		t.Errorf("only %d numbers had an identity", given)
	}
}

// TestNumericColumn holds that a number that lost its leading zeros in a numeric
// column is never completed by guess.
func TestNumericColumn(t *testing.T) {
	for _, tt := range []struct {
		typ  adapter.ColumnType
		v    any
		want string
	}{
		{adapter.Int, 1121227, "identity-form"}, // 000112-1227
		{adapter.Int, 409282381, "identity-form"},
		{adapter.Decimal, adapter.Number("1121227"), "identity-form"},
		{adapter.Decimal, adapter.Number("200001121227.00"), "identity-form"},
		{adapter.Int, -9009222382, "identity-form"},
		{adapter.Int, 0, "identity-form"},
		{adapter.Bool, true, "identity-missing"},
		{adapter.Int, 9009222382, "199009222382"},
		{adapter.Int, 200001121227, "200001121227"},
		{adapter.Decimal, adapter.Number("200001121227"), "200001121227"},
		{adapter.Float, 200001121227.0, "200001121227"},
	} {
		p := &people{rule: adapter.RecipientRule{Identity: adapter.IdentityRule{Column: "Nr"}}, columns: adapter.Columns{{Name: "Nr", Type: tt.typ}}}
		p.resolve()
		k, reason := p.read(&adapter.Row{Values: []any{tt.v}}, may2026, false)
		got := k.identity.Identifierare
		if reason != nil {
			got = reason.Code
		}
		if got != tt.want {
			t.Errorf("%s %v: got %s, want %s", tt.typ, tt.v, got, tt.want)
		}
	}
}
