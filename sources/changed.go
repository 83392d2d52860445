package sources

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"arendebrygga/adapter"
)

// checked ends what was done over a view, and is its error; nil if the rows that it
// gave count.
//
// A column may be dropped, renamed or retyped under a view. Then statements over it
// fail, often without a word of which column it is, or give what cannot be read. So
// upon an error that the server blames on the statement, upon a value that cannot be
// read and upon a result of other types than before, the query's columns are asked for
// once more, which is one small statement, and what differs is the error. The source
// stays where it is until what the column holds can be read. What cannot be read of a column
// that has become a longer text or a larger number is its row's own fault, as it was before.
func (p *poller) checked(ctx context.Context, v *view, doing string, rows []adapter.Row, err error) error {
	unread, retyped := unread(rows), p.retyped
	p.retyped = false
	switch {
	case err != nil && !blamed(err):
		return p.failed(doing, err)
	case err != nil || len(unread) > 0 || retyped:
		altered := p.altered(ctx, v, func(i int, was columnTraits, now *view) bool {
			return err != nil || v.traits[i] != now.traits[i] || unread[v.columns[i].Name] && !alike(was, now.traits[i])
		})
		var refused *failure
		switch {
		case err == nil && altered != nil:
			return p.failed(doing, altered)
		case altered != nil && !errors.As(altered, &refused): // which would say no more than the error that we have
			failed := p.failed(doing, err)
			failed.text = fmt.Sprintf("%s (%s)", altered, failed.text)
			return failed
		case err != nil:
			return p.failed(doing, err)
		}
	}
	if len(rows) > 0 {
		p.types[v.what] = v.types
		p.note(v, rows)
	}
	return nil
}

// altered is how the columns of a view's query differ from those that it was last read
// by, in types that matter or in that there are none; nil if they do not.
func (p *poller) altered(ctx context.Context, v *view, matters func(column int, was columnTraits, now *view) bool) error {
	before, now := p.types[v.what], v
	if slices.Equal(v.types, before) { // else it was compared after they had changed
		now = &view{what: v.what, dia: v.dia, def: v.def, query: v.query, columns: v.columns}
		if err := p.compare(ctx, now); err != nil {
			return err
		}
	}
	var texts []string
	for i, col := range v.columns {
		if was, is := cmp.Or(before[i], "of no type"), cmp.Or(now.types[i], "of no type"); was != is && matters(i, v.dia.column(before[i]), now) {
			texts = append(texts, fmt.Sprintf("column %s was %s in the database and is %s now: declare it as what it is, or convert it in the query; the source goes on by itself once it can be read as %s, "+
				"and after a restart parks the rows that cannot", col.Name, was, is, col.Type))
		}
	}
	if len(texts) > 0 {
		return fmt.Errorf("%s: %s", v.what, strings.Join(texts, "; "))
	}
	for _, same := range []*view{v, p.events, p.sweep} {
		if same != nil && same.what == v.what {
			same.types = now.types
		}
	}
	return nil
}

// unreadable is a value that does not fit the declared type of its column.
type unreadable struct{ column, why string }

// Error names the column, not the value.
func (u unreadable) Error() string { return "column " + u.column + " " + u.why }

// unread tells which columns have values that cannot be read; of a row only the first.
func unread(rows []adapter.Row) map[string]bool {
	columns := map[string]bool{}
	for i := range rows {
		if rows[i].Err == nil { // as nearly all: what follows allocates
			continue
		}
		var u unreadable
		if errors.As(rows[i].Err, &u) {
			columns[u.column] = true
		}
	}
	return columns
}

// alike tells whether whatever can be read in a column of one type can be in one of the other.
func alike(was, is columnTraits) bool { return was.text && is.text || was.number && is.number }

// watch notes when a result of a view's columns has other types than the ones before.
func (p *poller) watch(v *view, rows *sql.Rows) error {
	types, err := typesOf(rows)
	if err != nil {
		return err
	}
	first := v.given == nil
	if first {
		v.given = make([]string, len(v.columns))
	}
	for i := range v.given {
		if given := types[i].DatabaseTypeName(); given != v.given[i] {
			v.given[i], p.retyped = given, p.retyped || !first
		}
	}
	return nil
}
