package main

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"arendebrygga/adapter"
)

// filter says which open changes of a source are asked for. Empty fields ask for all.
type filter struct {
	Source  string `json:"source"`
	Outcome string `json:"outcome"`
	Reason  string `json:"reason"` // code of one of the change's reasons
	Status  string `json:"status"` // as it is printed; * stands for anything but a /
	After   uint64 `json:"after"`  // numbers above
	Limit   int    `json:"limit"`
	Keys    bool   `json:"keys"` // with the case's and the row's identity
}

// openPage is a page of open changes.
type openPage struct {
	Changes []openChange `json:"changes"`
	After   uint64       `json:"after"` // where to go on
	More    bool         `json:"more"`
}

// openChange is a change as commands print it. It has no values of the row, and the
// identities of case and row only for who asks for them.
type openChange struct {
	Source   string       `json:"source"`
	Number   uint64       `json:"change"`
	Outcome  string       `json:"outcome"`
	Reasons  []reasonJSON `json:"reasons"`
	Status   string       `json:"status"`
	Tidpunkt time.Time    `json:"tidpunkt,omitzero"`
	Judged   time.Time    `json:"judged"`
	Due      *time.Time   `json:"due,omitempty"`
	Late     bool         `json:"late,omitempty"`
	Missed   bool         `json:"missedByPoll,omitempty"`
	Shown    bool         `json:"wasPublished,omitempty"`
	Gone     bool         `json:"withdrawn,omitempty"`
	Events   int          `json:"events"` // that are published of it
	Rules    string       `json:"rules"`  // hash of the rules that judged it
	Case     string       `json:"case,omitempty"`
	Row      string       `json:"row,omitempty"`
}

// reasonJSON is an [adapter.Reason] for programs.
type reasonJSON struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// scanned is how many changes one question looks at, so that a filter that fits
// nothing still answers soon.
const scanned = 5000

// openOutcomes are the outcomes that are open, in the order in which they are listed,
// and published for changes that left out a recipient.
var openOutcomes = [...]adapter.Outcome{adapter.Parked, adapter.Unmapped, adapter.Waiting, adapter.Held, adapter.Withheld, adapter.Published}

// outcomeNamed finds one of openOutcomes.
func outcomeNamed(name string) (adapter.Outcome, error) {
	var known []string
	for _, o := range openOutcomes {
		if o.String() == name {
			return o, nil
		}
		known = append(known, o.String())
	}
	return 0, fmt.Errorf("outcome %q is %w; %s", name, errUnknown, adapter.Suggest(name, known))
}

// parked looks for open changes.
func (a *admin) parked(ctx context.Context, f filter) (page openPage, err error) {
	of, err := a.source(f.Source)
	if err != nil {
		return page, err
	}
	outcome, err := outcomeNamed(f.Outcome)
	if err != nil {
		return page, err
	}
	page = openPage{Changes: []openChange{}, After: f.After, More: true}
	for looked := 0; looked < scanned && len(page.Changes) < f.Limit; {
		list, err := a.store.Open(f.Source, outcome, page.After, 200)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return page, err
		}
		if len(list) == 0 {
			page.More = false
			break
		}
		for i := range list {
			ch := &list[i]
			fits, err := f.fits(ch)
			if err != nil {
				return page, err
			}
			if fits && len(page.Changes) == f.Limit {
				return page, nil
			}
			if looked++; fits {
				page.Changes = append(page.Changes, printable(ch, of.Def.Location, f.Keys))
			}
			page.After = ch.Number
		}
	}
	return page, nil
}

func (f *filter) fits(ch *adapter.Change) (bool, error) {
	if f.Status != "" {
		status := adapter.StatusName(ch.Ny)
		ok, err := path.Match(f.Status, status)
		if err != nil {
			return false, fmt.Errorf("--status %q: %w", f.Status, err)
		}
		if !ok && f.Status != status {
			return false, nil
		}
	}
	if f.Reason == "" {
		return true, nil
	}
	for _, r := range ch.Reasons {
		if r.Code == f.Reason {
			return true, nil
		}
	}
	return false, nil
}

// printable takes what commands print from a change, with times in a zone.
func printable(ch *adapter.Change, zone *time.Location, keys bool) openChange {
	c := openChange{
		Source: ch.Source, Number: ch.Number, Outcome: ch.Outcome.String(), Reasons: []reasonJSON{}, Status: adapter.StatusName(ch.Ny),
		Tidpunkt: ch.Tidpunkt.In(zone), Judged: ch.Noted.In(zone), Late: ch.Late, Missed: ch.Missed, Shown: ch.Shown, Gone: ch.Gone, Rules: ch.Rules,
	}
	for _, r := range ch.Reasons {
		c.Reasons = append(c.Reasons, reasonJSON(r))
	}
	if ch.Outcome == adapter.Held {
		due := ch.Due.In(zone)
		c.Due = &due
	}
	if keys {
		c.Case, c.Row = string(ch.Case), string(ch.Row)
	}
	return c
}

// changeOrder names changes of a source.
type changeOrder struct {
	Source  string   `json:"source"`
	Numbers []uint64 `json:"changes"`
	Keys    bool     `json:"keys,omitempty"`
	Dry     bool     `json:"dry,omitempty"`
}

// change tells all about changes, settled ones too.
func (a *admin) change(_ context.Context, w changeOrder) (list []openChange, err error) {
	of, err := a.source(w.Source)
	if err != nil {
		return nil, err
	}
	for _, number := range w.Numbers {
		changes, err := a.store.Changes(w.Source, []uint64{number})
		if err != nil {
			return nil, err
		}
		ids, err := a.store.EventIDs(w.Source, number)
		if err != nil {
			return nil, err
		}
		c := printable(&changes[0], of.Def.Location, w.Keys)
		c.Events = len(ids)
		list = append(list, c)
	}
	return list, nil
}

// eventOrder names an event.
type eventOrder struct {
	ID string `json:"id"`
}

// owner finds the change that an event belongs to.
func (a *admin) owner(_ context.Context, e eventOrder) (changeOrder, error) {
	id, err := parseID(e.ID)
	if err != nil {
		return changeOrder{}, err
	}
	source, number, ok, err := a.store.Owner(id)
	if err != nil {
		return changeOrder{}, err
	}
	if !ok {
		return changeOrder{}, fmt.Errorf("event %s is %w: it was never published from here, or has been withdrawn", e.ID, errUnknown)
	}
	return changeOrder{Source: source, Numbers: []uint64{number}}, nil
}
