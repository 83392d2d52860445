package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"

	"github.com/rs/zerolog"
)

func newQuestion(key, path, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, DefaultBas+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Api-Key", key)
	r.Header.Set(correlationHeader, "prov")
	return r
}

func post(h http.Handler, path, body string) *httptest.ResponseRecorder {
	return postAs(h, "nyckel-formedlingen", path, body)
}

func postAs(h http.Handler, key, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, newQuestion(key, path, body))
	if w.Code != http.StatusOK {
		_, _ = everything.Write(w.Body.Bytes())
	}
	return w
}

// A question that would give more than 10,000 events without paging is a 400 that
// says so; 10,000 are answered.
func TestTooManyEvents(t *testing.T) {
	store := openStore(t)
	var events []adapter.Kundhandelse
	for n := range maxEvents {
		events = append(events, manyEvents(n, 0))
	}
	commit(t, store, events)
	h := newHandler(t, configs()[""], store)
	ask := func(behandling string) *httptest.ResponseRecorder {
		return post(h, "/kundhandelseFragaSynkron", fmt.Sprintf(`{"fraga":{"parter":[{"kund":{"identifierare":"199009222382","typ":"Personnummer"}}]%s},"anvandare":"199009222382"}`, behandling))
	}
	const byRubrik = `,"behandling":{"sortering":[{"attribut":"RUBRIK","stigande":true}]`
	for _, behandling := range []string{"", byRubrik + "}"} {
		if w := ask(behandling); w.Code != http.StatusOK || strings.Count(w.Body.String(), "kundhandelseId") != maxEvents {
			t.Errorf("10,000 events: %d", w.Code)
		}
	}
	commit(t, store, []adapter.Kundhandelse{manyEvents(maxEvents, 0)})
	const want = `{"message":"Bad request: fraga.behandling.paginering: svaret skulle innehålla fler än 10 000 kundhändelser, dela upp frågan med paginering"}`
	for _, behandling := range []string{"", byRubrik + "}", byRubrik + `,"paginering":{"offset":0}}`} {
		if w := ask(behandling); w.Code != http.StatusBadRequest || w.Body.String() != want {
			t.Errorf("10,001 events%s: %d %.200s", behandling, w.Code, w.Body)
		}
	}
	for page, want := range map[string]int{`"offset":1`: maxEvents, `"offset":9999,"limit":1000`: 2, `"offset":0,"limit":1000`: 1000} {
		w := ask(byRubrik + `,"paginering":{` + page + `}}`)
		if got := strings.Count(w.Body.String(), "kundhandelseId"); w.Code != http.StatusOK || got != want || !strings.Contains(w.Body.String(), `"totaltAntalKundhandelser":10001,`) {
			t.Errorf("%s: %d, %d events", page, w.Code, got)
		}
	}
}

// With everything in use, a consumer is asked to come again, in each form.
func TestBusy(t *testing.T) {
	store := openStore(t)
	var events []adapter.Kundhandelse
	for n := range 1000 {
		events = append(events, manyEvents(n, 0))
	}
	commit(t, store, events)
	s := newHandler(t, configs()[""], store).(*service)
	const big = `{"fraga":{"parter":[{"kund":{"identifierare":"199009222382","typ":"Personnummer"}}]},"anvandare":"199009222382"}`
	c := s.gate.keys[0].caller
	take(c.answers)
	checkBusy(t, post(s, "/kundhandelser", big), http.StatusTooManyRequests, "application/problem+json")
	c.answers.giveBack()
	if w := post(s, "/kundhandelser", big); w.Code != http.StatusOK || len(c.answers) != cap(c.answers)-1 {
		t.Errorf("with a slot: %d, %d in use", w.Code, len(c.answers))
	}
	take(c.bodies)
	checkBusy(t, post(s, "/kundhandelseFragaSynkron", strings.Repeat(" ", smallBody+1)+big), http.StatusTooManyRequests, "application/json")
	take(c.questions)
	checkBusy(t, post(s, "/kundhandelser", "x"), http.StatusTooManyRequests, "application/problem+json")
	if w := postAs(s, "nyckel-portalen", "/kundhandelser", big); w.Code != http.StatusOK {
		t.Errorf("another consumer: %d", w.Code)
	}
	if w := postAs(s, "okänd", "/kundhandelser", big); w.Code != http.StatusUnauthorized {
		t.Errorf("a stranger: %d", w.Code)
	}
}

func take(s slots) {
	for !s.full() {
		s.take()
	}
}

// An answer that is broken off, or takes too long, is no error of the service's: a
// consumer that has hung up is logged as such, one that still listens is asked to
// come again.
func TestBrokenOff(t *testing.T) {
	var log strings.Builder
	cfg := configs()[""]
	cfg.Log = zerolog.New(&log)
	h := newHandler(t, cfg, filledStore(t))
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	late, cancel := context.WithDeadline(context.Background(), time.Time{})
	defer cancel()
	for ctx, want := range map[context.Context]string{ended: `"level":"info"`, late: `"level":"error","error":"context deadline exceeded"`} {
		log.Reset()
		r := newQuestion("nyckel-formedlingen", "/kundhandelser", goodBody).WithContext(ctx)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		checkBusy(t, w, http.StatusServiceUnavailable, "application/problem+json")
		if !strings.Contains(log.String(), want) || strings.Contains(log.String(), `"aborted":true`) != (ctx == ended) {
			t.Errorf("logged %s, want %s", log.String(), want)
		}
	}
}

// A body of 1 MiB takes little memory, whatever is in it.
func TestManyElements(t *testing.T) {
	for _, start := range []string{`{"fraga":{"parter":[`, `{"fraga":{"taggar":[`, `{"fraga":{"behandling":{"sortering":[`, `{"x":[`} {
		element := "{}"
		if strings.Contains(start, "taggar") {
			element = `""`
		}
		body := []byte(start + strings.Repeat(element+",", 300_000) + element + "]" + strings.Repeat("}", strings.Count(start, "{")))
		d := new(decoder)
		before := allocated()
		q, err := d.question(body)
		if grown := allocated() - before; err != nil || grown > 64<<20 {
			t.Errorf("%s: %d MiB, %v", start, grown>>20, err)
		}
		if len(q.parter.value) > maxParter+1 || len(q.taggar) > maxFilters+1 || len(q.sortering) > maxFilters+1 {
			t.Errorf("%s: too many are kept", start)
		}
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func checkBusy(t *testing.T, w *httptest.ResponseRecorder, status int, contentType string) {
	t.Helper()
	if w.Code != status || w.Header().Get("Content-Type") != contentType || w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), head(status)) {
		t.Errorf("%d %v %s, want %d", w.Code, w.Header(), w.Body, status)
	}
}

// A store that fails is a 500 that tells nothing, and the reason is in the log.
func TestInternalError(t *testing.T) {
	store := filledStore(t)
	h := newHandler(t, configs()[""], store)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	w := post(h, "/kundhandelseFragaSynkron", goodBody)
	if w.Code != http.StatusInternalServerError || w.Body.String() != `{"message":"Internal server error"}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(everything.String(), `"level":"error"`) {
		t.Error("nothing in the log")
	}
}
