package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sink"
	"arendebrygga/sources"
)

// followed is a source of the configuration at work, or one that could not begin.
type followed struct {
	Source
	loop  *adapter.Loop // nil: it never began
	ended atomic.Pointer[adapter.Halt]
	gone  atomic.Bool // its loop ended without an error, though nobody asked it to
}

// Why a source never begins, or ends; see [adapter.Halt]. What else a loop stops for
// it says itself.
const (
	haltRenamed   = "renamed"
	haltNotOpened = "not-opened"
	haltEnded     = "ended"
)

// begin makes the loops, one for each source.
func (s *service) begin(store *sink.Store) {
	for _, src := range s.Config.Sources {
		f := &followed{Source: src}
		s.followed = append(s.followed, f)
		if err := s.renamed(src.Def, store.Sources()); err != nil {
			s.stopped(f, haltRenamed, err)
			continue
		}
		name := src.Def.Name
		log := s.log.With().Str("source", name).Logger()
		src.Conn.Warn = func(text string) { log.Warn().Msg(text) }
		source, err := src.open()
		if err != nil {
			s.stopped(f, haltNotOpened, err)
			continue
		}
		f.loop = &adapter.Loop{
			Definition: src.Def, Source: source, Rules: s.Rules.Rules(name), Store: store,
			Log: log, At: s.at,
			Polled: func(took time.Duration, err error) { s.metrics.polled(name, took, err) },
		}
		if s.committed != nil {
			f.loop.Committed = func(changes []adapter.Change) { s.committed(name, changes) }
		}
	}
}

// names tells whether the configuration has a source of that name.
func (s *service) names(name string) bool {
	return slices.ContainsFunc(s.Config.Sources, func(src Source) bool { return src.Def.Name == name })
}

// tellLeft warns of sources that only the store has.
func (s *service) tellLeft(store *sink.Store) {
	for _, name := range store.Sources() {
		if !s.names(name) {
			s.log.Warn().Str("source", name).Msg("the configuration does not name this source any more: what was published of it stays, and nothing in it is followed")
		}
	}
}

func (s *service) stopped(f *followed, reason string, err error) {
	f.ended.Store(&adapter.Halt{Reason: reason, Detail: err.Error(), At: time.Now()})
	s.log.Error().Err(err).Str("source", f.Def.Name).Msg("source stopped")
}

// renamed refuses to begin a source that may be one of the store's under another
// name: its old rows would be published a second time, with other ids.
func (s *service) renamed(def *adapter.Definition, stored []string) error {
	if slices.Contains(stored, def.Name) || def.FirstRun.Kind == adapter.Baseline {
		return nil
	}
	for _, name := range stored {
		if !s.names(name) {
			return fmt.Errorf("the store does not know this source, but has %s, which the configuration does not name any more: "+
				"if it was renamed, all of it would be published again, so give it its old name back; "+
				"if it is another one, begin it with firstRun: baseline or in a store of its own", name)
		}
	}
	return nil
}

// follow runs one source's loop to its end.
func (s *service) follow(ctx context.Context, f *followed) {
	def := f.Def
	f.loop.Log.Info().Str("kind", def.Kind).Str("mode", string(def.Mode)).Stringer("poll", def.Poll).Msg("source begins")
	err := f.poll(ctx)
	switch {
	case err != nil:
		s.stopped(f, haltEnded, err)
	case ctx.Err() == nil:
		f.gone.Store(true)
	}
}

// poll runs the loop, and has it look once whether the login may do too much.
func (f *followed) poll(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var beside sync.WaitGroup
	beside.Go(func() {
		watchRights(ctx, f.loop.Log, func() adapter.Doing { return f.loop.Status().Doing }, f.rights)
	})
	f.loop.Run(ctx)
	stop()
	beside.Wait()
	return f.loop.Source.Close()
}

// status tells how the source is doing, whether it ever began or not.
func (f *followed) status(store *sink.Store) adapter.Status {
	var st adapter.Status
	if f.loop != nil {
		st = f.loop.Status()
		st.Collisions = sources.Collisions(f.loop.Source)
	} else {
		st, _ = storedStatus(store, f.Def.Name) // readiness tells of a store that cannot be read
	}
	st.Source = f.Def.Name
	if halt := f.ended.Load(); halt != nil {
		st.Doing, st.Begun, st.Next, st.Halted = adapter.Stopped, halt.At, time.Time{}, halt
	}
	if f.Def.Cursor.Kind == adapter.CursorNone {
		st.Swept = st.Polled // every poll reads everything
	}
	if !st.CaughtUp.IsZero() && !st.Polled.IsZero() {
		// Before the database has been asked for its time, ours must do.
		st.Lag = max(st.Lag, time.Since(st.Polled))
	}
	return st
}

// storedStatus is what the store tells of a source that no loop is at. It writes
// nothing: a source must not become known by being looked at.
func storedStatus(store *sink.Store, name string) (adapter.Status, error) {
	st := adapter.Status{Source: name, Doing: adapter.Stopped}
	if !slices.Contains(store.Sources(), name) {
		return st, nil
	}
	ck, err := store.Checkpoint(name)
	if err != nil {
		return st, err
	}
	st.Phase, st.Polled, st.Swept, st.CaughtUp = ck.Phase, ck.Polled, ck.Swept, ck.CaughtUp()
	st.Halted, st.Totals, st.Changes = ck.Halted, ck.Totals, ck.Changes
	if !st.CaughtUp.IsZero() {
		st.Lag = max(0, time.Since(st.CaughtUp))
	}
	return st, nil
}
