package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// oddRows are, beside the one that is published, one with a status that no mapping
// knows, and one that is parked as its number is none.
var oddRows = []string{
	runRow,
	"INSERT INTO handelse VALUES (2, '199009222382', '2026-05-04 08:13:00', 'ANNAT')",
	"INSERT INTO handelse VALUES (3, 'saknas', '2026-05-04 08:14:00', 'INKOM')",
}

// layOutOdd makes a folder with a source that has oddRows.
func layOutOdd(t *testing.T) (dir string) {
	t.Helper()
	dir = layOutOps(t, "sqlite", "path: bra.db")
	db, err := sql.Open("sqlite", filepath.Join(dir, "bra.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	execAll(t, db, append([]string{runTable}, oddRows...)...)
	return dir
}

// typed runs a command as it was typed in a folder and gives what it printed.
func typed(t *testing.T, dir string, wantCode int, args ...string) (stdout string) {
	t.Helper()
	var out, stderr bytes.Buffer
	args = append(args, "--config", filepath.Join(dir, "arendebrygga.yaml"))
	if code := run(t.Context(), args, nil, strings.NewReader(""), &out, &stderr); code != wantCode {
		t.Errorf("%q: exit code %d, want %d\n%s%s", args, code, wantCode, out.String(), stderr.String())
	}
	return out.String()
}

// renameIn replaces a word everywhere in a file.
func renameIn(t *testing.T, path, from, to string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, strings.ReplaceAll(string(text), from, to))
}

func wantLines(t *testing.T, got string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(got, line) {
			t.Errorf("%q is missing in\n%s", line, got)
		}
	}
	if numbersIn(got, numbers) != nil {
		t.Errorf("a person's number in\n%s", got)
	}
}

// TestStatus asks a running process how it is doing, as text, as JSON and as a check,
// and the store's file when it has stopped.
func TestStatus(t *testing.T) {
	dir := layOutOdd(t)
	if got := typed(t, dir, exitNotOK, "status", "--check"); !strings.HasPrefix(got, "CRITICAL: nothing is running, and there is no store at ") {
		t.Errorf("before the first start: %s", got)
	}
	w := startService(t, dir)
	w.until(t, http.StatusOK, "last complete poll at ")

	wantLines(t, typed(t, dir, exitOK, "status"), ": ready\n", "\nbra\n", "caught up to ", "unmapped      1: ANNAT 1\n",
		"parked        1: identity-letters 1\n", "outcomes      published 1, ignored 0, unmapped 1, parked 1,", "changes       3, events 1\n")
	var report statusReport
	if err := json.Unmarshal([]byte(typed(t, dir, exitOK, "status", "--json")), &report); err != nil {
		t.Fatal(err)
	}
	if s := report.Sources[0]; !report.Running || !report.Ready || s.Totals.Changes != 3 || s.LastPoll.IsZero() ||
		!cmp.Equal(s.Open.Unmapped, map[string]uint64{"ANNAT": 1}) || !cmp.Equal(s.Open.Outcomes, map[string]uint64{"unmapped": 1, "parked": 1}) {
		t.Errorf("%+v", report)
	}
	wantLines(t, typed(t, dir, exitOK, "status", "--check", "--max-parked", "1"), "OK: bra: caught up to ", " | 'bra lag'=", "'bra parked'=1;;1")
	wantLines(t, typed(t, dir, exitNotOK, "status", "--check", "--max-parked", "0"), "CRITICAL: bra: 1 parked, more than 0 | ")
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}

	wantLines(t, typed(t, dir, exitOK, "status"), "nothing is running; this is what the store says\n", "doing         not running\n", "unmapped      1: ANNAT 1\n")
	wantLines(t, typed(t, dir, exitNotOK, "status", "--check"), "CRITICAL: not-running: nothing is running, so nothing is published | ")
	typed(t, dir, exitUsage, "status", "--check", "--json")
}

