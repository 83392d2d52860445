package adapter

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// adopt makes the loop ready for an order, whatever it is stopped for.
func (l *Loop) adopt() error {
	if err := l.known(); err != nil {
		return err
	}
	if l.checkpoint.Phase == New {
		return fmt.Errorf("source %s has not been polled yet, so there is nothing to go on from: firstRun decides what its first poll publishes", l.Definition.Name)
	}
	return nil
}

// restart has the next poll begin a walk through everything, and takes the definition
// and the database for what they are now.
func (l *Loop) restart(ctx context.Context, phase Phase, baseline bool) error {
	place, err := l.Source.Place(ctx)
	if err != nil {
		return fmt.Errorf("ask which database it is: %w", err)
	}
	ck := &l.checkpoint
	back, err := l.wasSetBack(ctx)
	if err != nil {
		return err
	}
	if back {
		ck.SetBack = true
		ck.Era++
	}
	ck.Phase, ck.Baseline, ck.Walk, ck.Then, ck.Ring = phase, baseline, nil, nil, nil
	ck.Place, ck.Halted, ck.Missing, ck.Parties, ck.Lost = place, nil, nil, nil, nil
	ck.Definition, ck.Compared = l.Definition.fingerprint(), l.shape.names(l.Definition)
	l.halt, l.sweep, l.doubt, l.met = nil, nil, doubt{}, nil
	if baseline {
		ck.Swept = time.Time{} // the next sweep takes the rows without a cursor as they are
	}
	if err := l.save(Batch{}); err != nil {
		return err
	}
	l.board.ordered(ck)
	return nil
}

// Resync has everything walked and compared from now on, and what differs published;
// rows that are as they were are not. It accepts the definition and the database as
// they are now. A dry one only counts what it would do; it writes nothing and returns
// when it is done. The other returns at once, and the loop walks when it polls.
func (l *Loop) Resync(ctx context.Context, dry bool) (Totals, error) {
	if err := l.adopt(); err != nil {
		return Totals{}, err
	}
	if !dry {
		return Totals{}, l.restart(ctx, Resyncing, false)
	}
	return l.dryWalk(ctx)
}

// open reads the changes with these numbers that are not settled. A number that is
// not stored is an error.
func (l *Loop) open(numbers []uint64) ([]Change, error) {
	if err := l.adopt(); err != nil {
		return nil, err
	}
	numbers = slices.Compact(slices.Sorted(slices.Values(numbers)))
	changes, err := l.Store.Changes(l.Definition.Name, numbers)
	return slices.DeleteFunc(changes, settled), err
}

// settled tells whether there is nothing about a change that could be judged again.
func settled(ch Change) bool { return !ch.Outcome.Open() && len(ch.Reasons) == 0 || ch.Gone }

// Discard settles these open changes without publishing them: they become Ignored,
// with the reason discarded. It returns how many there were.
func (l *Loop) Discard(ctx context.Context, numbers []uint64) (int, error) {
	changes, err := l.open(numbers)
	if err != nil {
		return 0, err
	}
	changes = slices.DeleteFunc(changes, func(ch Change) bool { return ch.Outcome == Published || ch.discarded() })
	return l.ignore(ctx, changes, Reason{Code: discarded, Detail: "an operator chose not to publish it"})
}

// discarded is the code of the reason of a change that an operator let go of.
const discarded = "discarded"

func (c *Change) discarded() bool {
	return c.Outcome == Ignored && len(c.Reasons) > 0 && c.Reasons[0].Code == discarded
}

// withdrawnByHand is the code of the reason of a change that an operator took back.
const withdrawnByHand = "withdrawn-by-hand"

func (c *Change) byHand() bool { return len(c.Reasons) > 0 && c.Reasons[0].Code == withdrawnByHand }

// Withdraw takes back what was published of these changes, for ever, and has what was
// not published yet never be.
func (l *Loop) Withdraw(ctx context.Context, numbers []uint64) error {
	if err := l.adopt(); err != nil {
		return err
	}
	numbers = slices.Compact(slices.Sorted(slices.Values(numbers)))
	changes, err := l.Store.Changes(l.Definition.Name, numbers)
	if err != nil {
		return err
	}
	changes = slices.DeleteFunc(changes, func(ch Change) bool { return ch.Gone && !ch.RowMissing() }) // that one would be shown again with its row
	return l.takeBack(ctx, changes, Reason{Code: withdrawnByHand, Detail: "an operator took it back"})
}

// SetRules has the loop judge by other rules from now on. What was judged before
// stays as it is, and so does what has been counted.
func (l *Loop) SetRules(rules Rules) {
	if l.Rules = rules; !l.saved.IsZero() {
		l.reshape()
	}
}
