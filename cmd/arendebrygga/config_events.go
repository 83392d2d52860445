package main

import (
	"fmt"
	"slices"

	"arendebrygga/adapter"
)

// events checks how rows become status changes.
func (c *checker) events(def *adapter.Definition, path string, raw *rawEvents) {
	if c.gone(path) {
		return
	}
	if _, ok := c.places[path]; !ok {
		c.add(c.at(path), "events is missing", "the query that finds status changes, and what its columns mean")
		return
	}
	def.Query, def.QueryAt = c.query(raw.Query, join(path, "query")), raw.Query.At
	def.Columns = c.columns(join(path, "columns"), raw.Columns)
	c.identity(def, path, raw)
	c.status(def, join(path, "status"), raw.Status)
	c.time(def, join(path, "time"), &raw.Time)
	c.cursor(def, join(path, "cursor"), &raw.Cursor)
	c.created(def, join(path, "created"), raw.Created)

	const hint = "an expression that is true for what may be published, such as rad.Sekretess == false; always: everything"
	def.PublishWhen = adapter.Code{Text: "false"} // the rules are checked all the same, and need not tell of it again
	if c.required(raw.PublishWhen, join(path, "publishWhen"), hint) {
		def.PublishWhen = code(raw.PublishWhen)
	}
	if raw.WithdrawWhen.set() && c.required(raw.WithdrawWhen, join(path, "withdrawWhen"), "an expression, or leave the key out") {
		def.WithdrawWhen = code(raw.WithdrawWhen)
	}
	if c.oneOf(raw.IfChanged, join(path, "ifChanged"), adapter.Replace, adapter.Ignore) {
		def.IfChanged = raw.IfChanged.Text
	}
	c.delay(def, raw.Delay)
}

// query checks that there is one; what it may say is the source's business.
func (c *checker) query(t text, path string) string {
	if !c.required(t, path, "a plain SELECT") {
		return ""
	}
	return t.Text
}

// identity checks what identifies rows and cases.
func (c *checker) identity(def *adapter.Definition, path string, raw *rawEvents) {
	if c.required(raw.Case, join(path, "case"), "the column with the case's stable id") {
		def.Case = c.column(raw.Case, join(path, "case"), def.Columns, identifying[:]...)
	}
	if def.Mode == adapter.History {
		c.required(raw.Row, join(path, "row"), "the column that identifies the row")
	}
	def.Row = c.column(raw.Row, join(path, "row"), def.Columns, identifying[:]...)
	if def.Mode == adapter.Net {
		if def.Row != "" && def.Row != def.Case {
			c.add(raw.Row.At, "row: in net mode the case identifies the row", "leave row out; if a case has several rows the mode is history")
		}
		def.Row = def.Case
	}
}

// status checks the columns that make up the status.
func (c *checker) status(def *adapter.Definition, path string, raw list) {
	if len(raw.Items) == 0 {
		if !c.gone(path) {
			c.add(c.at(path), "status is missing", "the column with the status, or several: [HandelseTyp, HandelseUtfall]")
		}
		return
	}
	for _, t := range raw.Items {
		name := c.column(t, path, def.Columns, adapter.String, adapter.Int, adapter.Decimal, adapter.Bool, adapter.UUID)
		if name != "" && slices.Contains(def.Status, name) {
			c.add(t.At, fmt.Sprintf("status: column %s is given twice", name), "")
		}
		def.Status = append(def.Status, name)
	}
}

// time checks which column says when a change happened.
func (c *checker) time(def *adapter.Definition, path string, raw *rawTime) {
	def.Time.Column = c.column(raw.Column, join(path, "time"), def.Columns, adapter.Time, adapter.Date)
	def.Time.IfMidnight = c.column(raw.IfMidnight, join(path, "ifMidnight"), def.Columns, adapter.Time)
	if raw.IfMidnight.set() && !raw.Column.set() && !c.gone(path) {
		c.add(raw.IfMidnight.At, "ifMidnight without a column to stand in for", "time: { column: …, ifMidnight: … }")
	}
	def.Time.IfFuture = adapter.Publish
	switch {
	case !c.oneOf(raw.IfFuture, join(path, "ifFuture"), adapter.Publish, adapter.Hold):
	case !raw.Column.set() && !c.gone(path) && !c.gone(join(path, "column")):
		c.add(raw.IfFuture.At, "ifFuture without a column: no time of the row could lie in the future", "time: { column: …, ifFuture: … }, or leave it out")
	default:
		def.Time.IfFuture = raw.IfFuture.Text
	}
}
