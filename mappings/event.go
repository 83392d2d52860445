package mappings

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"arendebrygga/adapter"
)

// event is one compiled kundhändelsetyp of a mapping.
type event struct {
	step    string
	where   string // for reasons: file, line and step
	to      []pattern
	from    []pattern  // nil: any status before
	nar     *condition // nil: every row
	roles   roles
	kraver  bool
	klart   bool
	texts   []language
	tags    []string
	extra   *document // utokadInformation; nil: none
	refs    *document // referenser besides producentReferens; nil: none
	at      place
	leadsTo []*node
	before  []*node // tidigare: what the step was called
}

// language is what an event says in one language.
type language struct {
	sprak       string
	rubrik      *template
	beskrivning *template
}

// Lengths of texts in characters. The standard gives that of rubrik; it has none for
// beskrivning, and 4,000 is more than anybody reads.
const (
	maxRubrik      = 255
	maxBeskrivning = 4000
)

var eventKeys = []string{"steg", "namn", "start", "till", "fran", "nar", "mottagare", "bollen", "kraverKundatgard", "klart", "rubrik",
	"beskrivning", "oversattningar", "taggar", "utokadInformation", "referenser", "lederTill", "tidigare"}

// events reads handelser.
func (r *reader) events(k keys, m *mapping) []*event {
	if _, ok := k.need("handelser", "the kundhändelsetyper of this kind of case"); !ok {
		return nil
	}
	var out []*event
	for _, n := range k.items("handelser") {
		if one, ok := r.keysOf(n, "the event", eventKeys...); ok {
			out = append(out, r.event(one, m))
		}
	}
	return out
}

func (r *reader) event(k keys, m *mapping) *event {
	e := &event{at: k.at, roles: m.roles, tags: m.tags}
	if n, ok := k.text("steg", "the last field of the kundhändelsetyp, such as KOMPLETTERING_BEGARD"); ok && r.identifier(n, "steg") {
		e.step, e.at = n.text, n.at
		r.length(n, e.step, m)
	}
	e.where = fmt.Sprintf("%s:%d %s", filepath.Base(r.name), e.at.line, e.step)
	k.fixed("namn", "what people call this step")
	k.flag("start")
	if _, ok := k.need("till", `the statuses that make this event, such as ["KOMP/*/*"]`); ok {
		e.to = k.patterns("till", r.status, false)
	}
	e.from = r.before(k)
	e.nar = r.condition(k, "nar", r.inner)
	if n := k.field["mottagare"]; n != nil {
		e.roles = r.roles(k, n)
	}
	r.ball(k, e)
	e.texts = r.texts(k)
	e.tags = union(e.tags, r.tags(k))
	e.extra = r.information(k, "utokadInformation")
	e.refs = r.information(k, "referenser")
	e.leadsTo, e.before = k.words("lederTill"), k.words("tidigare")
	r.lookedBack(e.at)
	return e
}

// length holds the length of the finished kundhändelsetyp.
func (r *reader) length(step *node, id string, m *mapping) {
	for _, t := range m.types {
		for _, p := range r.producents() {
			if typ := p.Aktor + "." + t.id + "." + id; len(typ) > 200 {
				r.wrong(step.at, "the kundhändelsetyp is longer than 200 characters", "")
				return
			}
		}
	}
}

// before reads fran, and warns of what a net source cannot see.
func (r *reader) before(k keys) []pattern {
	from := k.patterns("fran", r.status, true)
	if n := k.field["fran"]; n != nil {
		r.blind(n.at, "fran")
	}
	return from
}

