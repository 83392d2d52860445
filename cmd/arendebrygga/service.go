package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"arendebrygga/adapter"
	"arendebrygga/sink"
	"arendebrygga/sink/api"
)

// service is the adapter at work: a loop for each source over one store, and the
// standard API over the same store.
type service struct {
	*loaded
	log       zerolog.Logger
	at        func(adapter.Point)
	committed func(source string, changes []adapter.Change)
	existing  bool           // a store that is missing is an error, not a new installation
	listening func(net.Addr) // told the address when the API can be asked

	opsListening func(net.Addr)                     // the same for ops.listen
	again        func() (*loaded, adapter.Problems) // reads the operator's files anew; nil: never

	begun    time.Time
	store    *sink.Store
	followed []*followed // in the order of the configuration
	metrics  *metrics
}

// run works until ctx ends. A source that fails never stops another, nor the API;
// without the store or the API there is nothing to work for, and that is an error.
func (s *service) run(ctx context.Context) error {
	store, _, err := s.openStore(nil)
	if err != nil {
		return err
	}
	err = s.serve(ctx, store)
	return errors.Join(err, s.renewMarker(store), store.Close())
}

func (s *service) serve(ctx context.Context, store *sink.Store) error {
	s.begun, s.store = time.Now(), store
	s.metrics = newMetrics(s)
	handler, err := api.New(s.apiConfig(), store)
	if err != nil {
		return err
	}
	ln, ops, err := s.listen()
	if err != nil {
		return err
	}
	s.begin(store)
	s.tellLeft(store)
	s.log.Info().Str("version", readBuildInfo().String()).Str("config", s.Config.Path).Str("store", s.Config.Store.Path).
		Int("sources", len(s.Config.Sources)).Msg("started")
	defer s.openAdmin()() // before anybody is told that all is up
	s.log.Info().Stringer("address", ln.Addr()).Str("bas", s.Config.API.Bas).Msg("api listening")
	if s.listening != nil {
		s.listening(ln.Addr())
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var loops sync.WaitGroup
	for _, f := range s.followed {
		if f.loop != nil {
			loops.Go(func() { s.follow(ctx, f) })
		}
	}
	loops.Go(func() { s.prune(ctx, store) })
	if s.again != nil {
		loops.Go(func() { s.reloadAtHangup(ctx) })
	}
	if ops != nil {
		loops.Go(func() { s.serveOps(ctx, ops) })
	}
	loops.Go(func() { s.keepMarker(ctx, store) })
	err = api.Serve(ctx, ln, handler, s.log)
	stop()
	loops.Wait()
	s.log.Info().Msg("stopped")
	return err
}

// listen opens the API's address and that of operations; the latter is nil if it is
// not configured.
func (s *service) listen() (ln, ops net.Listener, err error) {
	ln, err = net.Listen("tcp", s.Config.API.Listen)
	if err != nil {
		return nil, nil, fmt.Errorf("api.listen: %w\n  hint: --listen or api.listen takes another address, such as 127.0.0.1:8081", err)
	}
	if s.Config.Ops.Listen == "" {
		return ln, nil, nil
	}
	ops, err = net.Listen("tcp", s.Config.Ops.Listen)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("ops.listen: %w\n  hint: ops.listen takes another address, such as 127.0.0.1:9091", err), ln.Close())
	}
	return ln, ops, nil
}

// prune forgets once a day the details of changes that are older than store.keep.
func (s *service) prune(ctx context.Context, store *sink.Store) {
	day := time.NewTicker(24 * time.Hour)
	defer day.Stop()
	for {
		switch n, err := store.Prune(ctx, time.Now().Add(-s.Config.Store.Keep)); {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.log.Error().Err(err).Msg("old details could not be pruned, will try again in a day")
		case n > 0:
			s.log.Info().Int("changes", n).Msg("pruned the details of old changes")
		}
		select {
		case <-ctx.Done():
			return
		case <-day.C:
		}
	}
}

func (s *service) apiConfig() api.Config {
	c := s.Config.API
	build := readBuildInfo()
	return api.Config{
		Bas: c.Bas, KeyHeader: c.KeyHeader, Consumers: c.Consumers, Insecure: c.Insecure, Policy: c.Policy,
		Producenter: s.Config.Producenter, Version: build.Version, Released: build.Released, Log: s.log, Observe: s.metrics.answered,
	}
}

// newLogger writes to w as the configuration says.
func newLogger(c LogConfig, w io.Writer) (zerolog.Logger, error) {
	level, err := zerolog.ParseLevel(c.Level)
	if err != nil {
		return zerolog.Logger{}, fmt.Errorf("log.level: %w", err)
	}
	if c.Format == "text" {
		w = zerolog.ConsoleWriter{Out: w, NoColor: true, TimeFormat: "2006-01-02T15:04:05Z07:00"}
	}
	return zerolog.New(w).Level(level).With().Timestamp().Logger(), nil
}
