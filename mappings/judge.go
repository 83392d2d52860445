package mappings

import (
	"fmt"
	"strings"

	"arendebrygga/adapter"
)

// Codes of reasons that concern the whole change.
const (
	withdrawn        = "withdraw-when"
	withdrawUnknown  = "withdraw-when-unknown"
	notPublished     = "publish-when"
	publishUnknown   = "publish-when-unknown"
	conditionUnknown = "nar-unknown"
	nearPattern      = "status-spelling"
	producentUnknown = "producent-unknown"
	noRecipient      = "no-recipient"
)

// Judge decides what becomes of a change.
//
// First the source itself is asked: a change that withdrawWhen takes, or that
// publishWhen does not, is withheld, and so is one where either needs a value that
// is NULL. Then each mapping file of the source gives at most one kundhändelse for
// each recipient. Of what the files say, the first of these counts: published,
// parked, waiting, ignored, unmapped.
func (r *rules) Judge(change adapter.StatusChange, recipients []adapter.Row) adapter.Judgement {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.eval.row(change.Rad)
	r.eval.change(&change, r.scope.zone)
	if j, held := r.withheld(); held {
		return j
	}
	producent, ok := r.producents[change.Producent]
	if !ok {
		return adapter.Judgement{Outcome: adapter.Parked, Reasons: []adapter.Reason{{Code: producentUnknown, Detail: "the configuration has no such producer"}}}
	}
	j := adapter.Judgement{Outcome: adapter.Unmapped}
	found := r.hits(&change)
	s := sitting{r: r, change: &change, producent: producent, judgement: &j}
	for i, hit := range found {
		s.m = r.mappings[i]
		s.judge(hit, recipients)
	}
	for i, hit := range found {
		if s.m = r.mappings[i]; j.Outcome == adapter.Unmapped && hit.near != "" && s.ours() {
			j.Reasons = add(j.Reasons, adapter.Reason{Code: nearPattern, Detail: hit.near})
		}
	}
	return j
}

// withheld asks the source's own conditions.
func (r *rules) withheld() (adapter.Judgement, bool) {
	hold := func(code, detail string, gone bool) (adapter.Judgement, bool) {
		return adapter.Judgement{Outcome: adapter.Withheld, Reasons: []adapter.Reason{{Code: code, Detail: detail}}, Gone: gone}, true
	}
	if r.withdraw != nil {
		switch v, why := r.withdraw.ask(r.eval); v {
		case yes:
			return hold(withdrawn, r.withdraw.where, true)
		case unknown:
			return hold(withdrawUnknown, why, false)
		}
	}
	switch v, why := r.publish.ask(r.eval); v {
	case no:
		return hold(notPublished, r.publish.where, false)
	case unknown:
		return hold(publishUnknown, why, false)
	}
	return adapter.Judgement{}, false
}

// FirstRun tells whether a row that was there at the first run is published. Only
// true is yes.
func (r *rules) FirstRun(change adapter.StatusChange) bool {
	if r.first == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.eval.row(change.Rad)
	r.eval.change(&change, r.scope.zone)
	v, _ := r.first.ask(r.eval)
	return v == yes
}

// maxMemo bounds what is remembered of statuses: systems have some hundreds, but a
// status may be free text.
const maxMemo = 4096

// hits finds what a status means to each mapping. Rows come by the million with a
// handful of statuses, so the answer is remembered.
func (r *rules) hits(change *adapter.StatusChange) []hits {
	r.key = r.key[:0]
	for _, part := range change.Status {
		r.key = append(append(r.key, part...), 0xFF) // which no UTF-8 holds
	}
	if known, ok := r.memo[string(r.key)]; ok {
		return known
	}
	status := make([]string, len(change.Status))
	for i, part := range change.Status {
		status[i] = tidy(part)
	}
	found := make([]hits, len(r.mappings))
	for i, m := range r.mappings {
		for _, e := range m.events {
			if takes(e.to, status) {
				found[i].events = append(found[i].events, e)
			}
		}
		found[i].ignored = takes(m.ignore, status)
		if len(found[i].events) == 0 && !found[i].ignored {
			found[i].near = m.near(status)
		}
	}
	if len(r.memo) >= maxMemo {
		clear(r.memo)
	}
	r.memo[strings.Clone(string(r.key))] = found
	return found
}

// near tells of a pattern that would take the status but for case and blanks, as
// statuses drift in spelling. It says nothing of the status itself.
func (m *mapping) near(status []string) string {
	alike := func(ps []pattern) string {
		for _, p := range ps {
			if p.resembles(status) {
				return fmt.Sprintf("%s:%d: the pattern %q differs only in case or blanks", m.name, p.node.at.line, p)
			}
		}
		return ""
	}
	for _, e := range m.events {
		if found := alike(e.to); found != "" {
			return found
		}
	}
	return alike(m.ignore)
}

func takes(ps []pattern, status []string) bool {
	for _, p := range ps {
		if p.takes(status) {
			return true
		}
	}
	return false
}
