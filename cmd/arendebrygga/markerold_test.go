package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// TestPoint23_MarkerThatCannotBeRenewed: a store whose marker is there opens though no
// file can be written beside it, as on a full disk, and says so. One without a marker
// does not, as nothing would tell an older store from it later. Here it is the length of
// its name that lets no draft be written, as root may write anywhere.
func TestPoint23_MarkerThatCannotBeRenewed(t *testing.T) {
	var log bytes.Buffer
	dir := t.TempDir()
	s := &service{loaded: &loaded{Config: &Config{}}, log: zerolog.New(&log)}
	open := func(path string) error {
		s.Config.Store.Path = path
		store, fresh, err := s.openStore(nil)
		if err != nil {
			return err
		}
		if fresh {
			t.Error("it was begun anew")
		}
		return store.Close()
	}
	short, long := filepath.Join(dir, "store.db"), filepath.Join(dir, strings.Repeat("s", 248))
	if err := open(short); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Rename(short, long), os.Rename(markerPath(short), markerPath(long))); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := open(long); err != nil {
			t.Errorf("the store is refused: %v", err)
		}
	}
	if n := strings.Count(log.String(), `"level":"warn"`); n != 2 || !strings.Contains(log.String(), notRenewed) {
		t.Errorf("the log says %s", &log)
	}
	if err := os.Remove(markerPath(long)); err != nil {
		t.Fatal(err)
	}
	if err := open(long); err == nil {
		t.Error("a store without a marker is opened, and none can be made")
	}
}
