package main

import (
	"slices"
	"strings"
	"testing"
)

// later is a bed on which polls look no further back than the last row, so that what
// happens to older rows is the sweep's to find. The case is a bygglov with one
// applicant, and its application is published.
func later(t *testing.T, kind string, environ ...string) (b *byggrBed, kund string) {
	t.Helper()
	b = newByggr(t, kind, append([]string{"EVENTS__DELAY=0s", "OVERLAP=0s"}, environ...)...)
	b.arende(4712, 1, "BYGG 2026-000123")
	b.person(1, "19900922-2382", false)
	b.part("Arende", 4712, 1, "SOK")
	b.skriv(handelse{id: 1, arende: 4712, status: "ANSÖKAN/Bygglov/", start: "2026-05-04 10:00:00"})
	b.poll()
	return b, "199009222382"
}

// steps are the last fields of the types that a kund is shown, oldest first.
func (b *byggrBed) steps(kund string) string {
	b.t.Helper()
	var steps []string
	for _, line := range b.ser(kund) {
		steps = append(steps, strings.Split(strings.Fields(line)[1], ".")[1])
	}
	return strings.Join(steps, " ")
}

// shows checks what a kund is shown.
func (b *byggrBed) shows(when, kund, want string) {
	b.t.Helper()
	if got := b.steps(kund); got != want {
		b.t.Errorf("%s: shown %q, want %q", when, got, want)
	}
}

// TestByggrDraft: a draft is published when it becomes final, however long after it
// was written, and counted as found by the sweep.
func TestByggrDraft(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		b, kund := later(t, kind)
		b.skriv(handelse{id: 2, arende: 4712, status: "BESLUT/GAAC/", start: "2026-06-01 10:00:00", utkast: true})
		b.skriv(handelse{id: 3, arende: 4712, status: "BESLUT/GBCA/", start: "2026-06-01 10:05:00"})
		b.poll()
		b.sweep()
		b.shows("a draft", kund, "ANSOKAN_MOTTAGEN KONTROLLPLAN")
		b.do("UPDATE dbo.arkHandelse SET ArbetsMtrl = 0, UpdDatum = '2026-06-02 08:00:00' WHERE HandelseId = 2")
		b.poll()
		b.shows("no poll can see it", kund, "ANSOKAN_MOTTAGEN KONTROLLPLAN")
		b.sweep()
		b.shows("final", kund, "ANSOKAN_MOTTAGEN STARTBESKED KONTROLLPLAN")
		if n := b.totals().Rewrites; n == 0 {
			t.Error("no rewrite was counted")
		}
	})
}

// TestByggrChangedSoon: what is changed within the example's own overlap is found by
// the next poll.
func TestByggrChangedSoon(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		b, kund := later(t, kind, "OVERLAP=1h")
		b.skriv(handelse{id: 2, arende: 4712, status: "BESLUT/GAAC/", start: "2026-06-01 10:00:00", utkast: true})
		b.skriv(handelse{id: 3, arende: 4712, status: "BESLUT/GBCA/", start: "2026-06-01 10:05:00"})
		b.poll()
		b.do("UPDATE dbo.arkHandelse SET ArbetsMtrl = 0 WHERE HandelseId = 2")
		b.do("UPDATE dbo.arkHandelse SET Sekretess = 1 WHERE HandelseId = 3")
		b.poll()
		b.shows("final, and secret", kund, "ANSOKAN_MOTTAGEN STARTBESKED")
	})
}

// TestByggrTakenBack: what becomes makulerad or secret is taken back for good; a case
// that is annulled is taken back until that is undone.
func TestByggrTakenBack(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		for _, column := range []string{"ArMakulerad", "Sekretess"} {
			b, kund := later(t, kind)
			b.skriv(handelse{id: 2, arende: 4712, status: "KOMP//", start: "2026-06-01 10:00:00"})
			b.skriv(handelse{id: 3, arende: 4712, status: "STATUS/Komplett/", start: "2026-06-02 10:00:00"})
			b.poll()
			b.shows("before", kund, "ANSOKAN_MOTTAGEN KOMPLETTERING_BEGARD ARENDE_KOMPLETT")
			b.do("UPDATE dbo.arkHandelse SET " + column + " = 1 WHERE HandelseId = 2")
			b.sweep()
			b.shows(column, kund, "ANSOKAN_MOTTAGEN ARENDE_KOMPLETT")
			b.do("UPDATE dbo.arkHandelse SET " + column + " = 0 WHERE HandelseId = 2")
			b.sweep()
			b.shows("no longer "+column, kund, "ANSOKAN_MOTTAGEN ARENDE_KOMPLETT")
		}
		b, kund := later(t, kind)
		b.do("UPDATE dbo.arkArende SET MakDatum = '2026-06-03 09:00:00'")
		b.sweep()
		b.shows("the case is annulled", kund, "")
		b.do("UPDATE dbo.arkArende SET MakDatum = NULL")
		b.sweep()
		b.shows("it was not", kund, "ANSOKAN_MOTTAGEN")
	})
}

// TestByggrNull: tables that allow NULL after all do not publish what they do not
// know to be public, and do not take it back for good either.
func TestByggrNull(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		for _, column := range []string{"ArMakulerad", "Sekretess", "ArbetsMtrl"} {
			b, kund := later(t, kind)
			b.do("ALTER TABLE dbo.arkHandelse MODIFY " + column + " bit NULL")
			b.do("UPDATE dbo.arkHandelse SET " + column + " = NULL")
			b.sweep()
			b.shows(column+" is NULL", kund, "")
			b.do("UPDATE dbo.arkHandelse SET " + column + " = 0")
			b.sweep()
			b.shows(column+" is known again", kund, "ANSOKAN_MOTTAGEN")
		}
	})
}

