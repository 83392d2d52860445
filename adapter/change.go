package adapter

import "time"

// StatusChange is one change of a case's status, as read from a source.
type StatusChange struct {
	Source    string
	Producent string // id of the producer
	Case      Key
	Row       Key // identity of the row
	Cursor    Key // that the row was read with
	Gammal    string
	Ny        string   // the status columns joined by "/"
	Status    []string // the status columns, NULL as ""
	Tidpunkt  time.Time
	Detected  bool   // Tidpunkt is when the adapter saw the change, as the source does not say
	RawTime   string // Tidpunkt as the source had it, for the id; "" if Detected
	Late      bool   // the case already stood at a later change when this one was read
	Order     int64  // the source's order among changes with the same Tidpunkt
	N         int    // how many earlier changes had the same identity: in net mode those of the case with this Status and RawTime, in history mode of rows of the case that are gone
	Rad       []any  // the row's values, in the order of the source's columns
	// Parter are, in history mode, the event rows that name the recipients, where no
	// query does: the row itself and those that differ from it only in the recipient.
	// Otherwise nil.
	Parter [][]any
}

// Outcome is what became of a status change.
type Outcome uint8

// The outcomes. Every change has exactly one; all but Baselined are stored.
const (
	Published Outcome = iota + 1 // at least one kundhändelse was made
	Ignored                      // a mapping says that the status is not for the kund
	Unmapped                     // no mapping knows the status
	Parked                       // a rule or a value failed; see the reasons
	Waiting                      // the case has no recipient that the mapping allows yet
	Withheld                     // publishWhen was not true, or withdrawWhen was, or its row is read behind for now
	Baselined                    // remembered by the first run, not published
	Held                         // to be published when its time has come: after the delay, or when it is no longer in the future
)

var outcomeNames = [...]string{"", "published", "ignored", "unmapped", "parked", "waiting", "withheld", "baselined", "held"}

// String gives the outcome's name as the logs and the status command write it.
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return "unknown"
}

// Open tells whether the change is not settled: something that happens later, or
// an operator, may give it another outcome.
func (o Outcome) Open() bool {
	return o == Unmapped || o == Parked || o == Waiting || o == Withheld || o == Held
}

// Reason says why a change, or one recipient of it, did not become a kundhändelse.
// Neither field ever holds personal data.
type Reason struct {
	Code   string // a word or two with hyphens, counted by; such as identity-check-digit
	Detail string // what an operator needs: file, step, column; never a value
}

// Judgement is what the rules make of a change.
type Judgement struct {
	Outcome Outcome
	Reasons []Reason       // at least one if the outcome is Parked; may also tell of a recipient left out of a Published
	Events  []Kundhandelse // only if Published
	Gone    bool           // withdrawWhen: what was published of this change is never published again
}

// Change is a status change with its outcome, as the store keeps it.
type Change struct {
	StatusChange
	Number  uint64 // sequence number within the source, from 1
	Hash    uint64 // of the row's values; another Hash for the same row is a rewrite
	Outcome Outcome
	Reasons []Reason
	Events  []Kundhandelse // what is published of it; read back from the store: empty
	Kept    []Key          // the recipients whose stored events of it stay as they are, whatever Events says; not stored
	Gone    bool
	Shown   bool      // it was published once, whatever became of it
	Missed  bool      // no poll found it, or that it may be published, but a sweep did
	Due     time.Time // by the database's clock; Held, or read behind while it was: when it is to be published; net mode, Ignored or Unmapped: until when it can be undone
	Rules   string    // hash of the rules that judged it
	Noted   time.Time // when it was judged, by the adapter's clock
}
