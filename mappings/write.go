package mappings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"arendebrygga/adapter"

	"golang.org/x/text/unicode/norm"
)

// Codes of reasons why an event could not be written.
const (
	valueNull    = "value-null"    // a value outside [[ ]] is NULL
	valueFailed  = "value-failed"  // an expression failed, or gave what has no text
	textBlank    = "text-blank"    // a headline with nothing in it
	textTooLong  = "text-too-long" // over the length of the standard
	arendeBlank  = "arende-blank"  // the case has no number
	arendeLength = "arende-too-long"
)

// producentReferens is the key in referenser that lets a consumer group the events
// of a case.
const producentReferens = "producentReferens"

// maxArende is the length of a case's number, in characters (standard 6.1).
const maxArende = 100

// write fills in what the event says. The texts are the same for every recipient.
func (s *sitting) write(e *event, k *adapter.Kundhandelse) *adapter.Reason {
	var reason *adapter.Reason
	if k.Texter, reason = s.texts(e); reason != nil {
		return reason
	}
	if k.Arenden, reason = s.numbers(); reason != nil {
		return reason
	}
	var b bytes.Buffer
	if e.extra != nil {
		if _, err := e.extra.render(&b, s.r.eval); err != nil {
			return failed(e.where+" utokadInformation", err)
		}
		k.UtokadInformation = json.RawMessage(bytes.Clone(b.Bytes()))
		b.Reset()
	}
	if e.refs != nil {
		if _, err := e.refs.render(&b, s.r.eval); err != nil {
			return failed(e.where+" referenser", err)
		}
	}
	k.Referenser = withReference(b.Bytes(), k.Arenden)
	return nil
}

// withReference puts producentReferens first in a JSON object, which may be empty.
func withReference(object []byte, arenden []adapter.Arende) json.RawMessage {
	if len(arenden) == 0 {
		return bytes.Clone(object)
	}
	out := append([]byte(`{"`+producentReferens+`":`), quote(arenden[0].Identifierare)...)
	if len(object) > 0 {
		return append(append(out, ','), object[1:]...)
	}
	return append(out, '}')
}

func (s *sitting) texts(e *event) ([]adapter.Text, *adapter.Reason) {
	out := make([]adapter.Text, len(e.texts))
	for i, l := range e.texts {
		out[i].Sprak = l.sprak
		var reason *adapter.Reason
		if out[i].Rubrik, reason = s.text(l.rubrik, maxRubrik, e, "rubrik", l.sprak); reason != nil {
			return nil, reason
		}
		if out[i].Beskrivning, reason = s.text(l.beskrivning, maxBeskrivning, e, "beskrivning", l.sprak); reason != nil {
			return nil, reason
		}
		if out[i].Rubrik == "" {
			return nil, &adapter.Reason{Code: textBlank, Detail: e.where + " rubrik (" + l.sprak + ")"}
		}
	}
	return out, nil
}

func (s *sitting) text(t *template, limit int, e *event, key, sprak string) (string, *adapter.Reason) {
	got, err := t.render(s.r.eval)
	if err == nil && !utf8.ValidString(got) {
		err = errBytes
	}
	if err != nil {
		return "", failed(fmt.Sprintf("%s %s (%s)", e.where, key, sprak), err)
	}
	got = strings.TrimSpace(got)
	if len(got) > limit && utf8.RuneCountInString(got) > limit {
		return "", &adapter.Reason{Code: textTooLong, Detail: fmt.Sprintf("%s %s (%s) is longer than %d characters", e.where, key, sprak, limit)}
	}
	return got, nil
}

// numbers gives those by which the case can be asked for. The first must be there;
// others are left out if NULL or blank.
func (s *sitting) numbers() ([]adapter.Arende, *adapter.Reason) {
	out := make([]adapter.Arende, 0, len(s.m.arenden))
	for i, a := range s.m.arenden {
		got, err := a.value.render(s.r.eval)
		if err != nil && (i == 0 || !isNull(err)) {
			return nil, failed(a.where, err)
		}
		number := norm.NFC.String(strings.TrimSpace(got))
		if err != nil || number == "" {
			if i == 0 {
				return nil, &adapter.Reason{Code: arendeBlank, Detail: a.where}
			}
			continue
		}
		if utf8.RuneCountInString(number) > maxArende {
			return nil, &adapter.Reason{Code: arendeLength, Detail: fmt.Sprintf("%s is longer than %d characters", a.where, maxArende)}
		}
		out = append(out, adapter.Arende{Typ: a.typ, Identifierare: number})
	}
	return out, nil
}

// failed says which value could not be written, never what it was.
func failed(where string, err error) *adapter.Reason {
	var missing *nullError
	switch {
	case errors.As(err, &missing):
		return &adapter.Reason{Code: valueNull, Detail: where + ": " + missing.Error()}
	case errors.Is(err, errNil):
		return &adapter.Reason{Code: valueNull, Detail: where + ": " + errNil.Error()}
	case errors.Is(err, errNoText):
		return &adapter.Reason{Code: valueFailed, Detail: where + ": " + errNoText.Error()}
	case errors.Is(err, errBytes):
		return &adapter.Reason{Code: valueFailed, Detail: where + ": " + errBytes.Error()}
	}
	return &adapter.Reason{Code: valueFailed, Detail: where + ": " + blame(err)}
}
