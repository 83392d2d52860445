package main

import (
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
)

// model knows what the writers of one database have written, and so what every kund
// is to be told. It shares nothing with the program. A writer has cases of its own
// and puts down here what it is about to write; it does not go on before that is
// committed.
type model struct {
	mu      sync.Mutex
	kind    string
	kunder  []string
	cases   map[int]*kase
	rows    map[string]*rad // by nyckel
	changes int             // of rows, cases and parties
}

// kase is one case: its rows for the sources in history mode, the states that it
// went through for those in net mode, and its parties.
type kase struct {
	id      int
	rows    []*rad
	states  []state
	parts   []*part
	ever    map[string]bool // the numbers that its parties had: who may have been told of it
	numbers map[string]int  // and by which party's id
	closed  bool            // makulerad: nothing of it may be shown in net mode, ever again
	deleted bool            // the row for the sources in net mode
}

// rad is a row for the sources in history mode.
type rad struct {
	kase              *kase
	nyckel            string
	typ, notis        int
	tid               string // as the wall clock showed it
	nummer            any    // whom the row names: a party that the case has or had; or nil
	hemlig            any
	utkast, makulerad bool
	deleted           bool
	shown             bool         // it could be published at some time
	named             map[any]bool // whom it named then
	taken             bool         // it was makulerad or secret at some time
	withdrawn         bool         // and that has been committed
}

// state is one version of a case's row.
type state struct {
	typ    int
	tid    string
	utkast bool
}

// part is a party of a case. One that was hidden or got another number is not
// steady: its events may go and come.
type part struct {
	id             int
	roll, nummer   string
	gone, unsteady bool
}

func newModel(kind string, kunder []string) *model {
	return &model{kind: kind, kunder: kunder, cases: map[int]*kase{}, rows: map[string]*rad{}}
}

// told tells whether the mapping lets the party's role be told.
func (p *part) told() bool { return p.roll != "GRAN" }

// public tells whether the row may be shown as it is now.
func (r *rad) public() bool {
	return !r.deleted && r.hemlig == false && !r.utkast && !r.makulerad && r.typ != intern
}

// note keeps in mind what the row has been.
func (r *rad) note() {
	if r.public() {
		if r.named == nil {
			r.named = map[any]bool{}
		}
		r.shown, r.named[r.nummer] = true, true
	}
}

// partyOf finds the party by which a kund is told of the case now.
func (k *kase) partyOf(kund string) *part {
	for _, p := range k.parts {
		if !p.gone && p.told() && p.nummer == kund {
			return p
		}
	}
	return nil
}

// tells tells whether a kund is told of the row by a source.
func (r *rad) tells(src *faultSource, kund string) bool {
	if src.named {
		return r.nummer == kund
	}
	return r.kase.partyOf(kund) != nil
}

// fresh draws a number that the case has never had: so that whom an event was for
// can be told from its number.
func (m *model) fresh(k *kase, r *rand.Rand) string {
	for {
		number := m.kunder[r.IntN(len(m.kunder))]
		if _, had := k.ever[number]; !had {
			return number
		}
	}
}

// testNumbers gives the official test numbers of persons, the first n.
func testNumbers(t testing.TB, n int) []string {
	t.Helper()
	text, err := os.ReadFile("../../testdata/testnumbers.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var numbers []string
	for line := range strings.Lines(string(text)) {
		if typ, number, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && (typ == "personnummer" || typ == "samordningsnummer") && len(numbers) < n {
			numbers = append(numbers, number)
		}
	}
	return numbers
}
