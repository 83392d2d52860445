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
	db   *sql.DB
	mode adapter.Mode

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
		if err := tx.Commit(); err != nil {
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

func liveOffice(t *testing.T, mode adapter.Mode, table string) {
	server := servertest.MariaDB(t)
	o := &office{db: server.Root, mode: mode, steps: map[string][]string{}}
	for st := range strings.SplitSeq(liveSchema, ";") {
		if _, err := o.db.Exec(st); err != nil {
			t.Fatal(err)
		}
	}
	cases := make([]string, 160)
	for i := range cases {
		cases[i] = fmt.Sprintf("A%d", i)
		if mode == adapter.Net {
			if _, err := o.db.Exec("INSERT INTO arende (arende, status) VALUES (?, 'start')", cases[i]); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := o.db.Exec("INSERT INTO part VALUES (?, 'alva')", cases[i]); err != nil {
			t.Fatal(err)
		}
	}
	def := definition(mode)
	def.Kind, def.Query, def.Overlap, def.Poll = "mysql", "SELECT id, arende, status, tid, hemlig FROM arende", 4*time.Second, 50*time.Millisecond
	def.Cursor, def.Limits = adapter.CursorRule{Column: "tid", Kind: adapter.CursorTime, Table: table}, adapter.Limits{PageSize: 20}
	def.Recipients = adapter.RecipientRule{Query: "SELECT arende, namn FROM part", Case: "arende", Recipient: "namn",
		Columns: adapter.Columns{{Name: "arende", Type: adapter.String}, {Name: "namn", Type: adapter.String}}}

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
		o.adapt(t, def, server, store, func(l *adapter.Loop) error { return l.Run(short) })
		cut()
	}
	wg.Wait()
	o.adapt(t, def, server, store, func(l *adapter.Loop) error { return l.Poll(t.Context()) })
	s, err := sink.Open(store)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, c := range cases {
		var events []string
		err := s.Events(t.Context(), sink.Query{Arende: &adapter.Arende{Typ: "Diarienummer", Identifierare: c}}, func(e *sink.Event) error {
			events = append(events, rubrik(e))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(events)
		o.check(t, c, events)
	}
}

// adapt runs an adapter of its own, as after a restart.
func (o *office) adapt(t *testing.T, def *adapter.Definition, server *servertest.Server, path string, run func(*adapter.Loop) error) {
	t.Helper()
	s, err := sink.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	src, err := sources.Open(def, sources.Connection{Server: server.Addr, Database: server.Database, User: server.User, Password: adapter.NewSecret(server.Password)})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if err := run(&adapter.Loop{Definition: def, Source: src, Rules: rules{}, Store: s, Log: zerolog.Nop()}); err != nil {
		t.Fatal(err)
	}
}
