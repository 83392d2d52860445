package sink

import (
	"encoding/binary"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"arendebrygga/adapter"
)

// batchLimit is how many new changes, cases or seen rows a batch may hold: what one
// transaction writes is what a crash loses and what other sources wait for. What is
// stored already does not count: a row can take back, or give back, its case's whole
// past, and a page of rows that moved concerns the cases that they were of as well.
const batchLimit = 1000

// commit is a batch on its way into the file.
type commit struct {
	*worker
	batch     adapter.Batch
	source    uint32
	producers map[string]uint16
	pending   []pending
	first     []int // index in pending of each change's first event, and the end
}

// Commit writes a batch: all of it, or on an error nothing. A batch with more than
// 1,000 new changes, cases or seen rows is an error, and so is a checkpoint that counts
// fewer changes than the stored one. Ids that are gone are left out silently.
func (s *Store) Commit(batch adapter.Batch) error {
	w := s.worker()
	c := &commit{worker: w, batch: batch, producers: map[string]uint16{}}
	err := c.run(s)
	if s.state() == nil {
		w.stage.reset()
		s.workers.Put(w)
	}
	if err != nil {
		return fmt.Errorf("commit of source %s: %w", batch.Source, err)
	}
	return nil
}

func (c *commit) run(s *Store) (err error) {
	if err := c.validate(); err != nil {
		return err
	}
	for i := range c.batch.Changes {
		for j := range c.batch.Changes[i].Events {
			c.producers[c.batch.Changes[i].Events[j].Producent.ID] = 0
		}
	}
	if c.source, err = s.number(c.batch.Source, c.producers); err != nil {
		return err
	}
	if err := c.prepare(); err != nil {
		return err
	}
	return s.update(func(tx *bolt.Tx) error {
		stored, err := readCheckpoint(tx, c.source)
		if err != nil {
			return err
		}
		if stored.Changes > c.batch.Checkpoint.Changes {
			return fmt.Errorf("the checkpoint counts %d changes, the stored one %d", c.batch.Checkpoint.Changes, stored.Changes)
		}
		if err := c.plan(tx, s, stored.Changes); err != nil {
			return err
		}
		return c.stage.apply(tx, s.record)
	})
}

// validate refuses batches that no page can give.
func (c *commit) validate() error {
	b := &c.batch
	numbers := make([]uint64, len(b.Changes))
	for i := range b.Changes {
		ch := &b.Changes[i]
		numbers[i] = ch.Number
		switch {
		case ch.Number == 0 || ch.Number > b.Checkpoint.Changes:
			return fmt.Errorf("change %d is not among the %d of the checkpoint", ch.Number, b.Checkpoint.Changes)
		case ch.Source != b.Source:
			return fmt.Errorf("change %d is of another source", ch.Number)
		}
	}
	slices.Sort(numbers)
	for i := 1; i < len(numbers); i++ {
		if numbers[i] == numbers[i-1] {
			return fmt.Errorf("change %d stands twice in the batch", numbers[i])
		}
	}
	return nil
}

// plan stages every write of the batch.
func (c *commit) plan(tx *bolt.Tx, s *Store, stored uint64) error {
	if err := c.newPlanner(tx, &s.zones).planChanges(stored); err != nil {
		return err
	}
	made, cases, seen := 0, 0, 0
	for i := range c.batch.Changes {
		if c.batch.Changes[i].Number > stored {
			made++
		}
	}
	for i := range c.batch.Cases {
		key := c.shadow(c.source, c.batch.Cases[i].Key)
		if caseBucket.in(tx).Get(key[:]) == nil {
			cases++
		}
		c.stage.draft = appendCase(c.stage.draft[:0], &c.batch.Cases[i])
		c.stage.put(caseBucket, key[:], c.stage.keep(c.stage.draft))
	}
	for i := range c.batch.Seen {
		key := c.row(c.source, c.batch.Seen[i].Row)
		if seenBucket.in(tx).Get(key[:]) == nil {
			seen++
		}
		c.stage.draft = appendSeen(c.stage.draft[:0], &c.batch.Seen[i])
		c.stage.put(seenBucket, key[:], c.stage.keep(c.stage.draft))
	}
	if n := max(made, cases, seen); n > batchLimit {
		return fmt.Errorf("a batch of %d new changes, cases or rows; one transaction takes at most %d: lower limits.pageSize", n, batchLimit)
	}
	value, err := appendCheckpoint(nil, c.batch.Source, &c.batch.Checkpoint)
	if err != nil {
		return err
	}
	c.stage.put(sourceBucket, binary.BigEndian.AppendUint32(nil, c.source), value)
	return nil
}
