package sources

import (
	"context"
	"errors"
	"strings"

	"arendebrygga/adapter"
)

// bounded asks for the upper bound of what may be read along a rowversion: the least
// one that a transaction still open, or begun later, can have. It is asked before every
// window, so that whatever lies below has been committed when the window is read: a
// cursor that stays below passes no row that may yet come.
func (p *poller) bounded(ctx context.Context, v *view) error {
	if v.axis.kind != adapter.CursorRowversion {
		return nil
	}
	if p.dia.active == "" {
		return errors.New("this kind of database has no rowversion")
	}
	below, last, err := p.counter(ctx)
	if err != nil {
		return err
	}
	if below == "" {
		return errors.New("the database does not say which rowversions are open, so none can be the cursor: take a number or a time")
	}
	if v.below = below; last == "" || p.versions <= last {
		return nil
	}
	// The rows may be gone, as after a restore from a backup. These are asked for before the counter is.
	if p.versions, err = p.newest(ctx, v); err != nil {
		return err
	}
	if _, last, err = p.counter(ctx); err == nil && p.versions > last {
		err = errors.New("the rows have rowversions that the database which we are connected to has not handed out, so what is open there says nothing of them: " +
			"they are of another database, behind a view, a synonym or a name in three parts, or this is a secondary; connect to the primary of the rows' own database, or take a number or a time")
	}
	return err
}

// counter asks for the least rowversion that an open transaction may have and for the
// last one that the database has handed out.
func (p *poller) counter(ctx context.Context) (below, last adapter.Key, err error) {
	answer, err := p.pair(ctx, statement{sql: p.dia.active})
	if err != nil || answer == nil {
		return "", "", err
	}
	return answer.first.key(), answer.second.key(), nil
}

// newest asks for the greatest rowversion that there is, bounded by nothing; empty if the
// cursor is none.
func (p *poller) newest(ctx context.Context, v *view) (adapter.Key, error) {
	if v.axis.kind != adapter.CursorRowversion {
		return "", nil
	}
	all := *v
	all.below = ""
	return p.text(ctx, all.last(all.bounds(adapter.Walk{}), 0))
}

// note keeps the greatest rowversion that was read, for the next look at the counter.
// Sweeps meet those, too, that polls hold back from.
func (p *poller) note(v *view, rows []adapter.Row) {
	if p.def.Cursor.Kind != adapter.CursorRowversion || v.cursor < 0 || v != p.events && v != p.sweep {
		return
	}
	for i := range rows {
		p.versions = max(p.versions, rows[i].Cursor) // hexadecimal of one length, so text orders them as the database does
	}
}

// mssqlOrigin finds the table that a column comes from, through views and synonyms, also
// of the keys that the server would need for browsing.
const mssqlOrigin = `SELECT name, COALESCE(source_server, '') AS server, COALESCE(source_database, '') AS place,
 COALESCE(source_server + '.', '') + COALESCE(source_database, DB_NAME()) + '.' + COALESCE(source_schema, SCHEMA_NAME()) + '.' + source_table AS source, CAST(is_hidden AS tinyint) AS hidden
 FROM sys.dm_exec_describe_first_result_set(` + numberedMark + `, NULL, 1) WHERE error_number IS NULL`

// versions looks whether a rowversion cursor is of the database that we are connected to.
// Each database counts its own, and the bound is of this one's counter. Where the server
// does not say where the cursor comes from, all tables that the events query names count.
func (i *inspection) versions(ctx context.Context) error {
	if i.def.Cursor.Kind != adapter.CursorRowversion || i.dia.inspect.origin == "" {
		return nil
	}
	here, err := i.text(ctx, statement{sql: i.dia.inspect.within})
	if err != nil {
		return err
	}
	_, columns, err := i.table(ctx, statement{i.dia.inspect.origin, []any{i.def.Query}})
	if err != nil && !unsupported(err) {
		return err
	}
	var places []string
	for _, t := range i.tables[:i.ofEvents] {
		if database, rest, _ := quotedName(t.first.text()); rest != "" {
			places = append(places, database)
		}
	}
	for _, column := range columns {
		if strings.EqualFold(column[0], i.def.Cursor.Column) && column[2] != "" && column[4] == "0" {
			places = []string{column[2]}
			if column[1] != "" {
				places[0] = column[1] + "." + column[2]
			}
		}
	}
	for _, place := range places {
		if !strings.EqualFold(place, string(here)) {
			i.tell(Error, "connect to "+place+" itself, or take a cursor of kind id or time",
				"events.cursor: rows come from the database %s, but we are connected to %s: each counts its own rowversions, so that what is open here does not keep the cursor from passing what commits late there", place, string(here))
		}
	}
	return nil
}
