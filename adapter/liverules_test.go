package adapter_test

import (
	"testing"
	"time"
)

// TestPoint22_LiveOtherRules: rules that word all anew say so of what comes, and of
// nothing that was. Each change names the rules that it was judged by.
func TestPoint22_LiveOtherRules(t *testing.T) {
	onModes(t, func(t *testing.T, l *live) {
		l.move(t, "b")
		l.poll(t, time.Second)
		l.loop.SetRules(reworded{})
		for range 2 {
			l.poll(t, time.Minute)
			l.sweep(t)
		}
		want(t, l.events(t), ">a", "a>b")
		l.move(t, "c")
		l.poll(t, time.Second)
		l.sweep(t)
		want(t, l.events(t), ">a", "a>b", "b>c reworded")
		var judged []string
		for _, ch := range l.log {
			judged = append(judged, ch.Rules)
		}
		want(t, judged, "rules", "rules", "other rules")
	})
}
