package sources

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/sources/servertest"
)

// plan is a node of a plan as the server carried it out.
type plan struct {
	Type    string  `json:"Node Type"`
	Table   string  `json:"Relation Name"`
	Rows    float64 `json:"Actual Rows"`
	Loops   float64 `json:"Actual Loops"`
	Removed float64 `json:"Rows Removed by Filter"`
	Plans   []plan
	text    string // the statement
}

// TestPostgresUsesTheIndexOfTheCursor has the server write down the plans of the
// very statements that are sent, with what each part of them read.
func TestPostgresUsesTheIndexOfTheCursor(t *testing.T) {
	s, b := plannedBed(t)
	def := joined(t, b, 200_000)
	for _, cursor := range []adapter.CursorRule{
		{Column: "id", Kind: adapter.CursorID, Table: "event"}, {Column: "at", Kind: adapter.CursorTime, Table: "Event"},
		{Column: "id", Kind: adapter.CursorID}, {Column: "at", Kind: adapter.CursorTime},
	} {
		def.Cursor = cursor
		for name, offset := range map[string]int{"in the middle": 100_000, "idle": 199_960} {
			t.Run(fmt.Sprintf("%s, table %q, %s", cursor.Column, cursor.Table, name), func(t *testing.T) {
				var lo adapter.Key
				if err := b.db.QueryRow(fmt.Sprintf("SELECT %s::text FROM event ORDER BY event.id LIMIT 1 OFFSET %d", cursor.Column, offset)).Scan(&lo); err != nil {
					t.Fatal(err)
				}
				src, before := b.open(t, def), len(s.Log(t))
				walk := adapter.Walk{Lo: lo}
				for range 4 {
					page, err := src.Read(t.Context(), walk)
					if err != nil || page.Last != (name == "idle") {
						t.Fatalf("last: %v, %v", page.Last, err)
					}
					if page.Last {
						break
					}
					walk = page.Next
				}
				plans := plansIn(t, s.Log(t)[before:], s.User)
				if len(plans) < 2 {
					t.Fatalf("%d plans in the log", len(plans))
				}
				for _, p := range plans {
					if read := p.read(t, 0); name == "idle" && read["event"]+read["kase"] > 200 {
						t.Errorf("%v rows read", read)
					}
				}
			})
		}
	}
}

// TestPostgresPlansOfAQueryThatLeavesMostRowsOut does so by a table that an optimizer
// may like to begin with.
func TestPostgresPlansOfAQueryThatLeavesMostRowsOut(t *testing.T) {
	s, b := plannedBed(t)
	def := joined(t, b, 50_000)
	def.Query += " WHERE k.name LIKE '%7'"
	def.Cursor = adapter.CursorRule{Column: "at", Kind: adapter.CursorTime, Table: "event"}
	src, from := b.open(t, def), adapter.Walk{Lo: "2020-01-11 14:27:41"}
	for range 5 {
		page, err := src.Read(t.Context(), from)
		if err != nil || page.Last {
			t.Fatal(page.Next, err)
		}
		from = page.Next
	}
	for _, p := range plansIn(t, s.Log(t), s.User) {
		p.read(t, 0)
	}
}

// TestPostgresLooksUpWhatItJoins sweeps a join with a table that the server would read
// whole for each window, and does read so where it was told that looking up is dear.
func TestPostgresLooksUpWhatItJoins(t *testing.T) {
	s, b := plannedBed(t)
	b.exec(t, "CREATE TABLE kase (cid INT PRIMARY KEY, dnr TEXT)", "CREATE TABLE event (id BIGINT PRIMARY KEY, cid INT, at TIMESTAMP)",
		"INSERT INTO kase SELECT n, 'BYGG 2026' FROM generate_series(1, 100000) AS s(n)",
		"INSERT INTO event SELECT n, 1 + n * 7919 % 100000, '2026-01-01' FROM generate_series(1, 100000) AS s(n)", "ANALYZE kase, event")
	def := b.history()
	def.Query = "SELECT e.id, e.cid AS kase, e.at FROM event e JOIN kase c ON c.cid = e.cid"
	def.Cursor, def.Limits.PageSize = adapter.CursorRule{Kind: adapter.CursorNone, Table: "event"}, 1000
	for setting, want := range map[string]string{"RESET random_page_cost": "1.1", "SET random_page_cost = 4": "4"} {
		b.exec(t, "ALTER ROLE "+s.User+" "+setting)
		src, before := b.open(t, def), len(s.Log(t))
		if page, err := src.Sweep(t.Context(), adapter.Walk{Lo: "50000", Step: 1000}); err != nil || len(page.Rows) != 1000 {
			t.Fatal(len(page.Rows), err)
		}
		var has string
		if err := src.(*poller).db.QueryRow("SHOW random_page_cost").Scan(&has); err != nil || has != want {
			t.Error(setting, has, err)
		}
		var read float64
		for _, p := range plansIn(t, s.Log(t)[before:], s.User) {
			read += p.read(t, 0)["kase"]
		}
		if whole := read > 90_000; whole != (want == "4") || !whole && read > 1100 {
			t.Errorf("%s: %.0f cases were read", setting, read)
		}
	}
}

// plannedBed has a server that writes down the plans of all statements.
func plannedBed(t *testing.T) (*servertest.Server, *bed) {
	s := servertest.PrivatePostgreSQL(t, "--session_preload_libraries=auto_explain", "--auto_explain.log_min_duration=0",
		"--auto_explain.log_analyze=on", "--auto_explain.log_timing=off", "--auto_explain.log_format=json")
	return s, postgresServerBed(s)
}

// plansIn takes the plans of a user's statements out of the server's log.
func plansIn(t testing.TB, log, user string) (plans []plan) {
	t.Helper()
	for _, m := range regexp.MustCompile(`(?ms)^`+user+`\[\d+\] LOG:  duration: [^\n]* plan:\n(.*?^\t\})$`).FindAllStringSubmatch(log, -1) {
		var entry struct {
			Text string `json:"Query Text"`
			Plan plan
		}
		if err := json.Unmarshal([]byte(m[1]), &entry); err != nil {
			t.Fatal(err, m[1])
		}
		entry.Plan.text = strings.Join(strings.Fields(entry.Text), " ")
		plans = append(plans, entry.Plan)
	}
	return plans
}

// read counts the rows that were read of each table. It holds that the events are
// never read whole and that no more of anything than a page is sorted. Reading the
// cases whole in the middle of a walk is allowed: there are 20,000 of them, and the
// server finds that cheaper than to look up a thousand.
func (p plan) read(t *testing.T, depth int) map[string]float64 {
	t.Helper()
	if p.text != "" {
		t.Log(p.text)
	}
	t.Logf("%s%s %s: %.0f rows, %.0f times, %.0f left out", strings.Repeat("  ", depth+1), p.Type, p.Table, p.Rows, p.Loops, p.Removed)
	rows := map[string]float64{p.Table: (p.Rows + p.Removed) * p.Loops}
	if p.Table == "event" && (p.Type == "Seq Scan" && p.Loops > 0 || rows["event"] > 1100) {
		t.Errorf("%s reads %.0f events", p.Type, rows["event"])
	}
	if strings.HasSuffix(p.Type, "Sort") && p.Rows > 1100 {
		t.Errorf("%s of %.0f rows", p.Type, p.Rows)
	}
	for _, child := range p.Plans {
		for table, n := range child.read(t, depth+1) {
			rows[table] += n
		}
	}
	return rows
}
