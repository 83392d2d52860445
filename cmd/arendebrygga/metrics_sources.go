package main

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"arendebrygga/adapter"
	"arendebrygga/sink"
)

// figure is one number of a source. One whose time has not come yet is left out, as
// 0 would mean 1970.
type figure struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	of   func(*adapter.Status) (v float64, known bool)
}

func newFigure(name, help string, kind prometheus.ValueType, of func(*adapter.Status) (float64, bool)) figure {
	return figure{newDesc(name, help), kind, of}
}

func newDesc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("arendebrygga_"+name, help, append([]string{"source"}, labels...), nil)
}

func counted(name, help string, of func(*adapter.Totals) uint64) figure {
	return newFigure(name, help, prometheus.CounterValue, func(st *adapter.Status) (float64, bool) { return float64(of(&st.Totals)), true })
}

func moment(name, help string, of func(*adapter.Status) time.Time) figure {
	return newFigure(name, help, prometheus.GaugeValue, func(st *adapter.Status) (float64, bool) {
		t := of(st)
		return float64(t.UnixMilli()) / 1000, !t.IsZero()
	})
}

// figures are the numbers without labels but the source.
var figures = []figure{
	newFigure("source_lag_seconds", "How far what has been read lies behind the source's clock.", prometheus.GaugeValue,
		func(st *adapter.Status) (float64, bool) { return st.Lag.Seconds(), !st.CaughtUp.IsZero() }),
	moment("source_caught_up_timestamp_seconds", "Up to when everything has been read, by the source's clock.", func(st *adapter.Status) time.Time { return st.CaughtUp }),
	moment("source_last_poll_timestamp_seconds", "When the last complete poll ended.", func(st *adapter.Status) time.Time { return st.Polled }),
	moment("source_last_sweep_timestamp_seconds", "When the last complete sweep began.", func(st *adapter.Status) time.Time { return st.Swept }),
	newFigure("watermark_hold_seconds", "For how long a transaction has been open that polls wait for.", prometheus.GaugeValue,
		func(st *adapter.Status) (float64, bool) { return st.Hold.Seconds(), true }),
	newFigure("source_failures", "Polls that failed in a row until now.", prometheus.GaugeValue,
		func(st *adapter.Status) (float64, bool) { return float64(st.Failures), true }),
	newFigure("source_collisions_total", "Statements that gave way to others in a deadlock, waited in vain for a lock or lost their snapshot, and were sent again.", prometheus.CounterValue,
		func(st *adapter.Status) (float64, bool) { return float64(st.Collisions), true }),
	counted("rows_read_total", "Rows read, those read again too.", func(t *adapter.Totals) uint64 { return t.Rows }),
	counted("rows_reread_total", "Rows that were as they had been read before.", func(t *adapter.Totals) uint64 { return t.Reread }),
	counted("changes_total", "Status changes found.", func(t *adapter.Totals) uint64 { return t.Changes }),
	counted("events_total", "Kundhändelser made.", func(t *adapter.Totals) uint64 { return t.Events }),
	counted("late_total", "Changes of a case that already stood at a later one.", func(t *adapter.Totals) uint64 { return t.Late }),
	counted("behind_total", "Readings of rows older than what had been read of their case before, which publish nothing.", func(t *adapter.Totals) uint64 { return t.Behind }),
	counted("rewrites_total", "Rows that had another content than when they were read before.", func(t *adapter.Totals) uint64 { return t.Rewrites }),
	counted("undone_total", "Changes that were gone again before their delay was over.", func(t *adapter.Totals) uint64 { return t.Undone }),
	counted("missed_by_poll_total", "Changes that no poll had found, but a sweep.", func(t *adapter.Totals) uint64 { return t.Missed }),
	counted("missing_rows_total", "Changes taken back as their rows are no longer there.", func(t *adapter.Totals) uint64 { return t.Missing }),
	counted("recipients_changed_total", "Cases whose recipients changed after something was published.", func(t *adapter.Totals) uint64 { return t.Parties }),
	counted("overholds_total", "Transactions that were open for longer than maxHold.", func(t *adapter.Totals) uint64 { return t.Overholds }),
}

