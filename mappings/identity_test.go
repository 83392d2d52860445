package mappings

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
)

var may2026 = time.Date(2026, 5, 15, 12, 0, 0, 0, time.UTC)

// TestOfficialNumbers holds every official test number through the forms that case
// systems write.
func TestOfficialNumbers(t *testing.T) {
	f, err := os.Open("../testdata/testnumbers.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		kind, number, ok := strings.Cut(lines.Text(), "\t")
		if strings.HasPrefix(kind, "#") || !ok {
			continue
		}
		n++
		want := adapter.Identity{Typ: adapter.Personnummer, Identifierare: number}
		if strings.HasPrefix(kind, "samordningsnummer") {
			want.Typ = adapter.Samordningsnummer
		}
		check := func(form string, c adapter.Century, when time.Time) {
			t.Helper()
			if got, err := Normalise(form, Unsaid, c, when); err != nil || got != want {
				t.Errorf("%s, written with %d characters: got %s, error %v", kind, len(form), got.Typ, err)
			}
		}
		for _, form := range []string{number, number[:8] + "-" + number[8:], "  " + number + "\t\u00a0", number[:8] + "+" + number[8:]} {
			check(form, adapter.Century{}, may2026)
		}
		ten := number[2:]
		check(ten, adapter.Century{Fixed: two(number)}, may2026)
		check(ten[:6]+signFor(number)+ten[6:], adapter.Century{}, may2026)
		if number[2:4] > "26" && two(number) == 19 {
			check(ten, adapter.Century{}, may2026)
			check(ten, adapter.Century{MinAge: 18}, may2026)
		}
		// In the year 1980 everybody here who was born had the same century.
		if two(number) == 19 && two(ten) < 80 {
			check(ten[:6]+"-"+ten[6:], adapter.Century{}, time.Date(1980, 12, 31, 0, 0, 0, 0, time.UTC))
		}
		wrong := number[:11] + string('0'+(number[11]-'0'+1)%10)
		if got, err := Normalise(wrong, Unsaid, adapter.Century{}, may2026); err != IdentityCheckDigit || got.Identifierare != wrong {
			t.Errorf("%s with a wrong check digit: %v", kind, err)
		}
	}
	if n < 150 {
		t.Errorf("only %d test numbers were found", n)
	}
}

// signFor gives the sign that belongs to a number in the year 2026.
func signFor(number string) string {
	if number[:4] <= "1926" {
		return "+"
	}
	return "-"
}

