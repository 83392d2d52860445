package adapter_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"arendebrygga/adapter"
)

// fragile is a database whose reader has a mistake that the next sweep makes.
type fragile struct {
	*sim
	broken bool
}

func (f *fragile) Sweep(ctx context.Context, from adapter.Walk) (adapter.Page, error) {
	if f.broken {
		f.broken = false
		panic(kunder["alva"])
	}
	return f.sim.Sweep(ctx, from)
}

// A mistake in the program fails the poll, the sweep or the order that it is met in, and
// nothing else: the loop goes on with what is stored. Its place is in the log, and
// nothing of the rows is.
func TestMistakeInTheProgramFailsAPollOnly(t *testing.T) {
	for _, where := range []string{"poll", "sweep", "order"} {
		t.Run(where, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				def := definition(adapter.History)
				def.Sweep = time.Minute
				b := newBench(t, def)
				source := &fragile{sim: b.sim, broken: where == "sweep"}
				b.loop.Log, b.loop.Source = zerolog.New(&log), source
				times := 0
				b.loop.At = func(p adapter.Point) {
					if where == "poll" && p == adapter.MidRows {
						if times++; times <= 2 {
							panic(kunder["alva"])
						}
					}
				}
				b.party("A1", "alva")
				b.put(1, "A1", "a", day(9, 0))
				b.put(2, "A1", "b", day(9, 1))
				go b.loop.Run(t.Context())
				if where == "order" {
					err := b.loop.Do(t.Context(), func(context.Context) error { panic(kunder["alva"]) })
					if err == nil || !strings.Contains(err.Error(), "a mistake in the program (string) ended the order") {
						t.Errorf("the order's error is %v", err)
					}
				}
				time.Sleep(10 * time.Minute)
				synctest.Wait()
				b.now = b.now.Add(10 * time.Minute)
				b.put(3, "A1", "c", day(9, 2))
				time.Sleep(10 * time.Minute)
				synctest.Wait()
				want(t, b.events(t, "alva"), ">a", "a>b", "b>c")
				if st := b.loop.Status(); st.Doing != adapter.Resting || st.Swept.IsZero() {
					t.Errorf("it is %s, and swept at %s", st.Doing, st.Swept)
				}
				said := log.String()
				first, _, _ := strings.Cut(said[strings.Index(said, `"doing"`):], "\n")
				for _, part := range []string{`"doing":"` + where + `"`, "survive_test.go:", "(*Loop).survive survive.go:", "(*Loop).Run"} {
					if !strings.Contains(first, part) {
						t.Errorf("the log has no %s: %s", part, first)
					}
				}
				if strings.Contains(said, kunder["alva"]) {
					t.Errorf("the log quotes the mistake: %s", said)
				}
			})
		})
	}
}
