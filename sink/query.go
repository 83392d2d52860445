package sink

import (
	"context"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

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
	Tidpunkt         time.Time // in UTC
	Order            int64     // the source's order among events with the same Tidpunkt
	KraverKundatgard bool
	Klart            bool
	Sprak            []string // languages that it can be told in, Swedish first

	fragments [][]byte
}

// Fragment gives the event's finished JSON object in language Sprak[i].
func (e *Event) Fragment(i int) []byte { return e.fragments[i] }

// Events calls each for every event that the query asks for, newest first: by
// tidpunkt, then source order, both falling, then id. The Event and all that it
// holds is valid only during the call. It reads one state of the store, whatever is
// committed meanwhile. An error of each ends the reading and is returned as it is.
func (s *Store) Events(ctx context.Context, q Query, each func(*Event) error) error {
	producer := s.producer(q.Producent)
	if producer == 0 || q.Kund != nil && q.Owner != "" && q.Owner != q.Kund.Identifierare {
		return s.state()
	}
	w := s.worker()
	a := answer{worker: w, query: &q, producer: producer, each: each}
	if q.Kund != nil {
		a.kund, a.ofKund = w.kund(producer, q.Kund.Identifierare), true
	} else if q.Owner != "" {
		a.kund, a.ofKund = w.kund(producer, q.Owner), true
	}
	err := s.view(&a.inside, func(tx *bolt.Tx) error {
		switch {
		case q.Arende != nil:
			return a.byArende(ctx, tx)
		case q.Kund != nil:
			return a.byKund(ctx, tx)
		}
		return fmt.Errorf("a question without a kund and an ärende")
	})
	s.workers.Put(w)
	if a.failed != nil {
		return a.failed
	}
	return err
}
