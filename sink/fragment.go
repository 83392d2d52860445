package sink

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // Stockholm's offset must be known on any machine

	"arendebrygga/adapter"
)

// renderer makes the finished JSON of a kundhändelse, as an element of
// kundhandelserForPart in the standard's answer. It is used by one goroutine at a
// time.
type renderer struct {
	stockholm *time.Location
	scratch   bytes.Buffer
}

// fragment appends the JSON object of an event in one language.
func (r *renderer) fragment(b []byte, e *adapter.Kundhandelse, text *adapter.Text) (_ []byte, err error) {
	b = append(b, `{"kundhandelseId":"`...)
	b = append(b, e.ID.String()...)
	b = append(b, `","rubrik":`...)
	b = appendJSON(b, text.Rubrik)
	b = append(b, `,"beskrivning":`...)
	b = appendJSON(b, text.Beskrivning)
	b = append(b, `,"sprak":`...)
	b = appendJSON(b, text.Sprak)
	b = append(b, `,"producent":`...)
	b = appendJSON(b, e.Producent.Namn)
	b = append(b, `,"tidpunkt":"`...)
	b = r.tidpunkt(b, e.Tidpunkt)
	b = append(b, `","kundhandelseTyp":`...)
	b = appendJSON(b, e.Typ)
	b = appendBool(b, `,"producentarendetKraverKundatgard":`, e.KraverKundatgard)
	b = appendBool(b, `,"producentarendetKlart":`, e.Klart)
	b = append(b, `,"version":`...)
	b = appendJSON(b, e.Producent.Standardversion)
	if b, err = r.object(b, "utokadInformation", e.UtokadInformation); err != nil {
		return nil, err
	}
	if b, err = r.object(b, "referenser", e.Referenser); err != nil {
		return nil, err
	}
	return append(b, '}'), nil
}

// tidpunkt appends RFC 3339 with Stockholm's offset at that instant, and with
// fractions of a second only where there are any.
func (r *renderer) tidpunkt(b []byte, t time.Time) []byte {
	t = t.In(r.stockholm)
	if _, offset := t.Zone(); offset%60 != 0 {
		t = t.UTC() // local mean time of old: RFC 3339 has no seconds in an offset
	}
	return t.AppendFormat(b, time.RFC3339Nano)
}

// object appends a member whose value is a JSON object, unless it is empty.
func (r *renderer) object(b []byte, name string, raw json.RawMessage) ([]byte, error) {
	if len(raw) == 0 {
		return b, nil
	}
	r.scratch.Reset()
	err := json.Compact(&r.scratch, raw)
	object := r.scratch.Bytes()
	switch {
	case err != nil || len(object) == 0 || object[0] != '{':
		return nil, fmt.Errorf("%s: %w", name, errNotObject)
	case len(object) == len("{}"):
		return b, nil
	}
	b = append(b, ',', '"')
	b = append(b, name...)
	b = append(b, '"', ':')
	return append(b, object...), nil
}

var errNotObject = errors.New("not a JSON object")

func appendBool(b []byte, name string, value bool) []byte {
	b = append(b, name...)
	if value {
		return append(b, "true"...)
	}
	return append(b, "false"...)
}
