package main

import (
	"fmt"
	"strings"
	"time"

	"arendebrygga/adapter"
)

// longestDelay is more than anybody waits with a mis-click; beyond it a unit is
// wrong.
const longestDelay = 30 * 24 * time.Hour

// delay checks how long a change waits for being undone.
func (c *checker) delay(def *adapter.Definition, t duration) {
	if !t.set() {
		return
	}
	if c.check(t.Value >= 0 && t.Value <= longestDelay, t.text, fmt.Sprintf("delay: %q is not within 0s and 30d", t.Raw), "how long a mis-click has to be undone, such as 15m") {
		def.Delay = t.Value
	}
}

// sweep checks how often all rows are compared, without a cursor how often a poll counts
// as that, and what follows for those that are no longer there.
func (c *checker) sweep(def *adapter.Definition, path string, raw *rawSource) {
	none := def.Cursor.Kind == adapter.CursorNone
	t := raw.Sweep
	switch {
	case !t.set():
	case t.Value < 0:
		c.add(t.At, fmt.Sprintf("sweep: %q is less than nothing", t.Raw), "such as 1h; 0s: never")
	case t.Value == 0 && none: // every poll counts
	case t.Value == 0:
		c.warn(t.At, "sweep: without one nobody notices rows that change without their cursor, commit later than the overlap or are deleted",
			"such as 1h: a sweep rests as long as each of its pages took, and delays no poll")
	case t.At.File == "default":
		def.Sweep = max(t.Value, def.Poll)
	case t.Value < def.Poll:
		c.add(t.At, fmt.Sprintf("sweep: %s is shorter than poll, which is %s", t.Raw, shortDuration(def.Poll)), "a sweep reads all rows, a poll only new ones: 1h is usual")
	default:
		def.Sweep = t.Value
	}
	c.missing(def, join(path, "events.onMissing"), &raw.Events.OnMissing, none || t.Value != 0 || c.gone(join(path, "sweep")))
}

// missing checks what becomes of the events of rows that are deleted. noticed tells
// whether they can be found to be.
func (c *checker) missing(def *adapter.Definition, path string, raw *rawMissing, noticed bool) {
	def.OnMissing = adapter.MissingRule{Do: adapter.Keep, After: defaultMissing}
	if raw.After.set() && c.check(raw.After.Value >= 1, raw.After.text, fmt.Sprintf("after: %d is less than one", raw.After.Value),
		"how many sweeps in a row must have missed a row before it counts as deleted; 3 is usual") {
		def.OnMissing.After = raw.After.Value
	}
	word := path // the short form
	if _, long := c.places[join(path, "do")]; long {
		word = join(path, "do")
	}
	known := c.oneOf(raw.Do, word, adapter.Keep, adapter.Withdraw)
	switch {
	case raw.After.set() && !raw.Do.set() && !c.gone(path), known && raw.After.set() && raw.Do.Text == adapter.Keep:
		c.add(raw.After.At, "after without withdraw: nothing happens to rows that are missing", "onMissing: { do: withdraw, after: 3 }")
	case known && raw.Do.Text == adapter.Withdraw && !noticed:
		c.add(raw.Do.At, "onMissing: withdraw would never do anything: without a sweep nobody notices that a row is gone", "sweep: 1h, or leave onMissing out")
	case known:
		def.OnMissing.Do = raw.Do.Text
	}
}

// hours checks in which part of the day the database may be asked.
func (c *checker) hours(def *adapter.Definition, path string, raw *rawSource) {
	t := raw.Limits.AllowedHours
	if !t.set() {
		return
	}
	const hint = `from and to on the source's clock, such as "06:00-22:00", or "22:00-06:00" over midnight; leave it out for the whole day`
	from, to, ok := strings.Cut(t.Text, "-")
	begin, ok1 := minutes(from)
	end, ok2 := minutes(to)
	switch {
	case !ok || !ok1 || !ok2:
		c.add(t.At, fmt.Sprintf("allowedHours: %q is not two times of the day", t.Raw), hint)
		return
	case begin%minutesADay == end%minutesADay && begin != end:
		return // 00:00-24:00
	case begin == end:
		c.add(t.At, fmt.Sprintf("allowedHours: %s begins and ends at the same time", t.Raw), hint)
		return
	}
	open := time.Duration((end-begin+minutesADay)%minutesADay) * time.Minute
	if open < def.Poll {
		c.add(t.At, fmt.Sprintf("allowedHours: no poll fits into %s, as poll is %s", t.Raw, shortDuration(def.Poll)), "longer hours, or a shorter poll")
		return
	}
	def.Limits.AllowedHours = adapter.Hours{From: begin % minutesADay, To: end % minutesADay}
}

const minutesADay = 24 * 60

// minutes reads 06:00 as minutes since midnight; 24:00 is the end of the day.
func minutes(s string) (int, bool) {
	s = strings.TrimSpace(s)
	if s == "24:00" {
		return minutesADay, true
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil
}
