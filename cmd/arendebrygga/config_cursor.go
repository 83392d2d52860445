package main

import (
	"fmt"
	"slices"

	"arendebrygga/adapter"
)

const cursorHint = "the column that new rows are found by, such as cursor: { column: HandelseId, kind: id, table: dbo.arkHandelse }"

// cursor checks what new rows are found by.
func (c *checker) cursor(def *adapter.Definition, path string, raw *rawCursor) {
	none := raw.Kind.Text == string(adapter.CursorNone)
	if none {
		c.absent(raw.Column, "column", "a cursor of kind none has no column: every poll reads all rows")
	} else if !c.required(raw.Column, join(path, "column"), cursorHint+"; kind: none, without a column, if there is none") && c.gone(path) {
		return
	}
	types := []adapter.ColumnType{adapter.Int, adapter.Decimal}
	const kinds = "id: a number that the database hands out in rising order; time: when the row was written; rowversion: SQL Server's; none: every poll reads all rows"
	if c.required(raw.Kind, join(path, "kind"), kinds) {
		switch {
		case raw.Kind.Text == string(adapter.CursorRowversion):
			types = []adapter.ColumnType{adapter.Bytes}
			c.check(def.Kind == "mssql" || def.Kind == "", raw.Kind, "cursor kind rowversion is SQL Server's; "+def.Kind+" has none", "id, time or none")
		case !c.oneOf(raw.Kind, join(path, "kind"), string(adapter.CursorID), string(adapter.CursorTime), string(adapter.CursorRowversion), string(adapter.CursorNone)):
			types = nil
		case raw.Kind.Text == string(adapter.CursorTime):
			types = []adapter.ColumnType{adapter.Time}
		}
	}
	def.Cursor.Kind = adapter.CursorKind(raw.Kind.Text)
	if !none {
		def.Cursor.Column = c.column(raw.Column, join(path, "cursor"), def.Columns, types...)
	}
	def.Cursor.Table = c.table(raw.Table, path)
	if none && def.Mode == adapter.Net {
		c.warn(raw.Kind.At, "kind: without a cursor, rows that a lagging replica gives cannot be told from new ones",
			"read from the database that the case system writes to; an older state would be published as a step back")
	}
}

// table checks the driving table of a cursor.
func (c *checker) table(t text, path string) string {
	if t.set() && c.required(t, join(path, "table"), "the table that the cursor's column belongs to, or leave the key out") {
		return t.Text
	}
	return ""
}

// created checks the column that tells apart cases that had the same id at
// different times. What differs between the rows of one case cannot do that.
func (c *checker) created(def *adapter.Definition, path string, t text) {
	name := c.column(t, path, def.Columns, adapter.Time, adapter.Date, adapter.Int, adapter.String)
	if name == "" {
		return
	}
	const hint = "the column with the time or the number that a case gets once, when it is made; or leave the key out"
	switch {
	case name == def.Case:
		c.add(t.At, "created: "+name+" identifies the case already", hint)
	case name == def.Row, name == def.Cursor.Column:
		c.add(t.At, fmt.Sprintf("created: with %s every change would be a case of its own", name), hint)
	case slices.Contains(def.Status, name):
		c.add(t.At, fmt.Sprintf("created: %s is part of the status, and every status would be a case of its own", name), hint)
	default:
		def.Created = name
	}
}

// partiesCreated checks the column that says which of the cases with an id a recipient
// belongs to. What it says is compared with what the events' column does.
func (c *checker) partiesCreated(def *adapter.Definition, path string, t text) {
	i := def.Columns.Index(def.Created)
	if i < 0 {
		if _, wrong := c.places[join(parent(parent(path)), "events.created")]; !wrong {
			c.absent(t, path, "without events.created a case is known by its id")
		}
		return
	}
	const hint = "the column with the same as events.created, such as that of a join with the cases: where ids are used again, the id alone does not say whose recipient it is"
	if c.required(t, path, hint) {
		var types []adapter.ColumnType
		if declared := def.Columns[i].Type; declared != "" {
			types = append(types, declared)
		}
		def.Recipients.Created = c.column(t, path, def.Recipients.Columns, types...)
	}
}

// partiesCursor checks what tells which recipients were written lately.
func (c *checker) partiesCursor(r *adapter.RecipientRule, path string, raw *rawCursor) {
	if !c.required(raw.Column, join(path, "column"), "the column that says when a recipient was last written, such as cursor: { column: Andrad, kind: time }") && c.gone(path) {
		return
	}
	types := []adapter.ColumnType{adapter.Time}
	if raw.Kind.set() && raw.Kind.Text != string(adapter.CursorTime) {
		types = nil
		c.add(raw.Kind.At, fmt.Sprintf("kind: %q is not possible for recipients", raw.Kind.Raw),
			"time: when the row was last written; a number given once says nothing of later changes. Without a cursor the sweep finds them")
	}
	r.Cursor = adapter.CursorRule{
		Column: c.column(raw.Column, join(path, "cursor"), r.Columns, types...),
		Kind:   adapter.CursorTime, Table: c.table(raw.Table, path),
	}
}
