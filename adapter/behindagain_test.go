package adapter_test

import (
	"testing"
	"time"

	"arendebrygga/adapter"
)

// behindBench has a case that stands at a, and reads its row again with another cursor, beside
// one that is the newest.
func behindBench(t *testing.T, change func(d *adapter.Definition)) (b *bench, read func(cursor int, status string, hemlig any)) {
	t.Helper()
	def := definition(adapter.Net)
	if change != nil {
		change(def)
	}
	b = newBench(t, def)
	b.party("A1", "alva")
	b.put(1, "A1", "a", nil)
	b.put(2, "other", "x", nil)
	b.poll(t)
	want(t, b.events(t, "alva"), ">a")
	newest := 20
	return b, func(cursor int, status string, hemlig any) {
		t.Helper()
		newest++
		b.rows[0].id, b.rows[0].status, b.rows[0].hemlig, b.rows[1].id = cursor, status, hemlig, newest
		b.poll(t)
	}
}

// TestPoint18_ReplayOfWhatIsBehind: an operator's replay shows nothing of a row that was
// read behind, when it was secret.
func TestPoint18_ReplayOfWhatIsBehind(t *testing.T) {
	for _, hemlig := range []any{true, nil} {
		b, read := behindBench(t, nil)
		read(11, "b", false)
		read(10, "b", hemlig)
		before := b.events(t, "alva")
		if _, err := b.loop.Replay(t.Context(), []uint64{1, 2, 3}, false); err != nil {
			t.Fatal(err)
		}
		want(t, b.events(t, "alva"), before...)
	}
}

// TestPoint18_BehindWithinTheDelay: a change whose row is read behind within its delay goes
// on waiting, and is not shown if it is undone or passed by.
func TestPoint18_BehindWithinTheDelay(t *testing.T) {
	for _, then := range []struct {
		cursor int
		status string
		shown  []string // when the delay is over
	}{
		{11, "b", []string{">a", "a>b"}},
		{15, "c", []string{">a", "a>c"}},
		{15, "a", []string{">a"}},
	} {
		b, read := behindBench(t, func(d *adapter.Definition) { d.Delay = time.Hour })
		read(11, "b", false)
		read(10, "b", nil)
		read(then.cursor, then.status, false)
		want(t, b.events(t, "alva"), ">a")
		b.now = b.now.Add(2 * time.Hour)
		b.poll(t)
		want(t, b.events(t, "alva"), then.shown...)
	}
}

// TestPoint18_BehindTwice: what was taken away twice, by rows behind or as the row was gone
// for a while, is shown again when the row is as it was.
func TestPoint18_BehindTwice(t *testing.T) {
	b, read := behindBench(t, nil)
	read(11, "b", false)
	read(10, "b", nil)
	read(10, "b", true)
	want(t, b.events(t, "alva"))
	read(11, "b", false)
	want(t, b.events(t, "alva"), ">a", "a>b")

	b, read = behindBench(t, func(d *adapter.Definition) { d.OnMissing = adapter.MissingRule{Do: adapter.Withdraw, After: 1} })
	read(11, "b", false)
	read(10, "b", nil)
	b.rows[0].committed = false
	b.poll(t)
	b.sweep(t)
	b.sweep(t)
	want(t, b.events(t, "alva"))
	b.rows[0].committed = true
	read(11, "b", false)
	b.sweep(t)
	want(t, b.events(t, "alva"), ">a", "a>b")
}
