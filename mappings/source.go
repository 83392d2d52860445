package mappings

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"arendebrygga/adapter"
)

// rules are those of one source.
type rules struct {
	def        *adapter.Definition
	producents map[string]adapter.Producent
	publish    *condition
	withdraw   *condition // nil: never
	first      *condition // nil: not asked
	people     *people
	mappings   []*mapping
	scope      *scope
	served     bool     // a file is about this source
	pieces     []string // what the hash is made of
	hash       string

	mu   sync.Mutex // guards what follows, which judging one change uses
	eval *evaluator
	memo map[string][]hits
	key  []byte
}

// hits are what a status means to one mapping: the events whose patterns take it, in
// order, and whether ignorera does.
type hits struct {
	events  []*event
	ignored bool
	near    string // if neither: a pattern of almost the same spelling, and where
}

// always is what publishWhen says to publish everything; it has to be typed out.
const always = "always"

// typPattern is the form of a kundhändelsetyp (standard 6.1).
var typPattern = regexp.MustCompile(`^[A-Z]+(?:\.[A-Z0-9_]+){2}$`)

// source compiles what a source's own definition says.
func (l *loader) source(def *adapter.Definition, producenter []adapter.Producent) {
	r := &rules{def: def, scope: newScope(def.Columns, def.Location, statusNames), producents: map[string]adapter.Producent{}}
	l.rules[def.Name] = r
	for _, p := range producenter {
		if def.ProducentColumn == "" && p.ID != def.Producent {
			continue
		}
		r.producents[p.ID] = p
		if !typPattern.MatchString(p.Aktor + ".A.B") {
			l.problems = append(l.problems, adapter.Problem{At: def.At, Message: fmt.Sprintf("the aktor %q cannot begin a kundhändelsetyp", p.Aktor), Hint: "A–Z only, such as KOMMUN"})
		}
	}
	compile := func(code adapter.Code, key string, build func(src, key, where string) (*condition, []fault)) *condition {
		where := key
		if code.At.Line > 0 {
			where = fmt.Sprintf("%s:%d %s", filepath.Base(code.At.File), code.At.Line, key)
		}
		c, found := build(code.Text, key, where)
		configured(code, found, &l.problems)
		if r.lookedBack() {
			l.problems = append(l.problems, adapter.Problem{At: code.At, Message: key + ": " + r.blindness("gammal"), Hint: blindHint, Warning: true})
		}
		return c
	}
	switch text := strings.TrimSpace(def.PublishWhen.Text); {
	case text == always:
		r.publish = &condition{yes: true}
	case strings.EqualFold(text, always):
		l.problems = append(l.problems, adapter.Problem{At: def.PublishWhen.At, Message: fmt.Sprintf("publishWhen: %q is not known", text), Hint: "did you mean " + always + "?"})
	case text == "":
		l.problems = append(l.problems, adapter.Problem{At: def.At, Message: fmt.Sprintf("the source %s lacks publishWhen", def.Name),
			Hint: "say which rows may be published, such as rad.Sekretess == false, or write always"})
	default:
		r.publish = compile(def.PublishWhen, "publishWhen", r.scope.condition)
	}
	if def.WithdrawWhen.Text != "" {
		r.withdraw = compile(def.WithdrawWhen, "withdrawWhen", r.scope.anyOf)
	}
	if def.FirstRun.Kind == adapter.When {
		r.first = compile(def.FirstRun.PublishWhen, "firstRun.publishWhen", r.scope.condition)
	}
	r.people = &people{rule: def.Recipients, columns: def.Columns}
	if def.Recipients.Query != "" {
		r.people.columns = def.Recipients.Columns
	}
	if def.Recipients.Identity.OrganisationWhen.Text != "" {
		own := newScope(r.people.columns, def.Location)
		r.people.organisation = compile(def.Recipients.Identity.OrganisationWhen, "organisationWhen", own.condition)
		r.people.eval = newEvaluator(own)
	}
	r.people.resolve()
	for _, code := range []adapter.Code{def.PublishWhen, def.WithdrawWhen, def.FirstRun.PublishWhen, def.Recipients.Identity.OrganisationWhen} {
		r.pieces = append(r.pieces, code.Text)
	}
	r.pieces = append(r.pieces, fmt.Sprint(def.Recipients.Role, def.Recipients.Identity.Column, def.Recipients.Identity.Tillagg, def.Recipients.Identity.Century))
}

// finish makes what judging needs, once all files are read.
func (r *rules) finish() {
	slices.Sort(r.pieces[5:])
	h := sha256.New()
	for _, piece := range r.pieces {
		fmt.Fprintf(h, "%d:%s", len(piece), piece)
	}
	r.hash = hex.EncodeToString(h.Sum(nil)[:16])
	r.eval = newEvaluator(r.scope)
	r.memo = map[string][]hits{}
}

// Hash identifies the rules: the conditions in the source's definition, how its
// recipients are read, and the bytes of the mapping files. A comment changes it: it
// tells which files judged a change, not whether another would have judged alike.
func (r *rules) Hash() string { return r.hash }

// Columns gives the event columns that conditions and texts read. Those that only
// tell who the recipient is are not among them.
func (r *rules) Columns() []int {
	var out []int
	for i, used := range r.scope.use.columns {
		if used {
			out = append(out, i)
		}
	}
	return out
}
