package main

import (
	"fmt"
	"time"

	"arendebrygga/adapter"
)

// A source that has not been polled for so many intervals is not ready, and one whose
// loop has shown no sign of life for as long hangs.
const missedPolls = 5

// leastInterval is what a shorter poll counts as: one that comes every tenth of a
// second may well take longer than five of them.
const leastInterval = time.Second

// reason is one thing that keeps the process from being ready. Nothing in it is
// personal.
type reason struct {
	Source string    `json:"source,omitempty"` // empty: all of them
	Code   string    `json:"code"`
	Since  time.Time `json:"since,omitzero"`
	Detail string    `json:"detail"`
}

// The codes of reasons.
const (
	notStored   = "store"     // what is kept cannot be read or written
	notGoing    = "stopped"   // an operator must choose how to go on, or mend something
	notThrough  = "first-run" // what was there at the start is not read yet, so that answers lack it
	notPolled   = "no-poll"   // no complete poll for too long
	heldTooLong = "overhold"  // a transaction is open for longer than maxHold
)

// String gives one line to read.
func (r reason) String() string {
	s := r.Code
	if r.Source != "" {
		s = r.Source + ": " + s
	}
	if !r.Since.IsZero() {
		s += " since " + r.Since.Format(time.RFC3339)
	}
	return s + ": " + r.Detail
}

// unready says why a source is not ready; nothing if it is. begun is when the process
// did: what was not polled before can only be missed since then.
func unready(def *adapter.Definition, st *adapter.Status, begun, now time.Time) (reasons []reason) {
	add := func(code string, since time.Time, detail string) {
		if !since.IsZero() {
			since = since.In(def.Location).Truncate(time.Second)
		}
		reasons = append(reasons, reason{Source: def.Name, Code: code, Since: since, Detail: detail})
	}
	polled := st.Polled
	if polled.IsZero() {
		polled = begun
	}
	switch {
	case st.Halted != nil:
		add(notGoing, st.Halted.At, st.Halted.Reason+": "+st.Halted.Detail)
	case st.Phase == adapter.New || st.Phase == adapter.FirstPass || st.Phase == adapter.Resyncing && st.CaughtUp.IsZero():
		add(notThrough, begun, "what was there at the start has not all been read yet: "+why(st, def.Location))
	case overdue(def, polled, now):
		add(notPolled, polled, fmt.Sprintf("no complete poll for %d intervals of %s: %s", missedPolls, shortDuration(interval(def)), why(st, def.Location)))
	}
	if st.Overhold {
		add(heldTooLong, st.Opened, fmt.Sprintf("a transaction has been open for longer than maxHold, %s, and %s; look for it in the database", shortDuration(def.MaxHold), overheld(st.Blocks)))
	}
	return reasons
}

// overheld says what follows from a transaction that is open for longer than maxHold.
func overheld(blocks bool) string {
	if blocks {
		return "nothing that was written since it began is published before it has ended"
	}
	return "is no longer waited for: the next sweep after it has ended finds what it wrote"
}

// why tells what a source that is behind is doing instead.
func why(st *adapter.Status, zone *time.Location) string {
	switch {
	case st.Failures > 0:
		return fmt.Sprintf("%s since %s: %s", plural(st.Failures, "failure"), seconds(st.Failing, zone).Format(time.RFC3339), st.Error)
	case st.Doing == adapter.Walking && st.Phase == adapter.Resyncing:
		return fmt.Sprintf("a resync is under way and has read %s", plural(int(st.Progress), "row"))
	case st.Doing == adapter.Walking:
		return fmt.Sprintf("a poll is under way and has read %s", plural(int(st.Progress), "row"))
	}
	return string(st.Doing)
}

func interval(def *adapter.Definition) time.Duration { return max(def.Poll, leastInterval) }

// overdue tells whether more than five intervals of a source's allowed hours have
// gone by.
func overdue(def *adapter.Definition, since, now time.Time) bool {
	limit := missedPolls * interval(def)
	hours := def.Limits.AllowedHours
	if hours == (adapter.Hours{}) {
		return now.Sub(since) > limit
	}
	// A day may have an hour more or less, so each one's hours are taken by the clock.
	day := since.In(def.Location).AddDate(0, 0, -1)
	length := 0
	if hours.To <= hours.From {
		length = 1
	}
	var passed time.Duration
	for ; !day.After(now.AddDate(0, 0, 1)) && passed <= limit; day = day.AddDate(0, 0, 1) {
		open := time.Date(day.Year(), day.Month(), day.Day(), 0, hours.From, 0, 0, def.Location)
		shut := time.Date(day.Year(), day.Month(), day.Day()+length, 0, hours.To, 0, 0, def.Location)
		if open.Before(since) {
			open = since
		}
		if shut.After(now) {
			shut = now
		}
		passed += max(0, shut.Sub(open))
	}
	return passed > limit
}

// hangs tells whether a loop that last showed a sign of life at sign should have shown
// another one by now. A loop that waits has until it is to wake up; one that is stopped
// has for ever. A walk shows one with every page, which may take several statements.
func hangs(def *adapter.Definition, st *adapter.Status, sign, now time.Time) bool {
	if st.Doing == adapter.Stopped {
		return false
	}
	if st.Next.After(sign) {
		sign = st.Next
	}
	return now.Sub(sign) > max(missedPolls*def.Poll, 3*def.Limits.QueryTimeout+time.Minute)
}
