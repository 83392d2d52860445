package api

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"arendebrygga/adapter"

	"github.com/rs/zerolog"
)

// BenchmarkAnswer asks for the 20 kundhändelser of a kund over loopback, with
// keep-alive, a key and a log that is a file, and asks a bare net/http handler for
// the same bytes in between. ratio is answers a second against the bare handler's: the
// median of the rounds, so that what else the machine does in one of them counts little.
func BenchmarkAnswer(b *testing.B) {
	store := openStore(b)
	var events []adapter.Kundhandelse
	for n := range 2000 { // a hundred kunder
		events = append(events, manyEvents(n, n%100))
	}
	commit(b, store, events)
	logFile, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	defer logFile.Close()
	cfg := configs()[""]
	cfg.Log = zerolog.New(logFile).With().Timestamp().Logger()
	real := "http://" + listen(b, newHandler(b, cfg, store)) + DefaultBas + "/kundhandelser"

	transport := &http.Transport{MaxIdleConnsPerHost: benchWorkers}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	answer := askBench(b, client, real)
	if n := bytes.Count(answer, []byte("kundhandelseId")); n != 20 {
		b.Fatalf("%d events: %s", n, answer)
	}
	bare := "http://" + listenBare(b, answer)

	var spent [2]time.Duration
	const round = 200
	var ratios []float64
	for b.Loop() {
		var took [2]time.Duration
		for i, url := range [2]string{real, bare} {
			start := time.Now()
			askRound(b, client, url, round)
			took[i] = time.Since(start)
			spent[i] += took[i]
		}
		ratios = append(ratios, took[1].Seconds()/took[0].Seconds())
	}
	slices.Sort(ratios)
	rounds := len(ratios)
	b.ReportMetric(float64(rounds*round)/spent[0].Seconds(), "answers/s")
	b.ReportMetric(float64(rounds*round)/spent[1].Seconds(), "bare/s")
	b.ReportMetric(ratios[rounds/2], "ratio")
	b.ReportMetric(0, "ns/op")
}

const benchWorkers = 2

func askRound(b *testing.B, client *http.Client, url string, round int) {
	var wg sync.WaitGroup
	for range benchWorkers {
		wg.Go(func() {
			for range round / benchWorkers {
				askBench(b, client, url)
			}
		})
	}
	wg.Wait()
}

func askBench(b *testing.B, client *http.Client, url string) []byte {
	const body = `{"fraga":{"parter":[{"kund":{"identifierare":"199009222382","typ":"Personnummer"}}]},"anvandare":"199009222382"}`
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader([]byte(body)))
	if err != nil {
		b.Error(err)
		return nil
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Api-Key", "nyckel-portalen")
	r.Header.Set("Accept-Language", "sv")
	r.Header.Set(correlationHeader, "b6f0c2a4-5a5e-4a8f-9c1d-2f3e4a5b6c7d")
	response, err := client.Do(r)
	if err != nil {
		b.Error(err)
		return nil
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		b.Error(err)
	}
	return answer
}

func listenBare(b *testing.B, answer []byte) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", fmt.Sprint(len(answer)))
		_, _ = w.Write(answer)
	})}
	go func() { _ = srv.Serve(ln) }()
	b.Cleanup(func() { srv.Close() })
	return ln.Addr().String()
}

// manyEvents gives event n, of the kund with this index among invented ones; kund 0
// is the first of the test numbers.
func manyEvents(n, kund int) adapter.Kundhandelse {
	id := fmt.Sprintf("%012d", kund)
	if kund == 0 {
		id = testNumbers[0]
	}
	e := adapter.Kundhandelse{
		Producent:          adapter.Producent{Namn: "Referenskommunen", Aktor: "REFKOM", Standardversion: "6.1"},
		Kund:               adapter.Identity{Typ: adapter.Personnummer, Identifierare: id},
		Producentarendetyp: "BYGGLOV", Typ: "REFKOM.BYGGLOV.KOMPLETTERING_BEGARD",
		Tidpunkt:         time.Date(2026, 1, 1, 0, 0, n, 0, time.UTC),
		KraverKundatgard: true, Taggar: []string{"bygglov"},
		Texter: []adapter.Text{
			{Sprak: "sv", Rubrik: "Komplettera din ansökan om bygglov", Beskrivning: "Vi behöver fler uppgifter för att kunna fatta beslut i ditt ärende. Skicka in dem senast den 30 september."},
			{Sprak: "en", Rubrik: "Complete your application for a building permit", Beskrivning: "We need more information to decide your case. Send it by 30 September."},
		},
		Referenser: []byte(`{"producentReferens":"BYGG-2026-00123","diarienummer":"BYGG-2026-00123"}`),
	}
	e.ID[0], e.ID[14], e.ID[15] = byte(n>>16), byte(n>>8), byte(n)
	return e
}
