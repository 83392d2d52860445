package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// binary is the program with fault points, running as a process of its own.
type binary struct {
	cmd      *exec.Cmd
	fault    string        // the point at which it kills itself, and when; never:1 for none
	addr     chan string   // where the API listens
	complete chan struct{} // closed when the first of the sources' first runs is
	done     chan error
	log      *bytes.Buffer // what it printed; to be read after done
}

// metFault tells whether what it ended with is that it killed itself at its fault point.
func (b *binary) metFault(err error) bool {
	return err != nil && !strings.HasPrefix(b.fault, "never:") && strings.Contains(err.Error(), "killed")
}

// buildBinary builds the program, with fault points.
func buildBinary(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "arendebrygga")
	out, err := exec.Command("go", "build", "-tags", "faults", "-o", path, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

func startBinary(t testing.TB, path, dir, fault string) *binary {
	t.Helper()
	b := &binary{fault: fault, cmd: exec.Command(path, "run", "--listen", "127.0.0.1:0"), addr: make(chan string, 1), complete: make(chan struct{}), done: make(chan error, 1), log: &bytes.Buffer{}}
	b.cmd.Dir = dir
	b.cmd.Env = append(os.Environ(), "FAULT_POINT="+fault)
	stderr, err := b.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var first sync.Once
	go func() {
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			var entry struct{ Message, Address string }
			_ = json.Unmarshal(lines.Bytes(), &entry)
			switch entry.Message {
			case "api listening":
				b.addr <- entry.Address
			case "first run complete":
				first.Do(func() { close(b.complete) })
			}
			b.log.Write(append(lines.Bytes(), '\n'))
		}
		b.done <- b.cmd.Wait()
	}()
	t.Cleanup(func() { _ = b.cmd.Process.Kill() })
	return b
}
