package examples_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const key = "a key for this test"

// bridge is the real program at work on a copy of an example.
type bridge struct {
	addr string
	log  chan map[string]any // its log lines
}

// start builds the program and runs it on the example in folder. In the copy, the
// hashes of the consumers' keys are those of one key each: key, then key with its
// number behind it.
func start(t *testing.T, folder string, environ ...string) *bridge {
	t.Helper()
	dir := t.TempDir()
	bin := program(t)
	if err := os.CopyFS(filepath.Join(dir, "etc"), os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "etc", "arendebrygga.yaml")
	keys := 0
	data := regexp.MustCompile(`"[0-9a-f]{64}"`).ReplaceAllFunc(read(t, config), func([]byte) []byte {
		own := key
		if keys++; keys > 1 {
			own += fmt.Sprint(keys)
		}
		sum := sha256.Sum256([]byte(own))
		return []byte(`"` + hex.EncodeToString(sum[:]) + `"`)
	})
	if err := os.WriteFile(config, data, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "run", "--config", config, "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), environ...)
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b := &bridge{log: make(chan map[string]any, 1000)}
	go b.read(t, bufio.NewScanner(out))
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		for range b.log { // until the program has closed its end
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the program did not end well: %v", err)
		}
	})
	b.addr = fmt.Sprint(b.wait(t, "api listening")["address"])
	return b
}

// program builds the program and gives its path.
func program(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "arendebrygga")
	if out, err := exec.Command("go", "build", "-o", bin, "arendebrygga/cmd/arendebrygga").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return bin
}

func (b *bridge) read(t *testing.T, lines *bufio.Scanner) {
	defer close(b.log)
	for lines.Scan() {
		var line map[string]any
		if json.Unmarshal(lines.Bytes(), &line) != nil {
			t.Logf("not a log line: %s", lines.Text())
			continue
		}
		b.log <- line
	}
}

// wait reads the log up to a line with this message.
func (b *bridge) wait(t *testing.T, message string) map[string]any {
	t.Helper()
	timeout := time.After(2 * time.Minute)
	for {
		select {
		case line, ok := <-b.log:
			switch {
			case !ok:
				t.Fatalf("the program ended before it said %q", message)
			case line["message"] == message:
				return line
			case line["level"] == "error":
				t.Fatalf("the program logged an error: %v", line)
			}
		case <-timeout:
			t.Fatalf("the program did not say %q", message)
		}
	}
}

// ask asks for the events of a kund, oldest first, one line each: time, type and
// headline.
func (b *bridge) ask(t *testing.T, typ, number string) []string {
	t.Helper()
	question := fmt.Sprintf(`{"fraga":{"parter":[{"kund":{"identifierare":"%s","typ":"%s"}}],
		"behandling":{"sortering":[{"attribut":"TIDPUNKT","stigande":true}]}},"anvandare":"%[1]s"}`, number, typ)
	req, err := http.NewRequest(http.MethodPost, "http://"+b.addr+"/mina-arenden/v1/kundhandelser", strings.NewReader(question))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-API-Key", key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d, %v: %s", resp.StatusCode, err, &body)
	}
	var answer struct {
		Kundhandelser []struct {
			KundhandelserForPart []struct{ Tidpunkt, KundhandelseTyp, Rubrik string }
		}
	}
	if err := json.Unmarshal(body.Bytes(), &answer); err != nil || len(answer.Kundhandelser) != 1 {
		t.Fatalf("%v: %s", err, &body)
	}
	var lines []string
	for _, e := range answer.Kundhandelser[0].KundhandelserForPart {
		lines = append(lines, e.Tidpunkt+" "+e.KundhandelseTyp+" "+e.Rubrik)
	}
	return lines
}
