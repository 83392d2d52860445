package api

import (
	"strings"
	"time"
	"unicode/utf8"
)

// The limits that the standard sets, lengths in characters.
const (
	maxParter       = 100
	maxFilters      = 100 // kundhandelseTyper, taggar; ours: sort orders too
	maxTyp          = 200
	maxTagg         = 100
	maxTillagg      = 20
	maxArendeNumber = 100
	maxLimit        = 1000
)

const missing = "saknas"

// check holds the question against every rule of the standard, and works out the
// instants that its dates mean at the location.
func (q *question) check(stockholm *time.Location) (f faults) {
	switch {
	case !q.anvandare.ok:
		f.add("anvandare", missing)
	case !twelveDigits(q.anvandare.value):
		f.add("anvandare", "ska vara 12 siffror")
	}
	if !q.fraga {
		f.add("fraga", missing)
		return f
	}
	q.checkParter(&f)
	q.checkFilters(&f)
	q.checkDates(&f, stockholm)
	q.checkBehandling(&f)
	return f
}

func (q *question) checkParter(f *faults) {
	const path = "fraga.parter"
	parter := q.parter.value
	if !q.parter.ok {
		f.add(path, missing)
	} else if len(parter) == 0 || len(parter) > maxParter {
		f.add(path, "ska innehålla 1–100 parter")
		return
	}
	for i := range parter {
		p := &parter[i]
		if !p.kund.ok && !p.arende.ok {
			f.add(at(path, i, ""), "kund eller arende ska anges")
		}
		if p.kund.ok {
			p.kund.value.check(f, path, i)
		}
		if p.arende.ok {
			p.arende.value.check(f, path, i)
		}
	}
}

func (k *kund) check(f *faults, path string, i int) {
	switch id := k.identifierare; {
	case !id.ok:
		f.add(at(path, i, ".kund.identifierare"), missing)
	case !twelveDigits(id.value):
		f.add(at(path, i, ".kund.identifierare"), "ska vara 12 siffror")
	}
	switch {
	case !k.typ.ok:
		f.add(at(path, i, ".kund.typ"), missing)
	case !identityType(k.typ.value):
		f.add(at(path, i, ".kund.typ"), "ska vara Personnummer, Organisationsnummer eller Samordningsnummer")
	}
	if longer(k.tillagg.value, maxTillagg) {
		f.add(at(path, i, ".kund.tillagg"), "får vara högst 20 tecken")
	}
}

func (a *arende) check(f *faults, path string, i int) {
	switch id := a.identifierare; {
	case !id.ok:
		f.add(at(path, i, ".arende.identifierare"), missing)
	case strings.TrimSpace(id.value) == "":
		f.add(at(path, i, ".arende.identifierare"), "får inte vara tomt")
	case longer(id.value, maxArendeNumber):
		f.add(at(path, i, ".arende.identifierare"), "får vara högst 100 tecken")
	}
	switch {
	case !a.typ.ok:
		f.add(at(path, i, ".arende.typ"), missing)
	case !arendeType(a.typ.value):
		f.add(at(path, i, ".arende.typ"), "ska vara Konsumentreferens, Producentarendereferens, Diarienummer eller Kvittensnummer")
	}
}

func (q *question) checkFilters(f *faults) {
	if len(q.typer) > maxFilters {
		f.add("fraga.kundhandelseTyper", "får innehålla högst 100 typer")
	} else {
		for i, typ := range q.typer {
			if longer(typ, maxTyp) {
				f.add(at("fraga.kundhandelseTyper", i, ""), "får vara högst 200 tecken")
			}
			if !typePattern(typ) {
				f.add(at("fraga.kundhandelseTyper", i, ""), "ska vara en kundhändelsetyp eller början på en, som KOMMUN.BYGGLOV")
			}
		}
	}
	if len(q.taggar) > maxFilters {
		f.add("fraga.taggar", "får innehålla högst 100 taggar")
		return
	}
	for i, tagg := range q.taggar {
		if longer(tagg, maxTagg) {
			f.add(at("fraga.taggar", i, ""), "får vara högst 100 tecken")
		}
	}
}

func (q *question) checkBehandling(f *faults) {
	const path = "fraga.behandling.sortering"
	if len(q.sortering) > maxFilters {
		f.add(path, "får innehålla högst 100 sorteringar")
	} else {
		for i, o := range q.sortering {
			if !o.attribut.ok {
				f.add(at(path, i, ".attribut"), missing)
			} else if !attribute(o.attribut.value) {
				f.add(at(path, i, ".attribut"), "ska vara RUBRIK, BESKRIVNING, PRODUCENT, TIDPUNKT, KUNDHANDELSETYP, PRODUCENTARENDETKRAVERKUNDATGARD eller PRODUCENTARENDETKLART")
			}
			if !o.stigande.ok {
				f.add(at(path, i, ".stigande"), missing)
			}
		}
	}
	if q.sida.ok {
		q.checkSida(f)
	}
}

func (q *question) checkSida(f *faults) {
	const path = "fraga.behandling.paginering"
	if len(q.sortering) == 0 {
		f.add(path, "kräver att sortering anges")
	}
	switch offset := q.sida.value.offset; {
	case !offset.ok:
		f.add(path+".offset", missing)
	case offset.value < 0:
		f.add(path+".offset", "får inte vara negativ")
	}
	if limit := q.sida.value.limit; limit.ok && (limit.value < 1 || limit.value > maxLimit) {
		f.add(path+".limit", "ska vara 1–1000")
	}
}

func longer(s string, limit int) bool {
	return len(s) > limit && utf8.RuneCountInString(s) > limit
}

func twelveDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) == 12
}

// typePattern tells whether s is ^[A-Z]+(?:\.[A-Z0-9_.]+)?$.
func typePattern(s string) bool {
	actor, rest, dotted := strings.Cut(s, ".")
	for i := range len(actor) {
		if actor[i] < 'A' || actor[i] > 'Z' {
			return false
		}
	}
	for i := range len(rest) {
		if c := rest[i]; c != '.' && c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return actor != "" && dotted == (rest != "")
}
