package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPoint24_OneProcessOneStore: a second process on the same store exits at the lock.
func TestPoint24_OneProcessOneStore(t *testing.T) {
	eachKind(t, func(t *testing.T, c *smallSystem) {
		c.add(t, 1, "INKOM")
		w := startService(t, c.dir)
		eventually(t, "an event", func() bool { return len(published(t, w)) == 1 })
		second := exec.Command("arendebrygga", "run")
		second.Dir = c.dir
		out, err := second.CombinedOutput()
		if second.ProcessState.ExitCode() != exitNotOK || !strings.Contains(string(out), "another process holds the store") {
			t.Errorf("%v: %s", err, out)
		}
		c.add(t, 2, "INKOM")
		eventually(t, "the first one goes on", func() bool { return len(published(t, w)) == 2 })
	})
}

// TestPoint24_SameKeySameIDs: a backup goes to another machine. What is published
// there by a resync has the ids that it has here, also after a baseline of all of it.
func TestPoint24_SameKeySameIDs(t *testing.T) {
	eachKind(t, func(t *testing.T, c *smallSystem) {
		w := startService(t, c.dir)
		w.until(t, 200, "")
		file := filepath.Join(c.dir, "copy.db")
		var wrote, checked backedUp
		mustRun(t, c.dir, &wrote, "backup", file)
		mustRun(t, c.dir, &checked, "backup", "--verify", file)
		if wrote.Bytes == 0 || checked.Bytes != wrote.Bytes || !*checked.OK || !cmp.Equal(checked.Sources, []string{"bra"}) {
			t.Errorf("wrote %+v, found %+v", wrote, checked)
		}
		for id := 1; id <= 9; id++ {
			c.add(t, id, "INKOM")
		}
		eventually(t, "the events", func() bool { return len(published(t, w)) == 9 })

		for i, choice := range []string{"baseline", "resync"} {
			want := []int{0, 10}[i] // one was added by then
			there := *c
			there.dir = t.TempDir()
			elsewhere(t, c.dir, there.dir)
			copied, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(there.dir, "arendebrygga.db"), string(copied))
			var done ordered
			mustRun(t, there.dir, &done, choice, "bra", "--yes") // noted in the file, as nothing runs there
			if choice == "resync" && (done.Totals == nil || done.Totals.Events != 10) {
				t.Errorf("resync counted %+v first, want 10 events", done.Totals)
			}
			other := startService(t, there.dir)
			other.until(t, 200, "")
			eventually(t, "the events of "+choice, func() bool { return len(published(t, other)) >= want })
			c.add(t, 10+i, "INKOM")
			eventually(t, "one more there", func() bool { return len(published(t, other)) > want })
			eventually(t, "one more here", func() bool { return len(published(t, w)) == 10+i })
			here := published(t, w)
			for id, text := range published(t, other) {
				if here[id] != text {
					t.Errorf("%s: there %s has another id than here", choice, text)
				}
			}
			if err := other.stop(); err != nil {
				t.Error(err)
			}
		}
	})
}

// elsewhere copies the files of an installation.
func elsewhere(t *testing.T, from, to string) {
	t.Helper()
	for _, name := range []string{"arendebrygga.yaml", "mappings/byra.yaml"} {
		text, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(to, name), string(text))
	}
}

// TestBackup holds what a backup does to files that are there, and what is said of a
// copy that is not whole.
func TestBackup(t *testing.T) {
	c := newSmallSystem(t, "sqlite")
	c.add(t, 1, "INKOM")
	w := startService(t, c.dir)
	eventually(t, "an event", func() bool { return len(published(t, w)) == 1 })
	file := filepath.Join(c.dir, "copy.db")
	mustRun(t, c.dir, &backedUp{}, "backup", file)
	info, err := os.Stat(file)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Error("a copy that others can read:", info.Mode(), err)
	}
	for _, step := range []struct {
		says string
		args []string
	}{
		{"--replace", []string{file}},
		{"the store itself", []string{filepath.Join(c.dir, "arendebrygga.db"), "--replace"}},
		{"not a file", []string{c.dir}},
		{"copy.db cannot be written: its folder: ", []string{filepath.Join(c.dir, "none", "copy.db")}},
	} {
		if code, _, stderr := command(t, c.dir, append([]string{"backup"}, step.args...)...); code != exitNotOK || !strings.Contains(stderr, step.says) {
			t.Errorf("%v: exit code %d: %s", step.args, code, stderr)
		}
	}
	mustRun(t, c.dir, &backedUp{}, "backup", file, "--replace")
	if code, stdout, stderr := command(t, c.dir, "backup", "--verify", file); code != exitOK || !regexp.MustCompile(`^ok: .* a store made on \S+T\S+([+-]\d\d:\d\d|Z) with `).MatchString(stdout) {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	whole, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, whole[:len(whole)-1], 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if code, stdout, _ := command(t, c.dir, "backup", "--verify", file); code != exitNotOK || !strings.Contains(stdout, "damaged") {
		t.Errorf("exit code %d: %s", code, stdout)
	}
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	mustRun(t, c.dir, &backedUp{}, "backup", file, "--replace") // while nothing runs
	if code, stdout, stderr := command(t, c.dir, "backup", "--verify", file); code != exitOK {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	if left, _ := filepath.Glob(filepath.Join(c.dir, "*.new-*")); len(left) > 0 {
		t.Error("drafts are left:", left)
	}
}
