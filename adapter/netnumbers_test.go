package adapter_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"arendebrygga/adapter"
)

// last gives who was under a case's number last; nil: nobody.
func (n *numbers) last(p place) *life {
	for _, l := range slices.Backward(n.lives) {
		if l.place == p {
			return l
		}
	}
	return nil
}

// present gives the case that has a number now; nil: none has.
func (n *numbers) present(arende string) *life {
	at := slices.IndexFunc(n.lives, func(l *life) bool { return l.there && l.place.arende == arende })
	if at < 0 {
		return nil
	}
	return n.lives[at]
}

// begin has a row come under a case's number, where none is.
func (n *numbers) begin(p place, says string, tid time.Time) *life {
	l := n.last(p)
	asItWas := l != nil && l.says == says && (n.timeless || l.tid.Equal(tid))
	touched := asItWas && !n.timeless && !l.came.Equal(tid)
	var now *standing
	if l != nil {
		now = l.certainly()
	}
	switch noticed := l != nil && l.missed && n.def.OnMissing.Do == adapter.Withdraw; {
	case l == nil, l.era == surely && !asItWas && !l.unread, noticed && l.era == 0 && !asItWas && !l.unread && !l.back && now != nil && now == l.stood[len(l.stood)-1] && now.must && !now.closed:
		n.write(n.greatest+1, p, tid)
		l = n.lives[len(n.lives)-1]
	case l.era != 0, noticed && (!asItWas || touched || l.unread || l.back):
		l.blur()
		l.anew = l.era != 0
	case !asItWas:
		for _, s := range l.stood {
			s.must = false // nobody knows that it is another one, or whose it was
		}
	}
	n.greatest = max(n.greatest, n.greatest+1)
	l.back = l.missed
	l.id, l.says, l.tid, l.there, l.missed, l.era, l.hemlig, l.unread = n.greatest, says, tid, true, false, 0, false, true
	return l
}

// How certain it is that what comes next under a case's number is another one.
const (
	perhaps = 1
	surely  = 2
)

// forget notes, before an operator goes on after an error, which cases are not there.
func (n *numbers) forget(err error) {
	era := perhaps
	if halt := (*adapter.Halt)(nil); errors.As(err, &halt) && slices.Contains([]string{"database-set-back", "rows-reused"}, halt.Reason) {
		era = surely
	}
	for _, l := range n.lives {
		if !l.there {
			l.era = max(l.era, era)
		}
	}
}

// status draws what a case says next: something new, or what it or another one of its
// number has said before.
func (n *numbers) status(rt *rapid.T, p place) string {
	var said []string
	for _, l := range n.lives {
		if l.place.arende == p.arende {
			for _, s := range l.stood {
				said = append(said, s.says)
			}
		}
	}
	if len(said) > 0 && rapid.IntRange(0, 2).Draw(rt, "said before") == 0 {
		return rapid.SampledFrom(said).Draw(rt, "status")
	}
	n.made++
	return fmt.Sprint("s", n.made)
}

// draw gives a case, in a source where they tell when they were made one that is there,
// or a new one.
func (n *numbers) draw(rt *rapid.T) place {
	p := place{arende: rapid.SampledFrom([]string{"A", "B", "C"}).Draw(rt, "case")}
	if n.def.Created == "" {
		return p
	}
	if l := n.present(p.arende); l != nil {
		return l.place
	}
	n.made++
	p.skapad = n.made
	n.parties[p] = map[adapter.Key]string{"p0": rapid.SampledFrom([]string{"alva", "bo"}).Draw(rt, "party")}
	return p
}

// change has a case begin, or be at another status, with a cursor that moves or not.
func (n *numbers) change(rt *rapid.T) {
	p, tid := n.draw(rt), day(9, 0).Add(time.Duration(n.made)*time.Second)
	says := n.status(rt, p)
	n.made++
	if rapid.IntRange(0, 5).Draw(rt, "late") == 0 {
		tid = tid.Add(-time.Hour)
	}
	l := n.present(p.arende)
	if l != nil && len(l.stood) == 0 { // nobody has read what it was
		n.lives = slices.DeleteFunc(n.lives, func(o *life) bool { return o == l })
		l = nil
	}
	if l == nil {
		n.begin(p, says, tid)
		return
	}
	if l.back {
		l.blur() // nobody has read that it was back
	}
	if n.timeless && l.unread { // it may say again what the one before said
		n.merge(l)
	}
	if l.says, l.tid, l.unread = says, tid, true; rapid.IntRange(0, 4).Draw(rt, "untouched") > 0 {
		n.greatest++
		l.id = n.greatest
	}
}

