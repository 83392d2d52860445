package adapter_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	_ "github.com/Shopify/toxiproxy/v2/toxics" // registers the kinds of fault
	"github.com/rs/zerolog"

	"arendebrygga/adapter"
)

// TestPoint05_Ties: 2,500 rows with one and the same time, in pages of 1,000, with
// an end after each page and one more such row when all are read.
func TestPoint05_Ties(t *testing.T) {
	onLive(t, allKinds, adapter.History, func(t *testing.T, l *live) {
		l.def.Cursor.Column, l.def.Cursor.Kind, l.def.Limits.PageSize = "tid", adapter.CursorTime, 1000
		at := stamp(time.Minute)
		l.exec(t, alva)
		for range 5 {
			l.exec(t, row("a", at)+strings.Repeat(", ('A1', 'a', "+at+")", 499))
		}
		ends := 0
		for ; ends < 20; ends++ {
			l.open(t)
			ctx, stop := context.WithCancel(t.Context())
			rows := l.loop.Status().Totals.Rows
			l.loop.Committed = func(c []adapter.Change) { l.log = append(l.log, c...); stop() }
			err := l.loop.Poll(ctx)
			stop()
			if err == nil {
				break // nothing was committed any more
			}
			if !errors.Is(err, context.Canceled) || rows > 0 {
				t.Fatal(err)
			}
		}
		l.exec(t, row("b", at))
		l.poll(t, time.Second)
		l.poll(t, time.Second)
		if n := len(l.events(t)); n != 2501 || len(l.log) != 2501 || ends < 3 {
			t.Errorf("%d events, %d changes, %d ends", n, len(l.log), ends)
		}
	})
}

// TestPoint12_HardDelete: what was published of a row that is gone is taken back
// after three complete sweeps in a row, and never after one that failed or was cut. It
// is shown again if the row comes back.
func TestPoint12_HardDelete(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		t.Run(string(mode), func(t *testing.T) {
			onLive(t, allKinds, mode, func(t *testing.T, l *live) {
				l.def.OnMissing = adapter.MissingRule{Do: adapter.Withdraw, After: 3}
				l.exec(t, alva, row("a", stamp(time.Hour)))
				for i := range 50 { // more than a page behind it
					l.exec(t, fmt.Sprintf("INSERT INTO rad (arende, status, tid) VALUES ('B%d', 'b', %s)", i, stamp(time.Hour)))
				}
				l.poll(t, 0)
				l.exec(t, "DELETE FROM rad WHERE arende = 'A1'")
				l.poll(t, time.Minute)
				l.sweep(t)
				l.sweep(t)
				l.source.failSweep = errors.New("cut")
				if err := l.loop.Sweep(t.Context()); err == nil {
					t.Fatal("the sweep should fail")
				}
				l.source.failSweep = nil
				l.sweep(t)
				l.sweep(t)
				ctx, stop := context.WithCancel(t.Context())
				stop()
				if err := l.loop.Sweep(ctx); err == nil {
					t.Fatal("the sweep should be cut")
				}
				l.sweep(t)
				l.sweep(t)
				if got := l.statuses(t); got != "a" {
					t.Fatalf("taken back too early: %q", got)
				}
				l.sweep(t)
				if got := l.statuses(t); got != "" || l.loop.Status().Totals.Missing != 1 {
					t.Errorf("%q after three sweeps, %d missing", got, l.loop.Status().Totals.Missing)
				}
				l.exec(t, "INSERT INTO rad (id, arende, status, tid) VALUES (1, 'A1', 'a', "+stamp(time.Hour)+")")
				l.sweep(t)
				if got := l.statuses(t); got != "a" {
					t.Errorf("the row is there again, and its event is %q", got)
				}
			})
		})
	}
}

// TestPoint12_KeptByDefault: nothing is taken back where nobody asked for it.
func TestPoint12_KeptByDefault(t *testing.T) {
	onLive(t, allKinds, adapter.History, func(t *testing.T, l *live) {
		l.def.OnMissing = adapter.MissingRule{Do: adapter.Keep, After: 3}
		l.exec(t, alva, row("a", stamp(time.Hour)))
		l.poll(t, 0)
		l.exec(t, "DELETE FROM rad")
		for range 5 {
			l.poll(t, time.Minute)
			l.sweep(t)
		}
		if got := l.statuses(t); got != "a" {
			t.Error(got)
		}
	})
}

