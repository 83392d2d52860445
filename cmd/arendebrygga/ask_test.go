package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// numbers are official test numbers, without century where a person's is clear.
var numbers = []string{"199009222382", "195410072572", "198003192385", "198007292397", "200001121227", "197702042396", "196909092394",
	"199011140903", "198012202381", "200006012397", "198103232396", "199007022388", "199008022395", "198300742395", "194101602391"}

// betweenDigits is what people write inside an identity number.
var betweenDigits = regexp.MustCompile(`([0-9])[-+ ]([0-9])`)

// numbersIn finds those of the numbers, of twelve digits each, that text tells in any
// written form. Names of temporary files and ports are digits, too: no fewer than ten
// tell anything.
func numbersIn(text string, numbers []string) (found []string) {
	text = betweenDigits.ReplaceAllString(text, "$1$2")
	for _, n := range numbers {
		if strings.Contains(text, n[2:]) {
			found = append(found, n)
		}
	}
	return found
}

// answer is what the tests read of an answer.
type answer struct {
	Kundhandelser []struct {
		TotaltAntalKundhandelser int
		KundhandelserForPart     []answered
	}
}

// answered is one kundhändelse of an answer.
type answered struct {
	KundhandelseID    string `json:"kundhandelseId"`
	KundhandelseTyp   string
	Tidpunkt          string
	Rubrik            string
	UtokadInformation struct{ Rad string }
	Referenser        struct{ ProducentReferens string }
}

// ask asks about one kund, in one answer.
func ask(url, kund string) ([]answered, error) {
	all, err := askPage(url, kund, "")
	if err != nil {
		return nil, err
	}
	part := all.Kundhandelser[0]
	if len(part.KundhandelserForPart) != part.TotaltAntalKundhandelser {
		return nil, fmt.Errorf("%d events, said to be %d", len(part.KundhandelserForPart), part.TotaltAntalKundhandelser)
	}
	return part.KundhandelserForPart, nil
}

func mustAsk(t testing.TB, url, kund, paginering string) answer {
	t.Helper()
	page, err := askPage(url, kund, paginering)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func askPage(url, kund, paginering string) (page answer, err error) {
	typ := "Personnummer"
	if kund[6] >= '6' {
		typ = "Samordningsnummer"
	}
	body := fmt.Appendf(nil, `{"fraga":{"parter":[{"kund":{"identifierare":%q,"typ":%q}}],"behandling":{"sortering":[{"attribut":"TIDPUNKT","stigande":false}]%s}},"anvandare":%[1]q}`,
		kund, typ, paginering)
	res, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return page, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %s", res.StatusCode, text)
	}
	if err == nil {
		err = json.Unmarshal(text, &page)
	}
	return page, err
}
