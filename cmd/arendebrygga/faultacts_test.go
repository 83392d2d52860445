package main

// anyRow draws one of a case's rows that is there and as wanted, or nil.
func (w *writer) anyRow(k *kase, wanted func(*rad) bool) *rad {
	var rows []*rad
	for _, row := range k.rows {
		if !row.deleted && wanted(row) {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return rows[w.r.IntN(len(rows))]
}

// rewritten has a row written as it is in the model now.
func (w *writer) rewritten(row *rad, d *deed) {
	row.notis++
	row.note()
	if row.makulerad || row.hemlig == true {
		row.taken = true
		d.withdrawn = append(d.withdrawn, row)
	}
	d.do("UPDATE handelse SET typ_id = ?, hemlig = ?, utkast = ?, makulerad = ?, notis = ?, nummer = ? WHERE nyckel = ?",
		row.typ, row.hemlig, row.utkast, row.makulerad, row.notis, row.nummer, row.nyckel)
}

// address has the row name another party as its recipient, or nobody.
func (w *writer) address(k *kase, row *rad) {
	if row.nummer = nil; w.r.IntN(8) > 0 {
		if p := w.anyParty(k); p != nil && p.told() {
			row.nummer = p.nummer
		}
	}
}

func (w *writer) finalise(k *kase, d *deed) {
	if row := w.anyRow(k, func(r *rad) bool { return r.utkast }); row != nil {
		row.utkast = false
		w.rewritten(row, d)
	}
}

// rewrite corrects a row's text, or its status or its recipient too.
func (w *writer) rewrite(k *kase, d *deed) {
	if row := w.anyRow(k, func(*rad) bool { return true }); row != nil {
		if w.r.IntN(3) == 0 {
			row.typ = w.r.IntN(len(faultKoder))
		}
		if w.r.IntN(3) == 0 {
			w.address(k, row)
		}
		w.rewritten(row, d)
	}
}

// makulera takes a row back, and now and then takes back that.
func (w *writer) makulera(k *kase, d *deed) {
	if row := w.anyRow(k, func(r *rad) bool { return !r.makulerad || w.r.IntN(4) == 0 }); row != nil {
		row.makulerad = !row.makulerad
		w.rewritten(row, d)
	}
}

// secrecy makes a row secret, leaves it open whether it is, or makes it public.
func (w *writer) secrecy(k *kase, d *deed) {
	if row := w.anyRow(k, func(*rad) bool { return true }); row != nil {
		row.hemlig = []any{true, nil, false, false}[w.r.IntN(4)]
		w.rewritten(row, d)
	}
}

// remove deletes a row. One that was taken back stays: when nobody has looked
// between the two, what was shown of it would rightly be kept.
func (w *writer) remove(k *kase, d *deed) {
	if w.r.IntN(3) == 0 && !k.closed && !k.deleted {
		k.deleted = true
		d.do("DELETE FROM arende WHERE arende_id = ?", k.id)
		return
	}
	if row := w.anyRow(k, func(r *rad) bool { return !r.taken }); row != nil {
		row.deleted = true
		d.do("DELETE FROM handelse WHERE nyckel = ?", row.nyckel)
	}
}

// close ends a case by makulering.
func (w *writer) close(k *kase, d *deed) {
	if !k.closed && !k.deleted {
		k.closed = true
		d.do("UPDATE arende SET makulerad = ?, andrad = CURRENT_TIMESTAMP WHERE arende_id = ?", true, k.id)
	}
}

func (w *writer) addParty(k *kase, d *deed) {
	w.parts++
	p := &part{id: w.no*1_000_000 + w.parts, roll: []string{"SOK", "MSOK", "MSOK", "GRAN"}[w.r.IntN(4)], nummer: w.m.fresh(k, w.r)}
	k.parts = append(k.parts, p)
	k.ever[p.nummer], k.numbers[p.nummer] = p.told(), p.id
	w.insertParty(k, p, d)
}

func (w *writer) insertParty(k *kase, p *part, d *deed) {
	d.do("INSERT INTO part VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP)", p.id, k.id, p.roll, p.nummer)
}

// anyParty draws one of a case's parties, or nil.
func (w *writer) anyParty(k *kase) *part {
	if len(k.parts) == 0 {
		return nil
	}
	return k.parts[w.r.IntN(len(k.parts))]
}

// removeParty takes a party from its case, or lets one come back.
func (w *writer) removeParty(k *kase, d *deed) {
	p := w.anyParty(k)
	if p == nil {
		return
	}
	p.unsteady = true
	if p.gone = !p.gone; !p.gone {
		w.insertParty(k, p, d)
		return
	}
	d.do("DELETE FROM part WHERE part_id = ?", p.id)
}

// correctNumber gives a party another number.
func (w *writer) correctNumber(k *kase, d *deed) {
	if p := w.anyParty(k); p != nil && !p.gone {
		p.nummer = w.m.fresh(k, w.r)
		w.changedParty(k, p, d)
	}
}

// changeRole makes a neighbour of an applicant, or the other way round.
func (w *writer) changeRole(k *kase, d *deed) {
	if p := w.anyParty(k); p != nil && !p.gone {
		if p.told() {
			p.roll = "GRAN"
		} else {
			p.roll = "SOK"
		}
		w.changedParty(k, p, d)
	}
}

func (w *writer) changedParty(k *kase, p *part, d *deed) {
	p.unsteady = true
	k.ever[p.nummer], k.numbers[p.nummer] = k.ever[p.nummer] || p.told(), p.id
	d.do("UPDATE part SET nummer = ?, roll = ?, andrad = CURRENT_TIMESTAMP WHERE part_id = ?", p.nummer, p.roll, p.id)
}
