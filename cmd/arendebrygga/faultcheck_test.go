package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"arendebrygga/adapter"
)

// tally is what became of the events.
type tally struct {
	events, lost, doubled, wrong int
	notes                        []string // of the first few mistakes
}

func (v *tally) note(format string, args ...any) {
	if len(v.notes) < 10 {
		v.notes = append(v.notes, fmt.Sprintf(format, args...))
	}
}

func (v *tally) bad() bool { return v.lost+v.doubled+v.wrong > 0 }

// seenCase is what a kund was answered of one case in net mode.
type seenCase struct {
	source string
	id     int
}

// judge holds what a kund is answered against what the writers have committed. shown
// has, for each case of a source in net mode, what others were answered of it.
func (m *model) judge(v *tally, src *faultSource, kund string, events []answered, shown map[seenCase]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	byRow := map[string][]answered{}
	prefix := "KOMMUN." + strings.ToUpper(src.name) + "."
	for _, e := range events {
		if !strings.HasPrefix(e.KundhandelseTyp, prefix) {
			continue
		}
		v.events++
		e.KundhandelseTyp = strings.TrimPrefix(e.KundhandelseTyp, prefix)
		row, version, _ := strings.Cut(e.UtokadInformation.Rad, ":")
		e.UtokadInformation.Rad = version
		byRow[row] = append(byRow[row], e)
	}
	if src.mode == adapter.History {
		m.history(v, src, kund, byRow)
		return
	}
	m.net(v, src, kund, byRow, shown)
}

func (m *model) history(v *tally, src *faultSource, kund string, byRow map[string][]answered) {
	for nyckel, events := range byRow {
		row := m.rows[nyckel]
		kept := row != nil && row.deleted && row.shown && !src.withdraw
		// Whom a row named last, before it was deleted, nobody may have read.
		was := kept && (src.named && row.named[kund] || !src.named && row.kase.empty() && row.kase.ever[kund])
		switch {
		case row == nil || !row.tells(src, kund) && !was || !row.public() && !kept:
			v.wrong++
			v.note("%s: an event that no row calls for: %s", src.name, row)
		case len(events) > 1:
			v.doubled++
			v.note("%s: %d events of one row: %s", src.name, len(events), row)
		case !kept && !row.is(&events[0]):
			v.lost++
			v.note("%s: an old version: %s", src.name, row)
		}
	}
	for _, row := range m.rows {
		// What was taken back once may be gone for ever, even if that was undone.
		if row.public() && !row.taken && row.tells(src, kund) && byRow[row.nyckel] == nil {
			v.lost++
			v.note("%s: no event of %s", src.name, row)
		}
	}
}

// empty tells whether all rows of the case are deleted. Who are its parties is not
// looked up any more then.
func (k *kase) empty() bool {
	return !slices.ContainsFunc(k.rows, func(r *rad) bool { return !r.deleted })
}

// is tells whether an event says what the row says now.
func (r *rad) is(e *answered) bool {
	return e.KundhandelseTyp == faultKoder[r.typ] && e.UtokadInformation.Rad == strconv.Itoa(r.notis) && happened(e) == r.tid &&
		e.Referenser.ProducentReferens == dnr(r.kase.id)
}

func (r *rad) String() string {
	if r == nil {
		return "a row that was never written"
	}
	return fmt.Sprintf("%s version %d, %s at %s, hemlig %v utkast %v makulerad %v deleted %v taken %v", r.nyckel, r.notis, faultKoder[r.typ], r.tid, r.hemlig, r.utkast, r.makulerad, r.deleted, r.taken)
}

func dnr(c int) string { return fmt.Sprintf("BYRÅ %d", c) }

// happened gives an event's time as the wall clock showed it.
func happened(e *answered) string {
	t, err := time.Parse(time.RFC3339Nano, e.Tidpunkt)
	if err != nil {
		return err.Error()
	}
	return wall(t)
}

func (m *model) net(v *tally, src *faultSource, kund string, byRow map[string][]answered, shown map[seenCase]string) {
	for _, k := range m.cases {
		name := strconv.Itoa(k.id)
		events := byRow[name]
		delete(byRow, name)
		if k.partyOf(kund) == nil && !(k.deleted && k.ever[kund]) || k.closed || k.deleted && src.withdraw {
			if len(events) > 0 {
				v.wrong += len(events)
				v.note("%s: %d events of a case that is not the kund's to see: %s", src.name, len(events), k)
			}
			continue
		}
		said := k.chain(v, src, events)
		if other, ok := shown[seenCase{src.name, k.id}]; ok && other != said && !k.deleted {
			v.lost++
			v.note("%s: one is told %q, another %q of %s", src.name, said, other, k)
		}
		shown[seenCase{src.name, k.id}] = said
	}
	for range byRow {
		v.wrong++
		v.note("%s: events of a case that never was", src.name)
	}
}

// chain checks that the events of a case can be what somebody makes of its states
// who sees the last one, and of the others those that he happens to see.
func (k *kase) chain(v *tally, src *faultSource, events []answered) string {
	number := func(e answered) int { n, _ := strconv.Atoi(e.UtokadInformation.Rad); return n }
	slices.SortFunc(events, func(a, b answered) int { return cmp.Compare(number(a), number(b)) })
	before, said := 0, ""
	for i := range events {
		e, n := &events[i], number(events[i])
		said += fmt.Sprint(" ", n)
		switch {
		case n < 1 || n > len(k.states) || k.states[n-1].utkast:
			v.wrong++
			v.note("%s: version %d is not to be seen: %s", src.name, n, k)
			return said
		case before > 0 && !k.left(before, n):
			v.doubled++
			v.note("%s: versions %d and %d are one status: %s", src.name, before, n, k)
		case e.KundhandelseTyp != faultKoder[k.states[n-1].typ] || happened(e) != k.states[n-1].tid || e.Referenser.ProducentReferens != dnr(k.id):
			v.lost++
			v.note("%s: version %d is told as %s %s: %s", src.name, n, e.KundhandelseTyp, happened(e), k)
		}
		before = n
	}
	if last := k.states[len(k.states)-1]; !k.deleted && !last.utkast && last.typ != intern && before != len(k.states) {
		v.lost++
		v.note("%s: the last version told is %d: %s", src.name, before, k)
	}
	return said
}

// left tells whether the case had another status between two of its versions.
func (k *kase) left(from, to int) bool {
	for n := from + 1; n <= to; n++ {
		if k.states[n-1].typ != k.states[from-1].typ {
			return true
		}
	}
	return false
}

func (k *kase) String() string {
	return fmt.Sprintf("case %d, closed %v deleted %v, states %v", k.id, k.closed, k.deleted, k.states)
}
