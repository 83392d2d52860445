package sink

import (
	"fmt"
	"slices"

	"arendebrygga/adapter"
)

// pending is an event of a batch, rendered and ready to be stored.
type pending struct {
	id      adapter.ID
	key     longKey
	change  int // index in the batch
	arenden []digest
	value   []byte // with revision 1
	content int    // where the content begins in value
}

// prepare renders all events. It needs no transaction, so several sources can do
// it at a time.
func (c *commit) prepare() error {
	for i := range c.batch.Changes {
		ch := &c.batch.Changes[i]
		c.first = append(c.first, len(c.pending))
		for j := range ch.Events {
			p, err := c.render(ch, &ch.Events[j])
			if err != nil {
				return fmt.Errorf("event %d of change %d: %w", j+1, ch.Number, err)
			}
			p.change = i
			c.pending = append(c.pending, p)
		}
	}
	c.first = append(c.first, len(c.pending))
	return nil
}

func (c *commit) render(ch *adapter.Change, e *adapter.Kundhandelse) (p pending, err error) {
	producer := c.producers[e.Producent.ID]
	p.id = e.ID
	p.key = eventKey(producer, c.kund(producer, e.Kund.Identifierare), e.Tidpunkt, e.Order, e.ID)
	for _, a := range e.Arenden {
		if h := c.arende(producer, a); !slices.Contains(p.arenden, h) {
			p.arenden = append(p.arenden, h)
		}
	}
	b := appendHeader(c.stage.draft[:0], owner{c.source, ch.Number}, ch.Rules)
	p.content = len(b)
	if b, err = appendContent(b, e, p.arenden, &c.renderer); err != nil {
		return p, err
	}
	c.stage.draft = b
	p.value = c.stage.keep(b)
	return p, nil
}
