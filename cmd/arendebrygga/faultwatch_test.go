package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// watch asks all the time, as consumers do, and keeps in mind what it was answered.
type watch struct {
	models map[string]*model
	kunder []string
	url    atomic.Pointer[string]

	mu      sync.Mutex
	asked   int
	seen    map[string]string // kundhandelseId → what it is of
	ids     map[string]string // and back
	shown   map[string]string // kund and id of a row in history mode that was answered → nyckel
	gone    map[string]bool   // of those, the ones that were taken back and then not answered any more
	wrong   int
	changed int // ids
	back    int // events that came back
}

func newWatch(models map[string]*model, kunder []string) *watch {
	return &watch{models: models, kunder: kunder, seen: map[string]string{}, ids: map[string]string{}, shown: map[string]string{}, gone: map[string]bool{}}
}

// look asks about one after the other until it is told to stop. The program is down
// now and then, so an error is no news.
func (w *watch) look(r *rand.Rand, stop <-chan struct{}) {
	for !closed(stop) {
		if url := w.url.Load(); url != nil {
			kund := w.kunder[r.IntN(len(w.kunder))]
			taken := w.takenBack(kund)
			if events, err := ask(*url, kund); err == nil {
				w.note(kund, events, taken)
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// takenBack gives the rows that were taken back before now, and whose kund has been
// a party all the time.
func (w *watch) takenBack(kund string) map[string]bool {
	taken := map[string]bool{}
	for _, m := range w.models {
		m.mu.Lock()
		for _, row := range m.rows {
			if p := row.kase.partyOf(kund); row.withdrawn && p != nil && !p.unsteady {
				taken[m.kind+row.nyckel] = true
			}
		}
		m.mu.Unlock()
	}
	return taken
}

// note takes down an answer.
func (w *watch) note(kund string, events []answered, taken map[string]bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	answered := map[string]bool{}
	for _, e := range events {
		m, row, of := w.subject(kund, &e)
		if of == "" {
			w.wrong++
			continue
		}
		answered[e.KundhandelseID] = true
		if old, ok := w.seen[e.KundhandelseID]; ok && old != of {
			w.changed++
		}
		if w.seen[e.KundhandelseID] = of; row == "" {
			continue
		}
		if old, ok := w.ids[of]; ok && old != e.KundhandelseID {
			w.changed++
		}
		w.ids[of] = e.KundhandelseID
		key := kund + " " + e.KundhandelseID
		if w.gone[key] {
			w.back++
		}
		w.shown[key] = m.kind + row
	}
	for key, row := range w.shown {
		if of, id, _ := strings.Cut(key, " "); of == kund && taken[row] && !answered[id] {
			w.gone[key] = true // another kund may be shown it, whom the row named before it was taken back
		}
	}
}

// subject says what an event is of: its source, the row or the case, and the party,
// unless each row names its recipient: then the event is the row's, whoever that is. It
// is empty if the kund never was a party of the case.
func (w *watch) subject(kund string, e *answered) (m *model, row, of string) {
	source, _, _ := strings.Cut(strings.TrimPrefix(e.KundhandelseTyp, "KOMMUN."), ".")
	if m = w.models[map[byte]string{'M': "mysql", 'P': "postgres", 'L': "sqlite", 'S': "mssql"}[source[0]]]; m == nil {
		return nil, "", ""
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	name, _, _ := strings.Cut(e.UtokadInformation.Rad, ":")
	var k *kase
	if source[1] == 'H' {
		if r := m.rows[name]; r != nil {
			k, row = r.kase, name
		}
	} else {
		var id int
		fmt.Sscan(name, &id)
		k = m.cases[id]
	}
	if k == nil || !k.ever[kund] {
		return m, row, ""
	}
	if of = source + " " + name; !slices.ContainsFunc(faultSources, func(s faultSource) bool { return s.named && strings.EqualFold(s.name, source) }) {
		of += fmt.Sprint(" ", k.numbers[kund])
	}
	return m, row, of
}

// tells finds what must not be in a log: numbers of persons, of cases and of rows.
func (w *watch) tells(log string) []string {
	found := numbersIn(log, w.kunder)
	for _, word := range []string{"nyckel-", "BYRÅ "} {
		if strings.Contains(log, word) {
			found = append(found, word)
		}
	}
	return found
}
