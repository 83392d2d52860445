package main

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sources"
)

var sourceName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

// sources checks every source.
func (c *checker) sources(raw *rawConfig) {
	if len(raw.Sources) == 0 {
		if !c.gone("sources") && !c.children("sources") {
			c.add(c.at("sources"), "sources is missing", "at least one database to read: sources: { NAME: { kind: …, … } }")
		}
		return
	}
	zone := c.zone(raw.Timezone, "timezone")
	c.cfg.Location = zone
	seen := map[string]string{}
	for _, name := range inFileOrder(c, "sources", raw.Sources) {
		path := join("sources", name)
		if !sourceName.MatchString(name) {
			c.add(c.at(path), fmt.Sprintf("%q cannot be the name of a source", name), "1 to 40 of A-Z, a-z, 0-9, _ and -")
		}
		if other, ok := seen[plainKey(name)]; ok {
			c.add(c.at(path), fmt.Sprintf("the names %s and %s are too alike", other, name), "environment variables tell them apart by letters and digits only")
		}
		seen[plainKey(name)] = name
		s := raw.Sources[name]
		c.source(path, name, zone, &s)
	}
}

func (c *checker) source(path, name string, zone *time.Location, raw *rawSource) {
	def := &adapter.Definition{Name: name, At: c.at(path), Location: zone}
	kinds := sources.Kinds()
	if c.required(raw.Kind, join(path, "kind"), "one of "+strings.Join(kinds, ", ")) {
		if c.kind(raw.Kind, kinds) {
			def.Kind = raw.Kind.Text
		}
	}
	if raw.Timezone.set() {
		def.Location = c.zone(raw.Timezone, join(path, "timezone"))
	}
	if c.required(raw.Mode, join(path, "mode"), "history: rows are events; net: one row a case, its present state") &&
		c.oneOf(raw.Mode, join(path, "mode"), string(adapter.History), string(adapter.Net)) {
		def.Mode = adapter.Mode(raw.Mode.Text)
	}
	conn, unread := c.connection(join(path, "connection"), def.Kind, &raw.Connection)
	c.events(def, join(path, "events"), &raw.Events)
	c.recipients(def, join(path, "recipients"), raw.Recipients)
	c.sourceProducent(def, path, raw)
	c.firstRun(def, join(path, "firstRun"), raw.FirstRun)
	c.pace(def, path, raw)
	c.sweep(def, path, raw)
	c.cfg.Sources = append(c.cfg.Sources, Source{Def: def, Conn: conn, ConnAt: c.at(join(path, "connection")), ServerAt: c.serverAt(join(path, "connection"), &raw.Connection), Unread: unread})
}

// kind checks the kind of database.
func (c *checker) kind(t text, kinds []string) bool {
	hint := ""
	switch strings.ToLower(t.Text) {
	case "mariadb":
		hint = "did you mean mysql? it reads MariaDB too"
	case "postgresql":
		hint = "did you mean postgres?"
	case "sqlserver", "sql server":
		hint = "did you mean mssql?"
	}
	if hint != "" {
		c.add(t.At, fmt.Sprintf("kind: %q is not known", t.Raw), hint)
		return false
	}
	return c.oneOf(t, "kind", kinds...)
}

// zone loads a timezone; nil if it is not known.
func (c *checker) zone(t text, path string) *time.Location {
	loc, err := time.LoadLocation(t.Text)
	if err != nil || t.Text == "" || t.Text == "Local" { // Local would depend on the machine
		c.add(t.At, fmt.Sprintf("%s: %q is not known", lastKey(path), t.Raw), "a name such as Europe/Stockholm or UTC")
		return nil
	}
	return loc
}

// firstRun checks what becomes of the rows that are there already.
func (c *checker) firstRun(def *adapter.Definition, path string, raw *rawFirstRun) {
	const hint = "baseline: publish nothing old; all: publish everything; { publishWhen: … }: publish what the expression is true for"
	switch {
	case raw == nil:
		c.required(text{}, path, hint)
	case raw.Word.set() && raw.PublishWhen.set():
		c.add(raw.Word.At, "firstRun is both a word and publishWhen", "choose one of them")
	case raw.PublishWhen.set():
		if c.required(raw.PublishWhen, join(path, "publishWhen"), "an expression, such as rad.Avslutad == nil") {
			def.FirstRun = adapter.FirstRun{Kind: adapter.When, PublishWhen: code(raw.PublishWhen)}
		}
	case raw.Word.Text == string(adapter.Baseline) || raw.Word.Text == string(adapter.All):
		def.FirstRun.Kind = adapter.FirstRunKind(raw.Word.Text)
	case raw.Word.set():
		c.add(raw.Word.At, fmt.Sprintf("firstRun: %q is not known", raw.Word.Raw), hint)
	default:
		c.required(text{}, join(path, "publishWhen"), hint)
	}
}
