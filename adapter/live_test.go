package adapter_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"arendebrygga/adapter"
	"arendebrygga/sink"
	"arendebrygga/sources"
	"arendebrygga/sources/servertest"
)

// office is a case system on a real MariaDB whose clerks write all at once, in
// transactions of several cases that commit late.
type office struct {
	server *servertest.Server
	db     *sql.DB
	mode   adapter.Mode

	mu    sync.Mutex
	steps map[string][]string // what was committed of each case, in order
}

const liveSchema = `
CREATE TABLE arende (id INT AUTO_INCREMENT PRIMARY KEY, arende VARCHAR(20) NOT NULL, status VARCHAR(20) NOT NULL,
 tid TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, hemlig TINYINT(1) NOT NULL DEFAULT 0, KEY (arende), KEY (tid));
CREATE TABLE part (arende VARCHAR(20) NOT NULL, namn VARCHAR(20) NOT NULL, KEY (arende))`

// clerk works on cases of its own, so that the order of their steps is known.
func (o *office) clerk(ctx context.Context, seed uint64, cases []string) error {
	r := rand.New(rand.NewPCG(seed, 1))
	for n := 0; ctx.Err() == nil; n++ {
		begun := time.Now()
		tx, err := o.db.Begin()
		if err != nil {
			return err
		}
		written := map[string]string{}
		for range 1 + r.IntN(4) {
			c, status := cases[r.IntN(len(cases))], fmt.Sprintf("s%d", r.IntN(3))
			if written[c] != "" {
				continue
			}
			written[c] = status
			statement := "INSERT INTO arende (status, arende) VALUES (?, ?)"
			if o.mode == adapter.Net {
				statement = "UPDATE arende SET status = ? WHERE arende = ?"
			}
			if _, err := tx.Exec(statement, status, c); err != nil {
				return err
			}
		}
		pause(ctx, time.Duration(r.IntN(1+n%4*400))*time.Millisecond) // long transactions among short ones
		o.mu.Lock()
		end := tx.Commit
		if time.Since(begun) > 2*time.Second { // on a busy machine: polls need not find what commits later than the overlap
			end, written = tx.Rollback, nil
		}
		if err := end(); err != nil {
			o.mu.Unlock()
			return err
		}
		for c, status := range written {
			o.steps[c] = append(o.steps[c], status)
		}
		o.mu.Unlock()
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// check holds a case's events against its committed steps.
func (o *office) check(t *testing.T, c string, events []string) {
	t.Helper()
	if o.mode == adapter.History {
		if len(events) != len(o.steps[c]) {
			t.Errorf("%s: %d events of %d rows", c, len(events), len(o.steps[c]))
		}
		return
	}
	before, left := "", append([]string{"start"}, o.steps[c]...)
	for _, e := range events {
		from, to, _ := strings.Cut(e, ">")
		at := slices.Index(left, to)
		if from != before || from == to || at < 0 {
			t.Errorf("%s: event %s does not follow %q; events %v, steps %v", c, e, before, events, o.steps[c])
			return
		}
		before, left = to, left[at:]
	}
	if last := left[len(left)-1]; before != last {
		t.Errorf("%s: the events end with %q, the case with %q", c, before, last)
	}
}

// TestLiveOffice polls while eight clerks write, with whole-second stamps that every
// update moves, and is cut and restarted all the time.
func TestLiveOffice(t *testing.T) {
	for _, c := range []struct {
		mode  adapter.Mode
		table string
	}{{adapter.Net, "arende"}, {adapter.Net, ""}, {adapter.History, "arende"}} {
		t.Run(fmt.Sprintf("%s table=%s", c.mode, c.table), func(t *testing.T) {
			t.Parallel()
			liveOffice(t, c.mode, c.table)
		})
	}
}

// openOffice makes the tables, a case of each number and its party.
func openOffice(t *testing.T, mode adapter.Mode, cases int) (*office, []string) {
	server := servertest.MariaDB(t)
	o := &office{server: server, db: server.Root, mode: mode, steps: map[string][]string{}}
	for st := range strings.SplitSeq(liveSchema, ";") {
		o.exec(t, st)
	}
	numbers := make([]string, cases)
	for i := range numbers {
		numbers[i] = fmt.Sprintf("A%d", i)
		if mode == adapter.Net {
			o.exec(t, "INSERT INTO arende (arende, status) VALUES (?, 'start')", numbers[i])
		}
		o.exec(t, "INSERT INTO part VALUES (?, 'alva')", numbers[i])
	}
	return o, numbers
}

func (o *office) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := o.db.Exec(statement, args...); err != nil {
		t.Fatal(err)
	}
}

func liveDefinition(mode adapter.Mode, table string) *adapter.Definition {
	def := definition(mode)
	def.Kind, def.Query, def.Overlap, def.Poll = "mysql", "SELECT id, arende, status, tid, hemlig FROM arende", 4*time.Second, 50*time.Millisecond
	def.Cursor, def.Limits = adapter.CursorRule{Column: "tid", Kind: adapter.CursorTime, Table: table}, adapter.Limits{PageSize: 20}
	def.Recipients = adapter.RecipientRule{Query: "SELECT arende, namn FROM part", Case: "arende", Recipient: "namn",
		Columns: adapter.Columns{{Name: "arende", Type: adapter.String}, {Name: "namn", Type: adapter.String}}}
	return def
}

func liveOffice(t *testing.T, mode adapter.Mode, table string) {
	o, cases := openOffice(t, mode, 160)
	def := liveDefinition(mode, table)
	ctx, stop := context.WithTimeout(t.Context(), 6*time.Second)
	defer stop()
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			if err := o.clerk(ctx, uint64(w), cases[w*20:w*20+20]); err != nil {
				t.Error(err)
			}
		})
	}
	store := filepath.Join(t.TempDir(), "store.db")
	for ctx.Err() == nil {
		short, cut := context.WithTimeout(t.Context(), time.Duration(50+rand.IntN(500))*time.Millisecond)
		o.adapt(t, def, store, func(l *adapter.Loop) error {
			l.Run(short)
			return nil
		})
		cut()
	}
	wg.Wait()
	o.adapt(t, def, store, func(l *adapter.Loop) error {
		for range 2 { // the first may only end a walk that was cut
			if err := l.Poll(t.Context()); err != nil {
				return err
			}
		}
		for _, c := range cases {
			o.check(t, c, eventsOf(t, l.Store.(*sink.Store), c))
		}
		return nil
	})
}

