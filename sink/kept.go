package sink

import (
	"bytes"
	"slices"

	"arendebrygga/adapter"
)

// keepEvents sorts out, of the events that a stored change of the batch had, those
// that stay as they are: those of the recipients in Kept. A change that is taken back
// keeps none.
func (p *planner) keepEvents(i int) error {
	ch := &p.batch.Changes[i]
	if ch.Gone || len(ch.Kept) == 0 {
		return nil
	}
	var replaced []adapter.ID
	for _, id := range p.replaced[i] {
		key, found, err := p.lookup(id)
		if err != nil {
			return err
		}
		if found && slices.Contains(ch.Kept, adapter.Key(p.old.recipient)) {
			p.kept[i], p.standing[id] = append(p.kept[i], id), true
			p.spare(i, key)
		} else {
			replaced = append(replaced, id)
		}
	}
	p.replaced[i] = replaced
	return nil
}

// spare notes the pending events of a change that the stored one in p.old, which stays,
// stands for: those of its recipient, and of the same kund, who may have come as another
// recipient. Nobody has two events of one change.
func (p *planner) spare(i int, key longKey) {
	for j := range p.batch.Changes[i].Events {
		e, at := &p.batch.Changes[i].Events[j], p.first[i]+j
		same := e.Kund.Tillagg == string(p.old.tillagg) && bytes.Equal(p.pending[at].key[:prefixLen], key[:prefixLen])
		if same || string(e.Recipient) == string(p.old.recipient) {
			p.spared[at] = true
		}
	}
}
