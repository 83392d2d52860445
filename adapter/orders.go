package adapter

import (
	"context"
	"errors"
)

var errNotYet = errors.New("not supported in this version")

// Do has a running loop do something for an operator: order runs in the loop's own
// goroutine, between two pages, also while the loop waits or is stopped. It returns
// what order returns, or the error of ctx.
func (l *Loop) Do(ctx context.Context, order func(context.Context) error) error { return errNotYet }

// Status tells how the loop is doing. It may be called by any goroutine.
func (l *Loop) Status() Status { return Status{} }

// Resync has everything walked and compared from now on, and what differs published;
// rows that are as they were are not. It accepts the definition and the database as
// they are now. A dry one only counts what it would do; it writes nothing and returns
// when it is done. The other returns at once, and the loop walks when it polls.
func (l *Loop) Resync(ctx context.Context, dry bool) (Totals, error) { return Totals{}, errNotYet }

// Baseline has everything walked and remembered as it is, without publishing
// anything, from now on. It accepts the definition and the database as they are now.
// What was published stays. The loop walks when it polls.
func (l *Loop) Baseline(ctx context.Context) error { return errNotYet }

// Replay judges these changes again that are parked, unmapped, waiting or withheld,
// in history mode with the rows as they are now. A dry one only counts. The totals
// tell what became of them.
func (l *Loop) Replay(ctx context.Context, numbers []uint64, dry bool) (Totals, error) {
	return Totals{}, errNotYet
}

// Discard settles these open changes without publishing them: they become Ignored,
// with the reason discarded. It returns how many there were.
func (l *Loop) Discard(ctx context.Context, numbers []uint64) (int, error) { return 0, errNotYet }

// Withdraw takes back what was published of these changes, for ever.
func (l *Loop) Withdraw(ctx context.Context, numbers []uint64) error { return errNotYet }
