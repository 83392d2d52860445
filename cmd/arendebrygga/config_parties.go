package main

import "arendebrygga/adapter"

// parties checks how it is noticed that the recipients of a case change, and what
// that means for those who come and go.
func (c *checker) parties(def *adapter.Definition, path string, raw *rawRecipients) {
	const why = "without a query the recipients are those that the event row names"
	r := &def.Recipients
	r.Changes = adapter.PartyChanges{Added: adapter.WholeHistory, Removed: adapter.Hide}
	cursor, changes := join(path, "cursor"), join(path, "changes")
	if raw.Cursor != nil && r.Query == "" && !c.gone(join(path, "query")) {
		c.add(c.at(cursor), "cursor has no meaning here: "+why, "leave it out")
	} else if raw.Cursor != nil {
		c.partiesCursor(r, cursor, raw.Cursor)
	}
	if raw.Changes == nil {
		return
	}
	if r.Query == "" && !c.gone(join(path, "query")) && !c.partiesInRow(def, changes) {
		return
	}
	if c.oneOf(raw.Changes.Added, join(changes, "added"), adapter.WholeHistory, adapter.FromNow) {
		r.Changes.Added = raw.Changes.Added.Text
	}
	if c.oneOf(raw.Changes.Removed, join(changes, "removed"), adapter.Hide, adapter.Keep) {
		r.Changes.Removed = raw.Changes.Removed.Text
	}
	if r.Changes.Added == adapter.WholeHistory && r.Changes.Removed == adapter.Keep {
		c.warn(raw.Changes.Removed.At, "removed: keep beside added: wholeHistory gives every event twice to who gets another id in the case system",
			"removed: hide, or added: fromNow")
	}
	if r.Changes.Added == adapter.FromNow && r.Row != "" {
		c.warn(raw.Changes.Added.At, "added: fromNow leaves out who is written down after the event row that it belongs to",
			"added: wholeHistory, as recipients with a row get no event of other rows anyway")
	}
}

// partiesInRow tells whether the recipients that event rows name can be followed as
// they come and go.
func (c *checker) partiesInRow(def *adapter.Definition, path string) bool {
	switch {
	case def.Mode == adapter.History:
		c.add(c.at(path), "changes has no meaning here: without a query, in history mode, each event row names the recipients of that event alone", "leave it out")
	case def.Recipients.Recipient == "":
		c.add(c.at(path), "changes needs recipient: without ids, who takes another's place looks like one whose number was corrected",
			"recipient: the column with the stable id of the person or organisation, or leave changes out")
	default:
		return true
	}
	return false
}
