package adapter

import (
	"sync"
	"time"
)

// Doing is what a loop is about.
type Doing string

// What a loop can be about.
const (
	Starting Doing = "starting"      // not polled yet
	Walking  Doing = "polling"       // reading what is new, or everything in a first run or a resync
	Sweeping Doing = "sweeping"      // comparing all rows, between two polls
	Resting  Doing = "waiting"       // until the next poll
	Retrying Doing = "failing"       // until the next try
	Closed   Doing = "outside hours" // until limits.allowedHours
	Stopped  Doing = "stopped"       // until an operator chooses how to go on
)

// Status is what a loop is about and how far it has come. Times are zero if what
// they tell of has not happened yet. Nothing in it is personal.
type Status struct {
	Source   string
	Doing    Doing
	Phase    Phase
	Begun    time.Time     // since when Doing is so, by the adapter's clock
	Next     time.Time     // the next poll or try; zero while one is under way
	Polled   time.Time     // when the last complete poll ended, by the adapter's clock; also of an earlier process
	Swept    time.Time     // when the last complete sweep began, by the database's clock
	CaughtUp time.Time     // every change that was committed before has been read, but for what Overlap is for; by the database's clock
	Lag      time.Duration // how far CaughtUp lies behind the database's clock now
	Hold     time.Duration // for how long a transaction has been open that polls begin further back for than Overlap, or that blocks them; 0: none
	Opened   time.Time     // when that was begun, by the adapter's clock; zero: none is open
	Overhold bool          // a transaction was open for longer than MaxHold, and unless it blocks is no longer waited for
	Blocks   bool          // an open transaction keeps polls from reading; see [Definition.Blocks]
	Failing  time.Time     // when the first of the failures in a row was
	Failures int           // in a row
	Error    string        // of the last failure
	Halted   *Halt         // why it is Stopped
	Progress uint64        // rows that the walk under way has read
	Totals   Totals
	// Collisions is how many statements gave way to others in the database since the
	// process began. The source counts them: a loop leaves it to whoever opened that.
	Collisions uint64
	Changes    uint64 // number of the newest change
}

// Status tells how the loop is doing. It may be called by any goroutine.
func (l *Loop) Status() Status {
	b := &l.board
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.status
	s.Source, s.Blocks = l.Definition.Name, l.Definition.Blocks()
	if s.Doing == "" {
		s.Doing = Starting
	}
	if !s.CaughtUp.IsZero() {
		s.Lag = max(0, b.told.Add(time.Since(b.asked)).Sub(s.CaughtUp))
	}
	return s
}

// board is where a loop writes how it is doing. Its zero value is ready.
type board struct {
	mu     sync.Mutex
	status Status
	told   time.Time // what the database's clock said
	asked  time.Time // when it was asked, by ours
}

func (b *board) write(change func(*Status)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(&b.status)
}

// set changes what the loop is about.
func (s *Status) set(d Doing) {
	if s.Doing != d {
		s.Doing, s.Begun = d, time.Now()
	}
	s.Next = time.Time{}
}

// doing notes what the loop is about, and when it will poll next.
func (b *board) doing(d Doing, wait time.Duration) {
	b.write(func(s *Status) {
		s.set(d)
		if wait > 0 {
			s.Next = time.Now().Add(wait)
		}
	})
}

// polled notes a complete poll. It returns how many had failed before it.
func (b *board) polled(wait time.Duration) (failures int) {
	b.write(func(s *Status) {
		failures = s.Failures
		s.Failures, s.Failing, s.Error, s.Halted, s.Progress = 0, time.Time{}, "", nil, 0
		s.set(Resting)
		s.Polled = time.Now()
		s.Next = s.Polled.Add(wait)
	})
	return failures
}

// failed notes a poll that failed. It returns how many did in a row.
func (b *board) failed(err error, wait time.Duration) (failures int) {
	b.write(func(s *Status) {
		if s.Failures == 0 {
			s.Failing = time.Now()
		}
		s.Failures++
		s.Error = err.Error()
		s.set(Retrying)
		s.Next = time.Now().Add(wait)
		failures = s.Failures
	})
	return failures
}

func (b *board) halted(h *Halt) {
	b.write(func(s *Status) {
		s.Halted = h
		s.set(Stopped)
	})
}

// read notes what a checkpoint tells.
func (b *board) read(ck *Checkpoint) {
	b.write(func(s *Status) {
		s.Phase, s.Totals, s.Changes = ck.Phase, ck.Totals, ck.Changes
		s.CaughtUp, s.Swept = ck.CaughtUp(), ck.Swept
		if s.Polled.IsZero() {
			s.Polled = ck.Polled
		}
	})
}

// ordered notes that an operator has chosen how to go on, though nothing is read for that
// before the hours begin.
func (b *board) ordered(ck *Checkpoint) {
	b.read(ck)
	b.write(func(s *Status) { s.Halted, s.Progress = nil, 0 })
}

// counted notes a page that was read only to be counted.
func (b *board) counted(rows int) {
	b.write(func(s *Status) {
		s.set(Walking)
		s.Progress += uint64(rows)
	})
}

// walked notes a page that was read.
func (b *board) walked(ck *Checkpoint, rows int) {
	b.read(ck)
	b.counted(rows)
}

func (b *board) clock(told, asked time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told, b.asked = told, asked
}
