package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"arendebrygga/adapter"
	"arendebrygga/sink"
	"arendebrygga/sink/api"
	"arendebrygga/sources"
)

// service is the adapter at work: a loop for each source over one store, and the
// standard API over the same store.
type service struct {
	*loaded
	log       zerolog.Logger
	at        func(adapter.Point)
	committed func(source string, changes []adapter.Change)
	listening func(net.Addr) // told the address when the API can be asked
}

// run works until ctx ends. A source that fails never stops another, nor the API;
// without the store or the API there is nothing to work for, and that is an error.
func (s *service) run(ctx context.Context) error {
	store, err := sink.Open(s.Config.Store.Path)
	if err != nil {
		return err
	}
	err = s.serve(ctx, store)
	return errors.Join(err, store.Close())
}

func (s *service) serve(ctx context.Context, store *sink.Store) error {
	handler, err := api.New(s.apiConfig(), store)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", s.Config.API.Listen)
	if err != nil {
		return fmt.Errorf("api.listen: %w\n  hint: --listen or api.listen takes another address, such as 127.0.0.1:8081", err)
	}
	s.log.Info().Str("version", readBuildInfo().String()).Str("config", s.Config.Path).Str("store", s.Config.Store.Path).
		Int("sources", len(s.Config.Sources)).Msg("started")
	s.log.Info().Stringer("address", ln.Addr()).Str("bas", s.Config.API.Bas).Msg("api listening")
	if s.listening != nil {
		s.listening(ln.Addr())
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var loops sync.WaitGroup
	for _, src := range s.Config.Sources {
		if err := s.renamed(src.Def, store.Sources()); err != nil {
			s.log.Error().Err(err).Str("source", src.Def.Name).Msg("source stopped")
			continue
		}
		loops.Go(func() { s.follow(ctx, src, store) })
	}
	loops.Go(func() { s.prune(ctx, store) })
	err = api.Serve(ctx, ln, handler, s.log)
	stop()
	loops.Wait()
	s.log.Info().Msg("stopped")
	return err
}

// renamed refuses to begin a source that may be one of the store's under another
// name: its old rows would be published a second time, with other ids.
func (s *service) renamed(def *adapter.Definition, stored []string) error {
	if slices.Contains(stored, def.Name) || def.FirstRun.Kind == adapter.Baseline {
		return nil
	}
	for _, name := range stored {
		if !slices.ContainsFunc(s.Config.Sources, func(other Source) bool { return other.Def.Name == name }) {
			return fmt.Errorf("the store does not know this source, but has %s, which the configuration does not name any more: "+
				"if it was renamed, all of it would be published again, so give it its old name back; "+
				"if it is another one, begin it with firstRun: baseline or in a store of its own", name)
		}
	}
	return nil
}

// follow runs one source's loop to its end.
func (s *service) follow(ctx context.Context, src Source, store *sink.Store) {
	log := s.log.With().Str("source", src.Def.Name).Logger()
	source, err := sources.Open(src.Def, src.Conn)
	if err != nil {
		log.Error().Err(err).Msg("source stopped")
		return
	}
	log.Info().Str("kind", src.Def.Kind).Str("mode", string(src.Def.Mode)).Stringer("poll", src.Def.Poll).Msg("source begins")
	loop := adapter.Loop{Definition: src.Def, Source: source, Rules: s.Rules.Rules(src.Def.Name), Store: store, Log: log, At: s.at}
	if s.committed != nil {
		loop.Committed = func(changes []adapter.Change) { s.committed(src.Def.Name, changes) }
	}
	if err := errors.Join(loop.Run(ctx), source.Close()); err != nil {
		log.Error().Err(err).Msg("source stopped")
	}
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
		Producenter: s.Config.Producenter, Version: build.Version, Released: build.Released, Log: s.log,
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
