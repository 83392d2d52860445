package api

// question reads a request. The error is one of the decoder's own; a value of a
// wrong type is no error but told by d.wrong. What is read keeps no part of body.
func (d *decoder) question(body []byte) (q question, err error) {
	d.reset(body)
	if d.json.PeekKind() == 'n' {
		return q, errTopNull
	}
	object, err := d.object(func(name []byte) (string, func() error) {
		switch string(name) {
		case "fraga":
			return "fraga", func() (err error) { q.fraga, err = d.fraga(&q); return err }
		case "anvandare":
			return "anvandare", func() error { return d.string(&q.anvandare) }
		}
		return "", nil
	})
	if err != nil {
		return q, err
	}
	if !object {
		d.wrong = topLevel
	}
	return q, d.end()
}

func (d *decoder) fraga(q *question) (bool, error) {
	return d.object(func(name []byte) (string, func() error) {
		switch string(name) {
		case "parter":
			return "parter", func() error { return d.parter(&q.parter) }
		case "kundhandelseTyper":
			return "kundhandelseTyper", func() error { return d.strings(&q.typer) }
		case "taggar":
			return "taggar", func() error { return d.strings(&q.taggar) }
		case "startDatum":
			return "startDatum", func() error { return d.string(&q.start) }
		case "slutDatum":
			return "slutDatum", func() error { return d.string(&q.slut) }
		case "behandling":
			return "behandling", func() error { return d.behandling(q) }
		}
		return "", nil
	})
}

func (d *decoder) parter(to *given[[]part]) (err error) {
	to.ok, err = d.list(func() error {
		var p part
		_, err := d.object(func(name []byte) (string, func() error) {
			switch string(name) {
			case "kund":
				return "kund", func() error { return d.kund(&p.kund) }
			case "arende":
				return "arende", func() error { return d.arende(&p.arende) }
			}
			return "", nil
		})
		to.value = appendUpTo(to.value, p, maxParter)
		return err
	})
	return err
}

func (d *decoder) kund(to *given[kund]) (err error) {
	to.ok, err = d.object(func(name []byte) (string, func() error) {
		switch string(name) {
		case "identifierare":
			return "identifierare", func() error { return d.string(&to.value.identifierare) }
		case "typ":
			return "typ", func() error { return d.string(&to.value.typ) }
		case "tillagg":
			return "tillagg", func() error { return d.string(&to.value.tillagg) }
		}
		return "", nil
	})
	return err
}

func (d *decoder) arende(to *given[arende]) (err error) {
	to.ok, err = d.object(func(name []byte) (string, func() error) {
		switch string(name) {
		case "identifierare":
			return "identifierare", func() error { return d.string(&to.value.identifierare) }
		case "typ":
			return "typ", func() error { return d.string(&to.value.typ) }
		}
		return "", nil
	})
	return err
}

func (d *decoder) behandling(q *question) error {
	_, err := d.object(func(name []byte) (string, func() error) {
		switch string(name) {
		case "sortering":
			return "sortering", func() error { return d.sortering(&q.sortering) }
		case "paginering":
			return "paginering", func() error { return d.paginering(&q.sida) }
		}
		return "", nil
	})
	return err
}

func (d *decoder) sortering(to *[]ordning) error {
	_, err := d.list(func() error {
		var o ordning
		_, err := d.object(func(name []byte) (string, func() error) {
			switch string(name) {
			case "attribut":
				return "attribut", func() error { return d.string(&o.attribut) }
			case "stigande":
				return "stigande", func() error { return d.bool(&o.stigande) }
			}
			return "", nil
		})
		*to = appendUpTo(*to, o, maxFilters)
		return err
	})
	return err
}

func (d *decoder) paginering(to *given[sida]) (err error) {
	to.ok, err = d.object(func(name []byte) (string, func() error) {
		switch string(name) {
		case "offset":
			return "offset", func() error { return d.integer(&to.value.offset) }
		case "limit":
			return "limit", func() error { return d.integer(&to.value.limit) }
		}
		return "", nil
	})
	return err
}
