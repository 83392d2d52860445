package main

import (
	"fmt"
	"regexp"

	"arendebrygga/adapter"
)

var (
	producentID = regexp.MustCompile(`^[A-Za-z0-9-]{1,40}$`)
	aktorName   = regexp.MustCompile(`^[A-Z]+$`) // first field of kundhandelseTyp in the standard
	versionText = regexp.MustCompile(`^[0-9]+(\.[0-9]+){0,2}$`)
)

// producenter checks who publishes: one producer, or several by id.
func (c *checker) producenter(raw *rawConfig) {
	_, several := c.places["producenter"]
	_, one := c.places["producent"]
	switch {
	case one && several:
		c.add(c.at("producenter"), "producent and producenter exclude each other", "move the one under producenter, with an id of its own")
	case raw.Producent != nil:
		c.producent("producent", "", raw.Producent)
	case !one && !several:
		c.add(c.at(""), "producent is missing", `producent: { namn: Exempels kommun, aktor: KOMMUN }`)
	case several && !c.children("producenter") && !c.gone("producenter"):
		c.add(c.at("producenter"), "producenter names no producer", `producenter: { "2281": { namn: …, aktor: … } }`)
	}
	if one {
		return
	}
	for _, id := range inFileOrder(c, "producenter", raw.Producenter) {
		path, p := join("producenter", id), raw.Producenter[id]
		if !producentID.MatchString(id) {
			c.add(c.at(path), fmt.Sprintf("%q cannot be the id of a producer", id), "the id stands in the URL: 1 to 40 of A-Z, a-z, 0-9 and -")
		}
		c.producent(path, id, &p)
	}
}

func (c *checker) producent(path, id string, raw *rawProducent) {
	c.required(raw.Namn, join(path, "namn"), "the name as the kund reads it")
	const hint = "the first field of every kundhändelsetyp, such as KOMMUN"
	aktor := raw.Aktor.Text
	if !c.required(raw.Aktor, join(path, "aktor"), hint) ||
		!c.check(aktorName.MatchString(aktor), raw.Aktor, fmt.Sprintf("aktor: %q is not capital letters A-Z only", raw.Aktor.Raw), hint) {
		aktor = "AKTOR" // the rules are checked all the same, and need not tell of it again
	}
	version := defaultStandardversion
	if raw.Standardversion.set() {
		version = raw.Standardversion.Text
		c.check(versionText.MatchString(version), raw.Standardversion,
			fmt.Sprintf("standardversion: %q is not a version", raw.Standardversion.Raw), `such as "6.1"`)
	}
	c.cfg.Producenter = append(c.cfg.Producenter, adapter.Producent{ID: id, Namn: raw.Namn.Text, Aktor: aktor, Standardversion: version})
}

// sourceProducent checks which producer a source's rows belong to.
func (c *checker) sourceProducent(def *adapter.Definition, path string, raw *rawSource) {
	def.Producent = raw.Producent.Text
	column := join(path, "producentColumn")
	if _, several := c.places["producenter"]; !several {
		c.absent(raw.Producent, join(path, "producent"), "there is only one producer")
		c.absent(raw.ProducentColumn, column, "there is only one producer")
		def.Producent = ""
		return
	}
	switch {
	case raw.Producent.set() && raw.ProducentColumn.set():
		c.add(raw.ProducentColumn.At, "producent and producentColumn exclude each other", "leave one of them out")
	case raw.ProducentColumn.set():
		def.ProducentColumn = c.column(raw.ProducentColumn, column, def.Columns, adapter.String, adapter.Int)
	case c.required(raw.Producent, join(path, "producent"), "with several producenter each source says whose its rows are: an id, or producentColumn"):
		var ids []string
		for _, p := range c.cfg.Producenter {
			if ids = append(ids, p.ID); p.ID == def.Producent {
				return
			}
		}
		c.add(raw.Producent.At, fmt.Sprintf("producent: no producer has the id %q", raw.Producent.Raw), adapter.Suggest(def.Producent, ids))
	}
}
