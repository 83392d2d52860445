package sink

import (
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
		_, found, err := p.lookup(id)
		if err != nil {
			return err
		}
		if found && slices.Contains(ch.Kept, adapter.Key(p.old.recipient)) {
			p.kept[i], p.standing[id] = append(p.kept[i], id), true
		} else {
			replaced = append(replaced, id)
		}
	}
	p.replaced[i] = replaced
	return nil
}