// eventsOf gives a case's events, oldest first.
func eventsOf(t *testing.T, s *sink.Store, c string) (events []string) {
	t.Helper()
	err := s.Events(t.Context(), sink.Query{Arende: &adapter.Arende{Typ: "Diarienummer", Identifierare: c}}, func(e *sink.Event) error {
		events = append(events, rubrik(e))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(events)
	return events
}

// A row that lies in the future is as old as the others when a baseline begins, but
// what is written while the baseline walks is new all the same.
func TestBaselineWithARowInTheFuture(t *testing.T) {
	o, cases := openOffice(t, adapter.Net, 60)
	o.exec(t, "UPDATE arende SET tid = tid - INTERVAL 1 DAY")
	o.exec(t, "UPDATE arende SET tid = '2037-01-01' WHERE arende = ?", cases[7])
	for _, table := range []string{"arende", ""} {
		def := liveDefinition(adapter.Net, table)
		def.FirstRun.Kind = adapter.Baseline
		o.exec(t, "UPDATE arende SET status = 'start', tid = tid WHERE arende = ?", cases[5])
		o.adapt(t, def, filepath.Join(t.TempDir(), "store.db"), func(l *adapter.Loop) error {
			moved := false
			l.At = func(p adapter.Point) {
				if p != adapter.AfterCommit || moved {
					return
				}
				_, known, err := l.Store.Known(def.Name, nil, []adapter.Key{adapter.Key(cases[5])})
				if err != nil {
					t.Error(err)
				} else if moved = known[0].Known; moved { // and others are not yet
					o.exec(t, "UPDATE arende SET status = 'b' WHERE arende = ?", cases[5])
				}
			}
			for range 2 {
				if err := l.Poll(t.Context()); err != nil {
					return err
				}
			}
			for i, c := range cases {
				events := eventsOf(t, l.Store.(*sink.Store), c)
				if i == 5 {
					want(t, events, "start>b")
				} else {
					want(t, events)
				}
			}
			return nil
		})
		o.exec(t, "UPDATE arende SET tid = tid - INTERVAL 1 DAY WHERE arende = ?", cases[5])
	}
}

// adapt runs an adapter of its own, as after a restart.
func (o *office) adapt(t *testing.T, def *adapter.Definition, path string, run func(*adapter.Loop) error) {
	t.Helper()
	s, err := sink.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	src, err := sources.Open(def, sources.Connection{Server: o.server.Addr, Database: o.server.Database, User: o.server.User, Password: adapter.NewSecret(o.server.Password)})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if err := run(&adapter.Loop{Definition: def, Source: src, Rules: rules{}, Store: s, Log: zerolog.Nop()}); err != nil {
		t.Fatal(err)
	}
}
