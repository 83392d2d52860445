package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"arendebrygga/adapter"
	"arendebrygga/sink"
)

// TestFigures holds that each figure is the one that its name says, in the metrics and in
// what status prints: all are different here.
func TestFigures(t *testing.T) {
	at := func(second int64) time.Time { return time.Unix(second, 0) }
	st := adapter.Status{
		Lag: time.Second, CaughtUp: at(2), Polled: at(3), Swept: at(4), Hold: 5 * time.Second, Failures: 6, Collisions: 7,
		Totals: adapter.Totals{Rows: 11, Reread: 12, Changes: 13, Events: 14, Late: 15, Behind: 16, Rewrites: 17, Undone: 18, Missed: 19, Missing: 20, Parties: 21,
			Overholds: 22, Published: 31, Ignored: 32, Unmapped: 33, Parked: 34, Waiting: 35, Withheld: 36, Held: 37, Baselined: 38},
	}
	got := map[string]float64{}
	name := regexp.MustCompile(`fqName: "arendebrygga_(\w+)"`)
	for _, f := range figures {
		v, known := f.of(&st)
		if m := name.FindStringSubmatch(f.desc.String()); m != nil && known {
			got[m[1]] = v
		}
	}
	for _, o := range outcomes {
		got[o.outcome.String()] = float64(o.of(&st.Totals))
	}
	want := map[string]float64{
		"source_lag_seconds": 1, "source_caught_up_timestamp_seconds": 2, "source_last_poll_timestamp_seconds": 3, "source_last_sweep_timestamp_seconds": 4,
		"watermark_hold_seconds": 5, "source_failures": 6, "source_collisions_total": 7,
		"rows_read_total": 11, "rows_reread_total": 12, "changes_total": 13, "events_total": 14, "late_total": 15, "behind_total": 16, "rewrites_total": 17, "undone_total": 18,
		"missed_by_poll_total": 19, "missing_rows_total": 20, "recipients_changed_total": 21, "overholds_total": 22,
		"published": 31, "ignored": 32, "unmapped": 33, "parked": 34, "waiting": 35, "withheld": 36, "held": 37, "baselined": 38,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	s := sourceReport{Totals: st.Totals, Open: newOpenReport(sink.Counts{
		Outcomes: map[adapter.Outcome]uint64{adapter.Unmapped: 41, adapter.Parked: 43, adapter.Waiting: 45, adapter.Held: 46, adapter.Withheld: 47, adapter.Published: 48},
		Unmapped: map[string]uint64{"NY": 41}, Parked: map[string]uint64{"value-null": 42, "no-recipient": 1}})}
	var said strings.Builder
	s.text(&said)
	for _, line := range []string{"rows\t11 read, 12 of them again as they were", "changes\t13, events 14",
		"outcomes\tpublished 31, ignored 32, unmapped 33, parked 34, waiting 35, withheld 36, held 37, baselined 38",
		"noticed\tlate 15, behind 16, rewrites 17, missed by polls 19, undone 18, missing 20, recipients changed 21, overholds 22",
		"unmapped\t41: NY 41", "parked\t43: value-null 42, no-recipient 1", "open\twaiting 45, held 46, withheld 47, published but not to all 48"} {
		if !strings.Contains(said.String(), "  "+line+"\n") {
			t.Errorf("%q is missing in\n%s", line, &said)
		}
	}
}
