package main

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// settle lets the program work in peace, until what it answers is what it should be
// and then for complete sweeps more, and prints how it went.
func (run *faultRun) settle(t *testing.T) {
	b := startBinary(t, run.bin, run.dir, "never:1")
	url := "http://" + <-b.addr + "/mina-arenden/v1/kundhandelser"
	v := run.judge(t, url)
	deadline := time.Now().Add(5 * time.Minute)
	for ; v.bad() && time.Now().Before(deadline); v = run.judge(t, url) {
		time.Sleep(500 * time.Millisecond)
	}
	if !v.bad() {
		for right := time.Now(); !run.sweptSince(t, right) && time.Now().Before(deadline); {
			time.Sleep(200 * time.Millisecond)
		}
		v = run.judge(t, url)
	}
	totals := run.status(t)
	stopBinary(t, b)
	run.secrets = append(run.secrets, run.watch.tells(b.log.String())...)
	run.print(t, v, totals)
	if w := run.watch; v.bad() || w.wrong+w.changed+w.back+len(run.secrets) > 0 || v.events == 0 {
		t.Error(strings.Join(append(v.notes, run.secrets...), "\n"))
	}
}

// judge asks about everyone.
func (run *faultRun) judge(t *testing.T, url string) *tally {
	v, shown := &tally{}, map[seenCase]string{}
	for _, kund := range run.watch.kunder {
		events, err := ask(url, kund)
		if err != nil {
			t.Fatal(err)
		}
		run.watch.note(kund, events, run.watch.takenBack(kund))
		for i := range faultSources {
			if m := run.models[faultSources[i].kind]; m != nil {
				m.judge(v, &faultSources[i], kund, events, shown)
			}
		}
	}
	return v
}

// faultStatus is what the test reads of the status command's answer about a source.
type faultStatus struct {
	Source              string
	Doing               string
	LastPoll, LastSweep time.Time
	Error               string
	Totals              adapter.Totals
}

// status asks the running program how its sources are doing.
func (run *faultRun) status(t *testing.T) []faultStatus {
	t.Helper()
	cmd := exec.Command(run.bin, "status", "--json")
	cmd.Dir = run.dir
	out, err := cmd.Output()
	var answer struct{ Sources []faultStatus }
	if err == nil {
		err = json.Unmarshal(out, &answer)
	}
	if err != nil {
		t.Fatalf("status: %v\n%s", err, out)
	}
	return answer.Sources
}

// sweptSince tells whether each source has compared all of its rows since then.
func (run *faultRun) sweptSince(t *testing.T, then time.Time) bool {
	for _, s := range run.status(t) {
		if s.LastSweep.Before(then) && (s.Source[1] != 'n' || s.LastPoll.Before(then)) {
			return false
		}
	}
	return true
}

func (run *faultRun) print(t *testing.T, v *tally, status []faultStatus) {
	changes := 0
	for _, m := range run.models {
		changes += m.changes
	}
	w := run.watch
	t.Logf("faults: %v", run.ends)
	for kind, l := range run.lines {
		t.Logf("the line to %s: %v", kind, l.counts)
	}
	for _, s := range status {
		n := s.Totals
		t.Logf("source %s: %d rows read, %d changes, %d events made, %d rewrites, %d withheld, %d late, %d missed by polls, %d rows gone, %d times other parties, %d undone, %d overholds",
			s.Source, n.Rows, n.Changes, n.Events, n.Rewrites, n.Withheld, n.Late, n.Missed, n.Missing, n.Parties, n.Undone, n.Overholds)
		if s.Error != "" || s.Doing == string(adapter.Stopped) {
			t.Errorf("source %s is %s: %s", s.Source, s.Doing, s.Error)
		}
	}
	t.Logf("%d changes, %d events of %d kunder; %d answers on the way", changes, v.events, len(w.kunder), w.asked)
	t.Logf("%d lost, %d doubled, %d shown to the wrong person", v.lost, v.doubled, v.wrong+w.wrong)
	t.Logf("on the way: %d ids changed, %d events came back, %d secrets in the log", w.changed, w.back, len(run.secrets))
}
