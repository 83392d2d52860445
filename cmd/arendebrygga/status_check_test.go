package main

import (
	"testing"
	"time"

	"arendebrygga/adapter"
)

// TestStatusCheck holds the line and the verdict that monitoring gets.
func TestStatusCheck(t *testing.T) {
	source := func(change func(*sourceReport)) statusReport {
		s := sourceReport{Source: "byggr", Doing: string(adapter.Resting), Completeness: "caught up to T", LagSeconds: 60,
			Open: openReport{Outcomes: map[string]uint64{"parked": 3, "unmapped": 1}}, Totals: adapter.Totals{Missed: 2}}
		change(&s)
		return statusReport{Running: true, Ready: true, Sources: []sourceReport{s}}
	}
	same := func(*sourceReport) {}
	const figures = " | 'byggr lag'=60s;; 'byggr parked'=3;; 'byggr unmapped'=1;; 'byggr missed by poll'=2c;;"
	notReady := source(same)
	notReady.Reasons = []reason{{Source: "byggr", Code: notPolled, Detail: "ORA | two\nlines"}, {Code: notStored, Detail: "damaged"}}
	for _, c := range []struct {
		name   string
		report statusReport
		limits statusLimits
		want   string
		ok     bool
	}{
		{"ok", source(same), statusLimits{parked: -1}, "OK: byggr: caught up to T" + figures, true},
		{"not ready", notReady, statusLimits{parked: -1}, "CRITICAL: byggr: no-poll: ORA / two lines; store: damaged" + figures, false},
		{"within limits", source(same), statusLimits{time.Minute, 3}, "OK: byggr: caught up to T | 'byggr lag'=60s;;60 'byggr parked'=3;;3 'byggr unmapped'=1;; 'byggr missed by poll'=2c;;", true},
		{"lag", source(same), statusLimits{59 * time.Second, -1}, "CRITICAL: byggr: lag 1m0s, more than 59s | 'byggr lag'=60s;;59 'byggr parked'=3;; 'byggr unmapped'=1;; 'byggr missed by poll'=2c;;", false},
		{"lag outside hours", source(func(s *sourceReport) { s.Doing = string(adapter.Closed) }), statusLimits{time.Second, -1},
			"OK: byggr: caught up to T | 'byggr lag'=60s;;1 'byggr parked'=3;; 'byggr unmapped'=1;; 'byggr missed by poll'=2c;;", true},
		{"none may be parked", source(same), statusLimits{0, 0}, "CRITICAL: byggr: 3 parked, more than 0 | 'byggr lag'=60s;; 'byggr parked'=3;;0 'byggr unmapped'=1;; 'byggr missed by poll'=2c;;", false},
		{"one that only the store has", source(func(s *sourceReport) { s.Doing = unconfigured }), statusLimits{time.Second, 0}, "OK: ", true},
	} {
		line, ok := c.report.check(c.limits)
		if line != c.want || ok != c.ok {
			t.Errorf("%s:\ngot  %s, %t\nwant %s, %t", c.name, line, ok, c.want, c.ok)
		}
	}
}
