package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"arendebrygga/adapter"
	"arendebrygga/sources"
)

// TestRightsAreToldOnce: nothing is asked while the source must not be asked or cannot
// be, and what is found is told once, with the statements that mend it.
func TestRightsAreToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun, asked := time.Now(), 0
		doing := func() adapter.Doing {
			if time.Since(begun) < time.Hour {
				return adapter.Closed
			}
			return adapter.Resting
		}
		ask := func(context.Context) (sources.Inspection, error) {
			if time.Since(begun) < time.Hour {
				t.Error("asked outside the hours")
			}
			if asked++; asked < 3 {
				return sources.Inspection{}, errors.New("no answer")
			}
			return sources.Inspection{
				Findings: []sources.Finding{{Level: sources.OK, What: "the session is read-only"}, {Level: sources.Warning, What: "the login may write", Hint: "give it another"}},
				Grants:   []string{"GRANT SELECT ON byggr.handelse TO …;"},
			}, nil
		}
		var out bytes.Buffer
		watchRights(t.Context(), zerolog.New(&out).Level(zerolog.InfoLevel), doing, ask)
		const want = `{"level":"warn","hint":"give it another","grants":["GRANT SELECT ON byggr.handelse TO …;"],"message":"the login may write"}`
		if got := strings.TrimSpace(out.String()); got != want {
			t.Errorf("logged %s", got)
		}
		if took := time.Since(begun); asked != 3 || took != time.Hour+3*rightsRetry {
			t.Errorf("asked %d times in %v", asked, took)
		}
	})
}

// TestRightsAreAskedByTheLoop: a source is for one goroutine at a time, so where no loop
// takes orders nothing is asked.
func TestRightsAreAskedByTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		f := followed{loop: &adapter.Loop{}}
		if _, err := f.rights(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("asked beside the loop: %v", err)
		}
	})
}
