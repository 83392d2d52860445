package sources

import "arendebrygga/adapter"

// tellsParties tells whether the rows of an identity are its recipients, of which there
// may be more than a page holds.
func (v *view) tellsParties() bool {
	return v.def.Recipients.Query == ""
}

// crowd makes of the first row of an identity that has more than fit into a page the one
// that stands for all of them. Whom it names does not count: any of them may come first.
func (v *view) crowd(row adapter.Row, size int) adapter.Row {
	row.Values = append([]any{}, row.Values...)
	r := &v.def.Recipients
	for _, name := range []string{r.Recipient, r.Role, r.Identity.Column, r.Identity.Tillagg} {
		if i := v.columns.Index(name); i >= 0 && i != v.id && i != v.kase {
			row.Values[i] = nil
		}
	}
	row.Err = adapter.Crowd{Most: size, Column: v.columns[v.id].Name} // the same however it was read
	return row
}

// someOf makes of a recipient's row one that tells only of which case it is, and when it
// was written: more of that case were written at once than fit into a page.
func (v *view) someOf(row adapter.Row) adapter.Row {
	values := make([]any, len(row.Values))
	if i := v.columns.Index(v.def.Recipients.Created); i >= 0 {
		values[i] = row.Values[i]
	}
	return adapter.Row{Case: row.Case, Cursor: row.Cursor, Values: values}
}

// crowds has one row stand for those of each identity that has more than fit into a page,
// as walks give them.
func (v *view) crowds(rows []adapter.Row, size int) []adapter.Row {
	if !v.tellsParties() || len(rows) <= size {
		return rows
	}
	count := map[adapter.Key]int{}
	for i := range rows {
		count[rows[i].ID]++
	}
	kept := rows[:0]
	for _, row := range rows {
		switch n := count[row.ID]; {
		case n > size:
			count[row.ID] = -1
			kept = append(kept, v.crowd(row, size))
		case n > 0:
			kept = append(kept, row)
		}
	}
	return kept
}

// crowded has one row stand for those of each case with too many recipients. It tells how
// many such cases there are.
func (v *view) crowded(rows []adapter.Row, key func(*adapter.Row) adapter.Key) (kept []adapter.Row, crowds int) {
	count := map[adapter.Key]int{}
	for i := range rows {
		count[key(&rows[i])]++
	}
	for i := range rows {
		k := key(&rows[i])
		switch n := count[k]; {
		case n > mostOfOne:
			count[k] = -1
			crowds++
			kept = append(kept, adapter.Row{Case: k, Values: make([]any, len(v.columns)), Err: adapter.Crowd{Most: mostOfOne, Column: v.columns[v.kase].Name}})
		case n > 0:
			kept = append(kept, rows[i])
		}
	}
	return kept, crowds
}
