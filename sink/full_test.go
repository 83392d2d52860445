//go:build unix

package sink

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"

	"arendebrygga/adapter"
)

// TestDiskFull runs out of room in a child process, where the file may not grow.
func TestDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	cmd := childCommand("full", path)
	if out, err := cmd.Output(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n := len(idsOf(t, s, Query{Kund: &kunder[0]})); n == 0 {
		t.Error("nothing is left")
	}
}

// TestCramped opens a store where address space is rationed.
func TestCramped(t *testing.T) {
	if out, err := childCommand("cramped", filepath.Join(t.TempDir(), "test.db")).Output(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// childCramped closes the store and opens it again with less room.
func childCramped(s *Store) error {
	if err := s.Close(); err != nil {
		return err
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: 16 << 30, Max: 16 << 30}); err != nil {
		return err
	}
	again, err := Open(s.path)
	if err != nil {
		return err
	}
	return errors.Join(again.Commit(killing(adapter.Checkpoint{})), again.Close())
}

// childFull commits until the file may not grow, reads what is there, and goes on
// when there is room again.
func childFull(s *Store) error {
	commit := func() (adapter.Checkpoint, error) {
		cp, err := s.Checkpoint(source)
		if err != nil {
			return cp, err
		}
		return cp, s.Commit(killing(cp))
	}
	if _, err := commit(); err != nil {
		return err
	}
	room := syscall.Rlimit{Cur: 512 << 10, Max: 1 << 40}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &room); err != nil {
		return err
	}
	var cp adapter.Checkpoint
	var err error
	for n := 0; err == nil; n++ {
		if cp, err = commit(); n > 10_000 {
			return errors.New("the file grew without end")
		}
	}
	if !errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("not the error of a full disk: %w", err)
	}
	if after, err := s.Checkpoint(source); err != nil || after.Changes != cp.Changes {
		return fmt.Errorf("the failed batch left %d changes of %d: %v", after.Changes, cp.Changes, err)
	}
	if _, err := commit(); !errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("the second try: %w", err)
	}
	room.Cur = 1 << 30
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &room); err != nil {
		return err
	}
	_, err = commit()
	return err
}
