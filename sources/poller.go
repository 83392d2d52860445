package sources

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"arendebrygga/adapter"
)

// poller reads one source. It is the same for every dialect.
type poller struct {
	def    *adapter.Definition
	dia    *dialect
	db     *sql.DB
	limits adapter.Limits

	events     *view // nil until the query's columns have been compared, and after an error
	sweep      *view // the same rows, along their identity
	scout      scout // of the sweep
	recipients *view

	reading, sweeping, following pace          // of Read, Sweep and Parties
	reaching                     pace          // of Extent, which looks back by pages
	finding, asking              keyPace       // of Rows and Recipients
	longest                      time.Duration // the longest statement since it was last set to 0

	types   map[string][]string // of the columns of each query, in the database, as rows were last read by it
	retyped bool                // a result had columns of other types, see watch

	versions  adapter.Key // the greatest rowversion among the rows that were read
	snapshots int         // which of the dialect's ways to ask for open transactions works

	collisions atomic.Uint64 // see Collisions
	committed  atomic.Bool   // SNAPSHOT isolation has failed, so that sessions are READ COMMITTED
	warn       func(string)  // see Connection; may be nil

	clock time.Time // the database's clock when it was last asked
	asked time.Time // and ours then
}

// timeoutGrace is how much longer than the database we wait for its own timeout,
// which says more than a cut connection.
const timeoutGrace = 2 * time.Second

// patience is how long a statement may take as we see it.
func (p *poller) patience() time.Duration {
	if p.dia.untimed {
		return p.limits.QueryTimeout
	}
	return p.limits.QueryTimeout + timeoutGrace
}

func newPoller(def *adapter.Definition, dia *dialect) (*poller, error) {
	p := &poller{def: def, dia: dia, limits: def.Limits, types: map[string][]string{}}
	p.limits.PageSize = cmp.Or(p.limits.PageSize, 1000)
	p.limits.QueryTimeout = cmp.Or(p.limits.QueryTimeout, 30*time.Second)
	p.limits.MaxConnections = cmp.Or(p.limits.MaxConnections, 1)
	for _, name := range []string{def.Row, def.Case, def.Cursor.Column} {
		if def.Columns.Index(name) < 0 && (name != "" || def.Cursor.Kind != adapter.CursorNone) {
			return nil, fmt.Errorf("column %q is not declared", name)
		}
	}
	if def.Location == nil {
		return nil, fmt.Errorf("a time zone is missing")
	}
	return p, nil
}

// Close ends all connections.
func (p *poller) Close() error { return p.db.Close() }

// Clock asks the database for its time.
func (p *poller) Clock(ctx context.Context) (time.Time, error) {
	text, err := p.text(ctx, statement{sql: p.dia.clock})
	if err != nil {
		return time.Time{}, p.failed("ask for the clock", err)
	}
	now, err := time.Parse(time.DateTime, string(text))
	if err != nil {
		return time.Time{}, fmt.Errorf("ask for the clock: the answer is no time: %w", err)
	}
	p.clock, p.asked = now, time.Now()
	return now, nil
}

// now is the database's time, asked for at most once in ten minutes: the two
// clocks may differ as they like, but run equally fast.
func (p *poller) now(ctx context.Context) (time.Time, error) {
	if p.asked.IsZero() || time.Since(p.asked) > 10*time.Minute {
		return p.Clock(ctx)
	}
	return p.clock.Add(time.Since(p.asked)), nil
}

// Extent asks for the greatest cursor, the one two pages before it and those around
// the present: from the driving table if there is one, as an index answers that. While
// the database is slow the pages are smaller ones.
func (p *poller) Extent(ctx context.Context) (adapter.Extent, error) {
	v, err := p.eventsView(ctx)
	if err != nil {
		return adapter.Extent{}, p.failed("ask for the query's columns", err)
	}
	if v.axis.column < 0 {
		return adapter.Extent{}, nil
	}
	now, err := p.nowFor(ctx, v)
	if err != nil {
		return adapter.Extent{}, err
	}
	if p.versions == "" { // once, before a first run
		if p.versions, err = p.newest(ctx, v); err != nil {
			return adapter.Extent{}, p.checked(ctx, v, "ask for the newest row", nil, err)
		}
	}
	if err := p.bounded(ctx, v); err != nil {
		return adapter.Extent{}, p.failed("ask for the open transactions", err)
	}
	var ext adapter.Extent
	all, past := v.bounds(adapter.Walk{}), v.past(now)
	_, err = p.paced(&p.reaching, v, func(r *reader) (adapter.Page, error) {
		ext.Back, err = r.text(ctx, v.last(all, 2*r.limits.PageSize))
		return adapter.Page{}, err
	})
	if err != nil {
		return adapter.Extent{}, p.checked(ctx, v, "ask how far the rows reach", nil, err)
	}
	for _, ask := range []struct {
		key *adapter.Key
		st  statement
	}{
		{&ext.Greatest, v.last(all, 0)},
		{&ext.Present, v.last(all.and(past.sql, past.args...), 0)},
		{&ext.Future, v.least(all.and("NOT ("+past.sql+")", past.args...))},
	} {
		if *ask.key, err = p.text(ctx, ask.st); err != nil {
			return adapter.Extent{}, p.checked(ctx, v, "ask how far the rows reach", nil, err)
		}
	}
	return ext, nil
}

// nowFor gives the database's time if a view's axis has to do with time.
func (p *poller) nowFor(ctx context.Context, v *view) (time.Time, error) {
	if v.axis.kind != adapter.CursorTime {
		return time.Time{}, nil
	}
	return p.now(ctx)
}

// Read gives the window of rows that begins at from.
//
// The page's Frontier is the cursor of the last row that is not in the future; if
// the tail has no such row, the greatest cursor before the tail that is none. It is
// empty only if there is no such row at all, and then an older mark stands.
func (p *poller) Read(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	v, err := p.eventsView(ctx)
	if err != nil {
		return adapter.Page{}, p.failed("ask for the query's columns", err)
	}
	if v.axis.column < 0 {
		return adapter.Page{}, errors.New("read rows: the source has no cursor, so all that it has is read by Sweep")
	}
	if err := p.bounded(ctx, v); err != nil {
		return adapter.Page{}, p.failed("ask for the open transactions", err)
	}
	page, err := p.paced(&p.reading, v, func(r *reader) (adapter.Page, error) { return r.read(ctx, from) })
	if err := p.checked(ctx, v, "read rows", page.Rows, err); err != nil {
		return adapter.Page{}, err
	}
	return page, nil
}

// failed words an error, and has the columns compared anew before the next
// statement: the cause may be a column that is gone.
func (p *poller) failed(doing string, err error) *failure {
	p.scout = scout{}
	p.events, p.sweep, p.recipients, p.snapshots, p.retyped = nil, nil, nil, 0, false
	return &failure{doing: doing, err: err, text: p.dia.text(err)}
}
