package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sink"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

// told keeps everything that the servers of a test run told others than the one who
// asked for it: the log, and the bodies of errors.
type told struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *told) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *told) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

var everything = new(told)

// TestMain searches what the whole run told for the identity numbers it used.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		code = leaks(everything.String())
	}
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func leaks(text string) int {
	for _, number := range testNumbers {
		for _, written := range []string{number, number[2:], number[:8] + "-" + number[8:], number[2:8] + "-" + number[8:]} {
			if at := strings.Index(text, written); at >= 0 {
				fmt.Fprintf(os.Stderr, "an identity number was told: …%s…\n", text[max(0, at-200):min(len(text), at+60)])
				return 1
			}
		}
	}
	return 0
}

// Official test numbers of Skatteverket, and an organisation's.
var testNumbers = []string{
	"199009222382", "198003192385", "199007022388", "198103232396", "191401682396", "162120002411", "165560160680",
	"197602072386", "197702042396",
}

// The keys of the consumers, and their SHA-256.
var testConsumers = []Consumer{
	{Name: "formedlingen", Policy: Trusted, KeySHA256: []string{
		sha256Hex("nyckel-formedlingen-gammal"),
		sha256Hex("nyckel-formedlingen"),
	}},
	{Name: "portalen", KeySHA256: []string{sha256Hex("nyckel-portalen"), sha256Hex("nyckel-portalen-ny")}},
}

// storedEvent is a kundhändelse as testdata/kundhandelser.json has it.
type storedEvent struct {
	ID, Producent, Namn, Typ string
	Kund                     adapter.Identity
	Arenden                  []adapter.Arende
	Tidpunkt                 time.Time
	Order                    int64
	Krav, Klart              bool
	Taggar                   []string
	Texter                   []adapter.Text
	Utokad, Referenser       json.RawMessage
}

func sha256Hex(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func (e storedEvent) kundhandelse(t testing.TB) adapter.Kundhandelse {
	k := adapter.Kundhandelse{
		Producent: adapter.Producent{ID: e.Producent, Namn: e.Namn, Aktor: "REFKOM", Standardversion: "6.1"},
		Kund:      e.Kund, Arenden: e.Arenden, Producentarendetyp: "BYGGLOV", Typ: e.Typ,
		Tidpunkt: e.Tidpunkt, Order: e.Order, Texter: e.Texter, KraverKundatgard: e.Krav, Klart: e.Klart,
		Taggar: e.Taggar, UtokadInformation: e.Utokad, Referenser: e.Referenser,
	}
	if _, err := hex.Decode(k.ID[:], []byte(strings.ReplaceAll(e.ID, "-", ""))); err != nil {
		t.Fatalf("id %q: %v", e.ID, err)
	}
	return k
}

// commit stores kundhändelser, each as a change of its own.
func commit(t testing.TB, store *sink.Store, events []adapter.Kundhandelse) {
	t.Helper()
	const source = "byggr"
	for len(events) > 0 {
		n := min(len(events), 1000)
		cp, err := store.Checkpoint(source)
		if err != nil {
			t.Fatal(err)
		}
		batch := adapter.Batch{Source: source}
		for _, e := range events[:n] {
			cp.Changes++
			batch.Changes = append(batch.Changes, adapter.Change{
				StatusChange: adapter.StatusChange{
					Source: source, Producent: e.Producent.ID, Case: adapter.Key(fmt.Sprint(cp.Changes)),
					Row: adapter.Key(fmt.Sprint(cp.Changes)), Ny: "X", Status: []string{"X"}, Tidpunkt: e.Tidpunkt, Order: e.Order,
				},
				Number: cp.Changes, Outcome: adapter.Published, Events: []adapter.Kundhandelse{e}, Rules: "r",
			})
		}
		batch.Checkpoint = cp
		if err := store.Commit(batch); err != nil {
			t.Fatal(err)
		}
		events = events[n:]
	}
}

func openStore(t testing.TB) *sink.Store {
	t.Helper()
	store, err := sink.Open(filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// filledStore holds the kundhändelser of testdata/kundhandelser.json.
func filledStore(t testing.TB) *sink.Store {
	t.Helper()
	raw, err := os.ReadFile("testdata/kundhandelser.json")
	if err != nil {
		t.Fatal(err)
	}
	var stored []storedEvent
	if err := json.Unmarshal(raw, &stored); err != nil {
		t.Fatal(err)
	}
	var events []adapter.Kundhandelse
	for _, e := range stored {
		events = append(events, e.kundhandelse(t))
	}
	store := openStore(t)
	commit(t, store, events)
	return store
}

// configs are the services that the tests ask.
func configs() map[string]Config {
	one := Config{
		Consumers:   testConsumers,
		Producenter: []adapter.Producent{{Namn: "Referenskommunen", Aktor: "REFKOM", Standardversion: "6.1"}},
		Version:     "1.2.3", Released: "2026-11-21",
		Log: zerolog.New(everything),
	}
	several := one
	several.Producenter = []adapter.Producent{{ID: "stad", Namn: "Staden"}, {ID: "Region-1", Namn: "Regionen"}}
	open := one
	open.Consumers, open.Insecure, open.Policy = nil, true, Trusted
	openSelf := open
	openSelf.Policy = ""
	return map[string]Config{"": one, "flera": several, "oppen": open, "oppen-self": openSelf}
}

func newHandler(t testing.TB, cfg Config, store *sink.Store) http.Handler {
	t.Helper()
	h, err := New(cfg, store)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// listen serves the handler as the program does, and gives the address.
func listen(t testing.TB, h http.Handler) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, ln, h, zerolog.New(everything)) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}
