package adapter

import "time"

// Phase is how far a source has come.
type Phase string

// The phases of a source.
const (
	New       Phase = ""          // never polled
	FirstPass Phase = "first run" // walking what was there at the start
	Resyncing Phase = "resync"    // walking everything, to publish what differs
	Following Phase = "following"
)

// Mark is a point in the ring: at the database's time At, the greatest cursor
// among the visible rows was Cursor. A transaction that draws its cursor after At
// gets a greater one.
type Mark struct {
	At     time.Time `json:"at"`
	Cursor Key       `json:"cursor"`
	// Snapshot tells the database which transactions were open then; empty where it
	// cannot say.
	Snapshot Key `json:"snapshot,omitempty"`
	// Settled: they had all ended when the last complete poll began, which so read
	// what they wrote, if it began here or before.
	Settled bool `json:"settled,omitempty"`
}

// Checkpoint is the stored state of a source: where to go on, and what has been
// counted.
type Checkpoint struct {
	Definition map[string]string `json:"definition,omitempty"` // what the store's content depends on: field to hash
	Phase      Phase             `json:"phase,omitempty"`
	Walk       *Walk             `json:"walk,omitempty"`     // a walk under way; nil between polls
	Then       *Walk             `json:"then,omitempty"`     // the walk to go on with after it; only in the first run
	Begun      time.Time         `json:"begun"`              // database clock at the start of the walk under way
	Ring       []Mark            `json:"ring,omitempty"`     // oldest first
	Reached    Key               `json:"reached,omitempty"`  // the greatest cursor that a poll has passed
	Overheld   *Mark             `json:"overheld,omitempty"` // its snapshot has a transaction that was open for longer than MaxHold
	Polled     time.Time         `json:"polled"`             // database clock at the start of the last complete poll
	Caught     time.Time         `json:"caught,omitzero"`    // up to when a rowversion cursor has read everything; zero: up to Polled
	Swept      time.Time         `json:"swept,omitzero"`     // database clock at the start of the last complete sweep
	Place      string            `json:"place,omitempty"`    // which database it is
	Halted     *Halt             `json:"halted,omitempty"`
	Baseline   bool              `json:"baseline,omitempty"` // the first run publishes nothing, whatever the definition says: an operator chose it
	Missing    map[uint64]int    `json:"missing,omitempty"`  // changes whose rows the last complete sweeps did not find: how many in a row
	Lost       []uint64          `json:"lost,omitempty"`     // changes whose rows were the newest and are taken for deleted, in rising order
	Anchors    []Anchor          `json:"anchors,omitempty"`  // the newest rows that a first run remembered, oldest first; see Anchor
	SetBack    bool              `json:"setback,omitempty"`  // an operator went on with a database that was set back: it may give numbers again of rows that were remembered
	Accepted   []uint64          `json:"accepted,omitempty"` // changes whose rows are known to be gone, in rising order; what comes under their numbers is another row
	Era        uint64            `json:"era,omitempty"`      // how often an operator has gone on with another database, or one that was set back
	Known      uint64            `json:"known,omitempty"`    // a case that was met last in an era before this one is not known any more
	Parties    *Trail            `json:"parties,omitempty"`  // where following the recipients query stands, if it has a cursor
	Compared   []string          `json:"compared,omitempty"` // the columns that make a row another one, as its stored hash has them
	Changes    uint64            `json:"changes"`            // number of the newest change
	Totals     Totals            `json:"totals"`
}

// Trail is where following a query along a cursor stands.
type Trail struct {
	Ring   []Mark    `json:"ring,omitempty"`  // oldest first
	Polled time.Time `json:"polled,omitzero"` // database clock at the start of the last complete poll
}

// Totals are counted since the store was made, for one source.
type Totals struct {
	Rows      uint64 `json:"rows"`      // read, re-read ones too
	Baselined uint64 `json:"baselined"` // remembered by the first run without being published
	Changes   uint64 `json:"changes"`
	Published uint64 `json:"published"` // changes, as the five below; a change that is judged again counts again
	Ignored   uint64 `json:"ignored"`
	Unmapped  uint64 `json:"unmapped"`
	Parked    uint64 `json:"parked"`
	Waiting   uint64 `json:"waiting"`
	Withheld  uint64 `json:"withheld"`
	Events    uint64 `json:"events"` // kundhändelser made
	Late      uint64 `json:"late"`
	Behind    uint64 `json:"behind"` // net mode: readings of rows that were older than what was read of their case before: they may take away, and never show
	Rewrites  uint64 `json:"rewrites"`
	Reread    uint64 `json:"reread"`    // rows that were as they had been read before
	Held      uint64 `json:"held"`      // changes, as those above
	Undone    uint64 `json:"undone"`    // changes that were gone again before their delay was over
	Missed    uint64 `json:"missed"`    // changes that no poll had found, but a sweep
	Missing   uint64 `json:"missing"`   // changes taken back as their rows are no longer there
	Parties   uint64 `json:"parties"`   // cases whose recipients changed after something was published
	Overholds uint64 `json:"overholds"` // how many transactions were open for longer than MaxHold
}
