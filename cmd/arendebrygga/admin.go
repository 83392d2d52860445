package main

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"arendebrygga/adapter"
)

// admin does what commands ask for: in the process that runs the sources, or, when
// none does, in the command's own over the file itself.
type admin struct {
	*service
	running bool
}

// errUnknown is wrapped by what asks for something that is not there.
var errUnknown = errors.New("not found")

// maxAsked is how many bytes a command may ask with.
const maxAsked = 8 << 20

// openAdmin lets commands in. The process works without it, so what fails is only
// logged. It returns what closes the door again.
func (s *service) openAdmin() func() {
	d, err := openDoor(s.Config.Store.Path)
	if err != nil {
		s.log.Warn().Err(err).Msg("commands cannot reach this process: parked, resync, baseline, withdraw and backup will not work while it runs")
		return func() {}
	}
	a := &admin{service: s, running: true}
	srv := a.serve(d, d.token)
	return func() { _ = errors.Join(srv.Close(), d.Close()) } // a server that has not begun leaves the door open
}

// serve answers on a listener until the server is closed.
func (a *admin) serve(ln net.Listener, token string) *http.Server {
	srv := &http.Server{Handler: guarded(token, a.routes()), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(ln) }() // ends with http.ErrServerClosed
	return srv
}

// guarded lets only those in who know the token, if there is one.
func guarded(token string, inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token != "" && subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+token)) != 1 {
			refuse(w, http.StatusUnauthorized, errors.New("the token is not the one of this process"))
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// routes lists what commands can ask for.
func (a *admin) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /hello", answers(a.hello))
	mux.Handle("POST /status", answers(func(context.Context, nothing) (statusReport, error) { return a.statusReport(), nil }))
	mux.Handle("POST /parked", answers(a.parked))
	mux.Handle("POST /change", answers(a.change))
	mux.Handle("POST /owner", answers(a.owner))
	mux.Handle("POST /progress", answers(a.progress))
	mux.Handle("POST /resync", answers(a.resync))
	mux.Handle("POST /baseline", answers(a.baseline))
	mux.Handle("POST /replay", answers(a.replay))
	mux.Handle("POST /discard", answers(a.discard))
	mux.Handle("POST /withdraw", answers(a.withdraw))
	mux.HandleFunc("GET /backup", a.backup)
	return mux
}

// answers makes a handler that takes and gives JSON.
func answers[In, Out any](do func(context.Context, In) (Out, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAsked))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&in); err != nil {
			refuse(w, http.StatusBadRequest, fmt.Errorf("not a question that this version understands: %w; is the command of another version than the process?", err))
			return
		}
		out, err := do(r.Context(), in)
		switch {
		case errors.Is(err, errUnknown):
			refuse(w, http.StatusNotFound, err)
		case err != nil:
			refuse(w, http.StatusConflict, err)
		default:
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(out)
		}
	})
}

// refusal is the body of an answer that is an error.
type refusal struct {
	Error string `json:"error"`
}

func refuse(w http.ResponseWriter, status int, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(refusal{err.Error()})
}

// greeting says who answers.
type greeting struct {
	Running bool     `json:"running"` // the sources are being polled
	Process int      `json:"process"`
	Version string   `json:"version"`
	Store   string   `json:"store"`
	Sources []string `json:"sources"`
}

// nothing is what a question without parts asks with.
type nothing struct{}

func (a *admin) hello(context.Context, nothing) (greeting, error) {
	g := greeting{Running: a.running, Process: os.Getpid(), Version: readBuildInfo().String()}
	if abs, err := filepath.Abs(a.Config.Store.Path); err == nil {
		g.Store = abs
	}
	for _, f := range a.followed {
		g.Sources = append(g.Sources, f.Def.Name)
	}
	return g, nil
}

// source finds a source of the configuration.
func (a *admin) source(name string) (*followed, error) {
	var known []string
	for _, f := range a.followed {
		if f.Def.Name == name {
			return f, nil
		}
		known = append(known, f.Def.Name)
	}
	return nil, fmt.Errorf("source %s is %w in the configuration; %s", name, errUnknown, adapter.Suggest(name, known))
}

// order has the loop of a source do something: between two pages where it runs, at
// once where nothing does.
func (a *admin) order(ctx context.Context, name string, do func(context.Context, *adapter.Loop) error) error {
	f, err := a.source(name)
	switch {
	case err != nil:
		return err
	case f.loop == nil:
		return fmt.Errorf("source %s could not begin: %s", name, f.ended.Load().Detail)
	case !a.running:
		return do(ctx, f.loop)
	}
	return f.loop.Do(ctx, func(ctx context.Context) error { return do(ctx, f.loop) })
}

// backup sends a copy of the store. One that is cut short breaks the connection
// instead of ending well.
func (a *admin) backup(w http.ResponseWriter, r *http.Request) {
	begun := false
	err := a.store.Backup(r.Context(), w, func(size int64) {
		begun = true
		w.Header().Set("Content-Length", fmt.Sprint(size))
		w.Header().Set("Content-Type", "application/octet-stream")
	})
	if err != nil && begun {
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		refuse(w, http.StatusConflict, err)
	}
}
