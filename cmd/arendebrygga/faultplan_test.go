package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// writer lets things happen in its cases, as one handläggare does, one transaction
// after the other. What it does depends on its seed alone.
type writer struct {
	no     int
	m      *model
	r      *rand.Rand
	clock  time.Time // of the office: goes through the night in which summer time ends
	mine   []*kase
	parts  int
	nyckel int
}

// deed is one transaction of a writer.
type deed struct {
	statements []statement
	hold       time.Duration // how long it stays open
	abort      bool          // it is rolled back first, and then done again
	withdrawn  []*rad        // rows that it makes secret or takes back
}

type statement struct {
	sql  string
	args []any
}

func (d *deed) do(sql string, args ...any) {
	d.statements = append(d.statements, statement{sql, args})
}

// acts are what may happen to a case, and how often.
var acts = []struct {
	weight int
	act    func(*writer, *kase, *deed)
}{
	{12, (*writer).event},
	{10, (*writer).move},
	{2, (*writer).moveAndBack},
	{1, (*writer).touch},
	{4, (*writer).finalise},
	{4, (*writer).rewrite},
	{2, (*writer).makulera},
	{2, (*writer).secrecy},
	{1, (*writer).remove},
	{1, (*writer).close},
	{3, (*writer).addParty},
	{2, (*writer).removeParty},
	{2, (*writer).correctNumber},
	{1, (*writer).changeRole},
}

// plan thinks out the next transaction, and puts it down in the model.
func (w *writer) plan() *deed {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	d := &deed{abort: w.r.IntN(20) == 0}
	switch n := w.r.IntN(300); {
	case n == 0:
		d.hold = time.Duration(3500+w.r.IntN(1500)) * time.Millisecond // longer than maxHold
	case n < 8:
		d.hold = time.Duration(2000+w.r.IntN(1000)) * time.Millisecond // longer than the overlap
	case n < 40:
		d.hold = time.Duration(w.r.IntN(400)) * time.Millisecond
	}
	for range 1 + w.r.IntN(4) {
		w.clock = w.clock.Add(time.Duration(w.r.IntN(20_000)) * time.Millisecond)
		if len(w.mine) < 3 || w.r.IntN(8) == 0 {
			w.register(d)
			continue
		}
		total := 0
		for _, a := range acts {
			total += a.weight
		}
		k, n := w.mine[len(w.mine)-1-w.r.IntN(min(len(w.mine), 30))], w.r.IntN(total)
		for _, a := range acts {
			if n -= a.weight; n < 0 {
				a.act(w, k, d)
				break
			}
		}
	}
	w.m.changes += len(d.statements)
	return d
}

func wall(t time.Time) string { return t.In(stockholm).Format("2006-01-02 15:04:05.000") }

var stockholm = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic(err)
	}
	return loc
}()

// register begins a case; some of them as a draft, some without a party yet.
func (w *writer) register(d *deed) {
	k := &kase{id: w.no*1_000_000 + len(w.mine) + 1, ever: map[string]bool{}, numbers: map[string]int{}}
	w.mine, w.m.cases[k.id] = append(w.mine, k), k
	k.states = []state{{w.r.IntN(len(faultKoder)), wall(w.clock), w.r.IntN(5) == 0}}
	s := k.states[0]
	d.do("INSERT INTO arende VALUES (?, ?, 1, ?, ?, ?, CURRENT_TIMESTAMP)", k.id, s.typ, s.tid, s.utkast, false)
	for range w.r.IntN(4) {
		w.addParty(k, d)
	}
	w.event(k, d)
}

// event writes a row for the sources in history mode: back-dated, as a draft or
// secret now and then.
func (w *writer) event(k *kase, d *deed) {
	w.nyckel++
	row := &rad{kase: k, nyckel: fmt.Sprintf("nyckel-%d-%d", w.no, w.nyckel), typ: w.r.IntN(len(faultKoder)), notis: 1, utkast: w.r.IntN(8) == 0}
	row.hemlig = []any{true, nil, nil, false, false, false, false, false, false, false, false, false, false, false, false, false}[w.r.IntN(16)]
	row.tid = wall(w.clock)
	switch w.r.IntN(10) {
	case 0:
		row.tid = wall(w.clock.Add(-time.Duration(w.r.IntN(100)) * time.Hour))
	case 1: // a tie
		if n := len(k.rows); n > 0 {
			row.tid = k.rows[n-1].tid
		}
	}
	if row.taken = row.hemlig == true; row.taken {
		d.withdrawn = append(d.withdrawn, row)
	}
	w.address(k, row)
	row.note()
	k.rows, w.m.rows[row.nyckel] = append(k.rows, row), row
	d.do("INSERT INTO handelse (nyckel, arende_id, typ_id, tid, hemlig, utkast, makulerad, notis, nummer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		row.nyckel, k.id, row.typ, row.tid, row.hemlig, row.utkast, false, 1, row.nummer)
}

// move gives a case another state for the sources in net mode.
func (w *writer) move(k *kase, d *deed) {
	if k.closed || k.deleted {
		return
	}
	last := k.states[len(k.states)-1]
	w.state(k, d, state{w.r.IntN(len(faultKoder)), wall(w.clock), last.utkast && w.r.IntN(2) == 0})
}

// moveAndBack does A→B→A in one transaction, so that nobody can see the B.
func (w *writer) moveAndBack(k *kase, d *deed) {
	if k.closed || k.deleted {
		return
	}
	last := k.states[len(k.states)-1]
	w.state(k, d, state{(last.typ + 1) % len(faultKoder), wall(w.clock), last.utkast})
	w.state(k, d, last)
}

func (w *writer) state(k *kase, d *deed, s state) {
	k.states = append(k.states, s)
	d.do("UPDATE arende SET typ_id = ?, nr = ?, tid = ?, utkast = ?, andrad = CURRENT_TIMESTAMP WHERE arende_id = ?", s.typ, len(k.states), s.tid, s.utkast, k.id)
}

// touch writes a case's row as it is.
func (w *writer) touch(k *kase, d *deed) {
	d.do("UPDATE arende SET andrad = CURRENT_TIMESTAMP WHERE arende_id = ?", k.id)
}
