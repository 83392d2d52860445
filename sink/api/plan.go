package api

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sink"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// plan is how to sort: the orders asked for that make a difference, and then, for
// events that they leave equal, tidpunkt, the source's order and the id. A plan
// without orders is the store's own: newest first.
type plan struct {
	orders      []order
	oldestFirst bool // how equal events are told apart
	collator    *collate.Collator
	buffer      *collate.Buffer   // of 4 KiB
	keys        map[string]string // collation keys of the last texts, as most come again
}

const maxKeys = 1000

type order struct {
	attribut string
	stigande bool
}

func newPlan(q *question) *plan {
	p := &plan{}
	for _, o := range q.sortering {
		attribut, stigande := o.attribut.value, o.stigande.value
		if slices.ContainsFunc(p.orders, func(o order) bool { return o.attribut == attribut }) {
			continue // settled already
		}
		p.orders = append(p.orders, order{attribut, stigande})
		if attribut == tidpunkt {
			p.oldestFirst = stigande
		}
	}
	if len(p.orders) == 1 && p.orders[0] == (order{tidpunkt, false}) {
		p.orders = nil
	}
	if len(p.orders) > 0 {
		p.collator = collate.New(language.Swedish, collate.IgnoreCase)
		p.buffer = new(collate.Buffer)
		p.keys = map[string]string{}
	}
	return p
}

// candidate is an event that may come to stand on the page.
type candidate struct {
	tidpunkt time.Time
	order    int64
	id       adapter.ID
	krav     bool
	klart    bool
	texts    []string // collation keys, one for each order by a text
	fragment []byte
}

// candidate copies what sorting needs, and the fragment in the language answered.
func (p *plan) candidate(e *sink.Event, fragment []byte) candidate {
	c := candidate{
		tidpunkt: e.Tidpunkt, order: e.Order, id: e.ID,
		krav: e.KraverKundatgard, klart: e.Klart,
		fragment: bytes.Clone(fragment),
	}
	for _, o := range p.orders {
		switch o.attribut {
		case rubrik:
			c.texts = append(c.texts, p.key(member(fragment, "rubrik")))
		case beskrivning:
			c.texts = append(c.texts, p.key(member(fragment, "beskrivning")))
		case producent:
			c.texts = append(c.texts, p.key(member(fragment, "producent")))
		case kundhandelseTyp:
			c.texts = append(c.texts, p.key(e.Typ))
		}
	}
	return c
}

// key gives bytes that compare as the text does in Swedish, whatever its case.
func (p *plan) key(text string) string {
	key, ok := p.keys[text]
	if !ok {
		key = string(p.collator.KeyFromString(p.buffer, text))
		p.buffer.Reset()
		if len(p.keys) == maxKeys {
			clear(p.keys)
		}
		p.keys[text] = key
	}
	return key
}

func (p *plan) compare(a, b *candidate) int {
	text := 0
	for _, o := range p.orders {
		var c int
		switch o.attribut {
		case tidpunkt:
			c = a.tidpunkt.Compare(b.tidpunkt)
		case kraverKundatgard:
			c = compareBools(a.krav, b.krav)
		case klart:
			c = compareBools(a.klart, b.klart)
		default:
			c = strings.Compare(a.texts[text], b.texts[text])
			text++
		}
		if c != 0 {
			return directed(c, o.stigande)
		}
	}
	if c := cmp.Or(a.tidpunkt.Compare(b.tidpunkt), cmp.Compare(a.order, b.order)); c != 0 {
		return directed(c, p.oldestFirst)
	}
	return bytes.Compare(a.id[:], b.id[:])
}

func directed(c int, ascending bool) int {
	if ascending {
		return c
	}
	return -c
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// member gives the text of one member of a finished fragment.
func member(fragment []byte, name string) string {
	d := jsontext.NewDecoder(bytes.NewBuffer(fragment))
	if _, err := d.ReadToken(); err != nil {
		return ""
	}
	for d.PeekKind() == '"' {
		found, err := d.ReadToken()
		if err != nil {
			return ""
		}
		if found.String() != name {
			if err := d.SkipValue(); err != nil {
				return ""
			}
			continue
		}
		value, err := d.ReadToken()
		if err != nil {
			return ""
		}
		return value.String()
	}
	return ""
}
