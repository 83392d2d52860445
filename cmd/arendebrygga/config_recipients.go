package main

import (
	"fmt"

	"arendebrygga/adapter"
)

// recipients checks how it is found whom a case is about.
func (c *checker) recipients(def *adapter.Definition, path string, raw *rawRecipients) {
	if raw == nil {
		c.required(text{}, path, "whom a case is about: a query, or { column: … } where the event row has the identity number")
		return
	}
	r, columns := &def.Recipients, def.Columns
	if _, asked := c.places[join(path, "query")]; asked || raw.Query.set() {
		r.Query, r.QueryAt = c.query(raw.Query, join(path, "query")), raw.Query.At
		r.Columns = c.columns(join(path, "columns"), raw.Columns)
		columns = r.Columns
		if c.required(raw.Case, join(path, "case"), "the column with the same id as the events' case") {
			r.Case = c.column(raw.Case, join(path, "case"), columns, identifying[:]...)
		}
		c.partiesCreated(def, join(path, "created"), raw.Created)
		c.required(raw.Recipient, join(path, "recipient"), "the column with the stable id of the person or organisation; not the identity number, which can be corrected")
		if r.Row = c.column(raw.Row, join(path, "row"), columns, adapter.Int, adapter.String); def.Mode == adapter.Net {
			c.absent(raw.Row, join(path, "row"), "in net mode there are no event rows")
		}
		c.absent(raw.Column, join(path, "column"), "with a query, the number's column is identity: { column: … }")
	} else {
		const why = "without a query the columns are those of the event row"
		c.absent(raw.Case, join(path, "case"), why)
		c.absent(raw.Created, join(path, "created"), why)
		c.absent(raw.Row, join(path, "row"), why)
		if len(raw.Columns) > 0 {
			c.add(c.at(join(path, "columns")), "columns has no meaning here: "+why, "leave it out, or add the query that it describes")
		}
	}
	r.Recipient = c.column(raw.Recipient, join(path, "recipient"), columns, identifying[:]...)
	r.Role = c.column(raw.Role, join(path, "role"), columns, adapter.String, adapter.Int, adapter.UUID)
	c.number(r, path, columns, raw)
	c.parties(def, path, raw)
}

// number checks where the identity number is and how it is read.
func (c *checker) number(r *adapter.RecipientRule, path string, columns adapter.Columns, raw *rawRecipients) {
	path, id := join(path, "identity"), raw.Identity
	column := id.Column
	if r.Query == "" && raw.Column.set() {
		if column.set() {
			c.add(raw.Column.At, "column and identity.column say the same", "leave one of them out")
		}
		column = raw.Column
	}
	if c.required(column, join(path, "column"), "the column with the personal or organisation number, such as identity: { column: PersOrgNr }") {
		r.Identity.Column = c.column(column, join(path, "column"), columns, adapter.String, adapter.Int, adapter.Decimal)
	}
	if id.OrganisationWhen.set() && c.required(id.OrganisationWhen, join(path, "organisationWhen"), "an expression, such as rad.ArForetag") {
		r.Identity.OrganisationWhen = code(id.OrganisationWhen)
	}
	r.Identity.Tillagg = c.column(id.Tillagg, join(path, "tillagg"), columns, adapter.String, adapter.Int)

	century := id.Century
	if century.MinAge.set() && century.Fixed.set() {
		c.add(century.Fixed.At, "minAge and fixed exclude each other", "leave one of them out")
	}
	if n := century.MinAge.Value; century.MinAge.set() {
		c.check(n >= 1 && n <= 120, century.MinAge.text, fmt.Sprintf("minAge: %d is not within 1 to 120 years", n), "the youngest that somebody can be in such a case, such as 18")
		r.Identity.Century.MinAge = n
	}
	if n := century.Fixed.Value; century.Fixed.set() {
		c.check(n >= 18 && n <= 20, century.Fixed.text, fmt.Sprintf("fixed: %d is not 18, 19 or 20", n), "the first two digits of the year of birth")
		r.Identity.Century.Fixed = n
	}
}
