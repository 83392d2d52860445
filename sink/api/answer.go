package api

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"arendebrygga/adapter"
	"arendebrygga/sink"

	"golang.org/x/text/unicode/norm"
)

const (
	maxEvents = 10_000    // in one answer
	bigAnswer = 256 << 10 // bytes; a bigger one needs a slot until it is sent
)

var errTooMany = badRequest("fraga.behandling.paginering: svaret skulle innehålla fler än 10 000 kundhändelser, dela upp frågan med paginering")

// answer is one answer in the making.
type answer struct {
	*service
	*exchange
	ctx      context.Context
	question *question
	wishes   wishes
	out      []byte
	events   int  // in the answer so far
	big      bool // it has a slot
	plan     *plan
}

func (a *answer) close() {
	if a.big {
		a.caller.answers.giveBack()
	}
}

// grown makes sure that no more of the consumer's answers grow big at a time than
// there is memory for.
func (a *answer) grown(size int) error {
	if a.big || size <= bigAnswer {
		return nil
	}
	if a.big = a.caller.answers.take(); !a.big {
		return errBusy
	}
	return nil
}

// write puts the whole answer in a.out: the parts in the order asked, each with
// its delfraga.
func (a *answer) write() error {
	a.plan = newPlan(a.question)
	parter := a.question.parter.value
	a.out = append(a.out, `{"kundhandelser":[`...)
	for i := range parter {
		if i > 0 {
			a.out = append(a.out, ',')
		}
		if err := a.part(&parter[i]); err != nil {
			return err
		}
	}
	a.out = append(a.out, `],"metadata":`...)
	a.out = a.question.appendMetadata(a.out, acceptLanguage(a.r.Header))
	a.out = append(a.out, `,"delfragor":[`...)
	for i := range parter {
		if i > 0 {
			a.out = append(a.out, ',')
		}
		a.delfraga(&parter[i])
	}
	a.out = append(a.out, `]}`...)
	return nil
}

// part writes the kundhändelser of one part. How many they are stands before them,
// but is known after them, and then put in its place.
func (a *answer) part(p *part) error {
	a.out = p.appendTo(append(a.out, `{"part":`...))
	a.out = append(a.out, `,"totaltAntalKundhandelser":`...)
	place := len(a.out)
	a.out = append(a.out, `,"kundhandelserForPart":[`...)
	total := 0
	if !a.forbidden(p) {
		var err error
		if total, err = a.collect(a.query(p)); err != nil {
			return err
		}
	}
	a.out = append(a.out, `]}`...)
	var digits [20]byte
	a.out = slices.Insert(a.out, place, strconv.AppendInt(digits[:0], int64(total), 10)...)
	return nil
}

// forbidden tells whether the consumer's policy withholds the part. It does not
// depend on what the store holds.
func (a *answer) forbidden(p *part) bool {
	return a.caller.policy != Trusted && p.kund.ok && p.kund.value.identifierare.value != a.question.anvandare.value
}

const forbiddenMessage = "Användaren får bara fråga efter sina egna kundhändelser"

func (a *answer) delfraga(p *part) {
	a.out = quote(append(a.out, `{"producent":`...), a.route.subject.Namn)
	a.out = p.appendTo(append(a.out, `,"part":`...))
	if a.forbidden(p) {
		a.out = append(a.out, `,"status":"FORBIDDEN","httpCode":403,"message":"`+forbiddenMessage+`"}`...)
	} else {
		a.out = append(a.out, `,"status":"OK","httpCode":200}`...)
	}
}

// query is what to ask the store for a part.
func (a *answer) query(p *part) sink.Query {
	q := sink.Query{Producent: a.route.subject.ID, From: a.question.from, To: a.question.to}
	if k := &p.kund.value; p.kund.ok {
		q.Kund = &adapter.Identity{
			Typ:           adapter.IdentityType(k.typ.value),
			Identifierare: k.identifierare.value,
			Tillagg:       strings.TrimSpace(k.tillagg.value),
		}
	}
	if n := &p.arende.value; p.arende.ok {
		q.Arende = &adapter.Arende{
			Typ:           n.typ.value,
			Identifierare: norm.NFC.String(strings.TrimSpace(n.identifierare.value)),
		}
	}
	if a.caller.policy != Trusted {
		q.Owner = a.question.anvandare.value
	}
	return q
}

// wanted tells whether an event passes the filters on type and tag.
func (q *question) wanted(e *sink.Event) bool {
	return (len(q.typer) == 0 || slices.ContainsFunc(q.typer, func(t string) bool { return covers(t, e.Typ) })) &&
		(len(q.taggar) == 0 || slices.ContainsFunc(e.Taggar, func(t string) bool { return slices.Contains(q.taggar, t) }))
}

// covers tells whether typ is the asked type or one below it.
func covers(asked, typ string) bool {
	rest, ok := strings.CutPrefix(typ, asked)
	return ok && (rest == "" || rest[0] == '.')
}

// collect writes the events of one part in the order and to the extent asked, and
// tells how many there are in all.
func (a *answer) collect(q sink.Query) (total int, err error) {
	if len(a.plan.orders) > 0 {
		return a.collectSorted(q)
	}
	first, last := a.question.span()
	err = a.store.Events(a.ctx, q, func(e *sink.Event) error {
		if !a.question.wanted(e) {
			return nil
		}
		n := int64(total)
		total++
		if n < first || n >= last {
			return nil
		}
		return a.event(e.Fragment(a.wishes.pick(e.Sprak)), n > first)
	})
	return total, err
}

// event adds one finished event to the answer.
func (a *answer) event(fragment []byte, another bool) error {
	if a.events++; a.events > maxEvents {
		return errTooMany
	}
	if another {
		a.out = append(a.out, ',')
	}
	a.out = append(a.out, fragment...)
	return a.grown(len(a.out))
}
