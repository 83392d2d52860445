package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// verkligt is a real case as it stood in ByggR. Times tie, the notice was set back,
// two events are drafts, and the last is written more than a year later.
var verkligt = []handelse{
	{id: 501, status: "ANM/ANMATT/", start: "2020-07-02 00:00:00", reg: "2020-07-10 09:01:12.340"},
	{id: 502, status: "Atom/Kv/Kv4", start: "2020-07-10 00:00:00", reg: "2020-07-10 09:01:13.007"},
	{id: 503, status: "KOMP//", start: "2020-08-07 12:29:00", slut: "2020-08-28 00:00:00"},
	{id: 504, status: "Atom/Kv/Kv11", start: "2020-08-07 17:07:00", utkast: true},
	{id: 505, status: "HANDLING/KOMPL/", start: "2020-08-13 13:20:00"},
	{id: 506, status: "STATUS/Komplett/", start: "2020-08-13 13:34:00"},
	{id: 507, status: "HANDLING/KOMPL/", start: "2020-08-13 13:34:00"},
	{id: 508, status: "BESLUT/GAAC/", start: "2020-08-14 11:23:00"},
	{id: 509, status: "BESLUT/GBCA/", start: "2020-08-14 11:29:00"},
	{id: 510, status: "DEBIT//", start: "2020-08-14 11:31:00"},
	{id: 511, status: "DIG//", start: "2020-08-14 11:31:00"},
	{id: 512, status: "BESLUT/SLU/", start: "2020-09-22 09:54:00"},
	{id: 513, status: "ARKIV//", start: "2020-09-22 09:55:00"},
	{id: 514, status: "ARKIV//", start: "2021-12-15 10:02:00", utkast: true},
}

// parter are the parties of the real case. Only the first two may be told anything.
var parter = []struct {
	name, role, number, kund string
	organisation             bool
}{
	{"applicant", "SOK", "19900922-2382", "199009222382", false},
	{"co-applicant", "MSOK", "212000-2411", "162120002411", true},
	{"neighbour", "GRAN", "195410072572", "195410072572", false},
	{"reporter", "ANMALARE", "198003192385", "198003192385", false},
	{"former applicant", "FDSOK", "200001121227", "200001121227", false},
	{"contact person", "KPER", "197702042396", "197702042396", false},
	{"agent", "OMB", "196909092394", "196909092394", false},
}

// realCase begins with the case and its parties, without events.
func realCase(t testing.TB, kind string) *byggrBed {
	t.Helper()
	b := newByggr(t, kind, "EVENTS__DELAY=0s")
	b.arende(4711, 11, "BYGG 2020-001012")
	for i, p := range parter {
		b.person(i+1, p.number, p.organisation)
		b.part("Arende", 4711, i+1, p.role)
	}
	b.poll()
	return b
}

// syn is what every party of the real case is shown.
func (b *byggrBed) syn() map[string][]string {
	b.t.Helper()
	seen := map[string][]string{}
	for _, p := range parter {
		seen[p.name] = b.ser(p.kund)
	}
	return seen
}

// TestByggrCase writes down what each party is shown after each row.
func TestByggrCase(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		b := realCase(t, kind)
		var out strings.Builder
		before := b.syn()
		for _, h := range verkligt {
			h.arende = 4711
			b.skriv(h)
			b.poll()
			fmt.Fprintf(&out, "%s  %s%s\n", h.start, h.status, map[bool]string{true: "  draft"}[h.utkast])
			after := b.syn()
			for _, p := range parter {
				news(&out, p.name, before[p.name], after[p.name])
			}
			before = after
		}
		out.WriteString("in the end\n")
		for _, p := range parter {
			fmt.Fprintf(&out, "    %-16s %d events\n", p.name, len(before[p.name]))
		}
		b.sweep()
		if diff := gocmp.Diff(before, b.syn()); diff != "" {
			t.Errorf("a sweep found something more (-before +after):\n%s", diff)
		}
		if got := b.totals(); got.Published != 8 || got.Ignored != 4 || got.Withheld != 2 || got.Late != 0 || got.Unmapped+got.Parked+got.Waiting != 0 {
			t.Errorf("outcomes: %+v", got)
		}
		const golden = "testdata/byggr/case.txt"
		if *update {
			writeFile(t, golden, out.String())
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(out.String(), "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", golden, diff)
		}
	})
}

// news writes what is new to a party, and what it is no longer shown.
func news(out *strings.Builder, name string, before, after []string) {
	for _, line := range before {
		if !slices.Contains(after, line) {
			fmt.Fprintf(out, "    %-16s - %s\n", name, line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			fmt.Fprintf(out, "    %-16s + %s\n", name, line)
		}
	}
}

// TestByggrCaseOutOfOrder: rows become visible in any order, some of them together,
// as transactions commit; what each party is shown in the end is the same, also the
// order of what happened in the same minute.
func TestByggrCaseOutOfOrder(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		b := realCase(t, kind)
		for _, h := range verkligt {
			h.arende = 4711
			b.skriv(h)
		}
		b.poll()
		want := b.syn()
		if len(want["applicant"]) != 8 || len(want["co-applicant"]) != 8 {
			t.Fatalf("in order: %v", want)
		}
		for seed := range uint64(6) {
			random := rand.New(rand.NewPCG(seed, 4))
			rows := slices.Clone(verkligt)
			random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			if seed == 0 {
				slices.SortFunc(rows, func(a, b handelse) int { return -cmp.Compare(a.id, b.id) })
			}
			b := realCase(t, kind)
			for _, h := range rows {
				h.arende = 4711
				b.skriv(h)
				if random.IntN(3) > 0 {
					b.poll()
				}
			}
			b.poll()
			if diff := gocmp.Diff(want, b.syn()); diff != "" {
				t.Errorf("seed %d (-in order +out of order):\n%s", seed, diff)
			}
			if seed == 0 && b.totals().Late == 0 {
				t.Error("backwards, and no row was late")
			}
		}
	})
}

// TestByggrCaseWrittenLate: events are written down in another order than they
// happened, so that their ids say nothing of that. They are told in the order in which
// they happened; at the same time, in the order in which they were written.
func TestByggrCaseWrittenLate(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		b := realCase(t, kind)
		rows := slices.Clone(verkligt)
		slices.Reverse(rows)
		var want []string
		for i, h := range rows {
			h.id, h.arende = 501+i, 4711
			b.skriv(h)
			b.poll()
		}
		for _, line := range b.ser(parter[0].kund) {
			_, rest, _ := strings.Cut(line, " ")
			step, _, _ := strings.Cut(strings.TrimPrefix(rest, "BYGGANMALAN."), " ")
			want = append(want, step)
		}
		if got := strings.Join(want, " "); got != "ANMALAN_MOTTAGEN KOMPLETTERING_BEGARD KOMPLETTERING_MOTTAGEN KOMPLETTERING_MOTTAGEN ARENDE_KOMPLETT STARTBESKED KONTROLLPLAN SLUTBESKED" {
			t.Errorf("in the order %s", got)
		}
	})
}
