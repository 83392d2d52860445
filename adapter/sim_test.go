package adapter_test

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"arendebrygga/adapter"
)

// sim is a simulated database: one table with a rising id, and a clock that only
// the test moves. A row is seen by reads once it is committed.
type sim struct {
	def     *adapter.Definition
	now     time.Time
	rows    []simRow
	parties map[adapter.Key][]adapter.Row
	reads   int   // windows read so far
	asked   int   // cases whose recipients were asked for
	fail    error // what the next read fails with
	noQuery error // what is wrong with the recipients query
	badType error // what is wrong with every row

	sweeps     atomic.Int64  // windows swept so far
	failSweep  error         // what the next of them fails with
	failRows   error         // what the next reading of rows by identity fails with
	beforeRows func()        // called when rows are read by identity
	partyLog   []adapter.Key // cases whose recipients changed, in order
	snapshot   adapter.Key   // the number that the next transaction gets
	oldest     int           // the number of the oldest open transaction
	place      string
	ahead      int // the least cursor that lies in the future; 0: none does
}

type simRow struct {
	id        int
	arende    string
	status    string
	tid       any
	hemlig    any
	skapad    any // when its case was made, where that is a column
	committed bool
}

const (
	colID = iota
	colArende
	colStatus
	colTid
	colHemlig
)

var stockholm = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic(err)
	}
	return loc
}()

func definition(mode adapter.Mode) *adapter.Definition {
	d := &adapter.Definition{
		Name: "sim", Kind: "sim", Location: stockholm, Mode: mode,
		Columns: adapter.Columns{{Name: "id", Type: adapter.Int}, {Name: "arende", Type: adapter.String}, {Name: "status", Type: adapter.String},
			{Name: "tid", Type: adapter.Time}, {Name: "hemlig", Type: adapter.Bool}},
		Row: "id", Case: "arende", Status: []string{"status"}, Time: adapter.TimeRule{Column: "tid"},
		Cursor:     adapter.CursorRule{Column: "id", Kind: adapter.CursorID},
		IfChanged:  adapter.Replace,
		Recipients: adapter.RecipientRule{Query: "SELECT"},
		FirstRun:   adapter.FirstRun{Kind: adapter.All},
		Poll:       time.Second, Overlap: 10 * time.Minute,
		Limits: adapter.Limits{PageSize: 10, QueryTimeout: time.Second, MaxConnections: 1},
	}
	if mode == adapter.Net {
		d.Row = d.Case
	}
	return d
}

func (s *sim) put(id int, arende, status string, tid any) *simRow {
	s.rows = append(s.rows, simRow{id: id, arende: arende, status: status, tid: tid, hemlig: false, committed: true})
	return &s.rows[len(s.rows)-1]
}

// party gives a case its recipients, by the names that the rules below make
// kunder of.
func (s *sim) party(arende string, names ...string) {
	rows := []adapter.Row{}
	for _, n := range names {
		rows = append(rows, adapter.Row{Case: adapter.Key(arende), ID: adapter.Key(n), Values: []any{n}})
	}
	s.parties[adapter.Key(arende)] = rows
	s.partyLog = append(s.partyLog, adapter.Key(arende))
}

func (s *sim) Clock(context.Context) (time.Time, error) { return s.now, nil }
func (s *sim) Close() error                             { return nil }

func (s *sim) visible() []simRow {
	var rows []simRow
	for _, r := range s.rows {
		if r.committed {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b simRow) int { return cmp.Compare(a.id, b.id) })
	return rows
}

func (s *sim) Extent(context.Context) (adapter.Extent, error) {
	rows := s.visible()
	var e adapter.Extent
	if n := len(rows); n > 0 {
		e.Greatest = adapter.Key(strconv.Itoa(rows[n-1].id))
		e.Present = e.Greatest
		if back := n - 1 - 2*s.def.Limits.PageSize; back >= 0 {
			e.Back = adapter.Key(strconv.Itoa(rows[back].id))
		}
	}
	return e, nil
}

func number(k adapter.Key) int {
	n, _ := strconv.Atoi(string(k))
	return n
}

func (s *sim) Read(_ context.Context, from adapter.Walk) (adapter.Page, error) {
	s.reads++
	if err := s.fail; err != nil {
		s.fail = nil
		return adapter.Page{}, err
	}
	var page adapter.Page
	for _, r := range s.visible() {
		if from.Lo != "" && r.id < number(from.Lo) || from.Until != "" && r.id > number(from.Until) {
			continue
		}
		if len(page.Rows) >= s.def.Limits.PageSize {
			page.Next = adapter.Walk{Lo: adapter.Key(strconv.Itoa(r.id)), Until: from.Until}
			return page, nil
		}
		row := s.row(r)
		page.Rows = append(page.Rows, s.named(row)...)
		page.Frontier = row.Cursor
	}
	page.Last = true
	return page, nil
}