// stepNet has something happen to the cases of a source in net mode.
func (n *numbers) stepNet(t *testing.T, rt *rapid.T) {
	there := func(l *life) bool { return l.there }
	switch rapid.IntRange(0, 13).Draw(rt, "what") {
	case 0, 1, 2, 3:
		n.change(rt)
	case 4:
		n.pick(rt, there, func(l *life) { l.there, l.missed = false, l.back })
	case 5: // a row is moved to another case
		n.pick(rt, there, func(l *life) {
			to := place{rapid.SampledFrom([]string{"A", "B", "C"}).Draw(rt, "to"), l.place.skapad}
			if n.present(to.arende) != nil {
				return
			}
			if n.parties[to] == nil {
				n.parties[to] = map[adapter.Key]string{"p1": "cilla"}
			}
			l.there, l.missed = false, l.back
			n.begin(to, l.says, l.tid).hemlig = l.hemlig
		})
	case 6: // or comes back as it was
		n.pick(rt, func(l *life) bool { return !l.there && n.last(l.place) == l && n.present(l.place.arende) == nil }, func(l *life) {
			others := n.def.Recipients.Query == "" && !l.came.Equal(l.tid) // it has been touched, and may have other recipients now
			if l.era != 0 || l.missed && (l.unread || others) {
				l.anew = l.era != 0
				l.blur()
			}
			n.greatest = max(n.greatest, l.id)
			l.there, l.back, l.missed, l.era = true, l.missed, false, 0
		})
	case 7, 8:
		n.party(rt, n.draw(rt))
	case 9:
		n.pick(rt, there, func(l *life) {
			n.greatest++
			l.unread, l.id, l.hemlig = true, n.greatest, rapid.SampledFrom([]any{false, false, nil, true}).Draw(rt, "hemlig")
		})
	case 10:
		n.open(t)
		n.loop.Rules = tellingCase{}
	case 11:
		n.now = n.now.Add(10 * time.Minute)
		n.greatest++
		p := place{arende: fmt.Sprint("N", n.made)}
		if n.made++; n.def.Created != "" {
			p.skapad = n.made
		}
		n.write(n.greatest, p, day(9, 0))
	case 12:
		switch rapid.IntRange(0, 3).Draw(rt, "order") {
		case 0:
			n.takeAll(t, rt)
		case 1:
			n.pick(rt, func(l *life) bool {
				return l.there && len(l.stood) > 0 && l.certainly() == l.stood[len(l.stood)-1] && l.certainly().says == l.says && l.certainly().shown && l.certainly().may
			}, func(l *life) { n.takeBack(t, rt, l) })
		default:
			if _, err := n.loop.Resync(t.Context(), false); err != nil {
				rt.Fatal(err)
			}
			n.walking = true
		}
	case 13:
		if rapid.Bool().Draw(rt, "restore") {
			n.restore(t, rt)
		} else {
			n.backUp()
		}
	}
}

// takeBack has an operator take back the change that a case stands at.
func (n *numbers) takeBack(t *testing.T, rt *rapid.T, l *life) {
	_, known, err := n.store.Known(n.def.Name, nil, []adapter.Key{adapter.Key(l.place.key())})
	if err == nil && known[0].Change != 0 {
		err = n.loop.Withdraw(t.Context(), []uint64{known[0].Change})
		s := l.certainly()
		s.must, s.may, s.forever = false, false, true
	}
	if err != nil {
		rt.Fatal(err)
	}
}

// TestNetNumbersAgainstModel does so in net mode, where rows are cases, with delays, baselines
// and whole restores, and a process that is killed at its commits.
func TestNetNumbersAgainstModel(t *testing.T) {
	drawTheSame(t)
	rapid.Check(t, func(rt *rapid.T) {
		n, _ := drawNumbers(t, rt, adapter.Net)
		n.timeless = rapid.Bool().Draw(rt, "timeless")
		n.def.Delay = rapid.SampledFrom([]time.Duration{0, 0, delay}).Draw(rt, "delay")
		n.def.FirstRun.Kind = rapid.SampledFrom([]adapter.FirstRunKind{adapter.All, adapter.Baseline}).Draw(rt, "first run")
		for range rapid.IntRange(0, 3).Draw(rt, "old") {
			n.change(rt)
		}
		n.table()
		if err := n.loop.Poll(t.Context()); err != nil {
			rt.Fatal(err)
		}
		for _, l := range n.lives {
			if n.def.FirstRun.Kind == adapter.All {
				l.stand(false)
			} else {
				l.baselined()
			}
		}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			n.stepNet(t, rt)
			n.table()
			polled := rapid.IntRange(0, 4).Draw(rt, "polled")
			if polled == 0 {
				continue
			}
			n.reads()
			if polled <= 2 {
				store := &mortal{Store: n.store, left: rapid.IntRange(1, 4).Draw(rt, "commits"), written: rapid.Bool().Draw(rt, "written")}
				n.loop.Store = store
				n.now = n.now.Add(15 * time.Second)
				_ = n.loop.Poll(t.Context())
				if n.loop.Store = n.store; store.left <= 0 {
					n.open(t)
					n.loop.Rules = tellingCase{}
				}
				if polled == 1 {
					continue
				}
			}
			n.settle(t, rt)
			n.check(t, rt)
		}
	})
}
