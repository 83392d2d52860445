package main

import (
	"fmt"
	"strings"
	"time"

	"arendebrygga/adapter"
)

// leastPoll keeps a slip of the pen, such as 15ms for 15s, from becoming a load.
const leastPoll = 100 * time.Millisecond

// longSpan is longer than poll and overlap are in earnest. Nobody would notice 15d for 15s:
// readiness waits for five intervals.
const longSpan = 24 * time.Hour

// pace checks how often and how much a source is asked.
func (c *checker) pace(def *adapter.Definition, path string, raw *rawSource) {
	if def.Poll = raw.Poll.Value; def.Cursor.Kind == adapter.CursorNone && raw.Poll.At.File == "default" {
		def.Poll = defaultPollNone
	}
	if raw.Poll.set() {
		c.check(def.Poll >= leastPoll, raw.Poll.text, fmt.Sprintf("poll: %q is too short", raw.Poll.Raw), "at least 100ms; 15s is usual")
		if def.Poll > longSpan {
			c.warn(raw.Poll.At, fmt.Sprintf("poll: %q is more than a day", raw.Poll.Raw), "15s is usual; nothing new is seen in between")
		}
	}
	limits := raw.Limits
	def.Limits = adapter.Limits{PageSize: limits.PageSize.Value, QueryTimeout: limits.QueryTimeout.Value, MaxConnections: limits.MaxConnections.Value}
	if limits.PageSize.set() {
		n := limits.PageSize.Value
		c.check(n >= 1 && n <= 1000, limits.PageSize.text, fmt.Sprintf("pageSize: %d is not within 1 to 1000", n), "a page is read in one statement and stored in one commit")
	}
	if limits.QueryTimeout.set() {
		d := limits.QueryTimeout.Value
		c.check(d >= time.Second && d <= time.Hour, limits.QueryTimeout.text, fmt.Sprintf("queryTimeout: %q is not within 1s and 1h", limits.QueryTimeout.Raw), "30s is usual")
	}
	if limits.MaxConnections.set() {
		n := limits.MaxConnections.Value
		c.check(n >= 1 && n <= 10, limits.MaxConnections.text, fmt.Sprintf("maxConnections: %d is not within 1 to 10", n), "1 is enough: one page is read at a time")
	}
	c.hours(def, path, raw)
	c.overlap(def, join(path, "overlap"), raw)
	c.maxHold(def, raw.MaxHold)
}

// overlap checks how far back each poll reads again, or chooses it.
func (c *checker) overlap(def *adapter.Definition, path string, raw *rawSource) {
	def.Overlap = raw.Overlap.Value
	switch {
	case c.gone(path):
	case def.Cursor.Kind == adapter.CursorNone:
		c.absent(raw.Overlap.text, path, "without a cursor every poll reads everything")
	case !raw.Overlap.set() && def.Cursor.Kind == adapter.CursorTime:
		def.Overlap = defaultOverlapTime
	case !raw.Overlap.set() && def.Cursor.Kind == adapter.CursorRowversion:
		def.Overlap = defaultOverlapRow
	case !raw.Overlap.set():
		def.Overlap = defaultOverlapID
	case def.Overlap < 0:
		c.add(raw.Overlap.At, fmt.Sprintf("overlap: %q is less than nothing", raw.Overlap.Raw), "as long as a transaction that writes changes may last, such as 10m")
	case def.Cursor.Kind == adapter.CursorTime && def.Overlap < leastOverlapTime && changesClock(def.Location):
		c.warn(raw.Overlap.At, fmt.Sprintf("overlap: %s is less than 65m, and the cursor is a time", raw.Overlap.Raw),
			"in the autumn night when summer time ends the clock in "+def.Location.String()+" goes back an hour: unless the column keeps UTC, "+
				"what is written in the hour that comes twice gets times that the cursor has passed, and a shorter overlap misses it")
	case def.Overlap > longSpan:
		c.warn(raw.Overlap.At, fmt.Sprintf("overlap: %q is more than a day", raw.Overlap.Raw), "10m is usual; every poll reads all again that was written in that time")
	case def.Overlap == 0 && def.Cursor.Kind != adapter.CursorRowversion:
		c.warn(raw.Overlap.At, "overlap: without one a row whose transaction commits late is missed", "as long as a transaction that writes changes may last, such as 10m")
	}
}

// maxHold checks how long an open transaction may hold polls back.
func (c *checker) maxHold(def *adapter.Definition, t duration) {
	given := t.set() && t.At.File != "default"
	switch {
	case given && def.Cursor.Kind == adapter.CursorNone:
		c.absent(t.text, "maxHold", "without a cursor every poll reads everything")
	case given && t.Value < def.Overlap:
		c.add(t.At, fmt.Sprintf("maxHold: %s is less than overlap, which is %s", t.Raw, shortDuration(def.Overlap)),
			"polls begin that far back anyway; maxHold is how long a transaction may be open and yet be waited for, such as 1h")
	case given && def.Kind != "" && def.Kind != "postgres" && def.Cursor.Kind != adapter.CursorRowversion:
		c.warn(t.At, "maxHold has no effect: "+def.Kind+" does not tell a login that may only SELECT which transactions are open",
			"leave it out; overlap and sweep find what commits late")
	}
	def.MaxHold = max(t.Value, def.Overlap)
}

// shortDuration writes 10m0s as an operator would: 10m.
func shortDuration(d time.Duration) string {
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}

// changesClock tells whether a zone has summer time nowadays.
func changesClock(loc *time.Location) bool {
	if loc == nil {
		return false
	}
	year := time.Now().Year()
	_, winter := time.Date(year, time.January, 1, 12, 0, 0, 0, loc).Zone()
	_, summer := time.Date(year, time.July, 1, 12, 0, 0, 0, loc).Zone()
	return winter != summer
}
