package api

import (
	"math"
	"net/http"
	"strconv"
	"strings"
)

// span gives the places of the first event of the page asked for and of the first
// one behind it, counted from 0.
func (q *question) span() (first, behind int64) {
	if !q.sida.ok {
		return 0, math.MaxInt64
	}
	first = q.sida.value.offset.value
	if limit := q.sida.value.limit; limit.ok && first <= math.MaxInt64-limit.value {
		return first, first + limit.value
	}
	return first, math.MaxInt64
}

// acceptLanguage is the header as it was sent; lines of their own are one list.
func acceptLanguage(h http.Header) string {
	return strings.Join(h["Accept-Language"], ", ")
}

// appendMetadata writes the question back. What was not asked is left out; an empty
// list asks for nothing.
func (q *question) appendMetadata(b []byte, onskatSprak string) []byte {
	b = append(b, `{"parter":[`...)
	for i := range q.parter.value {
		if i > 0 {
			b = append(b, ',')
		}
		b = q.parter.value[i].appendTo(b)
	}
	b = append(b, ']')
	b = appendList(b, `,"kundhandelseTyper":`, q.typer)
	b = appendList(b, `,"taggar":`, q.taggar)
	b = appendGiven(b, `,"startDatum":`, q.start)
	b = appendGiven(b, `,"slutDatum":`, q.slut)
	b = appendGiven(b, `,"onskatSprak":`, given[string]{onskatSprak, onskatSprak != ""})
	if len(q.sortering) > 0 {
		b = q.appendBehandling(append(b, `,"behandling":`...))
	}
	return append(b, '}')
}

// appendBehandling needs a sort order, without which there is no page either.
func (q *question) appendBehandling(b []byte) []byte {
	b = append(b, `{"sortering":[`...)
	for i, o := range q.sortering {
		if i > 0 {
			b = append(b, ',')
		}
		b = quote(append(b, `{"attribut":`...), o.attribut.value)
		b = strconv.AppendBool(append(b, `,"stigande":`...), o.stigande.value)
		b = append(b, '}')
	}
	b = append(b, ']')
	if q.sida.ok {
		b = append(b, `,"paginering":{"offset":`...)
		b = strconv.AppendInt(b, q.sida.value.offset.value, 10)
		if limit := q.sida.value.limit; limit.ok {
			b = strconv.AppendInt(append(b, `,"limit":`...), limit.value, 10)
		}
		b = append(b, '}')
	}
	return append(b, '}')
}

// appendTo writes the part as it was asked.
func (p *part) appendTo(b []byte) []byte {
	b = append(b, '{')
	if k := &p.kund.value; p.kund.ok {
		b = quote(append(b, `"kund":{"identifierare":`...), k.identifierare.value)
		b = quote(append(b, `,"typ":`...), k.typ.value)
		b = append(appendGiven(b, `,"tillagg":`, k.tillagg), '}')
		if p.arende.ok {
			b = append(b, ',')
		}
	}
	if n := &p.arende.value; p.arende.ok {
		b = quote(append(b, `"arende":{"identifierare":`...), n.identifierare.value)
		b = quote(append(b, `,"typ":`...), n.typ.value)
		b = append(b, '}')
	}
	return append(b, '}')
}

func appendGiven(b []byte, name string, value given[string]) []byte {
	if !value.ok {
		return b
	}
	return quote(append(b, name...), value.value)
}

func appendList(b []byte, name string, items []string) []byte {
	for i, item := range items {
		if i == 0 {
			b = append(append(b, name...), '[')
		} else {
			b = append(b, ',')
		}
		b = quote(b, item)
	}
	if len(items) > 0 {
		b = append(b, ']')
	}
	return b
}
