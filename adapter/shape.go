package adapter

import (
	"context"
	"slices"
	"strings"
)

// names gives the names of the columns that make a row another one.
func (s *shape) names(d *Definition) []string {
	names := make([]string, len(s.compared))
	for n, i := range s.compared {
		names[n] = d.Columns[i].Name
	}
	return names
}

// with gives the shape with which rows were hashed while these columns made a row
// another one.
func (s *shape) with(d *Definition, compared []string) *shape {
	old := shape{parties: s.parties}
	for i := range d.Columns {
		switch {
		case slices.Contains(compared, d.Columns[i].Name):
			old.compared = append(old.compared, i)
		case i == s.time || i == s.midnight:
			old.filled = append(old.filled, i)
		}
	}
	return &old
}

// others gives the shapes with which rows may have been hashed before: the one of the
// stored names, and those of rules that use the columns that say when something
// happened, or some of them, or none. Rules may have been changed, and changed back,
// before every row was compared again.
func (s *shape) others(d *Definition, stored []string) []*shape {
	now := s.names(d)
	var shapes []*shape
	add := func(names []string) {
		if !slices.Equal(names, now) {
			shapes = append(shapes, s.with(d, names))
		}
	}
	add(stored)
	for used := range 4 {
		var names []string
		for i := range d.Columns {
			name := d.Columns[i].Name
			compared := slices.Contains(now, name)
			if i == s.time {
				compared = used&1 != 0
			} else if i == s.midnight {
				compared = used&2 != 0
			}
			if compared {
				names = append(names, name)
			}
		}
		add(names)
	}
	return shapes
}

// hashedBefore tells whether a row is as it was when rules that used other columns
// gave it a hash.
func (l *Loop) hashedBefore(g *group, parties [][]any, hash uint64) bool {
	return slices.ContainsFunc(l.others, func(s *shape) bool { return s.hash(g, parties) == hash })
}

// createdMark stands between an identity and when it was created.
const createdMark = "\x1f"

// identify adds what `created` says to the identities of event rows, where ids are used
// again.
func (l *Loop) identify(rows []Row) {
	i := l.Definition.Columns.Index(l.Definition.Created)
	for n := range rows {
		if r := &rows[n]; i >= 0 {
			r.ID, r.Case = r.ID.created(r.Values[i]), r.Case.created(r.Values[i])
		}
	}
}

// identifyParties does so to the cases of recipients, whose rows say it too: by the id
// alone, those of one case could be taken for those of another that had it before.
func (l *Loop) identifyParties(rows []Row) {
	i := l.Definition.Recipients.Columns.Index(l.Definition.Recipients.Created)
	for n := range rows {
		if r := &rows[n]; i >= 0 {
			r.Case = r.Case.created(r.Values[i])
		}
	}
}

// created gives the identity with what `created` says, unless it has that already or
// identifies nothing.
func (k Key) created(says any) Key {
	if k == "" || strings.Contains(string(k), createdMark) {
		return k
	}
	return k + createdMark + Key(plain(says))
}

// bare gives the identity as the database has it.
func (k Key) bare() Key {
	before, _, _ := strings.Cut(string(k), createdMark)
	return Key(before)
}

func bareKeys(keys []Key) []Key {
	bare := make([]Key, len(keys))
	for i := range keys {
		bare[i] = keys[i].bare()
	}
	return bare
}

// rows reads rows by their identities. Where ids are used again, the result may hold
// rows of others that had or have the same.
func (l *Loop) rows(ctx context.Context, ids []Key) ([]Row, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := l.Source.Rows(ctx, bareKeys(ids))
	l.identify(rows)
	return rows, err
}
