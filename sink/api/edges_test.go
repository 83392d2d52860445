package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// Every limit in the standard's table of fields: what is just within it is answered,
// what is just beyond it is a fault of that field alone. å is two bytes, but one
// character.
func TestEdges(t *testing.T) {
	store := filledStore(t)
	h := newHandler(t, configs()[""], store)
	digits := strings.Repeat("1", 13)
	long := func(n int) string { return strings.Repeat("å", n) }
	many := func(item string, n int) string { return strings.TrimSuffix(strings.Repeat(item+",", n), ",") }
	typ := func(n int) string { return "K." + strings.Repeat("A", n-2) }
	const kund = `{"kund":{"identifierare":"191401682396","typ":"Personnummer"}}`
	const order = `{"attribut":"RUBRIK","stigande":true}`
	part := func(p string) string { return `{"fraga":{"parter":[` + p + `]},"anvandare":"191401682396"}` }
	with := func(field string) string {
		return `{"fraga":{"parter":[` + kund + `],` + field + `},"anvandare":"191401682396"}`
	}
	page := func(p string) string {
		return with(`"behandling":{"sortering":[` + order + `],"paginering":{` + p + `}}`)
	}
	for _, c := range []struct{ within, beyond, field string }{
		{part(kund), part(""), "fraga.parter"},
		{part(many(kund, 100)), part(many(kund, 101)), "fraga.parter"},
		{part(`{"kund":{"identifierare":"` + digits[:12] + `","typ":"Personnummer"}}`), part(`{"kund":{"identifierare":"` + digits[:11] + `","typ":"Personnummer"}}`), "fraga.parter[0].kund.identifierare"},
		{part(`{"kund":{"identifierare":"` + digits[:12] + `","typ":"Organisationsnummer"}}`), part(`{"kund":{"identifierare":"` + digits + `","typ":"Organisationsnummer"}}`), "fraga.parter[0].kund.identifierare"},
		{part(`{"kund":{"identifierare":"` + digits[:12] + `","typ":"Samordningsnummer"}}`), part(`{"kund":{"identifierare":" ` + digits[:12] + `","typ":"Samordningsnummer"}}`), "fraga.parter[0].kund.identifierare"},
		{part(kund[:len(kund)-2] + `,"tillagg":"` + long(20) + `"}}`), part(kund[:len(kund)-2] + `,"tillagg":"` + long(21) + `"}}`), "fraga.parter[0].kund.tillagg"},
		{part(`{"arende":{"identifierare":"` + long(100) + `","typ":"Kvittensnummer"}}`), part(`{"arende":{"identifierare":"` + long(101) + `","typ":"Kvittensnummer"}}`), "fraga.parter[0].arende.identifierare"},
		{part(`{"arende":{"identifierare":"x","typ":"Diarienummer"}}`), part(`{"arende":{"identifierare":"","typ":"Diarienummer"}}`), "fraga.parter[0].arende.identifierare"},
		{with(`"kundhandelseTyper":[` + many(`"K"`, 100) + `]`), with(`"kundhandelseTyper":[` + many(`"K"`, 101) + `]`), "fraga.kundhandelseTyper"},
		{with(`"kundhandelseTyper":["` + typ(200) + `"]`), with(`"kundhandelseTyper":["` + typ(201) + `"]`), "fraga.kundhandelseTyper[0]"},
		{with(`"taggar":[` + many(`"t"`, 100) + `]`), with(`"taggar":[` + many(`"t"`, 101) + `]`), "fraga.taggar"},
		{with(`"taggar":["` + long(100) + `"]`), with(`"taggar":["` + long(101) + `"]`), "fraga.taggar[0]"},
		{with(`"startDatum":"2026-03-29","slutDatum":"2026-03-29"`), with(`"startDatum":"2026-03-30","slutDatum":"2026-03-29"`), "fraga.startDatum"},
		{with(`"startDatum":"2028-02-29"`), with(`"startDatum":"2027-02-29"`), "fraga.startDatum"},
		{with(`"slutDatum":"2000-02-29"`), with(`"slutDatum":"2100-02-29"`), "fraga.slutDatum"},
		{with(`"behandling":{"sortering":[` + many(order, 100) + `]}`), with(`"behandling":{"sortering":[` + many(order, 101) + `]}`), "fraga.behandling.sortering"},
		{page(`"offset":0`), page(`"offset":-1`), "fraga.behandling.paginering.offset"},
		{page(`"offset":0,"limit":1`), page(`"offset":0,"limit":0`), "fraga.behandling.paginering.limit"},
		{page(`"offset":0,"limit":1000`), page(`"offset":0,"limit":1001`), "fraga.behandling.paginering.limit"},
		{strings.Replace(part(kund), `"anvandare":"191401682396"`, `"anvandare":"`+digits[:12]+`"`, 1), strings.Replace(part(kund), `"anvandare":"191401682396"`, `"anvandare":"`+digits+`"`, 1), "anvandare"},
	} {
		for _, path := range []string{"/kundhandelser", "/kundhandelseFragaSynkron"} {
			if w := post(h, path, c.within); w.Code != http.StatusOK {
				t.Errorf("%.300s: %d %s", c.within, w.Code, w.Body)
			}
			w := post(h, path, c.beyond)
			var told struct{ Message, Detail string }
			if err := json.Unmarshal(w.Body.Bytes(), &told); err != nil {
				t.Fatal(err)
			}
			text := told.Message + told.Detail
			if w.Code != http.StatusBadRequest || !strings.HasPrefix(text, "Bad request: "+c.field+": ") || strings.Contains(text, ";") {
				t.Errorf("%.300s: %d %s", c.beyond, w.Code, w.Body)
			}
		}
	}
}
