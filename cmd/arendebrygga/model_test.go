package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"arendebrygga/sources/servertest"
)

// model knows which rows the writers have committed, and so what every kund is to
// be told. It shares nothing with the program.
type model struct {
	mu     sync.Mutex
	events map[string]map[string]string // kund → row id → reference, type and time
}

func newModel() *model { return &model{events: map[string]map[string]string{}} }

// numbers are official test numbers, without century where a person's is clear.
var numbers = []string{"199009222382", "195410072572", "198003192385", "198007292397", "200001121227", "197702042396", "196909092394",
	"199011140903", "198012202381", "200006012397", "198103232396", "199007022388", "199008022395", "198300742395", "194101602391"}

// writer registers cases and lets things happen in them, as one handläggare does.
type writer struct {
	kind string // of the source
	db   *servertest.Server
	conn *sql.Conn
	r    *rand.Rand
	m    *model
}

// staged is what a transaction has done so far.
type staged struct {
	kunder map[int]map[string]bool // of the cases
	rows   map[int]map[string]string
}

// run registers the cases from first to last, five at a time, and takes each of
// them four steps on, in transactions over all five. Some are rolled back and done
// again, and some stay open a while.
func (w *writer) run(ctx context.Context, first, last int) (err error) {
	if w.conn, err = w.db.Root.Conn(ctx); err != nil {
		return err
	}
	defer w.conn.Close()
	for ; first <= last; first += 5 {
		all := staged{kunder: map[int]map[string]bool{}, rows: map[int]map[string]string{}}
		for step := 0; step < 4; step++ {
			done := staged{kunder: map[int]map[string]bool{}, rows: map[int]map[string]string{}}
			if _, err := w.exec(ctx, "BEGIN"); err != nil {
				return err
			}
			for c := first; c <= min(first+4, last); c++ {
				if err := w.step(ctx, c, step, &done); err != nil {
					return err
				}
			}
			if w.r.IntN(20) == 0 {
				if _, err := w.exec(ctx, "ROLLBACK"); err != nil {
					return err
				}
				step--
				continue
			}
			if _, err := w.exec(ctx, "COMMIT"); err != nil {
				return err
			}
			maps.Copy(all.kunder, done.kunder)
			for c, rows := range done.rows {
				if all.rows[c] == nil {
					all.rows[c] = map[string]string{}
				}
				maps.Copy(all.rows[c], rows)
			}
		}
		w.m.add(all)
	}
	return nil
}

// step does one step of one case. Every other case gets its parties with the second
// step only, and every third has two.
func (w *writer) step(ctx context.Context, c, step int, done *staged) error {
	if step == 0 {
		if _, err := w.exec(ctx, "INSERT INTO arende VALUES (?, ?)", c, dnr(c)); err != nil {
			return err
		}
	}
	if step == c%2 {
		done.kunder[c] = map[string]bool{}
		for _, roll := range []string{"SOK", "MSOK", "GRAN"}[:1+2*(c%3/2)] {
			number := numbers[w.r.IntN(len(numbers))]
			if roll != "GRAN" { // a neighbour is told nothing
				done.kunder[c][number] = true
			}
			if _, err := w.exec(ctx, "INSERT INTO part (arende_id, roll, nummer) VALUES (?, ?, ?)", c, roll, number); err != nil {
				return err
			}
		}
	}
	typ, hemlig := w.r.IntN(len(faultKoder)+1), []any{0, 0, 0, 0, 0, 0, 0, 0, 1, nil}[w.r.IntN(10)]
	tid := time.Date(2026, 9, 1, 8, w.r.IntN(3), w.r.IntN(60), w.r.IntN(1000)*1e6, time.UTC) // many ties, and out of order
	id, err := w.exec(ctx, "INSERT INTO handelse (arende_id, typ_id, tid, hemlig) VALUES (?, ?, ?, ?)", c, typ, tid.Format("2006-01-02 15:04:05.000"), hemlig)
	if err != nil {
		return err
	}
	if hemlig == 0 && typ < len(faultKoder) {
		done.rows[c] = map[string]string{strconv.FormatInt(id, 10): dnr(c) + " KOMMUN.BYRA." + faultKoder[typ] + " " + tid.Format("2006-01-02T15:04:05.999") + "+02:00"}
	}
	if w.r.IntN(100) == 0 {
		time.Sleep(time.Duration(w.r.IntN(300)) * time.Millisecond) // a user who is called to the telephone
	}
	return nil
}

