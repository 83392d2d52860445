package sources

import (
	"fmt"
	"strings"
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// sweepPlan is a way to sweep the joined tables.
type sweepPlan struct {
	id    string // column of the identity
	typ   adapter.ColumnType
	from  string // the query's tables, and its condition if it has one
	kind  adapter.CursorKind
	table string
}

var sweepPlans = []sweepPlan{
	{"id", adapter.Int, threeTables, adapter.CursorTime, "event"},
	{"id", adapter.Int, threeTables, adapter.CursorNone, ""},
	{"id", adapter.Int, threeTables + " WHERE k.name LIKE '%7'", adapter.CursorTime, "event"},
	{"uid", adapter.UUID, threeTables, adapter.CursorTime, "event"},
	{"uid", adapter.UUID, oneTable, adapter.CursorNone, ""},
	{"nr", adapter.String, threeTables, adapter.CursorTime, "event"},
	{"nr", adapter.String, threeTables, adapter.CursorNone, "event"},
	{"nr", adapter.String, oneTable, adapter.CursorTime, ""},
}

const (
	threeTables = "event e JOIN kase c ON c.cid = e.cid JOIN kind k ON k.kid = e.kid"
	oneTable    = "event e"
)

func (p sweepPlan) String() string {
	return fmt.Sprintf("%s from %s, cursor %s, table %q", p.id, p.from, p.kind, p.table)
}

// identities gives the events of joined other identities than their numbers.
func identities(t *testing.T, b *bed) *adapter.Definition {
	t.Helper()
	def := joined(t, b, 100_000)
	b.exec(t, "ALTER TABLE event ADD nr VARCHAR(40), ADD uid BINARY(16)")
	if b.kind == "postgres" {
		b.exec(t, "UPDATE event SET nr = 'BYGG/' || md5(id::text), uid = decode(md5(id::text), 'hex')",
			"CREATE UNIQUE INDEX ON event (nr)", "CREATE UNIQUE INDEX ON event (uid)", "VACUUM ANALYZE event")
	} else {
		b.exec(t, "UPDATE event SET nr = CONCAT('BYGG/', MD5(id)), uid = UNHEX(MD5(id))",
			"CREATE UNIQUE INDEX e_nr ON event (nr)", "CREATE UNIQUE INDEX e_uid ON event (uid)", "ANALYZE TABLE event")
	}
	return def
}

// sweepOf makes a plan's definition out of that of identities, and the place in the
// middle where its sweep is looked at.
func (p sweepPlan) sweepOf(t *testing.T, b *bed, def adapter.Definition) (*adapter.Definition, adapter.Walk) {
	t.Helper()
	def.Query = "SELECT e.id, e.uid, e.nr, e.cid AS kase, e.at, e.text\nFROM " + p.from
	def.Columns = adapter.Columns{{Name: "id", Type: adapter.Int}, {Name: "kase", Type: adapter.Int}, {Name: "at", Type: adapter.Time},
		{Name: "uid", Type: adapter.UUID}, {Name: "nr", Type: adapter.String}, {Name: "text", Type: adapter.String}}
	def.Row, def.Cursor = p.id, adapter.CursorRule{Kind: p.kind, Table: p.table}
	if p.kind != adapter.CursorNone {
		def.Cursor.Column = "at"
	}
	middle := map[string]adapter.Key{"id": "50000", "nr": "BYGG/8", "uid": "80000000-0000-0000-0000-000000000000"}[p.id]
	return &def, adapter.Walk{Lo: middle, Step: 200}
}

// swept reads some pages of a sweep.
func swept(t *testing.T, src adapter.Source, from adapter.Walk, pages int) {
	t.Helper()
	for range pages {
		page, err := src.Sweep(t.Context(), from)
		if err != nil || page.Last {
			t.Fatalf("last: %v, %v", page.Last, err)
		}
		from = page.Next
	}
}

func TestSweepsUseTheIndexOfTheIdentity(t *testing.T) {
	s := servertest.Private(t, "--log-output=TABLE")
	b := serverBed(s)
	all := identities(t, b)
	for _, p := range sweepPlans {
		t.Run(p.String(), func(t *testing.T) {
			def, from := p.sweepOf(t, b, *all)
			src := b.open(t, def)
			b.exec(t, "TRUNCATE mysql.general_log", "SET GLOBAL general_log = 1")
			swept(t, src, from, 4)
			b.exec(t, "SET GLOBAL general_log = 0")
			for _, st := range logged(t, s) {
				explain(t, s, st)
			}
		})
	}
}

// TestSweepsSortNowAndThen has the case that MariaDB sorts all rows for: texts through
// a join, without a driving table.
func TestSweepsSortNowAndThen(t *testing.T) {
	s := servertest.Private(t, "--log-output=TABLE")
	b := serverBed(s)
	def, from := sweepPlan{"nr", adapter.String, threeTables, adapter.CursorNone, ""}.sweepOf(t, b, *identities(t, b))
	src := b.open(t, def)
	b.exec(t, "TRUNCATE mysql.general_log", "SET GLOBAL general_log = 1")
	swept(t, src, from, 40)
	b.exec(t, "SET GLOBAL general_log = 0")
	sorting := 0
	for _, st := range logged(t, s) {
		if strings.HasSuffix(st, "LIMIT 10001") {
			sorting++
			continue
		}
		explain(t, s, st)
	}
	if sorting != 1 {
		t.Errorf("the rows were sorted %d times for 40 pages", sorting)
	}
}

func TestPostgresSweepsUseTheIndexOfTheIdentity(t *testing.T) {
	s, b := plannedBed(t)
	all := identities(t, b)
	for _, p := range sweepPlans {
		t.Run(p.String(), func(t *testing.T) {
			def, from := p.sweepOf(t, b, *all)
			src, before := b.open(t, def), len(s.Log(t))
			swept(t, src, from, 4)
			plans := plansIn(t, s.Log(t)[before:], s.User)
			if len(plans) < 5 {
				t.Fatalf("%d plans in the log", len(plans))
			}
			for _, plan := range plans {
				plan.read(t, 0)
			}
		})
	}
}
