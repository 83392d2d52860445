package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"arendebrygga/sources/servertest"
)

// BenchmarkFirstLoad reads a history of 100,000 and then of 1,000,000 rows, a join
// of three tables on a real MariaDB, into events that the real binary serves. It
// reports rows a second for both, how many times longer a row took in the large
// one, how many times longer in the large one's second half than in its first (1 is
// linear growth), and the most anonymous memory that the process used.
func BenchmarkFirstLoad(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("reads memory from /proc")
	}
	db := servertest.Private(b, "--innodb-buffer-pool-size=1G")
	bin := buildBinary(b)
	for b.Loop() {
		var perRow []float64
		for _, rows := range []int{100_000, 1_000_000} {
			prepareHistory(b, db, rows)
			took, anon, halves := firstLoad(b, bin, layOut(b, map[string]string{"arendebrygga.yaml": benchConfig, "mappings/byra.yaml": benchMapping, "dsn": db.DSN()}), rows, rows)
			perRow = append(perRow, took.Seconds()/float64(rows))
			b.ReportMetric(float64(rows)/took.Seconds(), fmt.Sprintf("rows/s-of-%d", rows))
			b.ReportMetric(float64(anon)/1024, fmt.Sprintf("MiB-anon-of-%d", rows))
			if rows == 1_000_000 {
				b.ReportMetric(halves, "times-longer-the-second-half")
			}
		}
		b.ReportMetric(perRow[1]/perRow[0], "times-longer-a-row")
	}
}

// prepareHistory fills the case system: ten rows a case, one party each.
func prepareHistory(b *testing.B, db *servertest.Server, rows int) {
	b.Helper()
	if _, err := db.Root.Exec("DROP TABLE IF EXISTS arende, handelsetyp, handelse, part"); err != nil {
		b.Fatal(err)
	}
	cases := rows / 10
	kund := fmt.Sprintf("ELT(1 + seq MOD %d, '%s')", len(numbers), strings.Join(numbers, "', '"))
	for stmt := range strings.SplitSeq(benchSchema+fmt.Sprintf(`;
INSERT INTO arende SELECT seq, CONCAT('BYRA 2026-', LPAD(seq, 6, '0')) FROM seq_1_to_%[1]d;
INSERT INTO part (arende_id, roll, nummer) SELECT seq, 'SOK', %[2]s FROM seq_1_to_%[1]d;
INSERT INTO handelse (arende_id, typ_id, tid, hemlig) SELECT 1 + seq MOD %[1]d, seq DIV %[1]d MOD 4, TIMESTAMPADD(SECOND, seq, '2016-01-01'), 0 FROM seq_1_to_%[3]d;
ANALYZE TABLE arende, handelse, part`, cases, kund, rows), ";") {
		if _, err := db.Root.Exec(stmt); err != nil {
			b.Fatal(err)
		}
	}
}

// firstLoad runs the binary until its first run is complete and a question has been
// answered, and samples its memory meanwhile. events is how many the rows have to
// become, halves how many times longer the second half of the rows took than the first.
func firstLoad(b *testing.B, bin, dir string, rows, events int) (took time.Duration, anon int, halves float64) {
	b.Helper()
	begun := time.Now()
	p := startBinary(b, bin, dir, "never:1")
	url := "http://" + <-p.addr + "/mina-arenden/v1/kundhandelser"
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(15 * time.Minute); took == 0; {
		select {
		case <-tick.C:
			anon = max(anon, rssAnon(b, p.cmd.Process.Pid))
		case <-p.complete:
			mustAsk(b, url, numbers[0], `,"paginering":{"offset":0,"limit":20}`)
			took = time.Since(begun)
		case err := <-p.done:
			b.Fatalf("the program ended: %v\n%s", err, p.log)
		case <-deadline:
			b.Fatal("not loaded within a quarter of an hour")
		}
	}
	total := 0
	for _, kund := range numbers {
		total += mustAsk(b, url, kund, `,"paginering":{"offset":0,"limit":1}`).Kundhandelser[0].TotaltAntalKundhandelser
	}
	if total != events {
		b.Fatalf("%d events are served of %d rows, want %d", total, rows, events)
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	if err := <-p.done; err != nil {
		b.Fatalf("stopped by SIGTERM: %v", err)
	}
	half := halfTime(b, p.log.Bytes(), rows).Sub(begun)
	return took, anon, (took - half).Seconds() / half.Seconds()
}

// halfTime reads in the log when half of the changes had been committed.
func halfTime(b *testing.B, log []byte, rows int) time.Time {
	b.Helper()
	changes := 0
	for line := range bytes.Lines(log) {
		var entry struct {
			Time    time.Time
			Changes int
		}
		if err := json.Unmarshal(line, &entry); err != nil {
			b.Fatal(err)
		}
		if changes += entry.Changes; changes >= rows/2 {
			return entry.Time
		}
	}
	b.Fatalf("%d changes in the log", changes)
	return time.Time{}
}

// rssAnon gives a process's resident anonymous memory in KiB.
func rssAnon(b *testing.B, pid int) int {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, _ := bytes.Cut(status, []byte("RssAnon:"))
	line, _, _ := bytes.Cut(after, []byte("kB"))
	n, err := strconv.Atoi(string(bytes.TrimSpace(line)))
	if err != nil {
		b.Fatal(err)
	}
	return n
}