// exec gives the id of the row that it inserted, if any.
func (w *writer) exec(ctx context.Context, query string, args ...any) (id int64, err error) {
	if w.kind == "postgres" {
		for i := range args {
			query = strings.Replace(query, "?", fmt.Sprintf("$%d", i+1), 1)
		}
		if strings.HasPrefix(query, "INSERT INTO handelse ") {
			err = w.conn.QueryRowContext(ctx, query+" RETURNING handelse_id", args...).Scan(&id)
			return id, err
		}
		_, err := w.conn.ExecContext(ctx, query, args...)
		return 0, err
	}
	res, err := w.conn.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

func dnr(c int) string { return fmt.Sprintf("BYRÅ 2026-%06d", c) }

func (m *model) add(s staged) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for c, kunder := range s.kunder {
		for k := range kunder {
			if m.events[k] == nil {
				m.events[k] = map[string]string{}
			}
			maps.Copy(m.events[k], s.rows[c])
		}
	}
}

// answer is what the test reads of an answer.
type answer struct {
	Kundhandelser []struct {
		TotaltAntalKundhandelser int
		KundhandelserForPart     []struct {
			KundhandelseID    string `json:"kundhandelseId"`
			KundhandelseTyp   string
			Tidpunkt          string
			UtokadInformation struct{ Rad string }
			Referenser        struct{ ProducentReferens string }
		}
	}
}

// ask asks about one kund, page by page.
func ask(t testing.TB, url, kund string) answer {
	t.Helper()
	var all answer
	for offset := 0; ; offset += 1000 {
		page := askPage(t, url, kund, offset, 1000)
		if all.Kundhandelser = append(all.Kundhandelser, page.Kundhandelser...); len(page.Kundhandelser[0].KundhandelserForPart) < 1000 {
			return all
		}
	}
}

func askPage(t testing.TB, url, kund string, offset, limit int) (page answer) {
	t.Helper()
	typ := "Personnummer"
	if kund[6] >= '6' {
		typ = "Samordningsnummer"
	}
	body := fmt.Sprintf(`{"fraga":{"parter":[{"kund":{"identifierare":%q,"typ":%q}}],"behandling":{"sortering":[{"attribut":"TIDPUNKT","stigande":false}],
		"paginering":{"offset":%d,"limit":%d}}},"anvandare":%[1]q}`, kund, typ, offset, limit)
	res, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil {
		err = json.Unmarshal(text, &page)
	}
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v: %s", res.StatusCode, err, text)
	}
	return page
}

// checkEvents waits until there are as many events as the rows call for, and then
// compares each of them.
func checkEvents(t *testing.T, url string, m *model) {
	t.Helper()
	lost, foreign, ids, total := 0, 0, map[string]bool{}, 0
	deadline := time.Now().Add(time.Minute)
	for kund, want := range m.events {
		got := ask(t, url, kund)
		for got.Kundhandelser[0].TotaltAntalKundhandelser < len(want) && time.Now().Before(deadline) {
			time.Sleep(100 * time.Millisecond)
			got = ask(t, url, kund)
		}
		rows := map[string]bool{}
		for _, page := range got.Kundhandelser {
			for _, e := range page.KundhandelserForPart {
				total++
				row := e.UtokadInformation.Rad
				says := e.Referenser.ProducentReferens + " " + e.KundhandelseTyp + " " + e.Tidpunkt
				switch {
				case want[row] != says:
					foreign++
					t.Logf("an event that no row calls for: row %s: %q, want %q", row, says, want[row])
				case rows[row] || ids[e.KundhandelseID]:
					t.Errorf("row %s gave two events, or two rows one id", row)
				}
				rows[row], ids[e.KundhandelseID] = true, true
			}
		}
		for row := range want {
			if !rows[row] {
				lost++
			}
		}
	}
	t.Logf("%d events of %d kunder: %d lost, %d shown to the wrong one", total, len(m.events), lost, foreign)
	if lost+foreign > 0 || total == 0 {
		t.Errorf("%d events lost, %d that no row calls for", lost, foreign)
	}
}
