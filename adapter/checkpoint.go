package adapter

import "time"

// Phase is how far a source has come.
type Phase string

// The phases of a source.
const (
	New       Phase = ""          // never polled
	FirstPass Phase = "first run" // walking what was there at the start
	Following Phase = "following"
)

// Mark is a point in the ring: at the database's time At, the greatest cursor
// among the visible rows was Cursor. A transaction that draws its cursor after At
// gets a greater one.
type Mark struct {
	At     time.Time `json:"at"`
	Cursor Key       `json:"cursor"`
}

// Checkpoint is the stored state of a source: where to go on, and what has been
// counted.
type Checkpoint struct {
	Definition map[string]string `json:"definition,omitempty"` // what the store's content depends on: field to hash
	Phase      Phase             `json:"phase,omitempty"`
	Walk       *Walk             `json:"walk,omitempty"` // a walk under way; nil between polls
	Then       *Walk             `json:"then,omitempty"` // the walk to go on with after it; only in the first run
	Begun      time.Time         `json:"begun"`          // database clock at the start of the walk under way
	Ring       []Mark            `json:"ring,omitempty"` // oldest first
	Polled     time.Time         `json:"polled"`         // database clock at the start of the last complete poll
	Changes    uint64            `json:"changes"`        // number of the newest change
	Totals     Totals            `json:"totals"`
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
	Behind    uint64 `json:"behind"` // net mode: rows left alone, as they were older than what was read of the case before
	Rewrites  uint64 `json:"rewrites"`
}
