package sink

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"arendebrygga/adapter"
)

// TestKeyOrder: as bytes, keys order by time falling, then source order falling,
// then id rising.
func TestKeyOrder(t *testing.T) {
	draw := rapid.Custom(func(t *rapid.T) longKey {
		at := time.Unix(rapid.Int64Range(-70_000_000_000, 10_000_000_000).Draw(t, "sec"), rapid.SampledFrom([]int64{0, 1, 999_999_999}).Draw(t, "nsec"))
		if rapid.Bool().Draw(t, "tie") {
			at = time.Unix(rapid.Int64Range(-1, 1).Draw(t, "sec"), 0)
		}
		order := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1, 1)).Draw(t, "order")
		return eventKey(1, digest{2}, at, order, adapter.ID{rapid.Byte().Draw(t, "id")})
	})
	rapid.Check(t, func(t *rapid.T) {
		x, y := draw.Draw(t, "x"), draw.Draw(t, "y")
		xid, yid := x.id(), y.id()
		want := y.time().Compare(x.time())
		if want == 0 && x.order() != y.order() {
			want = map[bool]int{true: -1, false: 1}[x.order() > y.order()]
		} else if want == 0 {
			want = bytes.Compare(xid[:], yid[:])
		}
		if got := bytes.Compare(x[:], y[:]); got != want {
			t.Fatalf("%v %d against %v %d: %d, want %d", x.time(), x.order(), y.time(), y.order(), got, want)
		}
	})
}

func TestKeyReadsBack(t *testing.T) {
	for _, at := range instants {
		for _, order := range []int64{math.MinInt64, -1, 0, math.MaxInt64} {
			k := eventKey(3, digest{1, 2}, at, order, adapter.ID{9})
			if !k.time().Equal(at) || k.order() != order || k.id() != (adapter.ID{9}) || k.hash() != (digest{1, 2}) {
				t.Errorf("%v %d reads back as %v %d", at, order, k.time(), k.order())
			}
		}
	}
}

// TestHashes: the same text is another hash for another producer, source, use and
// store, and parts cannot flow into each other.
func TestHashes(t *testing.T) {
	h := newHasher([]byte("key"))
	sums := map[digest]string{}
	for name, d := range map[string]digest{
		"kund": h.kund(1, "189001019802"), "kund of another": h.kund(2, "189001019802"),
		"arende": h.arende(1, adapter.Arende{Typ: "ab", Identifierare: "c"}), "arende parted": h.arende(1, adapter.Arende{Typ: "a", Identifierare: "bc"}),
		"case": h.beside(domainCase, 1, "", "189001019802"), "row": h.beside(domainRow, 1, "", "189001019802"),
		"other store": newHasher([]byte("other")).kund(1, "189001019802"),
	} {
		if sums[d] != "" {
			t.Errorf("%s and %s have the same hash", name, sums[d])
		}
		sums[d] = name
	}
	if h.kund(1, "189001019802") != newHasher([]byte("key")).kund(1, "189001019802") {
		t.Error("the hash is not a function of its input")
	}
}

// TestNothingPersonalInKeys walks every key of every bucket of a store that holds
// numbers, case numbers, row keys and recipients.
func TestNothingPersonalInKeys(t *testing.T) {
	s := openTemp(t)
	secrets := []string{"DIARIE-4711", "ROWKEY-4712", "CASEKEY-4713", "RECIPIENT-4714", "REF-4715"}
	for n, kund := range kunder {
		secrets = append(secrets, kund.Identifierare, kund.Identifierare[2:])
		e := makeEvent(makeID("e", n), kund, instants[5], adapter.Arende{Typ: "Diarienummer", Identifierare: secrets[0]}, adapter.Arende{Typ: "Konsumentreferens", Identifierare: secrets[4]})
		e.Recipient = adapter.Key(secrets[3])
		ch := makeChange(uint64(n+1), e)
		ch.Row, ch.Case = adapter.Key(secrets[1]), adapter.Key(secrets[2])
		ch.Reasons = []adapter.Reason{{Code: "kontrollsiffra"}}
		b := batchOf(t, s, ch)
		b.Cases = []adapter.Case{{Key: ch.Case, Known: true, Status: "A"}}
		b.Seen = []adapter.Seen{{Row: ch.Row}}
		if n == len(kunder)-1 {
			old := makeChange(1)
			old.Gone = true
			b.Changes = append(b.Changes, old)
		}
		if err := s.Commit(b); err != nil {
			t.Fatal(err)
		}
	}
	walked := 0
	err := s.view(nil, func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			if k, _ := b.Cursor().First(); k == nil {
				t.Errorf("bucket %s is empty", name)
			}
			return b.ForEach(func(k, _ []byte) error {
				walked++
				for _, secret := range secrets {
					if strings.Contains(string(k), secret) {
						t.Errorf("a key of %s holds %s", name, secret)
					}
				}
				return nil
			})
		})
	})
	if err != nil || walked < 30 {
		t.Error(walked, err)
	}
}
