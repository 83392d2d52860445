package sources

import "time"

// wallClock turns the readings of a wall clock into points in time. It remembers
// the stretch of time with one offset that the last reading lay in, as looking that
// up is most of the work.
type wallClock struct {
	from, to time.Time // readings in between, as if they were UTC, have this offset
	offset   time.Duration
}

// in finds when a clock in a zone showed a reading, given as if it were UTC. In the
// hour that comes twice in autumn it is the first time, summer time; in the hour
// that spring leaves out the clock is taken to be one hour later.
func (w *wallClock) in(reading time.Time, loc *time.Location) time.Time {
	if reading.After(w.from) && reading.Before(w.to) {
		return reading.Add(-w.offset).In(loc)
	}
	// The offsets a day before and after differ only around a change of the clocks.
	before, after := offsetAt(reading.Add(-24*time.Hour), loc), offsetAt(reading.Add(24*time.Hour), loc)
	early, late := reading.Add(-max(before, after)), reading.Add(-min(before, after))
	switch {
	case before == after:
		w.remember(early, loc)
		return early.In(loc)
	case offsetAt(early, loc) == max(before, after):
		return early.In(loc) // of two valid ones the first, or the only one
	case offsetAt(late, loc) == min(before, after):
		return late.In(loc)
	}
	return reading.Add(-before).In(loc) // in the gap: the clock that was not moved is that much behind
}

func (w *wallClock) remember(at time.Time, loc *time.Location) {
	from, to := at.In(loc).ZoneBounds()
	if from.IsZero() || to.IsZero() {
		return
	}
	w.offset = offsetAt(at, loc)
	// A day's distance keeps the hours around the changes out.
	w.from, w.to = from.UTC().Add(w.offset+24*time.Hour), to.UTC().Add(w.offset-24*time.Hour)
}

func offsetAt(at time.Time, loc *time.Location) time.Duration {
	_, seconds := at.In(loc).Zone()
	return time.Duration(seconds) * time.Second
}
