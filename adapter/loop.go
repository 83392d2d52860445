package adapter

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"
)

// The shortest and the longest wait after a failed poll; it doubles in between.
const (
	firstRetry = time.Second
	lastRetry  = time.Minute
)

// A complete poll that found nothing is only written to the store this often: an
// older Polled makes the next start read more again, never less.
const idleCommit = time.Minute

// A step of the database's clock by so much more than the time that went by was not
// waiting for an answer.
const clockStep = time.Minute

// Point is a labelled point in the loop, where a fault test stops the process.
type Point string

// The labelled points, in the order in which a page passes them.
const (
	AfterQuery   Point = "after query"
	MidRows      Point = "mid rows"
	BeforeCommit Point = "before commit"
	AfterCommit  Point = "after commit"
)

// Loop polls one source until its context ends. All fields but Committed, At and
// Polled are required.
type Loop struct {
	Definition *Definition
	Source     Source
	Rules      Rules
	Store      Store
	Log        zerolog.Logger
	Committed  func([]Change) // told of the changes of each commit, in order
	At         func(Point)
	Polled     func(took time.Duration, err error) // told of each poll, complete or failed; may be nil

	shape      shape
	others     []*shape // by which rows may have been hashed before the rules used other columns
	halt       *Halt    // not stored, as it goes when the operator mends the cause
	recognised bool     // the database is the one that the store knows
	doubt      doubt
	checkpoint Checkpoint
	compared   bool   // the poll under way has met the newest row that polls had reached, or found out why not
	begun      int    // place in the ring where the poll under way began
	settled    []bool // which marks of the ring were, when that poll began
	met        *bits  // changes whose rows the walk under way has met; nil: not all of its rows were seen
	sweep      *sweep
	nextSweep  time.Time
	roused     bool      // an operator has asked for something: poll at once
	saved      time.Time // when the checkpoint was last written; zero: to be read from the store
	unsaved    bool      // something has been read since, though nothing new
	told       time.Time // what the database's clock said when it was last asked
	asked      time.Time // and when that was
	waiting    uint64    // the waiting changes up to this number have been asked about
	unmapped   map[string]bool
	desk       desk
	board      board
	held       held
	owed       []Key           // cases whose recipients are to be looked at again after the poll
	metParties map[uint64]bool // rows that following the recipients query has met at its last walk
}

// Run polls until ctx ends, and then returns within the time that a commit in
// progress needs. What fails is logged and tried again, ever more seldom. Where going
// on could publish something twice or to the wrong one, it only waits for an operator
// to choose; see [Halt].
func (l *Loop) Run(ctx context.Context) {
	defer l.desk.close()
	defer l.leave()
	retry := firstRetry
	for ctx.Err() == nil {
		if wait := l.closed(time.Now()); wait > 0 {
			if err := l.known(); err != nil { // who starts the program at night is told how far the source has come
				l.Log.Warn().Err(err).Msg("where the source stands cannot be read, will try again when its hours begin")
			}
			l.board.doing(Closed, wait)
			l.rest(ctx, wait)
			continue
		}
		begun := time.Now()
		err := l.survive("poll", func() error { return l.Poll(ctx) })
		if errors.Is(err, errHoursOver) {
			continue
		}
		if l.Polled != nil && ctx.Err() == nil {
			l.Polled(time.Since(begun), err)
		}
		wait := jitter(l.Definition.Poll)
		switch halt := (*Halt)(nil); {
		case ctx.Err() != nil:
			return
		case errors.As(err, &halt):
			l.Log.Error().Str("reason", halt.Reason).Str("detail", halt.Detail).Msg("source stopped until an operator chooses")
			l.board.halted(halt)
			l.stand(ctx, halt)
		case err != nil:
			wait = jitter(retry)
			retry = min(2*retry, lastRetry)
			n := l.board.failed(err, wait)
			l.Log.Warn().Err(err).Int("failures", n).Stringer("next", wait).Msg("poll failed, will try again")
			l.rest(ctx, wait)
		default:
			if n := l.board.polled(wait); n > 0 {
				l.Log.Info().Int("failures", n).Msg("poll works again")
			}
			retry = firstRetry
			l.rest(ctx, wait)
		}
	}
}

// leave writes what has been counted since the last commit.
func (l *Loop) leave() {
	if !l.unsaved || l.saved.IsZero() {
		return
	}
	if err := l.save(Batch{}); err != nil {
		l.Log.Warn().Err(err).Msg("what was counted last could not be written")
	}
}

// errHalfDone ends a poll between two pages.
var errHalfDone = errors.New("an operator's order broke off in the middle: the next poll goes on where the store says that the source stands")