// TestPoint14_CutAtRowK: the connection ends after so many bytes of the rows.
func TestPoint14_CutAtRowK(t *testing.T) {
	onLive(t, servers, adapter.History, func(t *testing.T, l *live) {
		l.def.Limits.PageSize = 300
		l.exec(t, alva)
		proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), l.kind, "127.0.0.1:0", l.address(t))
		if err := proxy.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(proxy.Stop)
		l.through(t, proxy.Listen)
		cuts, total := 0, 0
		for _, bytes := range []int{60, 900, 2500, 5000, 9000, 14_000, 20_000, 33_000} {
			l.exec(t, row("a", stamp(0))+strings.Repeat(", ('A1', 'a', "+stamp(0)+")", 999))
			total += 1000
			toxic := fmt.Sprintf(`{"name": "cut", "type": "limit_data", "stream": "downstream", "attributes": {"bytes": %d}}`, bytes)
			if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
				t.Fatal(err)
			}
			l.open(t)
			if err := l.loop.Poll(t.Context()); err != nil {
				cuts++
			}
			if err := proxy.Toxics.RemoveToxic(t.Context(), "cut"); err != nil {
				t.Fatal(err)
			}
			if cuts%2 == 0 { // as well by the loop that was cut as by another
				l.open(t)
			}
			l.poll(t, time.Second)
			if n := len(l.events(t)); n != total || len(l.log) != total {
				t.Fatalf("%d bytes: %d events and %d changes of %d rows", bytes, n, len(l.log), total)
			}
		}
		if cuts < 4 {
			t.Errorf("only %d polls were cut", cuts)
		}
	})
}

// TestPoint16_RestoredFromAnOlderBackup: the database comes back as it was before the
// last rows and changes. That is noticed before anything is published, and a resync
// then publishes what truly differs.
func TestPoint16_RestoredFromAnOlderBackup(t *testing.T) {
	onLive(t, allKinds, adapter.History, func(t *testing.T, l *live) {
		l.def.OnMissing = adapter.MissingRule{Do: adapter.Withdraw, After: 3}
		l.exec(t, alva, row("a", stamp(time.Hour)), row("b", stamp(time.Hour)), "CREATE TABLE backup_rad AS SELECT * FROM rad")
		for range 8 {
			l.exec(t, row("c", stamp(time.Minute)))
		}
		l.poll(t, 0)
		l.exec(t, "UPDATE rad SET status = 'b2' WHERE status = 'b'")
		l.poll(t, time.Second)
		l.open(t)
		l.exec(t, "DELETE FROM rad", "INSERT INTO rad SELECT * FROM backup_rad")
		l.exec(t, "INSERT INTO rad (id, arende, status, tid) VALUES (3, 'A1', 'd', "+stamp(0)+")") // a number that is given again
		before := len(l.log)
		for range 3 {
			if err := l.loop.Poll(t.Context()); err == nil || !strings.Contains(err.Error(), "set back") {
				t.Fatal(err)
			}
		}
		if got := l.statuses(t); got != "a b2"+strings.Repeat(" c", 8) || len(l.log) != before {
			t.Fatalf("published before anybody chose: %s", got)
		}
		if _, err := l.loop.Resync(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		l.poll(t, time.Second)
		l.poll(t, time.Second)
		if got := l.statuses(t); got != "a b d" {
			t.Errorf("after the resync: %s", got)
		}
		if said := l.said.String(); !strings.Contains(said, `"missing":`) || !strings.Contains(said, `"rows":3,"baselined":0,"events":2,"message":"resync complete"`) {
			t.Errorf("the log tells something else: %s", said)
		}
		for _, ch := range l.log[before:] {
			if ch.Ny == "a" {
				t.Error("a row that is as it was has been published again")
			}
		}
	})
}

// TestPoint30_WithoutACursor: where every poll walks all rows there is no sweep, and
// the polls see who is no longer a party, or has become one.
func TestPoint30_WithoutACursor(t *testing.T) {
	onLive(t, allKinds, adapter.Net, func(t *testing.T, l *live) {
		l.def.Cursor = adapter.CursorRule{Kind: adapter.CursorNone, Table: "rad"}
		l.exec(t, alva, row("a", stamp(time.Hour)))
		l.poll(t, 0)
		for _, step := range []struct{ change, wanted string }{
			{"DELETE FROM part", ""},
			{alva, "a"},
			{"UPDATE part SET namn = 'bo'", ""},
		} {
			l.exec(t, step.change)
			l.poll(t, time.Second)
			if got := l.statuses(t); got != step.wanted {
				t.Errorf("%s: alva sees %q", step.change, got)
			}
		}
	})
}
