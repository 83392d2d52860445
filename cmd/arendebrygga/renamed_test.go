package main

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPoint31_ChangedOrRenamed: a source whose definition says something else than
// before, or which has another name, stops and says what differs. Nothing is published
// again, and what was written meanwhile comes when the old words are back.
func TestPoint31_ChangedOrRenamed(t *testing.T) {
	eachKind(t, func(t *testing.T, c *smallSystem) {
		c.add(t, 1, "INKOM")
		w := startService(t, c.dir)
		eventually(t, "an event", func() bool { return len(published(t, w)) == 1 })
		before := published(t, w)
		for i, change := range []struct {
			said string
			edit []string // old and new, in turns
		}{
			{"events.query changed", []string{"FROM handelse h", "FROM handelse h WHERE 1 = 1"}},
			{"events.case changed", []string{"case: id", "case: nr"}},
			{"events.status changed", []string{"status: kod", "status: nr"}},
			{"mode changed", []string{"mode: history", "mode: net", "row: id\n", "\n"}},
			{"renamed", []string{" bra:", " nytt:", "kalla: bra", "kalla: nytt"}},
		} {
			if err := w.stop(); err != nil {
				t.Fatal(err)
			}
			kept := c.rewrite(t, strings.NewReplacer(change.edit...))
			w = startService(t, c.dir)
			w.until(t, http.StatusServiceUnavailable, "stopped since ")
			if _, body := get(t, w.ops+"/readyz", ""); !strings.Contains(body, change.said) {
				t.Errorf("%q is not said: %s", change.said, body)
			}
			c.add(t, 2+i, "INKOM")
			if diff := cmp.Diff(before, published(t, w)); diff != "" {
				t.Errorf("%s: published all the same: %s", change.said, diff)
			}
			if err := errors.Join(w.stop(), kept()); err != nil {
				t.Fatal(err)
			}
			w = startService(t, c.dir)
			eventually(t, "the event of the row that was written meanwhile", func() bool { return len(published(t, w)) == 2+i })
			w.until(t, http.StatusOK, "")
			now := published(t, w)
			for id, text := range before {
				if now[id] != text {
					t.Errorf("%s: an event came back as another", change.said)
				}
			}
			before = now
		}
	})
}

// rewrite replaces words in the operator's files. kept puts back what was there.
func (c *smallSystem) rewrite(t *testing.T, words *strings.Replacer) (kept func() error) {
	t.Helper()
	kept = func() error { return nil }
	for _, name := range []string{"arendebrygga.yaml", "mappings/byra.yaml"} {
		path := filepath.Join(c.dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		before := kept
		kept = func() error { return errors.Join(before(), os.WriteFile(path, text, 0o600)) }
		writeFile(t, path, words.Replace(string(text)))
	}
	if c.mirror != nil {
		c.mirror.follow(t, c.dir)
	}
	return kept
}
