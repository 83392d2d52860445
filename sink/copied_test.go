package sink

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

// TestMarkCopy: a copy knows that it is one until it is told otherwise, and what it was
// copied from never does.
func TestMarkCopy(t *testing.T) {
	s := openTemp(t)
	mustCommit(t, s, makeChange(1, makeEvent(makeID("e", 1), kunder[0], instants[5])))
	path := filepath.Join(t.TempDir(), "copy.db")
	f, err := os.Create(path)
	if err := errors.Join(err, s.Backup(t.Context(), f, nil), f.Close()); err != nil {
		t.Fatal(err)
	}
	before, at := fileSize(t, path), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if err := MarkCopy(path, at); err != nil {
		t.Fatal(err)
	}
	if grew := fileSize(t, path) - before; grew > 64<<10 {
		t.Errorf("it grew by %d bytes", grew)
	}
	if err := MarkCopy(s.path, at); !errors.Is(err, ErrHeld) || !s.Copied().IsZero() {
		t.Error("a store that is in use was marked:", err)
	}
	for i, want := range []time.Time{at, at, {}} { // reading it is not enough
		c, err := OpenCopy(path)
		if err != nil {
			t.Fatal(err)
		}
		if !c.Copied().Equal(want) {
			t.Errorf("%d: copied at %v, want %v", i, c.Copied(), want)
		}
		if findings, err := c.Verify(t.Context()); err != nil || len(findings) > 0 {
			t.Error(findings, err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if i != 1 {
			continue
		}
		if c, err = Open(path); err != nil || c.OwnRight() != nil || !c.Copied().IsZero() || c.Close() != nil {
			t.Error(err)
		}
	}
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestMarkIsDamaged: what cannot be read is no store in its own right.
func TestMarkIsDamaged(t *testing.T) {
	s := openTemp(t)
	for _, value := range []string{"", envelope, envelope + "yesterday"} {
		if err := s.update(func(tx *bolt.Tx) error { return metaBucket.in(tx).Put([]byte(metaCopied), []byte(value)) }); err != nil {
			t.Fatal(err)
		}
		if err := s.check(); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: %v", value, err)
		}
	}
}
