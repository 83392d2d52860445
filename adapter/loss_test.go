package adapter_test

import (
	"errors"
	"testing"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sink"
)

// A change that still waits for a recipient is no more public than its case is now.
func TestWaitingOfASecretCase(t *testing.T) {
	for _, c := range []struct {
		name   string
		hemlig any
		then   []string // once the case is not secret any longer: what was taken back stays so
	}{{"withdrawn", true, []string{"a>b"}}, {"withheld", nil, []string{">a", "a>b"}}} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, definition(adapter.Net))
			b.put(1, "A1", "a", day(9, 0))
			b.poll(t)
			row := &b.rows[0]
			row.id, row.status, row.tid, row.hemlig = 2, "b", day(9, 1), c.hemlig
			b.poll(t)
			b.party("A1", "alva")
			b.poll(t)
			b.poll(t)
			want(t, b.events(t, "alva"))
			row.hemlig = false
			b.poll(t)
			b.poll(t)
			want(t, b.events(t, "alva"), c.then...)
		})
	}
}

// A time that is filled in later makes a row another one; one that is moved only
// where the rules say something about it.
func TestTimeFilledInLater(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.put(1, "A1", "a", nil)
	b.poll(t)
	b.rows[0].tid = day(9, 0)
	b.poll(t)
	want(t, b.events(t, "alva"), ">a")
	b.rows[0].tid = day(9, 1)
	b.poll(t)
	if len(b.log) != 2 {
		t.Errorf("a row that was only touched was judged again: %d changes", len(b.log))
	}
	b.open(t)
	b.loop.Rules = rules{columns: []int{colTid}}
	b.poll(t)
	b.rows[0].tid = day(9, 2)
	b.poll(t)
	if got := b.log[len(b.log)-1]; !got.Tidpunkt.Equal(day(9, 2)) {
		t.Errorf("the event stands at %s", got.Tidpunkt)
	}
	want(t, b.events(t, "alva"), ">a")
}

// faltering is a store whose commits can fail although they were written, as when
// only the last sync of a disk fails.
type faltering struct {
	*sink.Store
	fail    bool
	fetched int // changes read back
}

func (f *faltering) Commit(batch adapter.Batch) error {
	err := f.Store.Commit(batch)
	if f.fail {
		f.fail = false
		return errors.New("sync failed")
	}
	return err
}

func (f *faltering) Changes(source string, numbers []uint64) ([]adapter.Change, error) {
	f.fetched += len(numbers)
	return f.Store.Changes(source, numbers)
}

func TestCommitThatFailedWasWritten(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.poll(t)
	store := &faltering{Store: b.store, fail: true}
	b.loop.Store = store
	b.put(1, "A1", "a", day(9, 0))
	if err := b.loop.Poll(t.Context()); err == nil {
		t.Fatal("the poll should fail")
	}
	b.poll(t)
	b.put(2, "A1", "b", day(9, 1))
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", "a>b")
}

// What judging a row costs must not grow with the case's past. A poll that does not meet
// the newest row looks for fifty.
func TestNetPastIsNotReadAgain(t *testing.T) {
	b := newBench(t, definition(adapter.Net))
	b.party("A1", "alva")
	store := &faltering{Store: b.store}
	b.loop.Store = store
	row := b.put(1, "A1", "a", nil)
	for i := range 200 {
		row.id, row.status = 2+i, string(rune('a'+i%2))
		b.poll(t)
	}
	if store.fetched > 200*(50+1) {
		t.Errorf("two hundred changes of a case read back %d earlier ones", store.fetched)
	}
	row.hemlig = true
	b.poll(t)
	want(t, b.events(t, "alva"))
}

// The first run of the kind baseline publishes nothing, so it need not know to whom.
func TestBaselineAsksForNoRecipients(t *testing.T) {
	def := definition(adapter.History)
	def.FirstRun.Kind = adapter.Baseline
	b := newBench(t, def)
	b.put(1, "A1", "a", day(9, 0))
	b.poll(t)
	if b.asked != 0 {
		t.Errorf("the recipients of %d cases were asked for", b.asked)
	}
}

// A database's clock that stood wrong must not have the adapter read everything
// again at each poll until the wrong time has come.
func TestClockOfTheDatabaseGoesBack(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	b.put(1, "A1", "a", day(9, 0))
	b.now = b.now.AddDate(1, 0, 0)
	b.poll(t)
	b.poll(t)
	b.now = b.now.AddDate(-1, 0, 0)
	for id := 2; id <= 500; id++ {
		b.put(id, "A1", "a", day(9, 0))
		b.poll(t)
	}
	before := b.reads
	b.poll(t)
	if n := b.reads - before; n > 8 {
		t.Errorf("a poll read %d windows of 10 rows for an overlap of 40 rows", n)
	}
}

