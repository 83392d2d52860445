package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sink"
)

// errLost is wrapped by what says that the store is not the one that was here.
var errLost = errors.New("the store is not the one that was here")

// openStore opens the store, making it if there never was one. A store that is missing
// or another one is an error, as everything would be published a second time under
// other ids, unless anew, told why, lets it begin anew. Then, and where the store is
// an older one, its sources are halted until an operator has chosen for each how it
// goes on. fresh tells whether it began anew.
func (s *service) openStore(anew func(error) error) (store *sink.Store, fresh bool, err error) {
	path := s.Config.Store.Path
	m, err := readMarker(path)
	if err != nil {
		return nil, false, err
	}
	_, err = os.Stat(path)
	missing := errors.Is(err, fs.ErrNotExist)
	if missing && s.existing && anew == nil {
		return nil, false, fmt.Errorf("store %s is missing, and --existing lets no new one be made; is its volume mounted?", path)
	}
	if fresh = missing && m != nil; fresh {
		if err := chosen(anew, lost(s.Config, m)); err != nil {
			return nil, false, err
		}
	}
	if store, err = sink.Open(path); err != nil {
		return nil, false, err
	}
	if fresh {
		err = keepOwner(path, markerPath(path))
	}
	if err == nil {
		fresh, err = s.recognise(store, m, fresh, anew)
	}
	if err == nil {
		if m == nil || fresh {
			err = writeMarker(path, store)
		} else {
			err = s.renewMarker(store)
		}
	}
	if err != nil {
		return nil, false, errors.Join(err, store.Close())
	}
	return store, fresh, nil
}

// lost says that the store of a marker is missing.
func lost(cfg *Config, m *marker) error {
	return fmt.Errorf("%w: %s is missing, which was made on %s; put it back, or the newest backup", errLost, cfg.Store.Path, cfg.clock(m.Made))
}

// clock writes a time to the second as the configuration's timezone has it.
func (c *Config) clock(t time.Time) string { return seconds(t, c.Location).Format(time.RFC3339) }

// chosen asks whether to begin anew.
func chosen(anew func(error) error, why error) error {
	if anew != nil {
		return anew(why)
	}
	return fmt.Errorf("%w; or begin anew with arendebrygga baseline SOURCE, which publishes only what comes from now on, or arendebrygga resync SOURCE, which publishes everything again under other ids", why)
}

// recognise compares a store with its marker and halts what must not go on.
func (s *service) recognise(store *sink.Store, m *marker, fresh bool, anew func(error) error) (bool, error) {
	now, err := markerOf(store)
	if err != nil {
		return false, err
	}
	if !fresh && m != nil && now.Key != m.Key {
		why := fmt.Errorf("%w: %s was made on %s, and the one before on %s, so it gives other ids; put that one back, or the newest backup of it",
			errLost, s.Config.Store.Path, s.Config.clock(now.Made), s.Config.clock(m.Made))
		if err := chosen(anew, why); err != nil {
			return false, err
		}
		fresh = true
	}
	if !fresh {
		err = s.haltOlder(store, m, now)
	}
	for _, src := range s.Config.Sources {
		if fresh && err == nil {
			err = s.halt(store, src.Def.Name, "store-anew", "the store was begun anew when another source was given a baseline or a resync")
		}
	}
	if err == nil && !store.Copied().IsZero() {
		err = store.OwnRight() // from here on the halts tell it
	}
	return fresh, err
}

// haltOlder halts the sources of which the store may lack something: all of them where
// it is a copy, or has no marker beside it, as when only its file was put somewhere.
func (s *service) haltOlder(store *sink.Store, m, now *marker) error {
	why, all := "", maps.Clone(now.Changes)
	for _, src := range s.Config.Sources {
		all[src.Def.Name] = now.Changes[src.Def.Name]
	}
	switch copied := store.Copied(); {
	case !copied.IsZero():
		why = "the store is older than it was: a copy that was made on " + s.Config.clock(copied)
	case m == nil && len(now.Changes) > 0:
		why = fmt.Sprintf("the store may be older than it was: %s, which would tell, is not beside it", filepath.Base(markerPath(s.Config.Store.Path)))
	case m == nil:
		return nil
	case now.Writes < m.Writes:
		why = "the store is older than it was"
	}
	if m == nil {
		m = &marker{}
	}
	for source := range m.Changes {
		all[source] = now.Changes[source]
	}
	for source, has := range all {
		detail, had := why, m.Changes[source]
		if has < had {
			detail = fmt.Sprintf("%s: it has %d changes of this source and had %d", cmp.Or(why, "the store is older than it was"), has, had)
		}
		if detail == "" {
			continue
		}
		if err := s.halt(store, source, "store-older", detail+"; what was withdrawn by hand since then is published again, so withdraw it again"); err != nil {
			return err
		}
	}
	return nil
}

// halt notes in the store that a source waits for an operator's choice.
func (s *service) halt(store *sink.Store, source, reason, detail string) error {
	cp, err := store.Checkpoint(source)
	if err != nil {
		return err
	}
	if cp.Phase == adapter.New {
		cp.Phase = adapter.FirstPass // one that is new would begin as firstRun says
	}
	detail += fmt.Sprintf("; choose how it goes on: arendebrygga resync %[1]s (what the store does not have is published) or arendebrygga baseline %[1]s (nothing is, but what comes from now on)", source)
	cp.Halted = &adapter.Halt{Reason: reason, Detail: detail, At: time.Now().UTC().Truncate(time.Second)}
	s.log.Error().Str("source", source).Str("reason", reason).Msg("source stopped: " + detail)
	return store.Commit(adapter.Batch{Source: source, Checkpoint: cp})
}

// keepMarker brings the marker up to date now and then.
func (s *service) keepMarker(ctx context.Context, store *sink.Store) {
	tick := time.NewTicker(markerEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.renewMarker(store); err != nil {
				s.log.Warn().Err(err).Msg(notRenewed)
			}
		}
	}
}

// notRenewed tells what it means that a marker is left as it was.
const notRenewed = "what tells an older store from this one could not be renewed; the store works, but until it is renewed an older copy of it may be taken for this one"

// renewMarker brings the marker of this store up to date. A full disk, or a folder that
// may not be written, is only a warning: the marker that is there tells less then, but
// nothing that is wrong, and answers can be given.
func (s *service) renewMarker(store *sink.Store) error {
	m, err := markerOf(store)
	if err != nil {
		return err
	}
	if err := m.write(s.Config.Store.Path); err != nil {
		s.log.Warn().Err(err).Msg(notRenewed)
	}
	return nil
}
