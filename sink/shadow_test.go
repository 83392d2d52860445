package sink

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"arendebrygga/adapter"
)

// drawCase gives a shadow with anything in it that can be stored.
func drawCase(t *rapid.T) adapter.Case {
	c := adapter.Case{Known: true, Status: rapid.String().Draw(t, "status"), Hash: rapid.Uint64().Draw(t, "hash"), Order: rapid.Int64().Draw(t, "order"),
		Tidpunkt: rapid.SampledFrom(instants).Draw(t, "tidpunkt"), Cursor: adapter.Key(rapid.String().Draw(t, "cursor")), Change: rapid.Uint64().Draw(t, "change")}
	history := rapid.Bool().Draw(t, "history")
	c.Past = rapid.SliceOf(rapid.Custom(func(t *rapid.T) adapter.Past {
		p := adapter.Past{Change: rapid.Uint64().Draw(t, "past")}
		if !history {
			p.Hash = rapid.Uint64().Draw(t, "hash")
		}
		return p
	})).Draw(t, "pasts")
	c.Parties = rapid.SliceOf(rapid.Custom(func(t *rapid.T) adapter.Party {
		return adapter.Party{ID: adapter.Key(rapid.String().Draw(t, "id")), Hash: rapid.Uint64().Draw(t, "hash"),
			Since: rapid.Uint64().Draw(t, "since"), Until: rapid.Uint64().Draw(t, "until")}
	})).Draw(t, "parties")
	if rapid.Bool().Draw(t, "nothing") {
		c.Past, c.Parties = nil, nil
	}
	return c
}

// TestCaseCodec reads back every shadow as it was written.
func TestCaseCodec(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawCase(t)
		b := appendCase(nil, &want)
		got, err := decodeCase(b, &zones{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, sameTime); diff != "" {
			t.Fatal(diff)
		}
		cut := rapid.IntRange(0, len(b)-1).Draw(t, "cut")
		if _, err := decodeCase(b[:cut], &zones{}); err == nil {
			t.Fatal("half a shadow is read without an error")
		}
	})
}

// TestPastIsSmall: a case in history mode keeps the numbers of all of its changes,
// and each new one writes them again.
func TestPastIsSmall(t *testing.T) {
	var c adapter.Case
	for n := range uint64(200) {
		c.Past = append(c.Past, adapter.Past{Change: 1_000_000_000 + n*5_000})
	}
	if b := appendCase(nil, &c); len(b) > 200*2+60 {
		t.Errorf("%d bytes for 200 changes", len(b))
	}
}
