package adapter_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"arendebrygga/adapter"
)

// standing is a status that a case in net mode may have been read at, and what is to be
// shown of it to those who are recipients now.
type standing struct {
	says    string
	certain bool // the case surely stood at it, if nobody was shown that
	must    bool // who is a recipient is shown it
	may     bool
	shown   bool                        // it was shown
	maybe   bool                        // it may have been
	forever bool                        // it is not to be shown any more, ever
	doubt   bool                        // perhaps it is not
	taken   bool                        // a baseline took it as it was
	closed  bool                        // a baseline came after it
	lost    bool                        // a baseline took it when it was back
	apart   bool                        // perhaps it was of another case, which is not known any more
	to      map[adapter.Key]adapter.Key // whom it was shown when everything was read last, as which recipient
}

// hide has a status that the case has left not be shown any more, for ever if that is certain.
func (s *standing) hide(certain bool) {
	s.must, s.doubt = false, true
	if certain && !s.apart {
		s.may, s.forever = false, true
	}
}

// at gives the standings that may be the one that the case is at when it is read, the last
// of them surely if the others are not.
func (l *life) at(certain bool) []*standing {
	n := len(l.stood)
	if n == 0 || l.stood[n-1].says != l.says || l.anew {
		l.stood, l.came, l.anew = append(l.stood, &standing{says: l.says, lost: l.anew, doubt: l.anew}), l.tid, false
	}
	if last := l.stood[len(l.stood)-1]; certain && !last.certain && !last.lost {
		last.certain = true
		for _, s := range slices.Backward(l.stood[:len(l.stood)-1]) {
			if s.says == l.says {
				last.certain = false
			}
			if s.certain {
				break
			}
		}
	}
	var at []*standing
	for _, s := range slices.Backward(l.stood) {
		if s.says == l.says {
			at = append(at, s)
		}
		if s.certain {
			break
		}
	}
	return at
}

// certainly gives the last standing that is certain.
func (l *life) certainly() *standing {
	for _, s := range slices.Backward(l.stood) {
		if s.certain {
			return s
		}
	}
	return nil
}

// stand has the case be read, or perhaps be read.
func (l *life) stand(certain bool) {
	at := l.at(certain)
	if l.hemlig == true {
		for _, s := range l.stood {
			if !slices.Contains(at, s) {
				s.hide(certain)
			}
		}
	}
	for i, s := range at {
		switch {
		case s.forever:
		case l.hemlig == false:
			s.may, s.maybe = true, true
			s.certain = s.certain && (certain || s.must) // what is held may be as if it had never been
			s.must = s.must || certain && i == 0 && s.certain && !s.doubt
		case l.hemlig == nil:
			s.must, s.may = false, s.may && !(certain && i == 0)
		default:
			s.must, s.may = false, s.may && (!certain || s.apart)
			s.doubt, s.forever = s.doubt || s.maybe, certain && s.certain && s.shown
		}
	}
}

// baselined has the case be taken as it is. What must not be published now is left as it was.
func (l *life) baselined() {
	n, last := len(l.stood), l.certainly()
	same, sure := n > 0 && l.stood[n-1].says == l.says, n == 0 || l.stood[n-1] == last
	switch {
	case l.hemlig != false:
		if l.hemlig == true || same {
			l.stand(true)
		}
		if !same && len(l.stood) > n {
			l.stood[n].certain = false
		}
	case !same || !sure:
		l.stood = append(l.stood, &standing{says: l.says, certain: true, taken: true, doubt: true, may: !sure, forever: sure})
	}
	for _, s := range l.stood {
		s.closed, s.lost = true, s.lost || l.back // what was gone and was not published again is not known once it moves on
		s.certain = s.certain && !s.lost
	}
}

// blur has nobody know whether the case goes on or began anew.
func (l *life) blur() {
	l.blurred++
	for _, s := range l.stood {
		s.apart = s.apart || l.era != 0
		s.must, s.certain = false, false
		s.may, s.forever = s.may || s.taken || s.forever, s.forever && !s.taken // of another case it is something else
	}
}

