package sources

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"arendebrygga/adapter"
)

// A walk's Tie says how far one cursor value with more rows than a page has been
// read: first the rows without an identity, counted, as nothing tells them apart;
// then the others by identity, the last one in its binary form as hexadecimal.
const (
	tieNull  = "null:"
	tieHex   = "hex:"
	tieStart = adapter.Key(tieNull + "0")
)

// tieStart is where reading the rows with one value of the axis begins.
func (v *view) tieStart() adapter.Key {
	if v.axis.whole {
		return tieHex // the value is their identity, so none is without
	}
	return tieStart
}

func (r *reader) tie(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	at := r.view.against(r.view.against(where{}, ">=", from.Lo), "<=", from.Lo)
	if strings.HasPrefix(string(from.Tie), tieNull) {
		offset, err := counted(from.Tie)
		if err != nil {
			return adapter.Page{}, err
		}
		page, err := r.nameless(ctx, from, at.and(r.view.col(r.view.axis.tie)+" IS NULL"), offset)
		if err != nil || len(page.Rows) > 0 {
			return page, err
		}
		from.Tie = tieHex
	}
	last, ok := strings.CutPrefix(string(from.Tie), tieHex)
	if !ok {
		return adapter.Page{}, fmt.Errorf("the stored walk is damaged: no tie of this version")
	}
	return r.named(ctx, from, at, last)
}

// counted is how many rows without an identity have been read.
func counted(tie adapter.Key) (int, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(string(tie), tieNull))
	if err != nil {
		return 0, fmt.Errorf("the stored walk is damaged: %w", err)
	}
	return n, nil
}

// nameless reads rows that nothing tells apart, a page after so many.
func (r *reader) nameless(ctx context.Context, from adapter.Walk, cond where, offset int) (adapter.Page, error) {
	v, size := r.view, r.limits.PageSize
	order := make([]string, len(v.columns)) // in binary form, so that only equal rows are in no order
	for i := range order {
		order[i] = v.binary(i)
	}
	rows, err := r.rows(ctx, v, statement{v.dia.cut(v.selected(), v.from()+cond.String(), strings.Join(order, ", "), size+1, offset), cond.args})
	if err != nil {
		return adapter.Page{}, err
	}
	page := adapter.Page{Rows: rows.rows, Next: from}
	page.Next.Tie = tieHex
	if len(page.Rows) > size {
		page.Rows = page.Rows[:size]
		page.Next.Tie = adapter.Key(tieNull + strconv.Itoa(offset+size))
	}
	return page, nil
}

// named reads the rows behind the identity last, the first ones if it is empty.
func (r *reader) named(ctx context.Context, from adapter.Walk, at where, last string) (adapter.Page, error) {
	v, size := r.view, r.limits.PageSize
	cond := at.and(v.col(v.axis.tie) + " IS NOT NULL")
	if last != "" {
		cond = v.behind(cond, last)
	}
	rows, err := r.rows(ctx, v, v.page(cond, size+1, apply(v.dia.hex, v.binary(v.axis.tie))))
	if err != nil {
		return adapter.Page{}, err
	}
	page := adapter.Page{Rows: rows.rows, Next: adapter.Walk{Lo: from.Lo, After: true, Until: from.Until, Step: from.Step}}
	if len(page.Rows) <= size {
		return page, nil
	}
	// Rows with one identity stay together: the last group may go on after the page.
	end := size
	for end > 0 && rows.extra[end-1].text() == rows.extra[size].text() {
		end--
	}
	if end == 0 && size < r.poller.limits.PageSize {
		r.limits = r.poller.limits // a group is not cut, however slow the database is
		return r.named(ctx, from, at, last)
	}
	page.Next = from
	switch {
	case end > 0:
		page.Rows = page.Rows[:end]
	case v.what == recipientsQuery:
		end, page.Rows = 1, []adapter.Row{v.someOf(page.Rows[0])}
	case v.tellsParties():
		end, page.Rows = 1, []adapter.Row{v.crowd(page.Rows[0], size)}
	default:
		name := v.columns[v.axis.tie].Name
		if v.axis.column != v.axis.tie {
			name += " and of " + v.columns[v.axis.column].Name
		}
		return adapter.Page{}, adapter.Crowd{Most: size, Column: name}
	}
	page.Next.Tie = adapter.Key(tieHex + rows.extra[end-1].text())
	return page, nil
}

// behind is the condition that a row comes after an identity, given as hexadecimal.
func (v *view) behind(cond where, last string) where {
	order, traits := v.order(v.axis.tie), v.traits[v.axis.tie]
	unhexed := v.dia.unhex(traits)
	number := apply(v.dia.number(traits), unhexed)
	if v.plain(v.axis.tie) {
		return cond.and(order[0]+" > "+number, last)
	}
	binary := order[len(order)-1] + " > " + apply(v.dia.binary(traits), unhexed)
	if len(order) == 1 {
		return cond.and(binary, last)
	}
	return cond.and(fmt.Sprintf("(%s > %s OR (%s = %s AND %s))", order[0], number, order[0], number, binary), last, last, last)
}
