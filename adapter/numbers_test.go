package adapter_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"arendebrygga/adapter"
	"arendebrygga/sink"
)

// place is a case: its number, and when it was made where that is told.
type place struct {
	arende string
	skapad any
}

// key is how the adapter knows the case.
func (p place) key() string {
	if p.skapad == nil {
		return p.arende
	}
	return fmt.Sprint(p.arende, "\x1f", p.skapad)
}

// life is one row for as long as it was in the table. After it its number may be another
// row's. No two have ever said the same.
type life struct {
	id     int
	place  place
	says   string
	tid    time.Time
	hemlig any
	there  bool

	unread  bool // it has changed since everything was read, or is back
	steady  bool // nothing but its recipients ever changed
	since   int  // when everything was read first with it, in times; 0: not yet
	read    bool // it may have been shown
	shown   bool // it was
	hidden  bool // it, or what its number was before, may have been taken back for ever
	barred  bool // it was
	version int
	places  map[string]bool      // that it was ever of, by their keys
	named   map[adapter.Key]bool // who has been a recipient of its case while it was there

	stood   []*standing // in net mode, where a life is a case's for as long as nobody can know that it is another one
	came    time.Time   // when it says that it was when it came to its status
	blurred int
	back    bool // it came back after that, and nobody has read it for certain
	anew    bool // perhaps it is another case from here on
	missed  bool // everything was read since it went
	era     int  // it was not there when an operator went on: perhaps, or surely, what comes next is another case
}

// numbers is a source that gives the numbers of its rows again, and moves rows from one case
// to another.
type numbers struct {
	*bench
	lives    []*life
	parties  map[place]map[adapter.Key]string // the recipients' names
	texts    map[string]*life                 // whose they are
	ids      map[string]adapter.ID            // that events had
	greatest int
	settled  int // how often everything was read
	resyncs  int

	had      map[string]map[adapter.ID]bool // in net mode, that events have ever had
	timeless bool                           // rows do not tell when they were written
	made     int                            // cases
	backup   *backup
	walking  bool // everything is being compared
}

// write has a row be written.
func (n *numbers) write(id int, p place, tid time.Time) {
	l := &life{id: id, place: p, tid: tid, hemlig: false, there: true, steady: true, places: map[string]bool{}, named: map[adapter.Key]bool{}}
	n.lives = append(n.lives, l)
	n.rewrite(l)
	l.unread, l.steady = false, true
	n.greatest = max(n.greatest, id)
}

// rewrite has a row say something else.
func (n *numbers) rewrite(l *life) {
	l.version++
	l.says = fmt.Sprintf("s%d.%d", slices.Index(n.lives, l), l.version)
	l.unread, l.steady = true, false
	n.texts[l.says] = l
}

// free tells whether a row is gone and its number no other's.
func (n *numbers) free(l *life) bool {
	return !slices.ContainsFunc(n.lives, func(o *life) bool { return o.there && o.id == l.id })
}

// table has the simulated database hold what is there now.
func (n *numbers) table() {
	n.rows = nil
	for _, l := range n.lives {
		if !l.there {
			continue
		}
		r := n.put(l.id, l.place.arende, l.says, l.tid)
		if n.timeless {
			r.tid = nil
		}
		r.skapad, r.hemlig = l.place.skapad, l.hemlig
		l.places[l.place.key()] = true
		l.hidden = l.hidden || l.hemlig == true && slices.ContainsFunc(n.lives, func(o *life) bool { return o.read && o.id == l.id })
		for _, name := range n.parties[l.place] {
			l.named[adapter.Key(name)] = true
		}
	}
	rows := map[string][]adapter.Row{}
	for p, set := range n.parties {
		rows[p.arende] = append(rows[p.arende], []adapter.Row{}...)
		for id, name := range set {
			r := adapter.Row{ID: id, Values: []any{name}}
			if p.skapad != nil {
				r.Values = append(r.Values, p.skapad)
			}
			rows[p.arende] = append(rows[p.arende], r)
		}
	}
	for arende := range rows {
		n.give(arende, rows[arende]...)
	}
}

