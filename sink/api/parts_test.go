package api

import (
	"net/http"
	"strings"
	"testing"

	"arendebrygga/adapter"

	"github.com/rs/zerolog"
)

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"b6f0c2a4-5a5e-4a8f-9c1d-2f3e4a5b6c7d": "b6f0c2a4-5a5e-4a8f-9c1d-2f3e4a5b6c7d",
		"199009222382":                         "***",
		"9009222382":                           "***",
		"900922-2382":                          "***",
		"900922+2382":                          "***",
		"19900922-2382":                        "***",
		"19900922 2382":                        "***",
		"1990-09-22-2382":                      "***",
		"900922 - 2382":                        "***",
		"anrop-19900922-2382-b":                "anrop-***-b",
		"x199009222382y198003192385":           "x***y***",
		"20261121T199009222382":                "20261121T***",
		"165560160680":                         "***",
		"16212000-2411":                        "***",
		"00000000-0000-0000-0000-199009222382": "***",
		"a-123456789":                          "a-123456789",
		"":                                     "",
		"900922%2D2382":                        "***",
		"19900922%202382":                      "***",
		"(900922)2382":                         "(***",
		"900922;2382":                          "***",
		`pnr="900922|2382"`:                    `pnr="***"`,
		"9 0 0 9 2 2 - 2 3 8 2":                "***",
		"100%":                                 "100%",
		"900922%2382":                          "***",
		"90%09%22%2382":                        "***",
	} {
		if got := mask(in); got != want {
			t.Errorf("mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWholeNumber(t *testing.T) {
	const biggest = int64(^uint64(0) >> 1)
	for in, want := range map[string]int64{
		"0": 0, "-0": 0, "20": 20, "20.0": 20, "1e2": 100, "1.5e1": 15, "100e-2": 1, "0e99999999999": 0, "0.0e-5": 0,
		"-3": -3, "1e300": biggest, "-1e99999999999": -biggest, "123456789012345678901": biggest, "95e17": biggest, "0.001e3": 1,
	} {
		if got, ok := wholeNumber([]byte(in)); !ok || got != want {
			t.Errorf("%s: %d, %v", in, got, ok)
		}
	}
	for _, in := range []string{"20.5", "1e-1", "0.1", "1e-99999999999", "20.00000000000000000000001"} {
		if got, ok := wholeNumber([]byte(in)); ok {
			t.Errorf("%s: %d", in, got)
		}
	}
}

func TestComparePaths(t *testing.T) {
	sorted := []string{"", "anvandare", "fraga.behandling.paginering", "fraga.behandling.paginering.offset", "fraga.parter", "fraga.parter[2]", "fraga.parter[2].kund.typ", "fraga.parter[10].arende", "fraga.slutDatum"}
	for i, a := range sorted {
		for j, b := range sorted {
			if got := comparePaths(a, b); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%s, %s: %d", a, b, got)
			}
		}
	}
}

func TestTraceparent(t *testing.T) {
	h := http.Header{"Traceparent": {"cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"}}
	if got := traceOf(h); got != "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" {
		t.Error(got)
	}
	for id, want := range map[string]string{"0af7651916cd43dd8448eb211c80319c": "0af7651916cd43dd8448eb211c80319c", "00000000000000000000199009222382": "***"} {
		if got := traceparent("00-" + id + "-b7ad6b7169203331-01").traceID(); got != want {
			t.Errorf("%s: %s in the log", id, got)
		}
	}
	for range 100 {
		if got := traceOf(nil); !validTraceparent(string(got)) {
			t.Error(got)
		}
	}
}

// The log has one line of a request, without what it must not hold.
func TestLogLine(t *testing.T) {
	var log strings.Builder
	cfg := configs()[""]
	cfg.Log = zerolog.New(&log)
	address := listen(t, newHandler(t, cfg, filledStore(t)))
	exchangeRaw(t, address, []byte("POST /mina-arenden/v1/kundhandelser?fraga=199009222382\nContent-Type: application/json\nX-Api-Key: nyckel-portalen\n"+
		"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\nskv_client_correlation_id: för 19900922-2382\n\n{}"))
	exchangeRaw(t, address, []byte("BREW /199009222382\nskv_client_correlation_id: id 900922-2382 x\n"))
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines: %s", len(lines), log.String())
	}
	for i, wants := range [][]string{
		{`"level":"info"`, `"method":"POST"`, `"route":"/mina-arenden/v1/kundhandelser"`, `"status":400`, `"durationMs":`, `"consumer":"portalen"`, `"correlationId":""`, `"traceId":"0af7651916cd43dd8448eb211c80319c"`},
		{`"method":"unknown"`, `"route":"unknown"`, `"status":404`, `"consumer":""`, `"correlationId":"id *** x"`},
	} {
		for _, want := range wants {
			if !strings.Contains(lines[i], want) {
				t.Errorf("no %s in %s", want, lines[i])
			}
		}
	}
	if strings.Contains(log.String(), "19900922") {
		t.Error("an identity number in the log:", log.String())
	}
}

func TestConfigFaults(t *testing.T) {
	consumer := func(c Consumer) func(*Config) { return func(cfg *Config) { cfg.Consumers = []Consumer{c} } }
	sum := []string{sha256Hex("x")}
	for want, change := range map[string]func(*Config){
		`base path "/v1/": want`:               func(cfg *Config) { cfg.Bas = "/v1/" },
		`key header "X Y": want`:               func(cfg *Config) { cfg.KeyHeader = "X Y" },
		"insecure and consumers exclude":       func(cfg *Config) { cfg.Insecure = true },
		"no consumers: nobody":                 func(cfg *Config) { cfg.Consumers = nil },
		"no producent":                         func(cfg *Config) { cfg.Producenter = nil },
		`two producenter with the id "a"`:      func(cfg *Config) { cfg.Producenter = []adapter.Producent{{ID: "a"}, {ID: "a"}} },
		`producent id "": want 1 to 40 letter`: func(cfg *Config) { cfg.Producenter = []adapter.Producent{{ID: "a"}, {}} },
		`producent id "å": want 1 to 40`:       func(cfg *Config) { cfg.Producenter = []adapter.Producent{{ID: "å"}} },
		`policy "all": want self or trusted`:   func(cfg *Config) { cfg.Policy = "all" },
		`consumer name "": want a name`:        consumer(Consumer{KeySHA256: sum}),
		"consumer p has no key":                consumer(Consumer{Name: "p"}),
		"consumer p: a key's SHA-256 is 64":    consumer(Consumer{Name: "p", KeySHA256: []string{"nyckel"}}),
		`consumer p: policy "x": want self`:    consumer(Consumer{Name: "p", KeySHA256: sum, Policy: "x"}),
	} {
		cfg := configs()[""]
		change(&cfg)
		if _, err := New(cfg, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