// TestStatusOfRenamed holds that a source that may not begin is told of, with the one
// that only the store has, and does not become known to the store by being looked at:
// at the next start it would begin, and publish everything again.
func TestStatusOfRenamed(t *testing.T) {
	dir := layOutOdd(t)
	w := startService(t, dir)
	w.until(t, http.StatusOK, "last complete poll at ")
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"arendebrygga.yaml", "mappings/byra.yaml"} {
		renameIn(t, filepath.Join(dir, file), "bra", "nytt")
	}
	renameIn(t, filepath.Join(dir, "arendebrygga.yaml"), "nytt.db", "bra.db")
	for range 2 {
		w := startService(t, dir)
		w.until(t, http.StatusServiceUnavailable, "nytt: stopped since ")
		if status, _ := get(t, w.ops+"/livez", ""); status != http.StatusOK {
			t.Error("a restart, which helps nothing, is asked for")
		}
		wantLines(t, typed(t, dir, exitOK, "status"), ": not ready\n", "\nnytt\n", "renamed since ", "\nbra\n", "doing         not in the configuration\n")
		_, body := get(t, w.ops+"/metrics", "")
		wantLines(t, body, "arendebrygga_halted{reason=\"renamed\",source=\"nytt\"} 1\n", "arendebrygga_source_ready{source=\"nytt\"} 0\n")
		wantLines(t, w.log.String(), `"source":"bra","message":"the configuration does not name this source any more`)
		if err := w.stop(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMetrics holds what is told after a first poll, and that what the store counts
// goes on after a restart.
func TestMetrics(t *testing.T) {
	dir := layOutOdd(t)
	for range 2 {
		w := startService(t, dir)
		w.until(t, http.StatusOK, "last complete poll at ")
		w.events(t)
		status, body := get(t, w.ops+"/metrics", "")
		if status != http.StatusOK {
			t.Fatalf("status %d: %s", status, body)
		}
		wantLines(t, body, "arendebrygga_ready 1\n", `arendebrygga_source_ready{source="bra"} 1`,
			`arendebrygga_changes_total{source="bra"} 3`, `arendebrygga_events_total{source="bra"} 1`,
			`arendebrygga_outcomes_total{outcome="published",source="bra"} 1`, `arendebrygga_outcomes_total{outcome="unmapped",source="bra"} 1`,
			`arendebrygga_open_changes{outcome="parked",source="bra"} 1`, `arendebrygga_open_changes{outcome="held",source="bra"} 0`,
			`arendebrygga_parked_changes{reason="identity-letters",source="bra"} 1`, `arendebrygga_source_caught_up_timestamp_seconds{source="bra"} 1.`,
			`arendebrygga_poll_failures_total{source="bra"} 0`, `arendebrygga_poll_duration_seconds_count{source="bra"} `,
			`arendebrygga_http_request_duration_seconds_count{route="/mina-arenden/v1/kundhandelser",status="200"} 1`,
			`arendebrygga_source_last_poll_timestamp_seconds{source="bra"} 1.`, `arendebrygga_missed_by_poll_total{source="bra"} 0`,
			`arendebrygga_source_poll_interval_seconds{source="bra"} 0.1`, "arendebrygga_store_size_bytes ", "arendebrygga_build_info{", "go_goroutines ", "process_")
		if strings.Contains(body, "arendebrygga_halted{") {
			t.Error("halted is told of a source that is not")
		}
		families, err := w.metrics.registry.Gather()
		if err != nil {
			t.Error(err)
		}
		if faults, err := promlint.NewWithMetricFamilies(families).Lint(); err != nil || len(faults) > 0 {
			t.Errorf("%v %v", faults, err)
		}
		if err := w.stop(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPollFailures holds that failed polls are counted.
func TestPollFailures(t *testing.T) {
	w := startService(t, layOutOps(t, "sqlite", "path: borta.db"))
	w.until(t, http.StatusServiceUnavailable, "failure")
	_, body := get(t, w.ops+"/metrics", "")
	if strings.Contains(body, `arendebrygga_poll_failures_total{source="bra"} 0`) || strings.Contains(body, "arendebrygga_source_lag_seconds{") {
		t.Error(body)
	}
	wantLines(t, body, `arendebrygga_source_ready{source="bra"} 0`, "arendebrygga_ready 0\n", `arendebrygga_source_failures{source="bra"} `)
}

// TestLiveness holds that a loop that is gone, or that hangs, is told of.
func TestLiveness(t *testing.T) {
	w := startService(t, layOutOdd(t))
	w.until(t, http.StatusOK, "last complete poll at ")
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	// Now the loop's last word is that it waits for its next poll, and that never comes.
	o := newOperations(w.service)
	now := time.Now()
	if dead := o.dead(now); len(dead) > 0 {
		t.Errorf("dead at once: %q", dead)
	}
	if dead := o.dead(now.Add(time.Hour)); len(dead) != 1 || !strings.HasPrefix(dead[0], "bra: the loop hangs: ") {
		t.Errorf("after an hour: %q", dead)
	}
	w.followed[0].gone.Store(true)
	if got, want := fmt.Sprint(o.dead(now)), "[bra: the loop is gone]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
