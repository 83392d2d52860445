package mappings

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/expr-lang/expr"
)

// functionNames are ours, beside those of expr.
var functionNames = []string{"isodatum", "langdatum", "klockslag", "url", "date"}

// Of expr's own functions these are off: a rule gives the same answer whenever it is
// asked, so nothing may read the clock or depend on the random order of a Go map.
// Times have one zone, that of the source.
var switchedOff = []string{"now", "keys", "values", "toPairs", "groupBy", "timezone"}

// oversized can make a text of many gigabytes out of a few letters. They are off too.
var oversized = []string{"repeat", "reduce"}

var months = map[string][12]string{
	"sv": {"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"},
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// maxReplaced in bytes is far more than a text may have.
const maxReplaced = 100_000

// functions gives ours, for texts in one language and times shown in one zone.
//
//	isodatum(t)   2026-08-28
//	langdatum(t)  28 augusti 2026; in languages other than Swedish and English as isodatum
//	klockslag(t)  14:30
//	url(x)        x escaped for any place in a URL
//	replace(s, old, new)  as expr's own, for texts of some length
//	date(s)       the time that a text like 2026-08-28 or 2026-08-28 14:30:00 names in the zone;
//	              in place of expr's own, which would take it for UTC
func functions(language string, zone *time.Location) []expr.Option {
	timed := func(name string, format func(time.Time) string) expr.Option {
		return expr.Function(name, func(params ...any) (any, error) {
			t, ok := params[0].(time.Time)
			if !ok {
				return nil, fmt.Errorf("%s wants a time", name)
			}
			return format(t.In(zone)), nil
		}, new(func(time.Time) string))
	}
	iso := func(t time.Time) string { return t.Format(time.DateOnly) }
	long := iso
	if names, ok := months[language]; ok {
		long = func(t time.Time) string { return fmt.Sprintf("%d %s %d", t.Day(), names[t.Month()-1], t.Year()) }
	}
	return []expr.Option{
		timed("isodatum", iso),
		timed("langdatum", long),
		timed("klockslag", func(t time.Time) string { return t.Format("15:04") }),
		expr.Function("url", func(params ...any) (any, error) {
			s, err := format(params[0])
			if err != nil {
				return nil, err
			}
			return strings.ReplaceAll(url.QueryEscape(s), "+", "%20"), nil
		}, new(func(any) string)),
		expr.Function("replace", func(params ...any) (any, error) {
			s, old, by := params[0].(string), params[1].(string), params[2].(string)
			if len(s)+strings.Count(s, old)*len(by) > maxReplaced {
				return nil, errors.New("too long a text")
			}
			return strings.ReplaceAll(s, old, by), nil
		}, new(func(string, string, string) string)),
		expr.Function("date", func(params ...any) (any, error) {
			s, _ := params[0].(string)
			for _, layout := range []string{time.DateOnly, time.DateTime, "2006-01-02T15:04:05", time.RFC3339} {
				if t, err := time.ParseInLocation(layout, s, zone); err == nil {
					return t, nil
				}
			}
			return nil, errors.New("no date")
		}, new(func(string) time.Time)),
	}
}