// ball reads who acts next: bollen, or the two booleans that it stands for.
func (r *reader) ball(k keys, e *event) {
	var given [2]bool
	e.kraver, given[0] = k.flag("kraverKundatgard")
	e.klart, given[1] = k.flag("klart")
	_, hasKraver := k.key["kraverKundatgard"]
	_, hasKlart := k.key["klart"]
	n, hasBall := k.field["bollen"]
	switch {
	case hasBall && (hasKraver || hasKlart):
		r.wrong(n.at, "bollen stands beside kraverKundatgard or klart", "write either bollen or both of the others")
	case hasBall:
		if n, ok := k.text("bollen", ""); ok {
			e.kraver, e.klart = n.text == "hos_kunden", n.text == "i_mal"
			if !e.kraver && !e.klart && n.text != "hos_oss" {
				r.wrong(n.at, fmt.Sprintf("bollen cannot be %s", n.text), adapter.Suggest(n.text, []string{"hos_oss", "hos_kunden", "i_mal"}))
			}
		}
	case hasKraver && hasKlart:
		if e.kraver && e.klart && given[0] && given[1] {
			r.warn(k.key["klart"], "the case is finished and yet the kund has to act", "allowed, but seldom meant")
		}
	case k.meant("bollen"), k.meant("kraverKundatgard"), k.meant("klart"):
		// A misspelt key is reported already, and may be the one that lacks.
	case hasKraver:
		r.wrong(k.at, "the event lacks klart", "it stands beside kraverKundatgard; or write bollen instead of both")
	case hasKlart:
		r.wrong(k.at, "the event lacks kraverKundatgard", "it stands beside klart; or write bollen instead of both")
	default:
		r.wrong(k.at, "the event lacks bollen", "who acts next: hos_oss, hos_kunden or i_mal")
	}
}

// texts reads rubrik, beskrivning and their translations, Swedish first.
func (r *reader) texts(k keys) []language {
	out := []language{r.language(k, swedish)}
	n := k.field["oversattningar"]
	if n == nil || !r.expect(n, "oversattningar", anObject) {
		return out
	}
	done := map[string]bool{}
	for _, fl := range n.fields {
		code := fl.key
		switch {
		case done[code]:
			r.wrong(fl.at, code+" stands twice in oversattningar", "")
			continue
		case code == swedish:
			r.wrong(fl.at, "Swedish is no translation", "rubrik and beskrivning of the event itself are in Swedish")
			continue
		case len(code) != 2 || !strings.Contains(languages, " "+code+" "):
			hint := "two small letters, such as en, fi or ar"
			if short := strings.ToLower(code[:min(2, len(code))]); strings.Contains(languages, " "+short+" ") && len(short) == 2 {
				hint = "did you mean " + short + "?"
			}
			r.wrong(fl.at, fmt.Sprintf("%q is no language of ISO 639-1", code), hint)
			continue
		}
		done[code] = true
		if one, ok := r.keysOf(fl.value, "the translation "+code, "rubrik", "beskrivning"); ok {
			out = append(out, r.language(one, code))
		}
	}
	return out
}

func (r *reader) language(k keys, code string) language {
	l := language{sprak: code}
	read := func(key string, limit int) *template {
		n, ok := k.text(key, "")
		if !ok {
			return nil
		}
		r.cut(n)
		t := r.template(n, code)
		if t != nil && t.shortest() > limit {
			r.wrong(n.at, fmt.Sprintf("%s is longer than %d characters", key, limit), "")
		}
		return t
	}
	l.rubrik, l.beskrivning = read("rubrik", maxRubrik), read("beskrivning", maxBeskrivning)
	return l
}

// cutText is a # that hardly begins a comment: "Ansökan nr #12".
var cutText = regexp.MustCompile(`^[^"'|>].*\s#\S`)

// cut warns of a text without quotes that a # ends.
func (r *reader) cut(n *node) {
	if cutText.MatchString(r.lines.rest(n.at)) {
		r.warn(n.at, "the text ends before the #, which begins a comment", `if it belongs to the text, put the text in quotes: "…"`)
	}
}

// shortest counts the characters that the text has whatever its values are.
func (t *template) shortest() int {
	n := 0
	for _, s := range t.segments {
		n += utf8.RuneCountInString(s.text)
	}
	return n
}

// information reads utokadInformation or referenser.
func (r *reader) information(k keys, key string) *document {
	n := k.field[key]
	if n == nil || !r.expect(n, key, anObject) || r.inner == nil {
		return nil
	}
	for _, fl := range n.fields {
		if key == "referenser" && fl.key == producentReferens {
			r.wrong(fl.at, producentReferens+" is filled in by itself", "it is the first of arenden")
		}
	}
	return r.document(n, key, r.inner)
}

// union adds what is not there yet.
func union(a, b []string) []string {
	out := append([]string(nil), a...)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
