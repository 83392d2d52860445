package sink

import (
	"bufio"
	"context"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// killing gives the batch that follows a checkpoint: three changes with two events
// each, and the change two batches back withdrawn.
func killing(cp adapter.Checkpoint) adapter.Batch {
	b := adapter.Batch{Source: source}
	for range 3 {
		cp.Changes++
		n := int(cp.Changes)
		at := instants[5].Add(time.Duration(n) * time.Second)
		ch := makeChange(cp.Changes, makeEvent(makeID("a", n), kunder[0], at, diarienummer(n)), makeEvent(makeID("b", n), kunder[1], at, diarienummer(n)))
		b.Changes = append(b.Changes, ch)
		b.Seen = append(b.Seen, adapter.Seen{Row: ch.Row, Hash: 1, Outcome: ch.Outcome, Change: ch.Number})
	}
	if cp.Changes > 6 {
		ch := makeChange(cp.Changes - 6)
		ch.Outcome, ch.Gone = adapter.Withheld, true
		b.Changes = append(b.Changes, ch)
	}
	b.Checkpoint = cp
	return b
}

// TestKill kills a process that commits, again and again. Whatever it said was
// committed is there, and nothing is there by half.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	rounds := 25
	if testing.Short() {
		rounds = 5
	}
	for range rounds {
		said := killed(t, path, time.Duration(rand.IntN(40))*time.Millisecond)
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		cp, err := s.Checkpoint(source)
		if err != nil {
			t.Fatal(err)
		}
		if cp.Changes < said || cp.Changes%3 != 0 {
			t.Errorf("%d changes are there, %d were told", cp.Changes, said)
		}
		if findings, err := s.Verify(context.Background()); err != nil || len(findings) > 0 {
			t.Fatal(findings, err)
		}
		want := int(cp.Changes)
		if gone := want/3 - 2; gone > 0 {
			want -= gone
		}
		for _, kund := range kunder[:2] {
			if n := len(idsOf(t, s, Query{Kund: &kund})); n != want {
				t.Errorf("%d events of a kund, want %d of %d changes", n, want, cp.Changes)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killed runs the child, kills it after its first word and a while, and gives the
// last number that it told.
func killed(t *testing.T, path string, after time.Duration) (said uint64) {
	t.Helper()
	cmd := childCommand("commit", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if said == 0 {
			timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
			defer timer.Stop()
		}
		if said, err = strconv.ParseUint(lines.Text(), 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	cmd.Wait()
	return said
}
