package mappings

import (
	"slices"

	"arendebrygga/adapter"
)

// sitting is one mapping's judgement of one change.
type sitting struct {
	r         *rules
	m         *mapping
	change    *adapter.StatusChange
	producent adapter.Producent
	judgement *adapter.Judgement
}

// rank orders the outcomes of several files: the least counts.
var rank = map[adapter.Outcome]int{adapter.Published: 1, adapter.Parked: 2, adapter.Waiting: 3, adapter.Ignored: 4, adapter.Unmapped: 5}

func (s *sitting) outcome(o adapter.Outcome, reasons ...adapter.Reason) {
	if rank[o] < rank[s.judgement.Outcome] {
		s.judgement.Outcome = o
	}
	for _, reason := range reasons {
		s.judgement.Reasons = add(s.judgement.Reasons, reason)
	}
}

func (s *sitting) judge(hit hits, recipients []adapter.Row) {
	if len(hit.events) == 0 && !hit.ignored {
		return
	}
	t := s.typ()
	if t == nil {
		return
	}
	s.r.eval.env["typ"] = t.env
	e, answered := s.event(hit.events)
	switch {
	case e != nil:
		s.publish(e, t, recipients)
	case hit.ignored && answered:
		s.outcome(adapter.Ignored)
	}
}

// ask asks a condition, which may be left out. One that cannot be answered is told
// of; the outcome that it gives is failed.
func (s *sitting) ask(c *condition, failed adapter.Outcome) verdict {
	if c == nil {
		return yes
	}
	v, why := c.ask(s.r.eval)
	if v == unknown {
		s.outcome(failed, adapter.Reason{Code: conditionUnknown, Detail: why})
	}
	return v
}

// ours tells whether the row is the mapping's at all.
func (s *sitting) ours() bool { return s.ask(s.m.nar, adapter.Unmapped) == yes }

// typ gives the first producentärendetyp that the row belongs to, or nil. If it
// cannot be said whether it is one, it is none: the next would be a guess.
func (s *sitting) typ() *typ {
	if !s.ours() {
		return nil
	}
	for i := range s.m.types {
		switch s.ask(s.m.types[i].nar, adapter.Parked) {
		case yes:
			return &s.m.types[i]
		case unknown:
			return nil
		}
	}
	return nil
}

// event gives the first event that matches, or nil. answered is false if it cannot
// be said whether one does: then the next would be a guess, and might tell the kund
// the opposite of what happened.
func (s *sitting) event(candidates []*event) (e *event, answered bool) {
	for _, e := range candidates {
		if !e.comesFrom(s.change.Gammal) {
			continue
		}
		switch s.ask(e.nar, adapter.Parked) {
		case yes:
			return e, true
		case unknown:
			return nil, false
		}
	}
	return nil, true
}

func (e *event) comesFrom(gammal string) bool {
	for _, p := range e.from {
		if p.takesJoined(gammal) {
			return true
		}
	}
	return len(e.from) == 0
}

// publish makes the event for every recipient that may have it.
func (s *sitting) publish(e *event, t *typ, recipients []adapter.Row) {
	people, left, found := s.r.people.choose(recipients, e.roles, s.change.Row, s.change.Tidpunkt.In(s.r.scope.zone), s.m.lenient)
	if !found {
		detail := e.where + ": the case has no recipient with a role that mottagare allows"
		if slices.ContainsFunc(recipients, func(row adapter.Row) bool { return e.roles.resemble(s.r.people.roleOf(&row)) }) {
			detail += "; one differs only in case or blanks"
		}
		s.outcome(adapter.Waiting, adapter.Reason{Code: noRecipient, Detail: detail})
		return
	}
	if len(people) == 0 {
		s.outcome(adapter.Parked, left...)
		return
	}
	proto := adapter.Kundhandelse{
		Producent: s.producent, Producentarendetyp: t.id, Typ: s.producent.Aktor + "." + t.id + "." + e.step,
		Tidpunkt: s.change.Tidpunkt, Order: s.change.Order, KraverKundatgard: e.kraver, Klart: e.klart, Taggar: e.tags,
	}
	if reason := s.write(e, &proto); reason != nil {
		s.outcome(adapter.Parked, *reason)
		return
	}
	s.outcome(adapter.Published, left...)
	for _, k := range people {
		proto.Kund, proto.Recipient = k.identity, k.id
		s.judgement.Events = append(s.judgement.Events, proto)
	}
}