// Poll walks once through what is new in the source, committing page by page. Then it
// publishes what was held until now, asks again about the changes that wait for a
// recipient, and follows the recipients query along its own cursor. The error is a
// *[Halt] if the source is stopped. Outside AllowedHours nothing is read: a poll that they
// cut short ends with an error, and the next goes on where it was.
func (l *Loop) Poll(ctx context.Context) error {
	err := l.poll(ctx)
	if err != nil {
		l.recognised = false
		if l.whole() && !errors.Is(err, errHoursOver) {
			l.checkpoint.Missing = nil // only complete walks in a row count
		}
	}
	return err
}

func (l *Loop) poll(ctx context.Context) error {
	if err := l.within(); err != nil {
		return err
	}
	if err := l.ready(ctx); err != nil {
		return err
	}
	if l.checkpoint.Walk == nil {
		if err := l.begin(ctx); err != nil {
			return err
		}
	}
	phase, before := l.checkpoint.Phase, Totals{}
	if phase == Resyncing || l.taking() {
		before = l.checkpoint.Totals // what it tells is its own, since the program started if it was cut short
	}
	for l.checkpoint.Walk != nil {
		if err := l.within(); err != nil {
			return err
		}
		err := l.page(ctx)
		if twice := (notUnique{}); errors.As(err, &twice) && twice.moved {
			err = l.page(ctx) // a row that was moved while the page was read has come to rest
		}
		if err != nil {
			return err
		}
		if l.serve(ctx); l.saved.IsZero() {
			return errHalfDone
		}
	}
	if err := l.missing(ctx, l.met, phase == Resyncing); err != nil {
		return err
	}
	if phase != Following {
		// What was written while the first pass walked is new, so follow at once.
		t := l.checkpoint.Totals
		l.Log.Info().Uint64("rows", t.Rows-before.Rows).Uint64("baselined", t.Baselined-before.Baselined).
			Uint64("events", t.Events-before.Events).Msg(string(phase) + " complete")
		return l.poll(ctx)
	}
	if err := l.release(ctx); err != nil {
		return err
	}
	return errors.Join(l.askAgain(ctx), l.followParties(ctx))
}

// ready sees to it that the loop knows where it stands, and that going on is safe.
func (l *Loop) ready(ctx context.Context) error {
	if err := l.known(); err != nil {
		return err
	}
	if h := cmp.Or(l.checkpoint.Halted, l.halt); h != nil && !l.led(ctx, h) {
		return h
	}
	if l.recognised {
		return nil
	}
	return l.recognise(ctx)
}

// page reads, judges and commits one window.
func (l *Loop) page(ctx context.Context) error {
	read, again := l.Source.Read, l.whole() && l.checkpoint.Phase != FirstPass
	if l.whole() {
		read = l.Source.Sweep
	}
	page, err := read(ctx, *l.checkpoint.Walk)
	if err != nil {
		return err
	}
	l.at(AfterQuery)
	if l.taking() { // the sweep would publish to who has been added
		if err := l.recheckPage(ctx, page.Rows, nil); err != nil {
			return err
		}
	}
	batch, err := l.judgeAs(ctx, page.Rows, manner{page: &page, met: l.met, resync: l.checkpoint.Phase == Resyncing})
	if err != nil {
		return err
	}
	next := l.checkpoint
	next.Totals.add(batch.Checkpoint.Totals)
	next.Totals.Rows += uint64(len(page.Rows))
	next.learn(&batch)
	if next.Walk = &page.Next; page.Last {
		if err := l.end(ctx, &next, page.Frontier); err != nil {
			return err
		}
	}
	idle := len(batch.Changes)+len(batch.Cases)+len(batch.Seen) == 0 && next.Phase == Following && l.checkpoint.Phase == Following && next.Known == l.checkpoint.Known && time.Since(l.saved) < idleCommit
	l.checkpoint = next
	if l.unsaved = true; !idle {
		if err := l.save(batch); err != nil {
			return err
		}
	}
	l.board.walked(&l.checkpoint, len(page.Rows)) // only what is stored is told
	if again {                                    // no sweep comes by
		return l.recheckPage(ctx, page.Rows, nil)
	}
	return ctx.Err()
}

// save commits a batch together with the loop's checkpoint. After an error the
// store tells where the source stands: a commit may fail when all is written.
func (l *Loop) save(batch Batch) error {
	batch.Source = l.Definition.Name
	now := time.Now().UTC().Truncate(time.Second)
	for i := range batch.Changes {
		if batch.Changes[i].Noted = now; batch.Changes[i].Kept == nil || batch.Changes[i].Events != nil {
			batch.Changes[i].Rules = l.Rules.Hash()
		}
		l.checkpoint.Changes = max(l.checkpoint.Changes, batch.Changes[i].Number)
	}
	batch.Checkpoint = l.checkpoint
	l.at(BeforeCommit)
	if err := l.Store.Commit(batch); err != nil {
		l.saved = time.Time{}
		return err
	}
	l.at(AfterCommit)
	l.saved, l.unsaved = time.Now(), false
	l.held.note(batch.Changes)
	l.tell(batch.Changes)
	return nil
}

func (l *Loop) at(p Point) {
	if l.At != nil {
		l.At(p)
	}
}