func (s *sim) Recipients(_ context.Context, cases []adapter.Key) ([]adapter.Row, error) {
	if s.noQuery != nil {
		return nil, s.noQuery
	}
	s.asked += len(cases)
	var rows []adapter.Row
	for i, c := range cases {
		if !slices.Contains(cases[:i], c) {
			rows = append(rows, s.parties[c]...)
		}
	}
	return rows, nil
}

func (s *sim) Earlier(_ context.Context, cursors [][2]adapter.Key) ([]bool, error) {
	earlier := make([]bool, len(cursors))
	for i, pair := range cursors {
		earlier[i] = number(pair[0]) < number(pair[1])
	}
	return earlier, nil
}

func (s *sim) Ahead(_ context.Context, cursors []adapter.Key) ([]bool, error) {
	ahead := make([]bool, len(cursors))
	for i, c := range cursors {
		ahead[i] = s.ahead != 0 && number(c) >= s.ahead
	}
	return ahead, nil
}

// Sweep walks by id, or by case in net mode.
func (s *sim) Sweep(_ context.Context, from adapter.Walk) (adapter.Page, error) {
	s.sweeps.Add(1)
	if err := s.failSweep; err != nil {
		s.failSweep = nil
		return adapter.Page{}, err
	}
	rows := s.visible()
	if s.def.Mode == adapter.Net {
		slices.SortStableFunc(rows, func(a, b simRow) int { return cmp.Compare(a.arende, b.arende) })
	}
	var page adapter.Page
	for _, r := range rows {
		row := s.row(r)
		if behind := number(row.ID) < number(from.Lo); s.def.Mode == adapter.History && behind || s.def.Mode == adapter.Net && row.ID < from.Lo {
			continue
		}
		if len(page.Rows) >= s.def.Limits.PageSize {
			page.Next = adapter.Walk{Lo: row.ID}
			return page, nil
		}
		page.Rows = append(page.Rows, s.named(row)...)
	}
	page.Last = true
	return page, nil
}

// Rows reads rows by id, or by case in net mode.
func (s *sim) Rows(_ context.Context, ids []adapter.Key) ([]adapter.Row, error) {
	if s.beforeRows != nil {
		s.beforeRows()
	}
	if err := s.failRows; err != nil {
		s.failRows = nil
		return nil, err
	}
	var rows []adapter.Row
	for _, r := range s.visible() {
		if row := s.row(r); slices.Contains(ids, row.ID) {
			rows = append(rows, s.named(row)...)
		}
	}
	return rows, nil
}

func (s *sim) row(r simRow) adapter.Row {
	row := adapter.Row{Values: []any{r.id, r.arende, r.status, r.tid, r.hemlig}, Cursor: adapter.Key(strconv.Itoa(r.id)), Case: adapter.Key(r.arende)}
	if row.ID = row.Cursor; s.def.Mode == adapter.Net {
		row.ID = row.Case
	}
	if s.def.Columns.Index("skapad") >= 0 {
		row.Values = append(row.Values, r.skapad)
	}
	row.Err = s.badType
	return row
}

// Parties gives the recipients that changed behind a number of changes.
func (s *sim) Parties(_ context.Context, from adapter.Walk) (adapter.Page, error) {
	page := adapter.Page{Last: true}
	for i, c := range s.partyLog {
		if n := i + 1; n >= number(from.Lo) {
			for _, r := range s.parties[c] {
				r.Cursor = adapter.Key(strconv.Itoa(n))
				page.Rows = append(page.Rows, r)
			}
			page.Frontier = adapter.Key(strconv.Itoa(n))
		}
	}
	return page, nil
}

func (s *sim) Snapshot(context.Context) (adapter.Key, error) { return s.snapshot, nil }

// Settled takes snapshots for numbers of transactions, as PostgreSQL's are.
func (s *sim) Settled(_ context.Context, snapshots []adapter.Key) ([]bool, error) {
	settled := make([]bool, len(snapshots))
	for i, key := range snapshots {
		settled[i] = key != "" && number(key) <= s.oldest
	}
	return settled, nil
}

func (s *sim) Place(context.Context) (string, error) { return s.place, nil }
