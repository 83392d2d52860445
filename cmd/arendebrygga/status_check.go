package main

import (
	"fmt"
	"strings"
	"time"

	"arendebrygga/adapter"
)

// statusLimits are what a check does not allow beyond what readiness asks.
type statusLimits struct {
	lag    time.Duration // 0: none
	parked int64         // below 0: none
}

// check judges a report in one line, as the plugins of Nagios print it and most other
// monitoring understands it: a word, what is wrong, and figures behind a bar.
func (r *statusReport) check(limits statusLimits) (line string, ok bool) {
	var wrong, fine, figures []string
	for _, why := range r.Reasons {
		wrong = append(wrong, why.String())
	}
	for _, s := range r.Sources {
		if s.Doing == unconfigured {
			continue
		}
		lag, parked := time.Duration(s.LagSeconds)*time.Second, s.Open.Outcomes[adapter.Parked.String()]
		if limits.lag > 0 && lag > limits.lag && s.Doing != string(adapter.Closed) {
			wrong = append(wrong, fmt.Sprintf("%s: lag %s, more than %s", s.Source, lag, shortDuration(limits.lag)))
		}
		if limits.parked >= 0 && parked > uint64(limits.parked) {
			wrong = append(wrong, fmt.Sprintf("%s: %d parked, more than %d", s.Source, parked, limits.parked))
		}
		fine = append(fine, s.Source+": "+s.Completeness)
		figures = append(figures,
			fmt.Sprintf("'%s lag'=%.0fs;;%s", s.Source, lag.Seconds(), bound(limits.lag > 0, int64(limits.lag.Seconds()))),
			fmt.Sprintf("'%s parked'=%d;;%s", s.Source, parked, bound(limits.parked >= 0, limits.parked)),
			fmt.Sprintf("'%s unmapped'=%d;;", s.Source, s.Open.Outcomes[adapter.Unmapped.String()]),
			fmt.Sprintf("'%s missed by poll'=%dc;;", s.Source, s.Totals.Missed))
	}
	word, said := "OK: ", fine
	if len(wrong) > 0 {
		word, said = "CRITICAL: ", wrong
	}
	line = word + oneLine(strings.Join(said, "; "))
	if len(figures) > 0 {
		line += " | " + strings.Join(figures, " ")
	}
	return line, len(wrong) == 0
}

func bound(given bool, limit int64) string {
	if !given {
		return ""
	}
	return fmt.Sprint(limit)
}

// oneLine keeps a text from being taken for several lines, or for figures.
func oneLine(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", "/")
}
