package sources

import (
	"strings"
	"time"

	"arendebrygga/adapter"
)

// time reads a time or a date. Zero dates and years that no case system means are
// missing: nil, not an error.
func (c *cell) time(t adapter.ColumnType, traits *columnTraits, value any) (any, bool) {
	loc := c.view.def.Location
	at, zoned, ok := c.view.dia.moment(value)
	if !ok {
		return nil, false
	}
	if year := at.Year(); year < 1900 || year > 2200 { // the zero time's is 1
		return nil, true
	}
	if zoned || traits.instant {
		if t == adapter.Time {
			return at, true
		}
		at = at.In(loc)
	}
	if t == adapter.Date {
		at = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	}
	return c.wall.in(at, loc), true
}

// moment reads a value as a point in time: in UTC if it is zoned, else the wall
// clock's reading written as if it were UTC. The zero time stands for a zero date.
func (d *dialect) moment(value any) (at time.Time, zoned, ok bool) {
	if d.epoch {
		switch v := value.(type) {
		case int64:
			return time.Unix(v, 0).UTC(), true, true
		case float64: // a Julian day: they begin at noon, the Unix epoch's is 2440587.5
			return time.UnixMilli(int64((v-2440587.5)*86400000 + 0.5)).UTC(), true, true
		}
	}
	text := strings.TrimSpace(plain(value))
	if d.never != nil && d.never(text) {
		return time.Time{}, false, true
	}
	return parseMoment(text)
}

// parseMoment reads the ISO forms: a date, then perhaps T or a blank and a time
// with or without seconds and a fraction of up to nine digits, then perhaps a zone.
func parseMoment(s string) (at time.Time, zoned, ok bool) {
	if strings.HasPrefix(s, "0000-00-00") {
		return time.Time{}, false, true
	}
	year, okYear := digits(s, 0, 4)
	month, okMonth := digits(s, 5, 2)
	day, okDay := digits(s, 8, 2)
	if !okYear || !okMonth || !okDay || s[4] != '-' || s[7] != '-' || month > 12 || day > 31 {
		return time.Time{}, false, false
	}
	if year == 0 || month == 0 || day == 0 { // MySQL allows dates that are zero in part
		return time.Time{}, false, true
	}
	clock, offset, zoned, ok := parseClock(s[10:])
	at = time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if !ok || day > 28 && at.Day() != day {
		return time.Time{}, false, false
	}
	return at.Add(clock - offset), zoned, true
}

func parseClock(s string) (clock, offset time.Duration, zoned, ok bool) {
	if s == "" {
		return 0, 0, false, true
	}
	hour, okHour := digits(s, 1, 2)
	minute, okMinute := digits(s, 4, 2)
	if !okHour || !okMinute || s[0] != ' ' && s[0] != 'T' && s[0] != 't' || s[3] != ':' || hour > 24 || minute > 59 {
		return 0, 0, false, false
	}
	clock = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	s = s[6:]
	if second, ok := digits(s, 1, 2); ok && s[0] == ':' {
		if second > 60 {
			return 0, 0, false, false
		}
		clock += time.Duration(second) * time.Second
		s = s[3:]
		if len(s) > 1 && (s[0] == '.' || s[0] == ',') {
			n := 1
			for unit := 100 * time.Millisecond; n < len(s) && s[n] >= '0' && s[n] <= '9'; n++ {
				clock += time.Duration(s[n]-'0') * unit
				unit /= 10
			}
			s = s[n:]
		}
	}
	offset, zoned, ok = parseZone(strings.TrimSpace(s))
	return clock, offset, zoned, ok
}

func parseZone(s string) (offset time.Duration, zoned, ok bool) {
	switch {
	case s == "":
		return 0, false, true
	case s == "Z" || s == "z" || s == "UTC":
		return 0, true, true
	case s[0] != '+' && s[0] != '-':
		return 0, false, false
	}
	hours, ok := digits(s, 1, 2)
	if !ok {
		return 0, false, false
	}
	rest := strings.TrimPrefix(s[3:], ":")
	minutes, okMinutes := digits(rest, 0, 2)
	if rest != "" && (!okMinutes || len(rest) > 2) {
		return 0, false, false
	}
	offset = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	return offset, true, true
}

// digits reads so many digits at an offset.
func digits(s string, at, count int) (n int, ok bool) {
	if len(s) < at+count {
		return 0, false
	}
	for i := at; i < at+count; i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
