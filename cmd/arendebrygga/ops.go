package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/munnerz/goautoneg"

	"arendebrygga/adapter"
	"arendebrygga/sink/api"
)

// operations answers those who watch over the process, on a port of its own.
type operations struct {
	*service
	mu     sync.Mutex
	pulses map[string]pulse // by source
}

// pulse is what a loop was seen to be about when it last showed a sign of life.
type pulse struct {
	status adapter.Status
	sign   time.Time
}

// serveOps answers until ctx ends. If it cannot go on, that is no reason to stop
// publishing: who watches will miss it.
func (s *service) serveOps(ctx context.Context, ln net.Listener) {
	s.log.Info().Stringer("address", ln.Addr()).Msg("ops listening")
	if s.opsListening != nil {
		s.opsListening(ln.Addr())
	}
	if err := api.Serve(ctx, ln, newOperations(s).handler(), s.log); err != nil {
		s.log.Error().Err(err).Msg("ops does not answer any more")
	}
}

func newOperations(s *service) *operations {
	return &operations{service: s, pulses: map[string]pulse{}}
}

func (o *operations) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", o.livez)
	mux.HandleFunc("GET /readyz", o.readyz)
	mux.Handle("GET /metrics", o.metrics.handler(o.log))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		w.Header().Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
		_, route := mux.Handler(r)
		o.log.Debug().Str("route", route).Dur("took", time.Since(begun)).Msg("ops request")
	})
}

// livez tells whether a restart is needed: a loop is gone, or hangs in something that
// has no end.
func (o *operations) livez(w http.ResponseWriter, _ *http.Request) {
	dead := o.dead(time.Now())
	if len(dead) == 0 {
		fmt.Fprintln(w, "alive")
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
	for _, line := range dead {
		fmt.Fprintln(w, line)
	}
}

// dead names the loops that are gone or hang. A loop that hangs is noticed by its
// being asked twice.
func (o *operations) dead(now time.Time) (dead []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.followed {
		st := f.status(o.store)
		st.Lag = 0 // grows by itself
		p, known := o.pulses[st.Source]
		if !known || p.status != st {
			p = pulse{st, now}
			o.pulses[st.Source] = p
		}
		switch {
		case f.gone.Load():
			dead = append(dead, st.Source+": the loop is gone")
		case hangs(f.Def, &st, p.sign, now):
			dead = append(dead, fmt.Sprintf("%s: the loop hangs: %s, and no sign of life since %s", st.Source, st.Doing, p.sign.Format(time.RFC3339)))
		}
	}
	return dead
}

// readiness is what /readyz answers.
type readiness struct {
	Ready   bool              `json:"ready"`
	Reasons []reason          `json:"reasons"`
	Sources map[string]string `json:"sources"` // how complete each is, in words
}

// readyz tells whether all is published that could be, and if not every reason.
func (o *operations) readyz(w http.ResponseWriter, r *http.Request) {
	found := o.readiness(time.Now())
	status := http.StatusOK
	if !found.Ready {
		status = http.StatusServiceUnavailable
	}
	if goautoneg.Negotiate(r.Header.Get("Accept"), []string{"text/plain", "application/json"}) == "application/json" {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(found) // who asked has gone
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprint(w, found.text(o.Config.Sources))
}

func (r readiness) text(sources []Source) string {
	var b strings.Builder
	if b.WriteString("ready\n"); !r.Ready {
		b.Reset()
		b.WriteString("not ready\n")
	}
	for _, why := range r.Reasons {
		fmt.Fprintln(&b, why)
	}
	for _, src := range sources {
		fmt.Fprintf(&b, "%s: %s\n", src.Def.Name, r.Sources[src.Def.Name])
	}
	return b.String()
}

// readiness gathers every reason not to be ready.
func (s *service) readiness(now time.Time) readiness {
	found := readiness{Reasons: []reason{}, Sources: map[string]string{}}
	for _, name := range s.store.Sources() {
		if _, err := s.store.Checkpoint(name); err != nil {
			found.Reasons = append(found.Reasons, reason{Code: notStored, Detail: err.Error()})
			break
		}
	}
	for _, f := range s.followed {
		st := f.status(s.store)
		found.Reasons = append(found.Reasons, unready(f.Def, &st, s.begun, now)...)
		found.Sources[st.Source] = completeness(&st, f.Def.Location)
	}
	found.Ready = len(found.Reasons) == 0
	return found
}

func (r readiness) readySource(name string) bool {
	return !slices.ContainsFunc(r.Reasons, func(why reason) bool { return why.Source == name })
}
