package api

// question reads a request. The error is one of the decoder's own; a value of a
// wrong type is no error but told by d.wrong. What is read keeps no part of body.
func (d *decoder) question(body []byte) (q question, err error) {
	d.reset(body)
	if d.json.PeekKind() == 'n' {
		return q, errTopNull
	}
	object, err := d.object(
		field{"fraga", func() (err error) { q.fraga, err = d.fraga(&q); return err }},
		field{"anvandare", func() error { return d.string(&q.anvandare) }},
	)
	if err != nil {
		return q, err
	}
	if !object {
		d.wrong = topLevel
	}
	return q, d.end()
}

func (d *decoder) fraga(q *question) (bool, error) {
	return d.object(
		field{"parter", func() error { return d.parter(&q.parter) }},
		field{"kundhandelseTyper", func() error { return d.strings(&q.typer) }},
		field{"taggar", func() error { return d.strings(&q.taggar) }},
		field{"startDatum", func() error { return d.string(&q.start) }},
		field{"slutDatum", func() error { return d.string(&q.slut) }},
		field{"behandling", func() error { return d.behandling(q) }},
	)
}

func (d *decoder) parter(to *given[[]part]) (err error) {
	to.ok, err = d.list(func() error {
		var p part
		_, err := d.object(
			field{"kund", func() error { return d.kund(&p.kund) }},
			field{"arende", func() error { return d.arende(&p.arende) }},
		)
		to.value = appendUpTo(to.value, p, maxParter)
		return err
	})
	return err
}

func (d *decoder) kund(to *given[kund]) (err error) {
	to.ok, err = d.object(
		field{"identifierare", func() error { return d.string(&to.value.identifierare) }},
		field{"typ", func() error { return d.string(&to.value.typ) }},
		field{"tillagg", func() error { return d.string(&to.value.tillagg) }},
	)
	return err
}

func (d *decoder) arende(to *given[arende]) (err error) {
	to.ok, err = d.object(
		field{"identifierare", func() error { return d.string(&to.value.identifierare) }},
		field{"typ", func() error { return d.string(&to.value.typ) }},
	)
	return err
}

func (d *decoder) behandling(q *question) error {
	_, err := d.object(
		field{"sortering", func() error { return d.sortering(&q.sortering) }},
		field{"paginering", func() error { return d.paginering(&q.sida) }},
	)
	return err
}

func (d *decoder) sortering(to *[]ordning) error {
	_, err := d.list(func() error {
		var o ordning
		_, err := d.object(
			field{"attribut", func() error { return d.string(&o.attribut) }},
			field{"stigande", func() error { return d.bool(&o.stigande) }},
		)
		*to = appendUpTo(*to, o, maxFilters)
		return err
	})
	return err
}

func (d *decoder) paginering(to *given[sida]) (err error) {
	to.ok, err = d.object(
		field{"offset", func() error { return d.integer(&to.value.offset) }},
		field{"limit", func() error { return d.integer(&to.value.limit) }},
	)
	return err
}
