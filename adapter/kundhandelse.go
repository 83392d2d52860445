package adapter

import (
	"encoding/hex"
	"encoding/json"
	"time"
)

// IdentityType is the kind of number that identifies a kund.
type IdentityType string

// The identity types of the standard.
const (
	Personnummer        IdentityType = "Personnummer"
	Samordningsnummer   IdentityType = "Samordningsnummer"
	Organisationsnummer IdentityType = "Organisationsnummer"
)

// Identity is a kund as the standard names it.
type Identity struct {
	Typ           IdentityType
	Identifierare string // exactly 12 digits
	Tillagg       string // tells apart the firms of a sole trader; may be empty
}

// String hides the number.
func (i Identity) String() string { return string(i.Typ) + " ***" }

// Arende is one of the numbers by which a case can be asked for.
type Arende struct {
	Typ           string // Konsumentreferens, Producentarendereferens, Diarienummer or Kvittensnummer
	Identifierare string
}

// Text is what a kundhändelse says in one language.
type Text struct {
	Sprak       string // ISO 639-1
	Rubrik      string
	Beskrivning string
}

// ID identifies a kundhändelse for ever: a UUIDv8, see [IDKey.Event].
type ID [16]byte

// String gives the usual form with hyphens.
func (id ID) String() string {
	var b [36]byte
	hex.Encode(b[:8], id[:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:], id[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// Kundhandelse is one event for one kund.
type Kundhandelse struct {
	ID                 ID
	Producent          Producent
	Kund               Identity
	Recipient          Key // the case system's id of the kund; may be empty
	Arenden            []Arende
	Producentarendetyp string
	Typ                string // AKTÖR.PRODUCENTÄRENDETYP.STEG
	Tidpunkt           time.Time
	Order              int64  // the source's order among events with the same Tidpunkt
	Texter             []Text // Swedish first
	KraverKundatgard   bool
	Klart              bool
	Taggar             []string
	UtokadInformation  json.RawMessage // a JSON object; empty if there is nothing to tell
	Referenser         json.RawMessage // a JSON object with at least producentReferens; empty for an event without a case
}
