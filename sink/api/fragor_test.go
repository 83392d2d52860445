package api

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the answers into the golden files")

// TestFragor asks the questions in testdata/fragor over real HTTP. Each file is
// named for what it shows; its comment quotes the standard, and may begin with the
// line "server: " and the name of one of the configs. Every request is followed by its answer.
func TestFragor(t *testing.T) {
	store := filledStore(t)
	addresses := map[string]string{}
	for name, cfg := range configs() {
		addresses[name] = listen(t, newHandler(t, cfg, store))
	}
	files, err := filepath.Glob("testdata/fragor/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no questions", err)
	}
	contract := loadContract(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			server := ""
			if line, _, _ := strings.Cut(string(archive.Comment), "\n"); strings.HasPrefix(line, "server: ") {
				server = strings.TrimPrefix(line, "server: ")
			}
			for i := 0; i+1 < len(archive.Files); i += 2 {
				question, want := archive.Files[i], &archive.Files[i+1]
				got := exchangeRaw(t, addresses[server], question.Data)
				contract.check(t, got)
				if text := got.String(); *update {
					want.Data = []byte(text)
				} else if diff := cmp.Diff(string(want.Data), text); diff != "" {
					t.Errorf("%s (-want +got):\n%s", question.Name, diff)
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// The index names every file, and no other test than there is.
func TestIndex(t *testing.T) {
	index, err := os.ReadFile("testdata/fragor/README.md")
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob("testdata/fragor/*.txtar")
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		if !regexp.MustCompile(`[| ]` + name + `[ ,]`).Match(index) {
			t.Errorf("%s is not in the index", name)
		}
	}
	var tests []byte
	sources, _ := filepath.Glob("*_test.go")
	for _, file := range sources {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests = append(tests, source...)
	}
	for _, name := range regexp.MustCompile(`(Test|Fuzz)[A-Z][A-Za-z]+`).FindAll(index, -1) {
		if !bytes.Contains(tests, append([]byte("func "), append(name, '(')...)) {
			t.Errorf("there is no %s", name)
		}
	}
}

// reply is an answer with the request that it answers.
type reply struct {
	request *http.Request
	*http.Response
	body []byte
}

// exchangeRaw sends a request as it stands in a file: the request line without the
// version, headers, an empty line and the body.
func exchangeRaw(t testing.TB, address string, raw []byte) *reply {
	t.Helper()
	head, body, _ := strings.Cut(string(raw), "\n\n")
	lines := strings.Split(strings.TrimSpace(head), "\n")
	lines[0] += " HTTP/1.1"
	lines = append(lines, "Host: api.example.se", "Connection: close")
	if body = strings.TrimSuffix(body, "\n"); body != "" && !strings.Contains(strings.ToLower(head), "transfer-encoding") {
		lines = append(lines, fmt.Sprint("Content-Length: ", len(body)))
	}
	wire := strings.Join(lines, "\r\n") + "\r\n\r\n" + body
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, wire); err != nil {
		t.Fatal(err)
	}
	request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(wire)))
	if err != nil {
		t.Fatal(err)
	}
	return readReply(t, conn, request)
}

func readReply(t testing.TB, from io.Reader, request *http.Request) *reply {
	t.Helper()
	response, err := http.ReadResponse(bufio.NewReader(from), request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		_, _ = everything.Write(body)
	}
	return &reply{request, response, body}
}

var uuidPattern = regexp.MustCompile(`urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)

// String writes an answer as the files have it: without what differs every time, and
// JSON so that one can read it.
func (r *reply) String() string {
	var b bytes.Buffer
	fmt.Fprintln(&b, r.Status)
	for _, name := range []string{"Allow", "Cache-Control", "Content-Type", "Location", "Retry-After", "Www-Authenticate", correlationKey, "Traceparent"} {
		for _, value := range r.Header[name] {
			if name == "Traceparent" {
				sent := strings.ToLower(r.request.Header.Get(name))
				switch {
				case !validTraceparent(value):
					value += " (INVALID)"
				case !strings.Contains(sent, traceparent(value).traceID()):
					continue // a new one
				}
			}
			fmt.Fprintf(&b, "%s: %s\n", strings.ToLower(name), value)
		}
	}
	b.WriteByte('\n')
	switch {
	case len(r.body) == 0:
	case strings.Contains(r.Header.Get("Content-Type"), "json") && !strings.Contains(r.request.URL.Path, "openapi"):
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, r.body, "", " "); err != nil {
			return b.String() + "NOT JSON: " + string(r.body)
		}
		b.Write(uuidPattern.ReplaceAll(pretty.Bytes(), []byte("urn:uuid:…")))
	default:
		fmt.Fprintf(&b, "%s…", bytes.Fields(r.body)[0])
	}
	b.WriteByte('\n')
	return b.String()
}