// reads notes that the rows that are there may be shown.
func (n *numbers) reads() {
	for _, l := range n.lives {
		if n.def.Mode == adapter.Net && l.there {
			l.stand(false)
			n.lose(l)
		} else if n.walking {
			l.era = max(l.era, perhaps) // it may have been noticed at once
		}
		l.read = l.read || l.there && l.hemlig == false
	}
}

// settle polls and sweeps until everything was read. Where the source is stopped, or in
// doubt, an operator has everything compared.
func (n *numbers) settle(t *testing.T, rt *rapid.T) {
	for range 2 {
		n.now = n.now.Add(15 * time.Second)
		for try := range 4 {
			err := n.loop.Poll(t.Context())
			if err == nil {
				err = n.loop.Sweep(t.Context())
			}
			if err == nil {
				break
			}
			n.forget(err)
			if _, err := n.loop.Resync(t.Context(), false); err != nil || try == 3 {
				rt.Fatal(err)
			}
			n.resyncs++
		}
	}
	n.now = n.now.Add(n.def.Delay + time.Minute) // surely over, however long the polls took
	if err := n.loop.Poll(t.Context()); err != nil {
		rt.Fatal(err)
	}
	n.settled++
	n.walking = false
	for _, l := range n.lives {
		if l.missed = !l.there; n.def.Mode == adapter.Net && l.there {
			l.stand(true)
			l.back = false
		}
		if l.there {
			l.unread, l.barred = false, l.barred || l.shown && l.hemlig == true
			if l.since == 0 {
				l.since = n.settled
			}
		}
	}
}

// tale is an event as it is shown.
type tale struct {
	arende, old, new string
	id               adapter.ID
}

// told gives what somebody is shown.
func (n *numbers) told(t *testing.T, name adapter.Key) (tales []tale) {
	kund := adapter.Identity{Typ: adapter.Personnummer, Identifierare: kunder[name]}
	err := n.store.Events(t.Context(), sink.Query{Kund: &kund}, func(e *sink.Event) error {
		arende, text, _ := strings.Cut(rubrik(e), "|")
		old, ny, _ := strings.Cut(text, ">")
		tales = append(tales, tale{arende, old, ny, e.ID})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tales
}

// whoIs gives the id by which somebody is a recipient of a case; empty: by none.
func (n *numbers) whoIs(name adapter.Key, key string) adapter.Key {
	for p, set := range n.parties {
		for id, who := range set {
			if p.key() == key && who == string(name) {
				return id
			}
		}
	}
	return ""
}

// check holds what everybody is shown against what the rows are, and have been.
func (n *numbers) check(t *testing.T, rt *rapid.T) {
	if n.def.Mode == adapter.Net {
		n.checkNet(t, rt)
		return
	}
	keeps := n.def.Recipients.Changes.Removed == adapter.Keep
	for _, name := range slices.Sorted(maps.Keys(kunder)) {
		times, ids := map[string]int{}, map[adapter.ID]bool{}
		for _, e := range n.told(t, name) {
			if why := n.wrong(name, &e); why != "" || ids[e.id] {
				rt.Fatalf("%s is shown %s>%s of %q: %s", string(name), e.old, e.new, e.arende, why)
			}
			ids[e.id] = true
			times[e.new]++
		}
		for _, l := range n.lives {
			wanted := 0
			if l.there && l.hemlig == false && n.whoIs(name, l.place.key()) != "" {
				wanted = 1
			}
			got := times[l.says]
			blocked := slices.ContainsFunc(n.lives, func(o *life) bool { return o.hidden && o.id == l.id })
			if got < wanted && !blocked || got > wanted && l.there && !keeps || got > 1 && !keeps {
				rt.Fatalf("%s is shown %s, row %d of %q, %d times, want %d", string(name), l.says, l.id, l.place.key(), got, wanted)
			}
		}
	}
}
