package tdstest

import (
	"math"
	"time"
)

// Days before 1970-01-01: of 0001-01-01, where the newer types begin to count, and of
// 1900-01-01, where the older ones do.
const (
	daysFromOne  = 719162
	daysFrom1900 = 25567
)

// time appends a time as the kind has it, rounded as SQL Server rounds.
func (k kind) time(buf []byte, t time.Time) []byte {
	_, zone := t.Zone()
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	switch k.name {
	case "smalldatetime":
		wall = wall.Round(time.Minute)
		days, left := split(wall)
		return little.AppendUint16(little.AppendUint16(buf, uint16(days+daysFrom1900)), uint16(left/time.Minute))
	case "datetime":
		days, left := split(wall)
		ticks := int64(math.Round(float64(left) * 3 / 1e7)) // of 1/300 s
		if ticks == 300*86400 {
			days, ticks = days+1, 0
		}
		return little.AppendUint32(little.AppendUint32(buf, uint32(days+daysFrom1900)), uint32(ticks))
	}
	unit := time.Duration(math.Pow10(9 - k.scale))
	if k.name == "datetimeoffset" {
		wall = t.UTC()
	}
	if k.name != "date" {
		wall = wall.Round(unit)
	}
	days, left := split(wall)
	if k.name != "date" {
		n := little.AppendUint64(nil, uint64(left/unit))
		buf = append(buf, n[:timeSize(k.scale)]...)
	}
	if k.name == "time" {
		return buf
	}
	days += daysFromOne
	buf = append(buf, byte(days), byte(days>>8), byte(days>>16))
	if k.name == "datetimeoffset" {
		buf = little.AppendUint16(buf, uint16(int16(zone/60)))
	}
	return buf
}

// split gives the days from 1970-01-01 and what is left of the day.
func split(wall time.Time) (days int64, left time.Duration) {
	seconds := wall.Unix()
	days = seconds / 86400
	if seconds%86400 < 0 {
		days--
	}
	return days, time.Duration(seconds-86400*days)*time.Second + time.Duration(wall.Nanosecond())
}

func timeSize(scale int) int { return 3 + min(2, max(0, (scale-1)/2)) }

// parseTime reads a time without its length. One of no zone is in UTC.
func (k kind) parseTime(b []byte) time.Time {
	var days int64
	var left time.Duration
	switch {
	case k.name == "datetime":
		days, left = int64(int32(little.Uint32(b)))-daysFrom1900, time.Duration(little.Uint32(b[4:]))*time.Second/300
	case k.name == "smalldatetime":
		days, left = int64(little.Uint16(b))-daysFrom1900, time.Duration(little.Uint16(b[2:]))*time.Minute
	default:
		if k.name != "date" {
			var n [8]byte
			size := timeSize(k.scale)
			copy(n[:], b[:size])
			left, b = time.Duration(little.Uint64(n[:]))*time.Duration(math.Pow10(9-k.scale)), b[size:]
		}
		days = -daysFromOne
		if k.name != "time" {
			days += int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16
		}
	}
	t := time.Unix(days*86400, 0).UTC().Add(left)
	if k.name == "datetimeoffset" {
		minutes := int(int16(little.Uint16(b[3:])))
		t = t.In(time.FixedZone("", minutes*60))
	}
	return t
}
