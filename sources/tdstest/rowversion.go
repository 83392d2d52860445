package tdstest

import "bytes"

func (d *Database) active() []byte {
	if d.Active != nil {
		return kindRowversion(d.Active())
	}
	n, _ := asNumber(d.greatest())
	return kindRowversion(n.Num().Uint64() + 1)
}

// greatest is the greatest row version that there is.
func (d *Database) greatest() []byte {
	greatest := kindRowversion(2000)
	for _, t := range d.Tables {
		for i, k := range t.kinds {
			for _, row := range t.snapshot() {
				if b, ok := row[i].([]byte); ok && k.user == 80 && bytes.Compare(b, greatest) > 0 {
					greatest = b
				}
			}
		}
	}
	return greatest
}

func (d *Database) last() []byte {
	if d.Last != nil {
		return kindRowversion(d.Last())
	}
	n, _ := asNumber(d.active())
	if last := kindRowversion(n.Num().Uint64() - 1); bytes.Compare(last, d.greatest()) > 0 {
		return last
	}
	return d.greatest()
}

func kindRowversion(n uint64) []byte {
	b, _ := kind{name: "rowversion"}.body(nil, n)
	return b
}
