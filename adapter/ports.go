package adapter

import (
	"context"
	"time"
)

// Source hands out rows of one source. It is used by one goroutine at a time.
type Source interface {
	// Clock asks the database for its time.
	Clock(ctx context.Context) (time.Time, error)
	// Extent asks how far the rows reach now.
	Extent(ctx context.Context) (Extent, error)
	// Read gives the window of rows that begins at from: at most PageSize rows, in
	// source order (cursor, then row identity). Nothing of a page is returned before
	// the database has ended the result without an error.
	Read(ctx context.Context, from Walk) (Page, error)
	// Recipients gives the rows of the recipients query for these cases, with Case
	// and ID (the recipient) set, and each once, however often its case is asked for. It
	// is not called if there is no such query. Without cases it only finds out whether
	// the query works.
	Recipients(ctx context.Context, cases []Key) ([]Row, error)
	// Earlier tells of each pair of cursors whether the first lies before the second,
	// as the database orders them.
	Earlier(ctx context.Context, cursors [][2]Key) ([]bool, error)
	// Ahead tells of each cursor whether it lies in the future by the database's clock:
	// none does that is no time.
	Ahead(ctx context.Context, cursors []Key) ([]bool, error)
	// Sweep gives the window of rows that begins at from in the order of their identity,
	// as the database orders it: all rows with an identity, whatever their cursor. Lo of
	// the walk is an identity, and Until is empty.
	Sweep(ctx context.Context, from Walk) (Page, error)
	// Rows reads the rows with these identities, in any order. One that is not there is
	// left out; one that is there twice is given twice.
	Rows(ctx context.Context, ids []Key) ([]Row, error)
	// Parties gives the window of the recipients query that begins at from, along
	// Definition.Recipients.Cursor. It is not called if there is no such cursor.
	Parties(ctx context.Context, from Walk) (Page, error)
	// Snapshot says which transactions are open, in the database's own text, empty if
	// it cannot tell.
	Snapshot(ctx context.Context) (Key, error)
	// Settled tells of each snapshot whether all transactions that were open then, or
	// had not begun, but could have drawn a cursor before it was made, have ended.
	Settled(ctx context.Context, snapshots []Key) ([]bool, error)
	// Place says which database this is: a text that stays the same as long as it is
	// that one, empty if the kind of database cannot tell.
	Place(ctx context.Context) (string, error)
	Close() error
}

// Extent is how far a source's rows reach. All are empty for a source without rows.
type Extent struct {
	Greatest Key // the greatest cursor
	Back     Key // the cursor a few pages before it; empty if there are fewer rows than that
	Present  Key // the greatest cursor that does not lie in the future by the database's clock
	Future   Key // the least that does; empty if there is none, as always for ids
}

// Walk is where reading stands inside a source. Its zero value is the beginning.
// It is stored between pages, so that a restart goes on where it was.
type Walk struct {
	Lo    Key   `json:"lo,omitempty"`    // the window's lower bound
	After bool  `json:"after,omitempty"` // rows behind Lo only, not at it
	Tie   Key   `json:"tie,omitempty"`   // inside one cursor value with more rows than a page: the last row identity read
	Until Key   `json:"until,omitempty"` // last cursor of the walk, inclusive; empty: no end
	Step  int64 `json:"step,omitempty"`  // the window size that fitted last, in the dialect's own unit; 0: begin with the usual one
}

// Page is one window of rows.
type Page struct {
	Rows []Row
	Next Walk // where the next window begins; not set if Last
	Last bool // nothing is left of the walk
	// Frontier is the greatest cursor that the walk has passed and that does not lie
	// in the future by the database's clock; only set if Last, and empty if there is
	// no such row.
	Frontier Key
}

// Rules judge status changes of one source.
type Rules interface {
	// Judge decides what becomes of a change. recipients are the recipients of the
	// change's case: rows of the recipients query, or of the events query where the
	// event rows say it themselves. The change's Row is as the database has it, without
	// what Definition.Created adds. Errors become outcomes.
	Judge(change StatusChange, recipients []Row) Judgement
	// FirstRun tells whether a row that was there at the first run is published;
	// only asked when the first run is of the kind When.
	FirstRun(change StatusChange) bool
	// Columns are the indexes of the event columns that conditions and texts use, in
	// rising order: all that a settled change needs to keep.
	Columns() []int
	// Hash identifies the rules.
	Hash() string
}

// Store keeps what the loop finds. Every method may be called at any time.
type Store interface {
	// Checkpoint gives the source's state, making it if the source is new.
	Checkpoint(source string) (Checkpoint, error)
	// Known looks up what is known of rows (in history mode) and cases, in the order
	// asked.
	Known(source string, rows, cases []Key) ([]Seen, []Case, error)
	// Commit writes a batch: all of it, or on an error nothing.
	Commit(batch Batch) error
	// Open gives the source's changes with this outcome, numbers above after, at most
	// limit, in rising order.
	Open(source string, outcome Outcome, after uint64, limit int) ([]Change, error)
	// Changes reads back changes by their numbers, in the order asked, without their
	// events. A number that is not stored is an error.
	Changes(source string, numbers []uint64) ([]Change, error)
	// IDKey is the key that event ids are made with.
	IDKey() IDKey
}

// Seen is what is known of a row that was read before. Its zero value: nothing.
type Seen struct {
	Row     Key // set by the loop, not read back
	Hash    uint64
	Outcome Outcome
	Change  uint64 // number of its change; 0: none, it was baselined
}

// Case is the shadow of a case. Its zero value: never seen.
type Case struct {
	Key      Key // set by the loop, not read back
	Known    bool
	Status   string
	Hash     uint64 // of the row's values (net mode)
	Tidpunkt time.Time
	Order    int64
	Cursor   Key     // net mode: the greatest that the row was read with
	Change   uint64  // number of the change that led to Status; 0: none, it was baselined
	Past     []Past  // every change so far, oldest first
	Era      uint64  // as Checkpoint.Era was when its rows were met last
	Parties  []Party // its recipients, as last seen; nil: they have not been asked for, or belong to single rows
	Away     bool    // net mode: its row was gone, so that changes of it were taken back
}

// Past is an earlier change of a case.
type Past struct {
	Change uint64 // its number
	Hash   uint64 // net mode: of its status and time as the source had them: equal ones are told apart by counting; 0 of a row that could not be read
}

// Party is a recipient of a case, as last seen.
type Party struct {
	ID    Key
	Hash  uint64 // of the rows that name it
	Since uint64 // it gets the changes with numbers above
	Until uint64 // not 0: it no longer is a recipient, and keeps what it got of the changes up to this one
}

// Batch is what one page gave.
type Batch struct {
	Source     string
	Changes    []Change // those with a Number above the stored Checkpoint.Changes are new; others take the place of the stored ones, and so do their events
	Cases      []Case
	Seen       []Seen
	Checkpoint Checkpoint
}
