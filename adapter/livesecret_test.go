package adapter_test

import (
	"testing"
	"time"

	"arendebrygga/adapter"
)

// truth is a truth value as the column hemlig takes it.
func (l *live) truth(yes bool) string {
	switch {
	case l.kind == "postgres" && yes:
		return "true"
	case l.kind == "postgres":
		return "false"
	case yes:
		return "1"
	}
	return "0"
}

// TestPoint27_LiveTakenBack: a row that was published becomes secret. The next poll
// withdraws it where the overlap still has the row, and the next sweep where it has not;
// it never comes again, though the row is public again.
func TestPoint27_LiveTakenBack(t *testing.T) {
	for found, overlap := range map[string]time.Duration{"by a poll": 12 * time.Hour, "by a sweep": 0} {
		t.Run(found, func(t *testing.T) {
			onModes(t, func(t *testing.T, l *live) {
				l.def.Overlap = overlap
				l.exec(t, "INSERT INTO rad (arende, status, tid) VALUES ('B1', 'x', "+stamp(0)+")")
				for range 3 {
					l.poll(t, time.Minute)
				}
				l.exec(t, "UPDATE rad SET hemlig = "+l.truth(true)+" WHERE arende = 'A1'")
				l.poll(t, time.Second)
				if overlap == 0 {
					want(t, l.events(t), ">a")
					l.sweep(t)
				}
				want(t, l.events(t))
				l.exec(t, "UPDATE rad SET hemlig = "+l.truth(false)+" WHERE arende = 'A1'")
				for range 2 {
					l.poll(t, time.Minute)
					l.sweep(t)
					want(t, l.events(t))
					l.open(t)
				}
				if l.def.Mode == adapter.History {
					l.move(t, "b") // another row, which nothing is wrong with
					l.poll(t, time.Minute)
					want(t, l.events(t), "a>b")
				}
			})
		})
	}
}
