package main

import (
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"arendebrygga/adapter"

	_ "modernc.org/sqlite" // the case system of these tests
)

// TestPoint22_ReloadRepublishesNothing: other rules judge what comes after, and a
// mistake in a file leaves the old ones running.
func TestPoint22_ReloadRepublishesNothing(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGHUP")
	}
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // one that comes too early must not end the test
	eachKind(t, func(t *testing.T, c *smallSystem) {
		c.add(t, 1, "INKOM")
		mapping := filepath.Join(c.dir, "mappings/byra.yaml")
		w := startService(t, c.dir)
		w.again = func() (*loaded, adapter.Problems) {
			return loadAll(filepath.Join(c.dir, "arendebrygga.yaml"), nil, nil)
		}
		go w.reloadAtHangup(t.Context())
		eventually(t, "an event", func() bool { return w.events(t) == 1 })

		writeFile(t, mapping, strings.Replace(runMapping, "rubrik:", "rubirk:", 1))
		hangup(t, w, "the old rules go on")
		c.add(t, 2, "INKOM")
		eventually(t, "an event by the old rules", func() bool { return w.events(t) == 2 })

		writeFile(t, mapping, strings.Replace(runMapping, "Vi har tagit emot din ansökan", "Ny rubrik", 1))
		hangup(t, w, "rules reloaded")
		c.add(t, 3, "INKOM")
		eventually(t, "an event by the new rules", func() bool { return w.events(t) == 3 })
		headlines := map[string]int{}
		for _, e := range mustAsk(t, w.api+"/mina-arenden/v1/kundhandelser", "199009222382", "").Kundhandelser[0].KundhandelserForPart {
			headlines[e.Rubrik]++
		}
		if old, now := headlines["Vi har tagit emot din ansökan"], headlines["Ny rubrik"]; old != 2 || now != 1 {
			t.Errorf("%d events with the old text and %d with the new, want 2 and 1", old, now)
		}

		config := filepath.Join(c.dir, "arendebrygga.yaml")
		text, err := os.ReadFile(config)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, config, strings.Replace(string(text), "tid: time", "tid: string", 1))
		hangup(t, w, "nothing was reloaded")
	})
}

func hangup(t *testing.T, w *working, said string) {
	t.Helper()
	before := strings.Count(w.log.String(), said)
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Signal(syscall.SIGHUP)
	}
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, said, func() bool { return strings.Count(w.log.String(), said) > before })
}

func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); !happened(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// TestReloadRefusesWhatRulesCannotFollow: what rules are made for and the loop at work
// keeps as it was is not taken over in halves, and all of it is named.
func TestReloadRefusesWhatRulesCannotFollow(t *testing.T) {
	c := newSmallSystem(t, "sqlite")
	c.add(t, 1, "INKOM")
	path := filepath.Join(c.dir, "arendebrygga.yaml")
	w := startService(t, c.dir)
	w.again = func() (*loaded, adapter.Problems) { return loadAll(path, nil, nil) }
	eventually(t, "an event", func() bool { return w.events(t) == 1 })
	before := published(t, w)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ from, to, till, want string }{
		{"status: kod", "status: [kod, nr]", "INKOM/*", "status of source bra"},
		{"{ column: nr }", "{ column: nr, recipient: kod }", "INKOM", "recipients.recipient of source bra"},
		{"kod: string }", "kod: string, ny: string }", "INKOM", "columns of source bra"},
		{"mode: history", "timezone: UTC\n    mode: history", "INKOM", "timezone of source bra"},
		{"Teststads", "Nya Teststads", "INKOM", "who publishes (producent)"},
		{"  bra:", "  brand:", "INKOM", "source bra is not in"},
	} {
		writeFile(t, path, strings.Replace(string(text), test.from, test.to, 1))
		mapping := strings.ReplaceAll(runMapping, "[INKOM]", `["`+test.till+`"]`)
		if test.from == "  bra:" {
			mapping = strings.Replace(mapping, "kalla: bra", "kalla: brand", 1)
		}
		writeFile(t, filepath.Join(c.dir, "mappings/byra.yaml"), mapping)
		if err := w.reload(t.Context()); err == nil || !strings.Contains(err.Error(), test.want+" ") || !strings.HasSuffix(err.Error(), "that takes a restart") {
			t.Errorf("%s for %s: %v, want it refused for %s", test.to, test.from, err, test.want)
		}
	}
	c.add(t, 2, "INKOM")
	eventually(t, "an event by the old rules", func() bool { return w.events(t) == 2 })
	for id := range published(t, w) {
		delete(before, id)
	}
	if len(before) > 0 {
		t.Errorf("%d events have another id", len(before))
	}
	writeFile(t, path, strings.Replace(string(text), "publishWhen: always", `publishWhen: rad.kod != "X"`, 1))
	writeFile(t, filepath.Join(c.dir, "mappings/byra.yaml"), runMapping)
	if err := w.reload(t.Context()); err != nil {
		t.Error(err)
	}
}
