package sink

import (
	"context"
	"errors"
	"time"

	"arendebrygga/adapter"
)

// Query says which kundhändelser of one producer are asked for. At least one of
// Kund and Arende is set; where both are, both must match.
type Query struct {
	Producent string            // id of the producer; "" if there is one
	Kund      *adapter.Identity // matches identifierare and typ and, if not empty, tillagg
	Arende    *adapter.Arende   // matches typ and identifierare, byte for byte
	Owner     string            // 12 digits; if set, only events of the kund with this identifierare
	From, To  time.Time         // From inclusive, To exclusive; zero: open
}

// Event is one kundhändelse as an answer gives it.
type Event struct {
	ID               adapter.ID
	Typ              string
	Taggar           []string
	Tidpunkt         time.Time
	Order            int64 // the source's order among events with the same Tidpunkt
	KraverKundatgard bool
	Klart            bool
	Sprak            []string // languages that it can be told in, Swedish first

	fragments [][]byte
}

// Fragment gives the event's finished JSON object in language Sprak[i].
func (e *Event) Fragment(i int) []byte { return e.fragments[i] }

// Events calls each for every event that the query asks for, newest first:
// tidpunkt, then source order, then id. The Event and all that it holds is valid
// only during the call. An error of each ends the reading and is returned.
func (s *Store) Events(ctx context.Context, q Query, each func(*Event) error) error {
	return errors.New("not built yet")
}