// TestByggrSecretAtFirst: what was secret from the start, and never published, is
// published when it no longer is.
func TestByggrSecretAtFirst(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		b, kund := later(t, kind)
		b.skriv(handelse{id: 2, arende: 4712, status: "KOMP//", start: "2026-06-01 10:00:00", hemlig: true})
		b.poll()
		b.shows("secret", kund, "ANSOKAN_MOTTAGEN")
		b.do("UPDATE dbo.arkHandelse SET Sekretess = 0 WHERE HandelseId = 2")
		b.sweep()
		b.shows("opened", kund, "ANSOKAN_MOTTAGEN KOMPLETTERING_BEGARD")
	})
}

// TestByggrCorrected: a corrected date or code gives the event new content; nobody
// sees it twice.
func TestByggrCorrected(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		b, kund := later(t, kind)
		b.skriv(handelse{id: 2, arende: 4712, status: "KOMP//", start: "2026-06-01 10:00:00", slut: "2026-06-30 00:00:00"})
		b.skriv(handelse{id: 3, arende: 4712, status: "STATUS/Komplett/", start: "2026-06-02 10:00:00"})
		b.poll()
		b.do("UPDATE dbo.arkHandelse SET StartDatum = '2026-06-03 11:00:00' WHERE HandelseId = 2")
		b.sweep()
		want := []string{
			"2026-05-04T10:00:00+02:00 BYGGLOV.ANSOKAN_MOTTAGEN hos_oss Vi har tagit emot ansökan om bygglov",
			"2026-06-02T10:00:00+02:00 BYGGLOV.ARENDE_KOMPLETT hos_oss Ansökan om bygglov är komplett",
			"2026-06-03T11:00:00+02:00 BYGGLOV.KOMPLETTERING_BEGARD hos_kunden Komplettera ansökan om bygglov",
		}
		if got := b.ser(kund); !slices.Equal(got, want) {
			t.Errorf("another date:\n%s", strings.Join(got, "\n"))
		}
		b.do("UPDATE dbo.arkHandelse SET HandelseTypId = ? WHERE HandelseId = 2", b.kod("Typ", []string{"KOMP1"}))
		b.sweep()
		b.shows("another code", kund, "ANSOKAN_MOTTAGEN ARENDE_KOMPLETT KOMPLETTERING_PAMINNELSE")
		b.do("UPDATE dbo.arkHandelse SET HandelseTypId = ? WHERE HandelseId = 2", b.kod("Typ", []string{"DEBIT"}))
		b.sweep()
		b.shows("an internal code", kund, "ANSOKAN_MOTTAGEN ARENDE_KOMPLETT")
	})
}

// TestByggrNoCase: an event on no case is nobody's, until it is put on one; one that
// is moved off its case is taken back when three sweeps have not found it.
func TestByggrNoCase(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		b, kund := later(t, kind)
		b.skriv(handelse{id: 2, status: "HANDLING/KOMPL/", start: "2026-06-01 10:00:00"})
		b.poll()
		b.sweep()
		if got := b.totals(); got.Changes != 1 || got.Parked+got.Unmapped != 0 {
			t.Errorf("an event on no case: %+v", got)
		}
		b.do("UPDATE dbo.arkHandelse SET ArendeId = 4712 WHERE HandelseId = 2")
		b.sweep()
		b.shows("put on the case", kund, "ANSOKAN_MOTTAGEN KOMPLETTERING_MOTTAGEN")
		b.do("UPDATE dbo.arkHandelse SET ArendeId = NULL WHERE HandelseId = 2")
		b.sweep()
		b.sweep()
		b.shows("two sweeps are not enough", kund, "ANSOKAN_MOTTAGEN KOMPLETTERING_MOTTAGEN")
		b.sweep()
		b.shows("three are", kund, "ANSOKAN_MOTTAGEN")
	})
}

// TestByggrDelay: with the example's own delay an event waits, and one that is made
// makulerad meanwhile was never seen. A visit that lies ahead waits for its time.
func TestByggrDelay(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		b := newByggr(t, kind)
		b.arende(4712, 1, "BYGG 2026-000123")
		b.person(1, "19900922-2382", false)
		b.part("Arende", 4712, 1, "SOK")
		b.skriv(handelse{id: 1, arende: 4712, status: "KOMP//", start: "2026-05-04 10:00:00"})
		b.poll()
		b.shows("within the delay", "199009222382", "")
		b.do("UPDATE dbo.arkHandelse SET ArMakulerad = 1")
		b.poll()
		b.shows("a slip of the pen", "199009222382", "")
		if got := b.totals(); got.Held != 1 || got.Withheld != 1 || got.Published+got.Events != 0 {
			t.Errorf("outcomes: %+v", got)
		}
		soon, kund := later(t, kind)
		soon.skriv(handelse{id: 2, arende: 4712, status: "STATUS/Komplett/", start: "2199-01-01 14:00:00", reg: "2026-06-01 10:00:00"})
		soon.poll()
		soon.shows("its time lies ahead", kund, "ANSOKAN_MOTTAGEN")
		if got := soon.totals(); got.Held != 1 {
			t.Errorf("outcomes: %+v", got)
		}
	})
}
