package adapter

import (
	"context"
	"fmt"
	"time"
)

// Halt is why a source is stopped until an operator chooses how to go on: what the
// store knows of it may not be true any more, and going on could publish something
// twice, or take for known what is new.
type Halt struct {
	Reason string    `json:"reason"` // one or two words with hyphens
	Detail string    `json:"detail"` // what happened and the ways out; nothing personal
	At     time.Time `json:"at"`     // by the adapter's clock
}

func newHalt(reason, detail string) *Halt {
	return &Halt{Reason: reason, Detail: detail, At: time.Now().UTC().Truncate(time.Second)}
}

// Error gives the detail.
func (h *Halt) Error() string { return h.Detail }

// waysOn names the commands between which an operator chooses.
func waysOn(source string) string {
	return fmt.Sprintf("choose: arendebrygga resync %[1]s publishes what differs (--dry-run counts it first), arendebrygga baseline %[1]s takes everything as it is and publishes nothing", source)
}

// recognise finds out, when the loop starts and after each failure, whether the
// database is the one that the store knows, and whether it has been set back.
func (l *Loop) recognise(ctx context.Context) error {
	place, err := l.Source.Place(ctx)
	if err != nil {
		return err
	}
	if known := l.checkpoint.Place; known != "" && place != "" && known != place {
		return l.stop(anotherDatabase, "the connection leads to another database than the one that the store knows: after a failover or a move, or by mistake; "+
			"point it to the right one, or "+waysOn(l.Definition.Name))
	}
	if place != "" {
		l.checkpoint.Place = place
	}
	if l.checkpoint.Phase == Following || l.checkpoint.Phase == FirstPass && !l.taking() {
		if err := l.notSetBack(ctx); err != nil {
			return err
		}
	}
	l.recognised = true
	return nil
}

// Reasons of a source that is stopped as its rows may not be those that were read.
const (
	anotherDatabase = "another-database" // the connection leads elsewhere
	databaseSetBack = "database-set-back"
	rowsReused      = "rows-reused"
)

// setBack tells whether the database may give numbers again that it has given before.
func (h *Halt) setBack() bool {
	return h != nil && (h.Reason == anotherDatabase || h.Reason == databaseSetBack || h.Reason == rowsReused)
}

// led tells whether the connection of a source that was stopped for leading elsewhere
// leads to the right database again, and lifts the halt then: nothing was read from
// the other one.
func (l *Loop) led(ctx context.Context, h *Halt) bool {
	if h.Reason != anotherDatabase || l.halt != nil {
		return false
	}
	if place, err := l.Source.Place(ctx); err != nil || place != l.checkpoint.Place {
		return false
	}
	l.checkpoint.Halted, l.recognised = nil, false
	l.Log.Info().Msg("the connection leads to the right database again")
	return true
}

// stop notes for good why the source is stopped.
func (l *Loop) stop(reason, detail string) error {
	l.checkpoint.Halted = newHalt(reason, detail)
	if err := l.save(Batch{}); err != nil {
		return err
	}
	return l.checkpoint.Halted
}
