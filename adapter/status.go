package adapter

import "time"

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
	Hold     time.Duration // how much longer than Overlap ago polls begin, for the sake of an open transaction; 0: none
	Overhold bool          // a transaction was open for longer than MaxHold, and is no longer waited for
	Failing  time.Time     // when the first of the failures in a row was
	Failures int           // in a row
	Error    string        // of the last failure
	Halted   *Halt         // why it is Stopped
	Progress uint64        // rows that the walk under way has read
	Totals   Totals
	Changes  uint64 // number of the newest change
}
