package sink

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

var update = flag.Bool("update", false, "write the golden files anew")

// edit changes a closed store's file with bbolt.
func edit(t *testing.T, path string, change func(tx *bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(change), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// spoil changes the bytes of a file.
func spoil(t *testing.T, path string, change func(b []byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

func fill(b []byte, with byte) []byte {
	for i := range b {
		b[i] = with
	}
	return b
}

// TestOpenErrors holds the exact messages that an operator gets.
func TestOpenErrors(t *testing.T) {
	page := os.Getpagesize()
	cases := []struct {
		name   string
		path   string // beside the store; empty: the store itself
		breaks func(t *testing.T, path string)
	}{
		{name: "folder", path: "."},
		{name: "no such folder", path: "none/test.db"},
		{name: "file for folder", path: "test.db/test.db"},
		{name: "empty", breaks: func(t *testing.T, path string) { spoil(t, path, func([]byte) []byte { return nil }) }},
		{name: "text file", breaks: func(t *testing.T, path string) {
			spoil(t, path, func([]byte) []byte { return bytes.Repeat([]byte("not a store\n"), 5000) })
		}},
		{name: "short text file", breaks: func(t *testing.T, path string) { spoil(t, path, func([]byte) []byte { return []byte("hello\n") }) }},
		{name: "other bbolt file", breaks: func(t *testing.T, path string) {
			os.Remove(path)
			edit(t, path, func(tx *bolt.Tx) error { _, err := tx.CreateBucket([]byte("other")); return err })
		}},
		{name: "newer format", breaks: func(t *testing.T, path string) {
			edit(t, path, func(tx *bolt.Tx) error {
				return metaBucket.in(tx).Put([]byte(metaFormat), binary.BigEndian.AppendUint32([]byte(envelope), 2))
			})
		}},
		{name: "bucket missing", breaks: func(t *testing.T, path string) {
			edit(t, path, func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("cases")) })
		}},
		{name: "key missing", breaks: func(t *testing.T, path string) {
			edit(t, path, func(tx *bolt.Tx) error { return metaBucket.in(tx).Delete([]byte(metaStoreKey)) })
		}},
		{name: "key encrypted", breaks: func(t *testing.T, path string) {
			edit(t, path, func(tx *bolt.Tx) error {
				return metaBucket.in(tx).Put([]byte(metaIDKey), []byte("\x01\x00\x00\x00\x07secret"))
			})
		}},
		{name: "both meta pages overwritten", breaks: func(t *testing.T, path string) {
			spoil(t, path, func(b []byte) []byte { fill(b[:2*page], 0xaa); return b })
		}},
		{name: "both meta pages flipped", breaks: func(t *testing.T, path string) {
			spoil(t, path, func(b []byte) []byte { b[40] ^= 1; b[page+40] ^= 1; return b })
		}},
		{name: "cut in half", breaks: func(t *testing.T, path string) {
			spoil(t, path, func(b []byte) []byte { return b[:3*page] })
		}},
		{name: "cut to a page", breaks: func(t *testing.T, path string) {
			spoil(t, path, func(b []byte) []byte { return b[:page] })
		}},
		{name: "pages overwritten", breaks: func(t *testing.T, path string) {
			spoil(t, path, func(b []byte) []byte { fill(b[2*page:], 0xff); return b })
		}},
	}
	var got bytes.Buffer
	for _, c := range cases {
		dir := t.TempDir()
		path := filepath.Join(dir, "test.db")
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		mustCommit(t, s, makeChange(1, makeEvent(makeID("e", 1), kunder[0], instants[5], diarienummer(1))))
		s.Close()
		if c.breaks != nil {
			c.breaks(t, path)
		}
		s, err = Open(filepath.Join(dir, c.path, map[bool]string{true: "test.db"}[c.path == ""]))
		if err == nil {
			s.Close()
			t.Errorf("%s: no error", c.name)
			continue
		}
		got.WriteString("# " + c.name + "\n" + strings.ReplaceAll(err.Error(), dir, "DIR") + "\n\n")
		s, err = Open(filepath.Join(t.TempDir(), "test.db"))
		if err != nil {
			t.Fatal("another store cannot be opened after that:", err)
		}
		s.Close()
	}
	golden(t, "open_errors.txt", got.Bytes())
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(path, got, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got:\n%s", path, got)
	}
}

// TestOneMetaPage: a torn write of one meta page is what a power cut leaves, and
// costs at most the last transaction.
func TestOneMetaPage(t *testing.T) {
	for at := range 2 {
		path := filepath.Join(t.TempDir(), "test.db")
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for n := range uint64(4) {
			mustCommit(t, s, makeChange(n+1, makeEvent(makeID("e", int(n)), kunder[0], instants[5])))
		}
		s.Close()
		spoil(t, path, func(b []byte) []byte { b[at*os.Getpagesize()+50] ^= 1; return b })
		if s, err = Open(path); err != nil {
			t.Fatal(err)
		}
		if n := len(idsOf(t, s, Query{Kund: &kunder[0]})); n != 3+at && n != 4-at {
			t.Errorf("%d events are left of 4", n)
		}
		s.Close()
	}
}

func TestFileMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if left, _ := filepath.Glob(path + ".new*"); len(left) > 0 {
		t.Error("drafts are left:", left)
	}
}

// TestHeld opens a store that another process, and then this one, holds.
func TestHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	cmd := childCommand("hold", path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), path) {
		t.Error(err)
	}
	in.Close()
	if err := cmd.Wait(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := Open(path); !errors.Is(err, ErrHeld) {
		t.Error(err)
	}
}
