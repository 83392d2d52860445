package api

import (
	"time"

	"arendebrygga/adapter"
)

// given is a value that may be left out.
type given[T any] struct {
	value T
	ok    bool
}

// question is the body of a request as it was read; [question.check] makes sure
// that it keeps to the rules.
type question struct {
	fraga     bool // it was there
	parter    given[[]part]
	typer     []string
	taggar    []string
	start     given[string]
	slut      given[string]
	sortering []ordning
	sida      given[sida]
	anvandare given[string]

	from, to time.Time // what start and slut mean; zero: open
}

// part is one of the parties of a question: a kund, an ärende or both.
type part struct {
	kund   given[kund]
	arende given[arende]
}

type kund struct {
	identifierare, typ, tillagg given[string]
}

type arende struct {
	identifierare, typ given[string]
}

// ordning is one of the sort orders asked for, the most important first.
type ordning struct {
	attribut given[string]
	stigande given[bool]
}

// sida is the page asked for; without a limit it reaches to the end.
type sida struct {
	offset, limit given[int64]
}

// The attributes to sort by.
const (
	rubrik           = "RUBRIK"
	beskrivning      = "BESKRIVNING"
	producent        = "PRODUCENT"
	tidpunkt         = "TIDPUNKT"
	kundhandelseTyp  = "KUNDHANDELSETYP"
	kraverKundatgard = "PRODUCENTARENDETKRAVERKUNDATGARD"
	klart            = "PRODUCENTARENDETKLART"
)

func identityType(s string) bool {
	switch adapter.IdentityType(s) {
	case adapter.Personnummer, adapter.Organisationsnummer, adapter.Samordningsnummer:
		return true
	}
	return false
}

func arendeType(s string) bool {
	switch s {
	case "Konsumentreferens", "Producentarendereferens", "Diarienummer", "Kvittensnummer":
		return true
	}
	return false
}

func attribute(s string) bool {
	switch s {
	case rubrik, beskrivning, producent, tidpunkt, kundhandelseTyp, kraverKundatgard, klart:
		return true
	}
	return false
}
