package api

import (
	"time"
	_ "time/tzdata" // Windows has no time zones of its own that Go can read
)

// loadStockholm finds the zone that the dates of a question are days in.
func loadStockholm() (*time.Location, error) { return time.LoadLocation("Europe/Stockholm") }

// checkDates works out the span of whole days asked for: from the first instant of
// the first to the first instant after the last. A day is 23 or 25 hours long when
// the clocks change.
func (q *question) checkDates(f *faults, stockholm *time.Location) {
	start, startOK := checkDate(f, "fraga.startDatum", q.start)
	slut, slutOK := checkDate(f, "fraga.slutDatum", q.slut)
	if startOK && slutOK && start.After(slut) {
		f.add("fraga.startDatum", "får inte vara senare än slutDatum")
		return
	}
	if startOK {
		q.from = midnight(start, stockholm)
	}
	if slutOK {
		q.to = midnight(slut.AddDate(0, 0, 1), stockholm)
	}
}

func checkDate(f *faults, path string, date given[string]) (time.Time, bool) {
	if !date.ok {
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, date.value)
	if err != nil {
		f.add(path, "ska vara ett datum på formen ÅÅÅÅ-MM-DD")
		return time.Time{}, false
	}
	return day, true
}

func midnight(day time.Time, at *time.Location) time.Time {
	year, month, date := day.Date()
	return time.Date(year, month, date, 0, 0, 0, 0, at)
}