// A step of the database's clock is no time in which a transaction could commit.
func TestClockOfTheDatabaseStepsForward(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	for id := 1; id <= 100; id++ {
		b.put(id, "A1", "a", day(8, 0))
	}
	for range 4 * 30 {
		b.poll(t)
	}
	b.put(101, "A1", "late", day(9, 0)).committed = false
	b.put(102, "A1", "b", day(9, 0))
	b.poll(t)
	b.now = b.now.Add(3 * time.Hour)
	b.poll(t)
	b.poll(t)
	b.rows[100].committed = true
	b.poll(t)
	if got := len(b.events(t, "alva")); got != 102 {
		t.Errorf("%d events of 102", got)
	}
}

// A row in the hour that comes twice stays where it is when its text is corrected.
func TestAmbiguousHourRewritten(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.party("A1", "alva")
	twice := func(minute int) time.Time {
		return time.Date(2026, 10, 25, 0, minute, 0, 0, time.UTC).In(stockholm)
	}
	b.put(1, "A1", "a", twice(50))
	b.put(2, "A1", "b", twice(10)) // the clock has been set back since
	b.put(3, "A1", "c", twice(20))
	b.poll(t)
	b.rows[0].status, b.rows[1].status = "A", "B"
	b.poll(t)
	want(t, b.events(t, "alva"), ">A", "a>B", "b>c")
}

// In net mode a case that changed in the hour that comes twice is not behind.
func TestPoint07_AmbiguousHourOfACursor(t *testing.T) {
	def := definition(adapter.Net)
	def.Cursor = adapter.CursorRule{Column: "tid", Kind: adapter.CursorTime}
	b := newBench(t, def)
	b.party("A1", "alva")
	twice := func(minute int) time.Time {
		return time.Date(2026, 10, 25, 0, minute, 0, 0, time.UTC).In(stockholm)
	}
	row := b.put(50, "A1", "a", twice(50))
	b.poll(t)
	row.id, row.status, row.tid = 10, "b", twice(10)
	b.poll(t)
	b.poll(t)
	want(t, b.events(t, "alva"), ">a", "a>b")
}

// Nor is a database older of which the newest cases have all changed in that hour again.
func TestPoint07_NewestCasesInTheAmbiguousHour(t *testing.T) {
	for _, n := range []int{1, 3, 15} {
		def := definition(adapter.Net)
		def.Cursor = adapter.CursorRule{Column: "tid", Kind: adapter.CursorTime}
		b := newBench(t, def)
		b.aCaseEach(1, 20, "a", "alva")
		b.aCaseEach(50, 49+n, "a", "alva")
		newest := b.rows[20:]
		b.poll(t)
		for i := range newest {
			newest[i].id, newest[i].status = 50-n+i, "b"
			newest[i].tid = time.Date(2026, 10, 25, 0, 10, i, 0, time.UTC).In(stockholm)
		}
		for range 3 {
			b.poll(t)
		}
		if got := len(b.events(t, "alva")); got != 20+2*n {
			t.Errorf("%d events of %d cases, want %d", got, 20+n, 20+2*n)
		}
	}
}

// What was published and taken back once stays so, by whatever ways the row goes.
func TestPoint27_TakenBackIsForEver(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		b := newBench(t, definition(mode))
		b.party("A1", "alva")
		b.put(1, "A1", "a", day(9, 0))
		for i, hemlig := range []any{false, nil, true, nil, false} {
			b.rows[0].hemlig = hemlig
			b.poll(t)
			if got := len(b.events(t, "alva")); got > 0 != (i == 0) {
				t.Errorf("%s: %d events at step %d", mode, got, i)
			}
		}
	}
}

// A replica that lags behind gives a state that the case has left already.
func TestPoint18_LaggingReplica(t *testing.T) {
	b := newBench(t, definition(adapter.Net))
	b.party("A1", "alva")
	b.put(1, "A1", "a", nil)
	b.poll(t)
	row := &b.rows[0]
	for _, c := range []struct {
		id     int
		status string
	}{{10, "b"}, {20, "b"}, {9, "a"}, {15, "x"}, {20, "b"}, {9, "a"}, {21, "c"}} {
		row.id, row.status = c.id, c.status
		b.poll(t)
		b.open(t)
	}
	want(t, b.events(t, "alva"), ">a", "a>b", "b>c")
}

// A row may become secret while it waits for a recipient, long after the polls have
// passed it. It is looked at before it is published.
func TestSecretWhileWaiting(t *testing.T) {
	b := newBench(t, definition(adapter.History))
	b.put(1, "A1", "a", day(8, 0))
	b.put(2, "A2", "b", day(8, 0))
	b.party("A3", "bo")
	for id := 3; id <= 150; id++ { // half an hour and more: far beyond the overlap
		b.put(id, "A3", "x", day(9, 0))
		b.poll(t)
	}
	b.rows[0].hemlig = true
	b.party("A1", "alva")
	b.party("A2", "alva")
	b.poll(t)
	b.poll(t)
	want(t, b.events(t, "alva"), ">b")
	if last := b.log[len(b.log)-1]; last.Outcome != adapter.Withheld || last.Case != "A1" {
		t.Errorf("the secret row is %s", last.Outcome)
	}
}
