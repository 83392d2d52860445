package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"arendebrygga/adapter"
)

// TestCommandsBesideAProcess: commands in processes of their own ask the one that
// runs; when that has been killed, its socket is in nobody's way, and they work on the
// file. What was ordered then is done by the next process.
func TestCommandsBesideAProcess(t *testing.T) {
	eachKind(t, func(t *testing.T, c *smallSystem) {
		program := func(args ...string) (string, error) {
			cmd := exec.Command("arendebrygga", args...)
			cmd.Dir = c.dir
			out, err := cmd.CombinedOutput()
			return string(out), err
		}
		report := func() (r statusReport) {
			if out, err := program("status", "--json"); err == nil {
				if err := json.Unmarshal([]byte(out), &r); err != nil {
					t.Fatal(err, out)
				}
			}
			return r
		}
		start := func() *exec.Cmd {
			cmd := exec.Command("arendebrygga", "run")
			cmd.Dir = c.dir
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cmd.Process.Kill() })
			eventually(t, "the process is ready", func() bool { r := report(); return r.Running && r.Ready })
			return cmd
		}
		c.add(t, 1, "INKOM")
		c.add(t, 2, "OKAND")
		first := start()
		for _, args := range [][]string{{"parked", "list"}, {"backup", "copy.db"}, {"backup", "--verify", "copy.db"}, {"resync", "bra", "--yes"}} {
			if out, err := program(args...); err != nil {
				t.Errorf("%v: %v: %s", args, err, out)
			}
		}
		if err := first.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = first.Wait()
		if r := report(); r.Running {
			t.Error("a dead process is said to run")
		}
		if out, err := program("parked", "list"); err != nil || !strings.Contains(out, "OKAND") {
			t.Errorf("%v: %s", err, out)
		}
		c.add(t, 3, "INKOM")
		if out, err := program("baseline", "bra", "--yes"); err != nil || !strings.Contains(out, "the next arendebrygga run does it") {
			t.Errorf("%v: %s", err, out)
		}
		second := start()
		if r := report(); len(r.Sources) != 1 || r.Sources[0].Phase != adapter.Following || r.Sources[0].Totals.Events != 1 {
			t.Errorf("after a baseline: %+v", r.Sources)
		}
		if err := second.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := second.Wait(); err != nil {
			t.Error(err)
		}
		if left, _ := filepath.Glob(filepath.Join(c.dir, "*.sock*")); len(left) > 0 {
			t.Error("left behind:", left)
		}
	})
}
