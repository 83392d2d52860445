package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestDemo runs the demo as a newcomer does: asks the question that it prints, and
// wants the events that it printed in the answer.
func TestDemo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	out, stdout := io.Pipe()
	var stderr strings.Builder
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"demo", "--listen", "127.0.0.1:0", "--cases", "30", "--speed", "100"}, os.Environ(), strings.NewReader(""), stdout, &stderr)
		stdout.Close()
	}()

	lines := bufio.NewScanner(out)
	event := regexp.MustCompile(`^\d\d:\d\d:\d\d  (BYGG|ALK) \d{4}-\d{6} +part \d  +(hos_oss|hos_kunden|i_mal)  +KOMMUN\.[A-Z_.]+  +\S`)
	command := regexp.MustCompile(`^curl -s (\S+) -H 'Content-Type: application/json' \\$`)
	events, url, said := 0, "", strings.Builder{}
	printed := make(chan struct{}) // closed when there were 30 events
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if event.MatchString(lines.Text()) {
			if events++; events == 30 {
				close(printed)
			}
		}
		if m := command.FindStringSubmatch(lines.Text()); m != nil {
			url = m[1]
			lines.Scan()
			body := regexp.MustCompile(`'(.*)'`).FindStringSubmatch(lines.Text())[1]
			go func() {
				defer stop()
				askDemo(ctx, t, url, body)
				select {
				case <-printed:
				case <-ctx.Done():
				}
			}()
		}
	}
	if got := <-code; got != exitOK || stderr.Len() > 0 {
		t.Errorf("exit code %d\n%s", got, stderr.String())
	}
	if url == "" || events < 30 {
		t.Errorf("%d events and the question at %q in\n%s", events, url, said.String())
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("files were left behind: %v %v", left, err)
	}
}

// askDemo asks until handläggare have moved one of the kund's cases on.
func askDemo(ctx context.Context, t *testing.T, url, body string) {
	for ctx.Err() == nil {
		res, err := http.Post(url, "application/json", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		var got answer
		err = json.NewDecoder(res.Body).Decode(&got)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("status %d: %v", res.StatusCode, err)
			return
		}
		for _, e := range got.Kundhandelser[0].KundhandelserForPart {
			if !strings.HasSuffix(e.KundhandelseTyp, "ANSOKAN_MOTTAGEN") {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("no case was moved on")
}

func TestDemoKeepsItsFolder(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // and goes on in it
		var stdout, stderr strings.Builder
		args := []string{"demo", "--listen", "127.0.0.1:0", "--dir", dir, "--cases", "3", "--duration", "300ms"}
		if code := run(t.Context(), args, os.Environ(), strings.NewReader(""), &stdout, &stderr); code != exitOK {
			t.Fatalf("exit code %d\n%s%s", code, stdout.String(), stderr.String())
		}
	}
	for _, name := range []string{"arendebrygga.yaml", "arendebrygga.db", "arendesystem.db", "mappings/bygglov.yaml"} {
		if _, err := os.Stat(dir + "/" + name); err != nil {
			t.Error(err)
		}
	}
}
