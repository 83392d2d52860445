package mappings

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"arendebrygga/adapter"
)

// people reads the recipients of a source's cases.
type people struct {
	rule         adapter.RecipientRule
	columns      adapter.Columns
	organisation *condition // nil: the source does not say
	eval         *evaluator // for organisation

	recipient, role, row, number, tillagg int // column indexes, -1: none
}

func (p *people) resolve() {
	index := func(name string) int {
		if name == "" {
			return -1
		}
		return p.columns.Index(name)
	}
	p.recipient, p.role, p.row = index(p.rule.Recipient), index(p.rule.Role), index(p.rule.Row)
	p.number, p.tillagg = index(p.rule.Identity.Column), index(p.rule.Identity.Tillagg)
}

// Codes of reasons why a recipient is left out.
const (
	recipientUnreadable = "recipient-unreadable"
	recipientNoID       = "recipient-no-id"
	recipientAmbiguous  = "recipient-ambiguous"
	organisationUnknown = "identity-organisation-when"
	tillaggTooLong      = "identity-tillagg"
)

// maxTillagg is the length of a tillägg, in characters (standard 6.1).
const maxTillagg = 20

// kund is one recipient of an event.
type kund struct {
	id       adapter.Key
	identity adapter.Identity
}

// choose gives the recipients that the roles allow, by rising id, each once, and the
// reasons why others are left out. Roles of an event's own recipients are looked for
// among those that belong to the event row, all others among the case's. found tells
// whether any recipient has such a role at all.
func (p *people) choose(rows []adapter.Row, allowed roles, event adapter.Key, when time.Time, lenient bool) (chosen []kund, left []adapter.Reason, found bool) {
	var conflict []adapter.Key
	belongs := ""
	if allowed.own {
		belongs = strings.TrimSpace(string(event))
	}
	for i := range rows {
		row := &rows[i]
		if row.Err == nil && (!allowed.allow(p.roleOf(row)) || p.eventOf(row) != belongs) {
			continue
		}
		found = true
		k, reason := p.read(row, when, lenient)
		if reason != nil {
			left = add(left, *reason)
			if reason.Code != string(IdentityCheckDigit) || !lenient {
				continue
			}
		}
		same := slices.IndexFunc(chosen, func(o kund) bool { return o.id == k.id })
		switch {
		case same < 0:
			chosen = append(chosen, k)
		case chosen[same].identity != k.identity:
			conflict = append(conflict, k.id)
		}
	}
	if len(conflict) > 0 {
		code, detail := recipientAmbiguous, "the same recipient stands there with different identity numbers"
		if p.recipient < 0 && p.rule.Query == "" {
			code, detail = recipientNoID, "several recipients, and no column with an id that tells them apart"
		}
		left = add(left, adapter.Reason{Code: code, Detail: detail})
		chosen = slices.DeleteFunc(chosen, func(k kund) bool { return slices.Contains(conflict, k.id) })
	}
	return once(chosen), left, found
}

// once sorts by id and drops a kund that is registered under several ids, keeping
// the least: nobody gets two events of one change.
func once(ks []kund) []kund {
	slices.SortFunc(ks, func(a, b kund) int { return cmp.Compare(a.id, b.id) })
	var out []kund
	for _, k := range ks {
		if !slices.ContainsFunc(out, func(o kund) bool { return o.identity == k.identity }) {
			out = append(out, k)
		}
	}
	return out
}

// add keeps each reason once.
func add(rs []adapter.Reason, r adapter.Reason) []adapter.Reason {
	if slices.Contains(rs, r) {
		return rs
	}
	return append(rs, r)
}

// read makes a kund of a row. With a lenient mapping a failing check digit gives
// both a kund and a reason.
func (p *people) read(row *adapter.Row, when time.Time, lenient bool) (kund, *adapter.Reason) {
	if row.Err != nil {
		return kund{}, &adapter.Reason{Code: recipientUnreadable, Detail: row.Err.Error()}
	}
	k := kund{id: p.idOf(row)}
	if k.id == "" && (p.recipient >= 0 || p.rule.Query != "") {
		return kund{}, &adapter.Reason{Code: recipientNoID, Detail: "column " + p.rule.Recipient}
	}
	holder, why := p.holder(row)
	if why != "" {
		return kund{}, &adapter.Reason{Code: organisationUnknown, Detail: why}
	}
	where := "column " + p.rule.Identity.Column
	number := plain(value(row.Values, p.number))
	identity, err := Normalise(number, holder, p.rule.Identity.Century, when)
	if err != nil && !(lenient && errors.Is(err, IdentityCheckDigit)) {
		return kund{}, &adapter.Reason{Code: err.Error(), Detail: where}
	}
	identity.Tillagg = strings.TrimSpace(plain(value(row.Values, p.tillagg)))
	if len([]rune(identity.Tillagg)) > maxTillagg {
		return kund{}, &adapter.Reason{Code: tillaggTooLong, Detail: "column " + p.rule.Identity.Tillagg + " has more than 20 characters"}
	}
	k.identity = identity
	if err != nil {
		return k, &adapter.Reason{Code: err.Error(), Detail: where + ", published as kontrollsiffra: varna says"}
	}
	return k, nil
}

// holder asks organisationWhen; without an answer nobody is guessed at.
func (p *people) holder(row *adapter.Row) (Holder, string) {
	if p.organisation == nil {
		return Unsaid, ""
	}
	p.eval.row(row.Values)
	switch v, why := p.organisation.ask(p.eval); v {
	case yes:
		return Organisation, ""
	case no:
		return Person, ""
	default:
		return Unsaid, why
	}
}

func (p *people) roleOf(row *adapter.Row) string {
	return tidy(plain(value(row.Values, p.role)))
}

// eventOf gives the event row that a recipient belongs to, "" for the whole case.
func (p *people) eventOf(row *adapter.Row) string {
	return strings.TrimSpace(plain(value(row.Values, p.row)))
}

// idOf gives the recipient's id. Rows of a recipients query carry it; an event row
// has it in a column.
func (p *people) idOf(row *adapter.Row) adapter.Key {
	if p.rule.Query != "" {
		return row.ID
	}
	return adapter.Key(strings.TrimSpace(plain(value(row.Values, p.recipient))))
}

func value(values []any, i int) any {
	if i < 0 || i >= len(values) {
		return nil
	}
	return values[i]
}

// plain gives a value as text, "" for NULL and for what has no text.
func plain(v any) string {
	s, err := format(v)
	if err != nil {
		return ""
	}
	return s
}
