package sink

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"arendebrygga/adapter"
)

func drawValue(t *rapid.T) any {
	stockholm, _ := time.LoadLocation("Europe/Stockholm")
	return rapid.OneOf(
		rapid.Just[any](nil),
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.Int(), func(n int) any { return n }),
		rapid.SampledFrom([]any{adapter.Number("1200.50"), adapter.Number(""), true, false, math.Inf(-1), math.Copysign(0, -1), 1e300, math.MinInt64, math.MaxInt64}),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) any { return b }),
		rapid.Custom(func(t *rapid.T) any {
			at := time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "sec"), rapid.Int64Range(0, 999999999).Draw(t, "nsec"))
			return at.In(rapid.SampledFrom([]*time.Location{time.UTC, stockholm, time.FixedZone("CET", 3600)}).Draw(t, "zone"))
		}),
		rapid.Just[any](time.Time{}),
	).Draw(t, "value")
}

func drawRow(t *rapid.T) []any {
	row := rapid.SliceOf(rapid.Custom(drawValue)).Draw(t, "row")
	if rapid.IntRange(0, 4).Draw(t, "nil") == 0 {
		return nil
	}
	return row
}

// sameTime compares times with the names of their zones.
var sameTime = cmp.Comparer(func(x, y time.Time) bool {
	return x.Equal(y) && x.Location().String() == y.Location().String()
})

// TestChangeCodec reads back every change as it was written, down to the types of
// its values and the names of their zones.
func TestChangeCodec(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := makeChange(7)
		want.Rad = drawRow(t)
		want.Parter = rapid.SliceOfN(rapid.Custom(drawRow), 0, 3).Draw(t, "parter")
		want.Status = rapid.SliceOf(rapid.String()).Draw(t, "status")
		want.Gammal, want.RawTime = rapid.String().Draw(t, "gammal"), rapid.String().Draw(t, "raw")
		want.Order, want.N, want.Hash = rapid.Int64().Draw(t, "order"), rapid.IntRange(0, 1<<40).Draw(t, "n"), rapid.Uint64().Draw(t, "hash")
		want.Detected, want.Late, want.Gone = rapid.Bool().Draw(t, "detected"), rapid.Bool().Draw(t, "late"), rapid.Bool().Draw(t, "gone")
		want.Shown, want.Missed = rapid.Bool().Draw(t, "shown"), rapid.Bool().Draw(t, "missed")
		want.Due = rapid.SampledFrom(append([]time.Time{{}}, instants...)).Draw(t, "due")
		want.Cursor = adapter.Key(rapid.String().Draw(t, "cursor"))
		want.Noted = instants[rapid.IntRange(0, len(instants)-1).Draw(t, "noted")]
		want.Reasons = []adapter.Reason{{Code: "c", Detail: rapid.String().Draw(t, "detail")}}
		ids := []adapter.ID{makeID("x", 1), makeID("x", 2)}[:rapid.IntRange(0, 2).Draw(t, "ids")]
		b, err := appendChange(nil, &want, ids)
		if err != nil {
			t.Fatal(err)
		}
		got, gotIDs, err := decodeChange(b, &zones{})
		if err != nil {
			t.Fatal(err)
		}
		got.Source, got.Number = want.Source, want.Number
		if diff := cmp.Diff(want, got, sameTime); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(append([]adapter.ID{}, ids...), append([]adapter.ID{}, gotIDs...)); diff != "" {
			t.Fatal(diff)
		}
		cut := rapid.IntRange(0, len(b)-1).Draw(t, "cut")
		if _, _, err := decodeChange(b[:cut], &zones{}); err == nil {
			t.Fatal("half a change is read without an error")
		}
	})
}

func TestValueOfNoColumn(t *testing.T) {
	s := openTemp(t)
	ch := makeChange(1)
	ch.Rad = []any{struct{ secret string }{kunder[0].Identifierare}}
	err := s.Commit(batchOf(t, s, ch))
	if err == nil || bytes.Contains([]byte(err.Error()), []byte(kunder[0].Identifierare)) {
		t.Error(err)
	}
	if cp, err := s.Checkpoint(source); err != nil || cp.Changes != 0 {
		t.Error("something was written:", cp, err)
	}
}

func FuzzDecode(f *testing.F) {
	b, _ := appendChange(nil, &adapter.Change{Outcome: adapter.Parked}, []adapter.ID{{1}})
	f.Add(b)
	b = appendCase(nil, &adapter.Case{Past: []adapter.Past{{Change: 1, Hash: 2}}, Parties: []adapter.Party{{ID: "7", Since: 1}}})
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		decodeChange(b, &zones{})
		decodeCase(b, &zones{})
		decodeSeen(b)
		decodeSource(b)
		new(header).read(b)
	})
}

// FuzzJSON holds the strings against encoding/json, byte for byte.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{"", "Komplettera ansökan", "\"\\/\b\f\n\r\t\x00\x1f\x7f", "<&>", "\u2028\u2029\ufffd", "\xff\xc3\x28", "😀\xed\xa0\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(s); err != nil {
			t.Fatal(err)
		}
		if got := appendJSON(nil, s); string(got) != string(bytes.TrimSuffix(want.Bytes(), []byte("\n"))) {
			t.Errorf("%q: got %s, want %s", s, got, want.Bytes())
		}
	})
}
