package adapter_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"arendebrygga/adapter"
)

// baseline has an operator take everything as it is, and the loop do so.
func (b *bench) baseline(t *testing.T) {
	t.Helper()
	if err := b.loop.Baseline(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.poll(t)
}

// What a baseline finds is not published: not a row that was rewritten, nor a status
// that was not met, nor the past to somebody who was added. What was published stays,
// but for who is not a recipient any more.
func TestBaselinePublishesNothing(t *testing.T) {
	for name, define := range sets {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, define())
			b.loop.Rules = rules{columns: []int{colTid}}
			b.give("A1", party("alva"), party("bo"))
			b.step("A1", "a")
			b.give("B1", party("alva"))
			b.step("B1", "x")
			b.poll(t)
			before := b.events(t, "alva")
			b.rows[1].tid = day(12, 0) // the status is as it was
			b.step("A1", "b")
			b.give("A1", party("alva"), party("cilla"))
			b.baseline(t)
			check := func(cilla, last []string) {
				t.Helper()
				want(t, b.events(t, "alva"), append(before, last...)...)
				want(t, b.events(t, "bo"))
				want(t, b.events(t, "cilla"), cilla...)
			}
			check(nil, nil)
			b.open(t)
			b.loop.Rules = rules{columns: []int{colTid}}
			b.sweep(t)
			b.poll(t)
			check(nil, nil)
			b.step("A1", "c")
			b.poll(t)
			check([]string{"b>c"}, []string{"b>c"})
		})
	}
}

// The log tells what a baseline itself has read and remembered, not what was before it.
func TestBaselineTellsItsOwn(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.aCaseEach(1, 15, "a", "alva")
	b.poll(t)
	b.aCaseEach(16, 18, "a", "alva")
	var said bytes.Buffer
	b.loop.Log = zerolog.New(&said)
	b.baseline(t)
	if !strings.Contains(said.String(), `"rows":18,"baselined":3,"events":0,"message":"first run complete"`) {
		t.Error(said.String())
	}
}

// What a case was before a baseline is still known to be its past: it follows its
// recipients, and is taken back with it.
func TestBaselineAndResyncKeepThePast(t *testing.T) {
	for name, define := range sets {
		for _, order := range []func(*testing.T, *bench){func(t *testing.T, b *bench) { b.baseline(t) }, func(t *testing.T, b *bench) { b.resync(t) }} {
			t.Run(name, func(t *testing.T) {
				b := newBench(t, define())
				b.give("A1", party("alva"), party("bo"))
				b.step("A1", "a")
				b.poll(t)
				b.step("A1", "b")
				order(t, b)
				b.give("A1", party("alva"))
				b.sweep(t)
				b.poll(t)
				want(t, b.events(t, "bo"))
				if b.events(t, "alva")[0] != ">a" {
					t.Errorf("alva is shown %v", b.events(t, "alva"))
				}
				for i := range b.rows {
					b.rows[i].hemlig = true
				}
				b.poll(t)
				b.sweep(t)
				want(t, b.events(t, "alva"))
			})
		}
	}
}

// A case that became secret has lost its events when a baseline has walked.
func TestBaselineTakesBackWhatIsSecret(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		b := newBench(t, definition(mode))
		b.party("A1", "alva")
		b.step("A1", "a")
		b.poll(t)
		if b.rows[0].hemlig = true; mode == adapter.Net {
			b.rows[0].status = "b"
		}
		b.baseline(t)
		want(t, b.events(t, "alva"))
	}
}

// resync has everything compared, and what differs published.
func (b *bench) resync(t *testing.T) {
	t.Helper()
	if _, err := b.loop.Resync(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	b.poll(t)
}