func TestNormalise(t *testing.T) {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	const person, org, coord = adapter.Personnummer, adapter.Organisationsnummer, adapter.Samordningsnummer
	none := adapter.Century{}
	for _, tt := range []struct {
		name    string
		number  string
		holder  Holder
		century adapter.Century
		when    time.Time
		typ     adapter.IdentityType
		want    string
		err     error
	}{
		{"organisation with sign", "212000-2411", Unsaid, none, may2026, org, "162120002411", nil},
		{"organisation without sign", "2120000142", Unsaid, none, may2026, org, "162120000142", nil},
		{"organisation with 16", "16556016-0680", Unsaid, none, may2026, org, "165560160680", nil},
		{"organisation of twelve", "165560160680", Organisation, none, may2026, org, "165560160680", nil},
		{"organisation padded", "   556016-0680     ", Organisation, none, may2026, org, "165560160680", nil},
		{"organisation said to be a person", "556016-0680", Person, none, may2026, "", "", IdentityKind},
		{"organisation with 16 said to be a person", "16556016-0680", Person, none, may2026, "", "", IdentityKind},
		{"organisation with a century", "195560160680", Unsaid, none, may2026, "", "", IdentityForm},
		{"organisation with +", "556016+0680", Unsaid, none, may2026, "", "", IdentityForm},
		{"filler in the wild", "559162-8136", Unsaid, none, may2026, org, "165591628136", IdentityCheckDigit},
		{"another filler", "123456-1234", Unsaid, none, may2026, org, "161234561234", IdentityCheckDigit},
		{"firm of a sole trader", "19900922-2382", Organisation, none, may2026, org, "199009222382", nil},
		{"firm in ten digits", "900922-2382", Organisation, none, may2026, org, "199009222382", nil},
		{"firm with 16 has no century", "16900922-2382", Unsaid, none, may2026, org, "199009222382", nil},
		{"firm with 16, two centuries", "16040928-2381", Unsaid, none, may2026, "", "", IdentityCentury},
		{"samordningsnummer as a firm", "19730566-2392", Organisation, none, may2026, org, "197305662392", nil},
		{"month 00", "19150072-2390", Person, none, may2026, coord, "191500722390", nil},
		{"day 60", "191711602399", Unsaid, none, may2026, coord, "191711602399", nil},
		{"two readings", "0409282381", Unsaid, none, may2026, "", "", IdentityCentury},
		{"two readings, minAge takes the younger", "0409282381", Unsaid, adapter.Century{MinAge: 18}, may2026, person, "200409282381", nil},
		{"too young for minAge", "1303232381", Unsaid, adapter.Century{MinAge: 18}, may2026, person, "191303232381", nil},
		{"minAge goes by the change, not by today", "0409282381", Unsaid, adapter.Century{MinAge: 18}, day(2022, 9, 27), person, "190409282381", nil},
		{"minAge on the birthday", "0409282381", Unsaid, adapter.Century{MinAge: 18}, day(2022, 9, 28), person, "200409282381", nil},
		{"fixed", "0409282381", Unsaid, adapter.Century{Fixed: 19}, may2026, person, "190409282381", nil},
		{"fixed but not born", "9009222382", Unsaid, adapter.Century{Fixed: 20}, may2026, "", "", IdentityCentury},
		{"sign against fixed", "040928-2381", Unsaid, adapter.Century{Fixed: 19}, may2026, "", "", IdentityCentury},
		{"sign against minAge", "130323-2381", Unsaid, adapter.Century{MinAge: 18}, may2026, "", "", IdentityCentury},
		{"minus", "040928-2381", Unsaid, none, may2026, person, "200409282381", nil},
		{"plus", "040928+2381", Unsaid, none, may2026, person, "190409282381", nil},
		{"plus for one who is not a hundred", "900922+2382", Unsaid, none, day(1989, 1, 1), "", "", IdentityCentury},
		{"minus in the year of the hundredth birthday", "261227-2390", Unsaid, none, may2026, "", "", IdentityCentury},
		{"blank", " \t ", Unsaid, none, may2026, "", "", IdentityMissing},
		{"NULL", "", Unsaid, none, may2026, "", "", IdentityMissing},
		{"interim", "19900922-T382", Unsaid, none, may2026, "", "", IdentityInterim},
		{"interim, small letter, no sign", "900922r382", Unsaid, none, may2026, "", "", IdentityInterim},
		{"reserve number", "99C00922-2382", Unsaid, none, may2026, "", "", IdentityLetters},
		{"foreign", "DK-900922-2382", Unsaid, none, may2026, "", "", IdentityLetters},
		{"letter that is no interim letter", "900922-A382", Unsaid, none, may2026, "", "", IdentityLetters},
		{"eleven digits", "19900922238", Unsaid, none, may2026, "", "", IdentityForm},
		{"sign in the wrong place", "1990-09222382", Unsaid, none, may2026, "", "", IdentityForm},
		{"month 13", "19901322-2382", Unsaid, none, may2026, "", "", IdentityForm},
		{"day 45", "19900945-2382", Unsaid, none, may2026, "", "", IdentityForm},
		{"day 92", "19900992-2382", Unsaid, none, may2026, "", "", IdentityForm},
		{"century 17", "17900922-2382", Unsaid, none, may2026, "", "", IdentityForm},
		{"other digits", "١٩٩٠٠٩٢٢٢٣٨٢", Unsaid, none, may2026, "", "", IdentityForm},
		{"one sign", "-", Unsaid, none, may2026, "", "", IdentityForm},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Normalise(tt.number, tt.holder, tt.century, tt.when)
			if err != tt.err || got.Typ != tt.typ || got.Identifierare != tt.want {
				t.Errorf("got %s %q, %v; want %s %q, %v", got.Typ, got.Identifierare, err, tt.typ, tt.want, tt.err)
			}
		})
	}
}
