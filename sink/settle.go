package sink

import (
	"encoding/binary"
	"slices"

	"arendebrygga/adapter"
)

// removeUnclaimed stages the removal of events that replaced changes had and that
// no change of the batch has any more.
func (p *planner) removeUnclaimed() error {
	for i, ids := range p.replaced {
		for _, id := range ids {
			if _, ok := p.claims[id]; ok {
				continue
			}
			key, found, err := p.lookup(id)
			if err != nil {
				return err
			}
			if !found {
				continue
			}
			p.own(id, owner{p.source, p.batch.Changes[i].Number})
			p.stage.del(eventBucket, key[:])
			p.dropArenden(key, nil)
			p.stage.del(idBucket, id[:])
		}
	}
	return nil
}

// disown takes ids out of the records of changes that lost them.
func (p *planner) disown() error {
	for was, lost := range p.moved {
		key := changeKey(was.source, was.number)
		value := p.changes.Get(key[:])
		if value == nil {
			continue // its details have been pruned
		}
		_, ids, err := decodeChange(value, p.zones)
		if err != nil {
			return damagedAt(changeBucket, err)
		}
		body := value[:len(value)-4-idLen*len(ids)]
		ids = slices.DeleteFunc(ids, func(id adapter.ID) bool { return slices.Contains(lost, id) })
		p.stage.put(changeBucket, key[:], p.stage.keep(appendIDs(slices.Clone(body), ids)))
	}
	return nil
}

// planRecords stages the changes themselves and their places in the open index.
func (p *planner) planRecords() error {
	var ids []adapter.ID
	for i := range p.batch.Changes {
		ch := &p.batch.Changes[i]
		ids = append(ids[:0], p.kept[i]...)
		for j := p.first[i]; j < p.first[i+1]; j++ {
			id := p.pending[j].id
			if at, ok := p.claims[id]; ok && at == j {
				ids = append(ids, id)
			}
		}
		b, err := appendChange(p.stage.draft[:0], ch, ids)
		if err != nil {
			return err
		}
		p.stage.draft = b
		key := changeKey(p.source, ch.Number)
		p.stage.put(changeBucket, key[:], p.stage.keep(b))
		if indexed(ch) {
			key := newOpenKey(p.source, ch.Outcome, ch.Number)
			p.stage.put(openBucket, key[:], []byte(envelope))
		}
	}
	return nil
}

func appendIDs(b []byte, ids []adapter.ID) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(ids)))
	for i := range ids {
		b = append(b, ids[i][:]...)
	}
	return b
}
