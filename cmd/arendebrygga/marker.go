package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"arendebrygga/sink"
)

// marker is what is remembered beside a store, in a file of its own, about the store.
// By it a program that finds no store, another one or an older one knows that this is
// not where it left off. A new installation has neither store nor marker, and so its
// first run asks nobody anything; a store without a marker was put there by somebody, and
// may be older. Whoever loses the two together, as with a volume that is not mounted, is
// helped by run --existing.
type marker struct {
	Made    time.Time         `json:"made"`    // when the store was made
	Key     string            `json:"key"`     // tells stores apart; the store's own key cannot be had from it
	Changes map[string]uint64 `json:"changes"` // how many each source had at least
	Writes  uint64            `json:"writes"`  // how often the store had been written at least: an order may leave the counts as they are
}

// markerEvery is how often the marker is brought up to date. A store that was set back
// by less than this is not found out if the process was killed.
const markerEvery = time.Minute

func markerPath(store string) string { return store + ".made" }

// readMarker gives the marker beside a store; nil if there is none.
func readMarker(store string) (*marker, error) {
	text, err := os.ReadFile(markerPath(store))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil { // it may be as it should, and only be another user's
		return nil, fmt.Errorf("%s, which says what store is here: %w; run this as the user that runs arendebrygga, who must own the file", markerPath(store), unwrapPath(err))
	}
	var m marker
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("%s, which says what store is here: %w; remove this file, and each source waits for a resync or a baseline", markerPath(store), err)
	}
	return &m, nil
}

// markerOf makes the marker of a store as it is now.
func markerOf(store *sink.Store) (m *marker, err error) {
	sum := sha256.Sum256(append([]byte("marker"), store.IDKey()...))
	m = &marker{Made: store.Made(), Key: hex.EncodeToString(sum[:8]), Changes: map[string]uint64{}}
	if m.Writes, err = store.Writes(); err != nil {
		return nil, err
	}
	for _, source := range store.Sources() {
		cp, err := store.Checkpoint(source)
		if err != nil {
			return nil, err
		}
		m.Changes[source] = cp.Changes
	}
	return m, nil
}

// writeMarker puts the marker beside a store, whole or not at all.
func writeMarker(path string, store *sink.Store) error {
	m, err := markerOf(store)
	if err != nil {
		return err
	}
	return m.write(path)
}

func (m *marker) write(path string) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".made-*")
	if err != nil {
		return err
	}
	_, err = draft.Write(append(text, '\n'))
	err = errors.Join(err, keepOwner(draft.Name(), path), draft.Sync(), draft.Close())
	if err == nil {
		err = os.Rename(draft.Name(), markerPath(path))
	}
	if err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return nil
}
