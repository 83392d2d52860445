package adapter

import (
	"context"
	"errors"
	"math/rand/v2"
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

// Loop polls one source until its context ends. All fields but Committed and At
// are required.
type Loop struct {
	Definition *Definition
	Source     Source
	Rules      Rules
	Store      Store
	Log        zerolog.Logger
	Committed  func([]Change) // told of the changes of each commit, in order
	At         func(Point)

	shape      shape
	checkpoint Checkpoint
	saved      time.Time // when the checkpoint was last written; zero: to be read from the store
	told       time.Time // what the database's clock said when it was last asked
	asked      time.Time // and when that was
	waiting    uint64    // the waiting changes up to this number have been asked about
	unmapped   map[string]bool
	held       held
}

// Run polls until ctx ends, and then returns nil within the time that a commit in
// progress needs. What fails is logged and tried again, ever more seldom. It returns
// an error only if going on could publish something twice: when the definition no
// longer fits what the store holds of the source.
func (l *Loop) Run(ctx context.Context) error {
	retry := firstRetry
	failures := 0
	for ctx.Err() == nil {
		err := l.Poll(ctx)
		wait := l.Definition.Poll
		switch changed := (*DefinitionChanged)(nil); {
		case errors.As(err, &changed):
			return err
		case ctx.Err() != nil:
			return nil
		case err != nil:
			failures++
			wait = retry
			retry = min(2*retry, lastRetry)
			l.Log.Warn().Err(err).Int("failures", failures).Stringer("next", wait).Msg("poll failed, will try again")
		default:
			if failures > 0 {
				l.Log.Info().Int("failures", failures).Msg("poll works again")
			}
			retry, failures = firstRetry, 0
		}
		sleep(ctx, jitter(wait))
	}
	return nil
}

// Poll walks once through what is new in the source, committing page by page, and
// then asks again about the changes that wait for a recipient.
func (l *Loop) Poll(ctx context.Context) error {
	if l.saved.IsZero() {
		if err := l.load(); err != nil {
			return err
		}
	}
	if l.checkpoint.Walk == nil {
		if err := l.begin(ctx); err != nil {
			return err
		}
	}
	phase := l.checkpoint.Phase
	for l.checkpoint.Walk != nil {
		if err := l.page(ctx); err != nil {
			return err
		}
	}
	if phase == FirstPass {
		// What was written while the first pass walked is new, so follow at once.
		l.Log.Info().Uint64("rows", l.checkpoint.Totals.Rows).Uint64("baselined", l.checkpoint.Totals.Baselined).
			Uint64("events", l.checkpoint.Totals.Events).Msg("first run complete")
		return l.Poll(ctx)
	}
	if err := l.release(ctx); err != nil {
		return err
	}
	return l.askAgain(ctx)
}

// page reads, judges and commits one window.
func (l *Loop) page(ctx context.Context) error {
	page, err := l.Source.Read(ctx, *l.checkpoint.Walk)
	if err != nil {
		return err
	}
	l.at(AfterQuery)
	batch, err := l.judge(ctx, page.Rows)
	if err != nil {
		return err
	}
	next := l.checkpoint
	next.Totals.add(batch.Checkpoint.Totals)
	next.Totals.Rows += uint64(len(page.Rows))
	if next.Walk = &page.Next; page.Last {
		if err := l.end(ctx, &next, page.Frontier); err != nil {
			return err
		}
	}
	if len(batch.Changes)+len(batch.Cases)+len(batch.Seen) == 0 && next.Phase != FirstPass && time.Since(l.saved) < idleCommit {
		l.checkpoint = next
		return ctx.Err()
	}
	l.checkpoint = next
	if err := l.save(batch); err != nil {
		return err
	}
	return ctx.Err()
}

// save commits a batch together with the loop's checkpoint. After an error the
// store tells where the source stands: a commit may fail when all is written.
func (l *Loop) save(batch Batch) error {
	batch.Source = l.Definition.Name
	now := time.Now().UTC().Truncate(time.Second)
	for i := range batch.Changes {
		batch.Changes[i].Rules, batch.Changes[i].Noted = l.Rules.Hash(), now
		l.checkpoint.Changes = max(l.checkpoint.Changes, batch.Changes[i].Number)
	}
	batch.Checkpoint = l.checkpoint
	l.at(BeforeCommit)
	if err := l.Store.Commit(batch); err != nil {
		l.saved = time.Time{}
		return err
	}
	l.at(AfterCommit)
	l.saved = time.Now()
	l.held.note(batch.Changes)
	l.tell(batch.Changes)
	return nil
}

func (l *Loop) at(p Point) {
	if l.At != nil {
		l.At(p)
	}
}

// jitter spreads a wait by a tenth, so that many sources do not poll in step.
func jitter(d time.Duration) time.Duration {
	if d < 10 {
		return d
	}
	return d - d/10 + rand.N(d/5)
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
