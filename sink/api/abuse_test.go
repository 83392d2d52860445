package api

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"arendebrygga/adapter"

	"github.com/rs/zerolog"
)

const goodBody = `{"fraga":{"parter":[{"kund":{"identifierare":"191401682396","typ":"Samordningsnummer"}}]},"anvandare":"199009222382"}`

func goodHead(path string, more ...string) string {
	return strings.Join(append([]string{
		"POST " + DefaultBas + path + " HTTP/1.1", "Host: localhost", "Content-Type: application/json",
		"X-Api-Key: nyckel-formedlingen", correlationHeader + ": prov",
	}, more...), "\r\n") + "\r\n\r\n"
}

func goodRequest(path string) string {
	return goodHead(path, fmt.Sprint("Content-Length: ", len(goodBody))) + goodBody
}

func dial(t testing.TB, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// ask sends raw bytes on a connection of its own and reads one answer.
func ask(t testing.TB, address, raw string) *reply {
	t.Helper()
	conn := dial(t, address)
	go func() { _, _ = io.WriteString(conn, raw) }() // the server may hang up before it has read everything
	r, _ := http.NewRequest(http.MethodPost, "http://"+address+DefaultBas+"/kundhandelser", nil)
	return readReply(t, conn, r)
}

// A thousand consumers that send one byte and then nothing neither keep another from
// its answer nor take memory to speak of.
func TestSlowClients(t *testing.T) {
	address := listen(t, newHandler(t, configs()[""], filledStore(t)))
	ask(t, address, goodRequest("/kundhandelser"))
	before := memory()
	starts := []string{"P", goodHead("/kundhandelser", "Content-Length: 1000000") + "{", "POST /x HTTP/1.1\r\nA: ", goodHead("/kundhandelser", "Transfer-Encoding: chunked") + "5\r\n{"}
	for i := range 1000 {
		conn := dial(t, address)
		if _, err := io.WriteString(conn, starts[i%len(starts)]); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		start := time.Now()
		if r := ask(t, address, goodRequest("/kundhandelser")); r.StatusCode != http.StatusOK || time.Since(start) > headerTimeout-time.Second {
			t.Fatalf("%s after %v", r.Status, time.Since(start))
		}
	}
	if grown := memory() - before; grown > 64<<20 {
		t.Errorf("%d MiB for a thousand slow clients", grown>>20)
	}
}

// Consumers that ask for the biggest answers and do not read them are told to come
// again, when there are too many; the memory they hold is bounded, and others are
// answered meanwhile.
func TestSlowReaders(t *testing.T) {
	store := openStore(t)
	var events []adapter.Kundhandelse
	for n := range maxEvents {
		events = append(events, manyEvents(n, 0))
	}
	commit(t, store, events)
	address := listen(t, newHandler(t, configs()[""], store))
	const big = `{"fraga":{"parter":[{"kund":{"identifierare":"199009222382","typ":"Personnummer"}}]},"anvandare":"199009222382"}`
	before := memory()
	for range 60 {
		conn := dial(t, address)
		_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
		if _, err := io.WriteString(conn, goodHead("/kundhandelser", fmt.Sprint("Content-Length: ", len(big)))+big); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		if r := ask(t, address, goodRequest("/kundhandelser")); r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s", r.Status, r.body)
		}
	}
	if grown := memory() - before; grown > 200<<20 {
		t.Errorf("%d MiB for sixty slow readers", grown>>20)
	} else {
		t.Logf("%d MiB", grown>>20)
	}
}

func memory() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

func TestBigBody(t *testing.T) {
	address := listen(t, newHandler(t, configs()[""], filledStore(t)))
	big := strings.Repeat("1990-09-22", 1<<20)
	chunk := fmt.Sprintf("%x\r\n%s\r\n", 1<<16, big[:1<<16])
	for name, raw := range map[string]string{
		"by its length":       goodHead("/kundhandelser", fmt.Sprint("Content-Length: ", len(big))) + big,
		"in chunks":           goodHead("/kundhandelser", "Transfer-Encoding: chunked") + strings.Repeat(chunk, 160) + "0\r\n\r\n",
		"in chunks, one over": goodHead("/kundhandelser", "Transfer-Encoding: chunked") + strings.Repeat(chunk, 16) + "1\r\nx\r\n0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			if r := ask(t, address, raw); r.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("%s: %s", r.Status, r.body)
			}
		})
	}
	just := goodBody + strings.Repeat(" ", maxBody-len(goodBody))
	if r := ask(t, address, goodHead("/kundhandelser", fmt.Sprint("Content-Length: ", len(just)))+just); r.StatusCode != http.StatusOK {
		t.Errorf("1 MiB exactly: %s: %s", r.Status, r.body)
	}
}

func TestMalformedHTTP(t *testing.T) {
	address := listen(t, newHandler(t, configs()[""], filledStore(t)))
	for name, raw := range map[string]string{
		"a broken chunk":   goodHead("/kundhandelser", "Transfer-Encoding: chunked") + "zz\r\n{}\r\n",
		"two lengths":      goodHead("/kundhandelser", "Content-Length: 5", "Content-Length: 6") + "{}{}{}",
		"no HTTP":          "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
		"headers too long": goodHead("/kundhandelser", "X: "+strings.Repeat("199009222382", 4000)),
	} {
		t.Run(name, func(t *testing.T) {
			if r := ask(t, address, raw); r.StatusCode < 400 || r.StatusCode >= 500 || strings.Contains(string(r.body), "1990") {
				t.Errorf("%s: %s", r.Status, r.body)
			}
		})
	}
}

// What follows a good request on its connection never changes its answer.
func TestPipelinedJunk(t *testing.T) {
	address := listen(t, newHandler(t, configs()[""], filledStore(t)))
	conn := dial(t, address)
	if _, err := io.WriteString(conn, goodRequest("/kundhandelser")+goodRequest("/kundhandelseFragaSynkron")+"junk 199009222382\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	from := bufio.NewReader(conn)
	for _, want := range []int{200, 200, 400} {
		response, err := http.ReadResponse(from, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if response.StatusCode != want || err != nil || want == 400 && strings.Contains(string(body), "1990") {
			t.Errorf("%s, want %d: %s", response.Status, want, body)
		}
	}
}

// Serve returns soon, also when a consumer never finishes its request: long before
// that consumer's time would be over.
func TestStop(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := Serve(ctx, ln, newHandler(t, configs()[""], filledStore(t)), zerolog.New(everything)); err != nil {
			t.Error(err)
		}
	})
	conn := dial(t, ln.Addr().String())
	if _, err := io.WriteString(conn, goodHead("/kundhandelser", "Content-Length: 100")+"{"); err != nil {
		t.Fatal(err)
	}
	ask(t, ln.Addr().String(), goodRequest("/kundhandelser"))
	start := time.Now()
	cancel()
	wg.Wait()
	if took := time.Since(start); took > readTimeout/2 {
		t.Errorf("stopped after %v", took)
	}
}
