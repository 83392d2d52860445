package sink

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"

	bolt "go.etcd.io/bbolt"

	"arendebrygga/adapter"
)

// planner decides what a batch does to the changes and events that are stored. It
// reads the file as it was before the batch and stages what is to be written.
type planner struct {
	*commit
	zones                      *zones
	events, ids, changes, gone *bolt.Bucket

	replaced [][]adapter.ID         // the events that each stored change of the batch had
	dropped  map[adapter.ID]bool    // ids that must not be published, now or ever
	claims   map[adapter.ID]int     // the pending event that an id stands for: the last one
	moved    map[owner][]adapter.ID // ids that changes outside the batch lose to it
	inBatch  map[uint64]struct{}    // numbers of the batch's changes
	kept     [][]adapter.ID         // the events that each of them leaves as they are
	standing map[adapter.ID]bool    // all of these
	spared   map[int]bool           // pending events that these stand for
	old      header
}

func (c *commit) newPlanner(tx *bolt.Tx, z *zones) *planner {
	return &planner{commit: c, zones: z,
		events: eventBucket.in(tx), ids: idBucket.in(tx), changes: changeBucket.in(tx), gone: goneBucket.in(tx),
		replaced: make([][]adapter.ID, len(c.batch.Changes)), dropped: map[adapter.ID]bool{},
		claims: make(map[adapter.ID]int, len(c.pending)), moved: map[owner][]adapter.ID{},
		inBatch: make(map[uint64]struct{}, len(c.batch.Changes)), kept: make([][]adapter.ID, len(c.batch.Changes)), standing: map[adapter.ID]bool{}, spared: map[int]bool{}}
}

// planChanges stages the changes with their events and indexes. Those with numbers
// up to stored take the place of stored ones.
func (p *planner) planChanges(stored uint64) error {
	for i := range p.batch.Changes {
		number := p.batch.Changes[i].Number
		p.inBatch[number] = struct{}{}
		if number <= stored {
			if err := p.unsettle(i); err != nil {
				return err
			}
		}
	}
	p.withdraw()
	p.claim()
	for i := range p.pending {
		if at, ok := p.claims[p.pending[i].id]; ok && at == i {
			if err := p.planEvent(&p.pending[i]); err != nil {
				return err
			}
		}
	}
	if err := p.removeUnclaimed(); err != nil {
		return err
	}
	if err := p.disown(); err != nil {
		return err
	}
	return p.planRecords()
}

// unsettle reads the stored record of a change that is replaced: which events it
// had. Its place in the open index is given up.
func (p *planner) unsettle(i int) error {
	number := p.batch.Changes[i].Number
	key := changeKey(p.source, number)
	value := p.changes.Get(key[:])
	if value == nil {
		return nil
	}
	old, ids, err := decodeChange(value, p.zones)
	if err != nil {
		return damagedAt(changeBucket, err)
	}
	p.replaced[i] = ids
	if indexed(&old) {
		key := newOpenKey(p.source, old.Outcome, number)
		p.stage.del(openBucket, key[:])
	}
	return p.keepEvents(i)
}

// withdraw puts the ids of withdrawn changes where they are never published again.
// Those of changes whose rows are gone may be, should the rows come back.
func (p *planner) withdraw() {
	for i := range p.batch.Changes {
		if ch := &p.batch.Changes[i]; !ch.Gone || ch.RowMissing() {
			continue
		}
		for j := p.first[i]; j < p.first[i+1]; j++ {
			p.replaced[i] = append(p.replaced[i], p.pending[j].id)
		}
		for _, id := range p.replaced[i] {
			p.dropped[id] = true
			p.stage.put(goneBucket, id[:], p.stage.keep2(envelope, []byte{goneWithdrawn}))
		}
	}
}

// claim decides which pending events are stored: not those that are gone, of
// two with the same id the later one, and none beside one that stays as it is.
func (p *planner) claim() {
	for i := range p.pending {
		id := &p.pending[i].id
		if !p.spared[i] && !p.standing[*id] && !p.dropped[*id] && p.gone.Get(id[:]) == nil {
			p.claims[*id] = i
		}
	}
}

// planEvent stages one event. One that is stored already with the same content is
// left as it is; with another content it gets a new revision.
func (p *planner) planEvent(e *pending) error {
	oldKey, found, err := p.lookup(e.id)
	if err != nil {
		return err
	}
	if !found {
		p.stage.put(eventBucket, e.key[:], e.value)
		p.putArenden(e, nil)
		p.stage.put(idBucket, e.id[:], p.stage.keep2(envelope, e.key[:]))
		return nil
	}
	same := oldKey == e.key && bytes.Equal(p.old.content, e.value[e.content:])
	mine := p.own(e.id, owner{p.source, p.batch.Changes[e.change].Number})
	if same && mine {
		return nil
	}
	revision := p.old.revision
	if !same {
		revision++
	}
	binary.BigEndian.PutUint32(e.value[revisionAt:], revision)
	p.stage.put(eventBucket, e.key[:], e.value)
	if oldKey == e.key {
		p.dropArenden(oldKey, e.arenden)
		p.putArenden(e, p.old.arenden)
		return nil
	}
	p.stage.del(eventBucket, oldKey[:])
	p.dropArenden(oldKey, nil)
	p.putArenden(e, nil)
	p.stage.put(idBucket, e.id[:], p.stage.keep2(envelope, e.key[:]))
	return nil
}

// lookup finds the stored event with this id and reads it into p.old.
func (p *planner) lookup(id adapter.ID) (key longKey, found bool, err error) {
	value := p.ids.Get(id[:])
	if value == nil {
		return key, false, nil
	}
	at, err := payload(value)
	if err != nil || len(at) != longKeyLen {
		return key, false, damagedAt(idBucket, errors.Join(err, errors.New("not an event key")))
	}
	key = longKey(at)
	stored := p.events.Get(key[:])
	if stored == nil {
		return key, false, damagedAt(idBucket, errors.New("an id without its event"))
	}
	if err := p.old.read(stored); err != nil {
		return key, false, damagedAt(eventBucket, err)
	}
	return key, true, nil
}

// own tells whether the event in p.old belongs to this change. One that belongs to
// a change outside the batch is noted, so that this change forgets it.
func (p *planner) own(id adapter.ID, o owner) bool {
	was := p.old.owner
	if was == o {
		return true
	}
	if _, ok := p.inBatch[was.number]; !ok || was.source != p.source {
		p.moved[was] = append(p.moved[was], id)
	}
	return false
}

func (p *planner) putArenden(e *pending, stored []digest) {
	if len(e.arenden) == 0 {
		return
	}
	kund := e.key.hash()
	value := p.stage.keep2(envelope, kund[:])
	for _, a := range e.arenden {
		if !slices.Contains(stored, a) {
			key := e.key.with(a)
			p.stage.put(arendeBucket, key[:], value)
		}
	}
}

// dropArenden stages the removal of the index entries of the event in p.old.
func (p *planner) dropArenden(at longKey, keep []digest) {
	for _, a := range p.old.arenden {
		if !slices.Contains(keep, a) {
			key := at.with(a)
			p.stage.del(arendeBucket, key[:])
		}
	}
}
