package main

import (
	"fmt"
	"slices"
	"testing"

	"arendebrygga/adapter"
)

// TestByggrRolesAreAskedForTwice: who has another role is not read at all, and would
// be told nothing if it were.
func TestByggrRolesAreAskedForTwice(t *testing.T) {
	b := realCase(t, "mysql")
	rows, err := b.loop.Source.Recipients(t.Context(), []adapter.Key{"4711"})
	if err != nil || len(rows) != 2 {
		t.Errorf("%d parties are read, %v; want the applicant and the co-applicant", len(rows), err)
	}
	l := loadByggr(t)
	for _, role := range []any{"GRAN", "ANMALARE", "FDSOK", "KPER", "OMB", "sok", "", nil} {
		for _, event := range []any{nil, 7, 8} {
			other := partrad(l.Config.Sources[0].Def, "2", "195410072572", fmt.Sprint(role), event)
			if role == nil {
				other.Values[l.Config.Sources[0].Def.Recipients.Columns.Index("Roll")] = nil
			}
			for _, tt := range byggrStatuses {
				for _, typ := range []int{1, 11} {
					told := slices.ContainsFunc(domd(l, typ, tt.status, nil, other).Events, func(e adapter.Kundhandelse) bool { return e.Recipient == "2" })
					if neighbour := tt.lov == "waiting" && role == "GRAN" && event == 7; told != neighbour {
						t.Errorf("%s: who has the role %v, in the event %v, is told: %v", tt.status, role, event, told)
					}
				}
			}
		}
	}
}

// TestByggrParties: who is registered after the first events gets them all, who is
// removed loses them, a number that is corrected moves them. What an applicant has
// who is no longer one, by role, is lost too.
func TestByggrParties(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		b, first := later(t, kind)
		const second, corrected = "195410072572", "198012202381"
		all := "ANSOKAN_MOTTAGEN KOMPLETTERING_BEGARD"
		b.skriv(handelse{id: 2, arende: 4712, status: "KOMP//", start: "2026-06-01 10:00:00"})
		b.poll()
		b.person(2, second, false)
		b.part("Arende", 4712, 2, "MSOK")
		b.sweep()
		b.shows("registered late", second, all)
		b.shows("as before", first, all)
		b.do("UPDATE dbo.gemPersOrg SET PersOrgNr = '801220-2381' WHERE PersOrgId = 2")
		b.sweep()
		b.shows("the old number", second, "")
		b.shows("the new number", corrected, all)
		b.do("UPDATE dbo.arkArende_PersOrgVersionRoll SET Rollid = 7 WHERE Arende_PersOrgVersionId = 471202")
		b.sweep()
		b.shows("a former applicant", corrected, "")
		b.apart(4712, 1)
		b.sweep()
		b.shows("removed", first, "")
		b.part("Arende", 4712, 1, "SOK")
		b.sweep()
		b.shows("back again", first, all)
	})
}

// TestByggrNewVersion: a person whose name is changed is linked to a new version of
// itself. That is the same recipient.
func TestByggrNewVersion(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		b, kund := later(t, kind)
		b.do("INSERT INTO dbo.gemPersOrgVersion VALUES (9, 1, 2, 'Test Testsson')")
		b.do("UPDATE dbo.arkArende_PersOrgVersion SET PersOrgVersionId = 9")
		b.sweep()
		b.shows("another version", kund, "ANSOKAN_MOTTAGEN")
		if n := b.totals().Parties; n != 0 {
			t.Errorf("%d cases whose recipients changed", n)
		}
	})
}

// TestByggrNumbers: without a number nobody is told, and nobody else is: the change is
// parked until the number is there. A sole trader's firm is an organisation with a
// person's digits.
func TestByggrNumbers(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		b, kund := later(t, kind)
		b.do("UPDATE dbo.gemPersOrg SET PersOrgNr = NULL")
		b.sweep()
		b.shows("no number", kund, "")
		for _, form := range []string{"9009222382", " 900922-2382 ", "19900922-2382"} {
			b.do("UPDATE dbo.gemPersOrg SET PersOrgNr = ?", form)
			b.sweep()
			b.shows(form, kund, "ANSOKAN_MOTTAGEN")
		}
	})
}

// TestByggrNeighbours: a neighbour is told of the notices that went to it, and of
// nothing else in the case; the applicants are not told of what went to neighbours,
// but of a notice that went to themselves.
func TestByggrNeighbours(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		b, applicant := later(t, kind)
		const left, right, late = "195410072572", "198003192385", "200001121227"
		for i, number := range []string{left, right, late} {
			b.person(2+i, number, false)
			b.part("Arende", 4712, 2+i, "GRAN") // of the case too: that alone gives nothing
		}
		b.skriv(handelse{id: 2, arende: 4712, status: "UNDER/Med/", start: "2026-06-01 10:00:00", slut: "2026-06-21 00:00:00"})
		b.part("Handelse", 2, 2, "GRAN")
		b.skriv(handelse{id: 3, arende: 4712, status: "UNDER/Utan/", start: "2026-06-02 10:00:00"})
		b.part("Handelse", 3, 3, "GRAN")
		b.skriv(handelse{id: 4, arende: 4712, status: "UNDER/Med/", start: "2026-06-03 10:00:00"})
		b.part("Handelse", 4, 1, "SOK")
		b.skriv(handelse{id: 5, arende: 4712, status: "REMISS/UTSKICK/", start: "2026-06-04 10:00:00"})
		b.part("Handelse", 5, 4, "REMISS") // an authority: no role that is asked for
		b.skriv(handelse{id: 6, arende: 4712, status: "BESLUT/SLU/", start: "2026-06-05 10:00:00"})
		b.poll()
		b.shows("the applicant", applicant, "ANSOKAN_MOTTAGEN YTTRANDE_BEGART REMISS_SKICKAD SLUTBESKED")
		b.shows("who was asked", left, "YTTRANDE_BEGART")
		b.shows("who was told", right, "UNDERRATTELSE")
		b.shows("who was not", late, "")
		if got := b.totals(); got.Published != 6 || got.Waiting+got.Unmapped+got.Parked != 0 {
			t.Errorf("outcomes: %+v", got)
		}
		b.part("Handelse", 2, 4, "GRAN")
		b.sweep()
		b.shows("registered after the notice", late, "YTTRANDE_BEGART")
		b.do("DELETE FROM dbo.arkHandelse_PersOrgVersionRoll WHERE Handelse_PersOrgVersionId = 202")
		b.sweep()
		b.shows("taken off the notice", left, "")
		b.shows("the applicant, at the end", applicant, "ANSOKAN_MOTTAGEN YTTRANDE_BEGART REMISS_SKICKAD SLUTBESKED")
	})
}

// TestByggrNoticeToNobodyYet: a notice whose parties are registered after it waits for
// them.
func TestByggrNoticeToNobodyYet(t *testing.T) {
	eachByggr(t, func(t *testing.T, kind string) {
		b, applicant := later(t, kind)
		b.person(2, "195410072572", false)
		b.skriv(handelse{id: 2, arende: 4712, status: "GRANHO/GRAUTS/", start: "2026-06-01 10:00:00"})
		b.poll()
		if got := b.totals(); got.Waiting != 1 {
			t.Errorf("outcomes: %+v", got)
		}
		b.part("Handelse", 2, 2, "GRAN")
		b.poll()
		b.shows("the neighbour", "195410072572", "YTTRANDE_BEGART")
		b.shows("the applicant", applicant, "ANSOKAN_MOTTAGEN")
	})
}
