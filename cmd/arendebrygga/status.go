package main

import (
	"fmt"
	"os"
	"slices"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sink"
)

// statusReport is what `arendebrygga status` tells. The running process makes it, or
// the command itself of the store's file if nothing runs. Nothing in it is personal.
type statusReport struct {
	Running bool           `json:"running"`
	Version string         `json:"version,omitempty"` // of the running process
	Begun   time.Time      `json:"begun,omitzero"`    // and since when it runs
	At      time.Time      `json:"at"`
	Store   storeReport    `json:"store"`
	Ready   bool           `json:"ready"`
	Reasons []reason       `json:"reasons"` // not to be ready
	Sources []sourceReport `json:"sources"`
}

type storeReport struct {
	Path string    `json:"path"`
	Size int64     `json:"size"` // bytes
	Made time.Time `json:"made,omitzero"`
}

// sourceReport is how one source is doing. Times that have not come are left out.
type sourceReport struct {
	Source       string         `json:"source"`
	Doing        string         `json:"doing"`
	Phase        adapter.Phase  `json:"phase"`
	Since        time.Time      `json:"since,omitzero"` // of Doing
	Next         time.Time      `json:"next,omitzero"`  // poll or try
	Progress     uint64         `json:"progress,omitempty"`
	Completeness string         `json:"completeness"`
	CaughtUp     time.Time      `json:"caughtUp,omitzero"`
	LastPoll     time.Time      `json:"lastPoll,omitzero"`
	LastSweep    time.Time      `json:"lastSweep,omitzero"`
	LagSeconds   float64        `json:"lagSeconds"`
	HoldSeconds  float64        `json:"holdSeconds,omitempty"`
	Overhold     bool           `json:"overhold,omitempty"`
	Blocks       bool           `json:"blocks,omitempty"`   // an open transaction keeps polls from reading what was written since it began
	Failures     int            `json:"failures,omitempty"` // in a row
	Failing      time.Time      `json:"failing,omitzero"`   // since when
	Error        string         `json:"error,omitempty"`
	Halted       *adapter.Halt  `json:"halted,omitempty"`
	Collisions   uint64         `json:"collisions,omitempty"` // since the process began
	Changes      uint64         `json:"changes"`              // number of the newest
	Totals       adapter.Totals `json:"totals"`
	Open         openReport     `json:"open"`
}

// openReport is what of a source is not settled, as counts of changes.
type openReport struct {
	Unmapped map[string]uint64 `json:"unmapped,omitempty"` // by status
	Parked   map[string]uint64 `json:"parked,omitempty"`   // by the first reason's code
	Outcomes map[string]uint64 `json:"outcomes,omitempty"`
	LeftOut  uint64            `json:"leftOut,omitempty"` // published, but not to all who should have it
}

// What a source is about that no loop is at.
const (
	notRunning   = "not running"
	unconfigured = "not in the configuration"
)

// statusReport tells how the running process is doing. It may be called by any
// goroutine.
func (s *service) statusReport() statusReport {
	now := time.Now()
	health := s.readiness(now)
	r := newReport(s.Config, s.store, now)
	r.Running, r.Version, r.Begun = true, readBuildInfo().Version, seconds(s.begun, s.Config.Location)
	r.Ready, r.Reasons = health.Ready, health.Reasons
	for _, f := range s.followed {
		st := f.status(s.store)
		r.add(s.store, &st, f.Def.Location, string(st.Doing))
	}
	r.rest(s.store, s.Config.Location)
	return r
}

// storedReport tells what a store's file says of the sources of a configuration.
func storedReport(cfg *Config, store *sink.Store) (statusReport, error) {
	r := newReport(cfg, store, time.Now())
	r.Reasons = []reason{{Code: "not-running", Detail: "nothing is running, so nothing is published"}}
	for _, src := range cfg.Sources {
		st, err := storedStatus(store, src.Def.Name)
		if err != nil {
			return r, err
		}
		r.add(store, &st, src.Def.Location, notRunning)
	}
	r.rest(store, cfg.Location)
	return r, nil
}

func newReport(cfg *Config, store *sink.Store, now time.Time) statusReport {
	path := cfg.Store.Path
	r := statusReport{At: seconds(now, cfg.Location), Store: storeReport{Path: path, Made: seconds(store.Made(), cfg.Location)}, Reasons: []reason{}, Sources: []sourceReport{}}
	if info, err := os.Stat(path); err == nil {
		r.Store.Size = info.Size()
	}
	return r
}

// rest adds the sources of the store that the configuration does not name.
func (r *statusReport) rest(store *sink.Store, zone *time.Location) {
	for _, name := range store.Sources() {
		if slices.ContainsFunc(r.Sources, func(s sourceReport) bool { return s.Source == name }) {
			continue
		}
		if st, err := storedStatus(store, name); err == nil {
			r.add(store, &st, zone, unconfigured)
		}
	}
}

// add reports of one source, with times in its zone.
func (r *statusReport) add(store *sink.Store, st *adapter.Status, zone *time.Location, doing string) {
	s := sourceReport{
		Source: st.Source, Doing: doing, Phase: st.Phase, Since: seconds(st.Begun, zone), Next: seconds(st.Next, zone), Progress: st.Progress,
		Completeness: completeness(st, zone),
		CaughtUp:     seconds(st.CaughtUp, zone), LastPoll: seconds(st.Polled, zone), LastSweep: seconds(st.Swept, zone),
		LagSeconds: st.Lag.Round(time.Second).Seconds(), HoldSeconds: st.Hold.Round(time.Second).Seconds(), Overhold: st.Overhold, Blocks: st.Blocks,
		Failures: st.Failures, Failing: seconds(st.Failing, zone), Error: st.Error, Collisions: st.Collisions,
		Changes: st.Changes, Totals: st.Totals,
	}
	if st.Halted != nil {
		s.Halted = &adapter.Halt{Reason: st.Halted.Reason, Detail: st.Halted.Detail, At: seconds(st.Halted.At, zone)}
	}
	if counts, err := store.OpenCounts(st.Source); err == nil {
		s.Open = newOpenReport(counts)
	}
	r.Sources = append(r.Sources, s)
}

func newOpenReport(counts sink.Counts) openReport {
	o := openReport{Unmapped: counts.Unmapped, Parked: counts.Parked, Outcomes: map[string]uint64{}, LeftOut: counts.Outcomes[adapter.Published]}
	for outcome, n := range counts.Outcomes {
		if outcome.Open() {
			o.Outcomes[outcome.String()] = n
		}
	}
	return o
}

// seconds gives a time to whole seconds in a zone, UTC where a mistake in the files
// leaves it unknown; zero stays zero.
func seconds(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Truncate(time.Second)
}

// completeness says in words up to when a source has been read.
func completeness(st *adapter.Status, zone *time.Location) string {
	said := func(t time.Time, is, not string) string {
		if t.IsZero() {
			return not
		}
		return is + " " + seconds(t, zone).Format(time.RFC3339)
	}
	return fmt.Sprintf("%s, %s, %s", said(st.CaughtUp, "caught up to", "not caught up yet"),
		said(st.Polled, "last complete poll at", "no complete poll yet"), said(st.Swept, "last sweep at", "no sweep yet"))
}