// outcomes are the counts of changes by what became of them.
var outcomes = []struct {
	outcome adapter.Outcome
	of      func(*adapter.Totals) uint64
}{
	{adapter.Published, func(t *adapter.Totals) uint64 { return t.Published }},
	{adapter.Ignored, func(t *adapter.Totals) uint64 { return t.Ignored }},
	{adapter.Unmapped, func(t *adapter.Totals) uint64 { return t.Unmapped }},
	{adapter.Parked, func(t *adapter.Totals) uint64 { return t.Parked }},
	{adapter.Waiting, func(t *adapter.Totals) uint64 { return t.Waiting }},
	{adapter.Withheld, func(t *adapter.Totals) uint64 { return t.Withheld }},
	{adapter.Held, func(t *adapter.Totals) uint64 { return t.Held }},
	{adapter.Baselined, func(t *adapter.Totals) uint64 { return t.Baselined }},
}

// The figures with more labels, and those that the definition and the health give.
var (
	outcomesDesc = newDesc("outcomes_total", "Changes by what became of them; one that is judged again counts again.", "outcome")
	openDesc     = newDesc("open_changes", "Changes that are not settled.", "outcome")
	parkedDesc   = newDesc("parked_changes", "Changes that are parked, by the code of the first reason; absent where there are none.", "reason")
	haltedDesc   = newDesc("halted", "1 while the source is stopped until somebody chooses how to go on; absent otherwise.", "reason")
	doingDesc    = newDesc("source_doing", "1 at what the source is about, 0 at the others.", "doing")
	readyDesc    = newDesc("source_ready", "1 if /readyz has nothing against the source.")
	pollDesc     = newDesc("source_poll_interval_seconds", "How often the source is to be polled.")
	sweepDesc    = newDesc("source_sweep_interval_seconds", "How often all rows are to be compared; 0: never.")
	allReadyDesc = prometheus.NewDesc("arendebrygga_ready", "1 if /readyz has nothing against the process.", nil, nil)
)

// sourceFigures tells the figures of every source at the moment they are asked for.
type sourceFigures struct {
	*service
	mu     sync.Mutex
	counts map[string]*openCounts // by source
}

// openCounts are counted anew no oftener than keeps the work small: there may be very
// many open changes.
type openCounts struct {
	sink.Counts
	until time.Time
}

// Describe implements [prometheus.Collector].
func (c *sourceFigures) Describe(descs chan<- *prometheus.Desc) {
	for _, f := range figures {
		descs <- f.desc
	}
	for _, d := range []*prometheus.Desc{outcomesDesc, openDesc, parkedDesc, haltedDesc, doingDesc, readyDesc, pollDesc, sweepDesc, allReadyDesc} {
		descs <- d
	}
}

// Collect implements [prometheus.Collector].
func (c *sourceFigures) Collect(out chan<- prometheus.Metric) {
	health := c.readiness(time.Now())
	gauge(out, allReadyDesc, truth(health.Ready))
	for _, f := range c.followed {
		st := f.status(c.store)
		for _, figure := range figures {
			if v, known := figure.of(&st); known {
				out <- prometheus.MustNewConstMetric(figure.desc, figure.kind, v, st.Source)
			}
		}
		for _, o := range outcomes {
			out <- prometheus.MustNewConstMetric(outcomesDesc, prometheus.CounterValue, float64(o.of(&st.Totals)), st.Source, o.outcome.String())
		}
		for _, doing := range []adapter.Doing{adapter.Starting, adapter.Walking, adapter.Sweeping, adapter.Resting, adapter.Retrying, adapter.Closed, adapter.Stopped} {
			gauge(out, doingDesc, truth(st.Doing == doing), st.Source, string(doing))
		}
		if st.Halted != nil {
			gauge(out, haltedDesc, 1, st.Source, st.Halted.Reason)
		}
		gauge(out, readyDesc, truth(health.readySource(st.Source)), st.Source)
		gauge(out, pollDesc, f.Def.Poll.Seconds(), st.Source)
		gauge(out, sweepDesc, f.Def.Sweep.Seconds(), st.Source)
		c.open(out, st.Source)
	}
}

// open tells how many changes of a source are not settled.
func (c *sourceFigures) open(out chan<- prometheus.Metric, source string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last, now := c.counts[source], time.Now()
	if last == nil || now.After(last.until) {
		counts, err := c.store.OpenCounts(source)
		if err != nil {
			return // readiness tells of the store
		}
		last = &openCounts{counts, now.Add(20 * time.Since(now))}
		if c.counts == nil {
			c.counts = map[string]*openCounts{}
		}
		c.counts[source] = last
	}
	for o := adapter.Published; o <= adapter.Held; o++ {
		if o.Open() {
			gauge(out, openDesc, float64(last.Outcomes[o]), source, o.String())
		}
	}
	for code, n := range last.Parked {
		gauge(out, parkedDesc, float64(n), source, code)
	}
}

func gauge(out chan<- prometheus.Metric, desc *prometheus.Desc, v float64, labels ...string) {
	out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
