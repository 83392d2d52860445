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

// heldCase is what the adapter should make of a case in net mode whose changes are
// held: each change is shown once if the case still stands at it when it is due. A
// status that is not for the kund is as if it had not been if the case is back within
// the delay.
type heldCase struct {
	shown   []string
	status  string // last shown
	passing []passing
	held    string // "" if none is
	due     time.Time
}

type passing struct {
	from, to string
	due      time.Time
}

// at is where the case stands, but for what is held.
func (c *heldCase) at() string {
	if n := len(c.passing); n > 0 {
		return c.passing[n-1].to
	}
	return c.status
}

// see tells the model what a poll finds the case at.
func (c *heldCase) see(status string, now time.Time) {
	if c.held == status {
		return
	}
	if c.held = ""; status == c.at() {
		return
	}
	for i, p := range slices.Backward(c.passing) {
		if !now.Before(p.due) {
			break
		}
		if p.from == status {
			c.passing = c.passing[:i]
			return
		}
	}
	if status == "unknown" || status == "skipped" {
		c.passing = append(c.passing, passing{c.at(), status, now.Add(delay)})
		return
	}
	c.held, c.due = status, now.Add(delay)
}

// release is told what the row says when the poll looks for what is due.
func (c *heldCase) release(status string, now time.Time) {
	if c.held == "" || now.Before(c.due) {
		return
	}
	if c.held == status {
		c.shown = append(c.shown, c.at()+">"+status)
		c.status, c.held, c.passing = status, "", nil
	}
	c.see(status, now)
}

// later lets time go by, never so that a delay ends within the second of a poll.
func (b *bench) later(rt *rapid.T) {
	b.now = b.now.Add(time.Duration(rapid.IntRange(0, 12).Draw(rt, "minutes"))*time.Minute + time.Second)
}

// TestHeldNetAgainstModel moves a case at random, also between the poll and the look
// at what is due, with cuts, restarts and commits that fail although they are written.
func TestHeldNetAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := delayed(t, adapter.Net)
		model := heldCase{shown: []string{">a"}, status: "a"}
		move := func() {
			if status := rapid.SampledFrom([]string{"a", "b", "c", "skipped", "unknown"}).Draw(rt, "status"); status != b.rows[0].status {
				b.move(status)
			}
		}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			b.later(rt)
			if rapid.Bool().Draw(rt, "moves") {
				move()
			}
			fault := rapid.IntRange(0, 5).Draw(rt, "fault")
			b.falter(t, fault)
			found := b.rows[0].status
			if fault == 0 || fault > 3 {
				reads := b.reads
				b.beforeRows = func() {
					if b.reads > reads { // not when the poll begins
						move()
					}
				}
			}
			_ = b.loop.Poll(t.Context())
			b.loop.Store, b.fail, b.failRows, b.beforeRows = b.store, nil, nil, nil
			model.see(found, b.now)
			model.release(b.rows[0].status, b.now)
			if err := b.loop.Poll(t.Context()); err != nil { // as nothing fails any more
				rt.Fatal(err)
			}
			model.see(b.rows[0].status, b.now)
			if got := b.events(t, "alva"); !slices.Equal(got, model.shown) {
				rt.Fatalf("events %v, want %v", got, model.shown)
			}
		}
	})
}

// falter starts the loop anew (0), or has its next poll fail (1, 2, 3).
func (b *bench) falter(t *testing.T, fault int) {
	switch fault {
	case 0:
		b.open(t)
	case 1:
		b.fail = errors.New("cut")
	case 2:
		b.failRows = errors.New("cut")
	case 3:
		b.loop.Store = &faltering{Store: b.store, fail: true}
	}
}

// TestHeldHistoryAgainstModel writes rows of a case and deletes some of them. Those
// that are there when they are due are shown, each once and after the one before.
func TestHeldHistoryAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := delayed(t, adapter.History)
		first := []time.Time{{}} // when each row was first seen; zero: it is settled
		shown := []bool{true}
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			b.later(rt)
			for range rapid.IntRange(0, 3).Draw(rt, "new") {
				id := len(b.rows) + 1
				b.put(id, "A1", fmt.Sprint("s", id), day(9, 0))
				first, shown = append(first, b.now), append(shown, false)
			}
			b.put(len(b.rows)+1, "B1", "stays", day(9, 0)) // that the newest rows are gone is another matter
			first, shown = append(first, time.Time{}), append(shown, false)
			for range rapid.IntRange(0, 2).Draw(rt, "deleted") {
				row := &b.rows[rapid.IntRange(0, len(b.rows)-1).Draw(rt, "row")]
				row.committed = row.arende == "B1"
			}
			b.falter(t, rapid.IntRange(0, 5).Draw(rt, "fault"))
			_ = b.loop.Poll(t.Context())
			b.loop.Store, b.fail, b.failRows = b.store, nil, nil
			if err := b.loop.Poll(t.Context()); err != nil {
				rt.Fatal(err)
			}
			before, wanted := "", []string{}
			for i := range b.rows {
				if !first[i].IsZero() && b.now.Sub(first[i]) >= delay {
					first[i], shown[i] = time.Time{}, b.rows[i].committed
				}
				if shown[i] {
					wanted = append(wanted, before+">"+b.rows[i].status)
					before = b.rows[i].status
				}
			}
			if got := b.events(t, "alva"); !slices.Equal(got, wanted) {
				rt.Fatalf("events %v, want %v", got, wanted)
			}
		}
	})
}