// owed tells whether somebody must, and may, be shown that a case came to a standing.
func (n *numbers) owed(name adapter.Key, l *life, s *standing) (must, may int) {
	id := n.whoIs(name, l.place.key())
	switch {
	case !s.may || !l.named[name], !l.there && n.def.OnMissing.Do == adapter.Withdraw:
		return 0, 0
	case l.there && id != "":
		shut := s.closed || l.hemlig != false || l.stood[len(l.stood)-1].forever      // who comes now has to wait, or gets nothing
		stays := s.to[name] == id && n.def.Recipients.Changes.Removed != adapter.Keep // who keeps it as the recipient that it was, may lose it to another one
		if s.must && (!shut || stays) {
			return 1, 1
		}
		return 0, 1
	case !l.there, s.apart && n.def.OnMissing.Do == adapter.Keep, n.def.Recipients.Changes.Removed == adapter.Keep:
		return 0, 1
	}
	return 0, 0
}

// lose notes that whoever is not a recipient as before may have been met so.
func (n *numbers) lose(l *life) {
	for _, s := range l.stood {
		maps.DeleteFunc(s.to, func(name, id adapter.Key) bool { return n.whoIs(name, l.place.key()) != id })
	}
}

// followed tells whether a case may have come from one status to another one.
func (l *life) followed(old, says string) bool {
	for i, s := range l.stood {
		if s.says != says {
			continue
		}
		if old == "" && !slices.ContainsFunc(l.stood[:i], func(s *standing) bool { return s.certain }) ||
			old != says && slices.ContainsFunc(l.stood[:i], func(s *standing) bool { return s.says == old }) {
			return true
		}
	}
	return false
}

// checkNet holds what everybody is shown against where the cases stand, and have stood.
func (n *numbers) checkNet(t *testing.T, rt *rapid.T) {
	for _, name := range slices.Sorted(maps.Keys(kunder)) {
		got, ids := map[[2]string]int{}, map[adapter.ID]bool{}
		for _, e := range n.told(t, name) {
			if ids[e.id] {
				rt.Logf("%s is shown %s>%s of %q twice", string(name), e.old, e.new, e.arende)
				rt.FailNow()
			}
			ids[e.id] = true
			if !slices.ContainsFunc(n.lives, func(l *life) bool {
				if l.place.key() != e.arende || !l.followed(e.old, e.new) {
					return false
				}
				_, may := 0, 0
				for _, s := range l.stood {
					if _, m := n.owed(name, l, s); s.says == e.new {
						may += m
					}
				}
				return may > 0
			}) {
				rt.Logf("%s is shown %s>%s of %q, which is not so", string(name), e.old, e.new, e.arende)
				rt.FailNow()
			}
			got[[2]string{e.arende, e.new}]++
			key := fmt.Sprint(string(n.whoIs(name, e.arende)), "/", string(name), e.arende, e.new)
			if n.had[key] == nil {
				n.had[key] = map[adapter.ID]bool{}
			}
			if n.inhabited(e.arende) { // else its recipients are not looked at
				n.had[key][e.id] = true
			}
			times := 0
			for _, l := range n.lives {
				for _, s := range l.stood {
					if l.place.key() == e.arende && s.says == e.new {
						times += 1 + l.blurred
					}
				}
			}
			if len(n.had[key]) > times && n.def.Recipients.Changes.Removed != adapter.Keep { // who keeps it has it as the recipient that it was
				rt.Logf("%s>%s of %q has another id than before", e.old, e.new, e.arende)
				rt.FailNow()
			}
		}
		n.count(rt, name, got)
	}
}

// count wants as much shown as is owed.
func (n *numbers) count(rt *rapid.T, name adapter.Key, got map[[2]string]int) {
	type sum struct{ must, may int }
	owed, barred := map[[2]string]sum{}, map[[2]string]bool{}
	for _, l := range n.lives {
		for _, s := range l.stood {
			must, may := n.owed(name, l, s)
			key := [2]string{l.place.key(), s.says}
			owed[key] = sum{owed[key].must + must, owed[key].may + may}
			barred[key] = barred[key] || s.forever || s.doubt // what another case of the number says at the same time has the id of that
		}
	}
	for key, o := range owed {
		if got[key] < o.must && !barred[key] || got[key] > o.may {
			rt.Logf("%s is shown %s of %q %d times, want %d to %d", string(name), key[1], key[0], got[key], o.must, o.may)
			rt.FailNow()
		}
	}
	for _, l := range n.lives {
		for _, s := range l.stood {
			if s.to == nil {
				s.to = map[adapter.Key]adapter.Key{}
			}
			key := [2]string{l.place.key(), s.says}
			if s.to[name] = ""; got[key] > 0 && got[key] == owed[key].may {
				s.to[name], s.shown = n.whoIs(name, l.place.key()), true
			}
		}
	}
}
