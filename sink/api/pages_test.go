package api

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// Pages of any size, put together, are the whole answer in the order asked; an
// independent comparison says what that order is.
func TestPages(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	store := openStore(t)
	var events []adapter.Kundhandelse
	for n := range 300 {
		e := manyEvents(n, 0)
		e.ID[15], e.ID[1] = e.ID[1], e.ID[15]
		e.Tidpunkt = time.Date(2026, 1, 1, 0, 0, random.IntN(5), 0, time.UTC)
		e.Order, e.Klart = int64(random.IntN(3)), random.IntN(2) == 0
		e.Typ = "REFKOM.TYP." + string(rune('A'+random.IntN(4)))
		events = append(events, e)
	}
	commit(t, store, events)
	h := newHandler(t, configs()[""], store)
	for range 40 {
		klart, typ := random.IntN(2) == 0, random.IntN(2) == 0
		sortering := fmt.Sprintf(`[{"attribut":"PRODUCENTARENDETKLART","stigande":%v},{"attribut":"KUNDHANDELSETYP","stigande":%v}]`, klart, typ)
		slices.SortFunc(events, func(a, b adapter.Kundhandelse) int {
			return strings.Compare(place(a, klart, typ), place(b, klart, typ))
		})
		var got []string
		for limit := 1 + random.IntN(60); len(got) < len(events); {
			page := askPage(t, h, sortering, len(got), limit)
			if len(page) == 0 {
				t.Fatal("an empty page")
			}
			got = append(got, page...)
		}
		for i := range events {
			if got[i] != events[i].ID.String() {
				t.Fatalf("place %d of %s: %s, want %s", i, sortering, got[i], events[i].ID)
			}
		}
	}
}

// place is a text that compares as the events are to stand: the two attributes, then
// the newest first, then the id.
func place(e adapter.Kundhandelse, klart, typ bool) string {
	first, second := e.Klart == klart, int(e.Typ[len(e.Typ)-1])
	if !typ {
		second = 'Z' - second
	}
	return fmt.Sprintf("%v%03d%012d%03d%s", first, second, 1e11-e.Tidpunkt.Unix(), 9-e.Order, e.ID)
}

func askPage(t *testing.T, h http.Handler, sortering string, offset, limit int) (ids []string) {
	t.Helper()
	w := post(h, "/kundhandelser", fmt.Sprintf(`{"fraga":{"parter":[{"kund":{"identifierare":"199009222382","typ":"Personnummer"}}],
		"behandling":{"sortering":%s,"paginering":{"offset":%d,"limit":%d}}},"anvandare":"199009222382"}`, sortering, offset, limit))
	var answer struct {
		Kundhandelser []struct {
			KundhandelserForPart []struct{ KundhandelseID string }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d: %v", w.Code, err)
	}
	for _, e := range answer.Kundhandelser[0].KundhandelserForPart {
		ids = append(ids, e.KundhandelseID)
	}
	return ids
}
