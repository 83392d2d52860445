package sink

import (
	"bytes"
	"context"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"
)

// answer is a query being answered inside one read transaction.
type answer struct {
	*worker
	query    *Query
	producer uint16
	kund     digest
	ofKund   bool // only events of kund
	each     func(*Event) error
	inside   bool  // each is running
	failed   error // what each, or the context, ended the reading with
}

var errEnded = errors.New("ended by the caller")

// byKund reads the range of events of one kund.
func (a *answer) byKund(ctx context.Context, tx *bolt.Tx) error {
	c := eventBucket.in(tx).Cursor()
	return a.span(ctx, c, a.kund, func(k, v []byte) error {
		return a.tell(longKey(k), v)
	})
}

// byArende reads the range of one ärende in the index and fetches each event.
func (a *answer) byArende(ctx context.Context, tx *bolt.Tx) error {
	stored := eventBucket.in(tx).Cursor()
	h := a.arende(a.producer, *a.query.Arende)
	return a.span(ctx, arendeBucket.in(tx).Cursor(), h, func(k, v []byte) error {
		kund, err := payload(v)
		if err != nil || len(kund) != hashLen {
			return damagedAt(arendeBucket, errors.Join(err, errors.New("not the hash of a kund")))
		}
		if a.ofKund && digest(kund) != a.kund {
			return nil
		}
		key := longKey(k)
		key = key.with(digest(kund))
		value := exactly(stored, key[:])
		if value == nil {
			return damagedAt(arendeBucket, errors.New("an entry without its event"))
		}
		return a.tell(key, value)
	})
}

// span goes through the keys under one hash, from the newest that is asked for to
// the oldest.
func (a *answer) span(ctx context.Context, c *bolt.Cursor, h digest, each func(k, v []byte) error) error {
	start := prefix(a.producer, h)
	seek := start[:]
	if !a.query.To.IsZero() {
		newest := instant(a.query.To.Add(-time.Nanosecond))
		seek = append(seek, newest[:]...)
	}
	var oldest []byte
	if !a.query.From.IsZero() {
		at := instant(a.query.From)
		oldest = at[:]
	}
	var last []byte
	for k, v := c.Seek(seek); k != nil && bytes.HasPrefix(k, start[:]); k, v = c.Next() {
		if len(k) != longKeyLen {
			return damage("a key that is too short")
		}
		if bytes.Compare(last, k) >= 0 {
			return damage(errDisorder) // it could go round for ever
		}
		last = k
		if oldest != nil && bytes.Compare(k[prefixLen:prefixLen+instantLen], oldest) > 0 {
			return nil
		}
		if a.failed = ctx.Err(); a.failed != nil {
			return errEnded
		}
		if err := each(k, v); err != nil {
			return err
		}
	}
	return nil
}

// tell hands out one event, if it is what was asked for.
func (a *answer) tell(key longKey, value []byte) error {
	h, e := &a.head, &a.event
	if err := h.read(value); err != nil {
		return damagedAt(eventBucket, err)
	}
	if kund := a.query.Kund; kund != nil {
		if string(h.kundTyp) != string(kund.Typ) || kund.Tillagg != "" && string(h.tillagg) != kund.Tillagg {
			return nil
		}
	}
	e.ID, e.Tidpunkt, e.Order = key.id(), key.time(), key.order()
	e.Typ = a.word(h.typ)
	e.KraverKundatgard, e.Klart = h.flags&flagKrav != 0, h.flags&flagKlart != 0
	e.Taggar = a.wordList(e.Taggar[:0], h.taggar)
	e.Sprak = a.wordList(e.Sprak[:0], h.sprak)
	e.fragments = h.fragments
	a.inside = true
	a.failed = a.each(e)
	a.inside = false
	if a.failed != nil {
		return errEnded
	}
	return nil
}

func (w *worker) wordList(list []string, raw [][]byte) []string {
	for _, b := range raw {
		list = append(list, w.word(b))
	}
	return list
}

// word gives b as a string, the same one each time: types, tags and languages are
// few and come again in every event.
func (w *worker) word(b []byte) string {
	if s, ok := w.words[string(b)]; ok {
		return s
	}
	if len(w.words) >= 4096 {
		clear(w.words)
	}
	s := string(b)
	w.words[s] = s
	return s
}
