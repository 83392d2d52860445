package sink

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBackup copies a store while others commit to it: the copy is one state of the
// store, gives the same ids, and works as a store.
func TestBackup(t *testing.T) {
	s := openTemp(t)
	for n := range 50 {
		mustCommit(t, s, makeChange(uint64(n+1), makeEvent(makeID("e", n), kunder[0], instants[5], diarienummer(n))))
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	var size int64
	meanwhile := &during{to: f, each: func() { // in the middle of the copy, from the same goroutine: it must not wait
		n := uint64(51)
		if cp, _ := s.Checkpoint(source); cp.Changes >= n {
			n = cp.Changes + 1
		}
		mustCommit(t, s, makeChange(n, makeEvent(makeID("e", int(n)), kunder[0], instants[5])))
	}}
	if err := errors.Join(s.Backup(t.Context(), meanwhile, func(n int64) { size = n }), f.Close()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != size {
		t.Error(info.Size(), size, err)
	}
	if cp, err := s.Checkpoint(source); err != nil || cp.Changes < 52 {
		t.Error("nothing was committed meanwhile:", cp.Changes, err)
	}
	checkCopy(t, s, path)
}

func checkCopy(t *testing.T, s *Store, path string) {
	t.Helper()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := OpenCopy(path)
	if err != nil {
		t.Fatal(err)
	}
	if findings, err := c.Verify(t.Context()); err != nil || len(findings) > 0 {
		t.Error(findings, err)
	}
	if err := c.Commit(batchOf(t, c, makeChange(51))); err == nil {
		t.Error("a copy that is only read was written to")
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("checking the copy changed it")
	}
	if c, err = Open(path); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if diff := cmp.Diff(s.IDKey(), c.IDKey()); diff != "" {
		t.Error("the key of the ids did not travel:", diff)
	}
	if n := len(idsOf(t, c, Query{Kund: &kunder[0]})); n != 50 {
		t.Errorf("%d events, want the 50 of the moment", n)
	}
	mustCommit(t, c, makeChange(51, makeEvent(makeID("e", 51), kunder[0], instants[5])))
}

// during does something before each write.
type during struct {
	to   io.Writer
	each func()
}

func (d *during) Write(b []byte) (int, error) {
	d.each()
	return d.to.Write(b)
}

// TestBackupFails: a full disk and a stop are told as what they are, and half a copy
// is never taken for a whole one.
func TestBackupFails(t *testing.T) {
	s := openTemp(t)
	mustCommit(t, s, makeChange(1, makeEvent(makeID("e", 1), kunder[0], instants[5])))
	full := errors.New("no space left on device")
	if err := s.Backup(t.Context(), writerFunc(func([]byte) (int, error) { return 0, full }), nil); !errors.Is(err, full) {
		t.Error(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := s.Backup(stopped, io.Discard, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	var whole bytes.Buffer
	if err := s.Backup(t.Context(), &whole, nil); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "half.db")
	for _, n := range []int{0, 100, os.Getpagesize(), whole.Len() / 2, whole.Len() - 1} {
		if err := os.WriteFile(path, whole.Bytes()[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if c, err := OpenCopy(path); err == nil {
			c.Close()
			t.Errorf("%d of %d bytes are taken for a whole store", n, whole.Len())
		}
	}
	if _, err := OpenCopy(path + ".none"); err == nil {
		t.Error("a copy that is not there was opened")
	}
	if _, err := OpenCopy(s.path); !errors.Is(err, ErrHeld) {
		t.Error("a store that is in use was opened:", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
