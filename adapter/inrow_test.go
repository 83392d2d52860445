package adapter_test

import (
	"context"
	"path/filepath"
	"testing"

	"arendebrygga/adapter"
	"arendebrygga/sink"
)

// TestRecipientsInTheRow has event rows that name the recipient themselves, several
// rows for one change.
func TestRecipientsInTheRow(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		t.Run(string(mode), func(t *testing.T) { inRow(t, mode) })
	}
}

func inRow(t *testing.T, mode adapter.Mode) {
	o, _ := openOffice(t, mode, 0)
	o.exec(t, "CREATE TABLE rad (id INT, arende VARCHAR(9), status VARCHAR(9), tid DATETIME, hemlig TINYINT(1), namn VARCHAR(9), alder VARCHAR(9), KEY (id))")
	def := liveDefinition(mode, "rad")
	def.Query, def.Columns = "SELECT * FROM rad", append(def.Columns, adapter.Column{Name: "namn", Type: adapter.String}, adapter.Column{Name: "alder", Type: adapter.Int})
	def.Cursor = adapter.CursorRule{Column: "id", Kind: adapter.CursorID, Table: "rad"}
	def.Recipients = adapter.RecipientRule{Recipient: "namn", Role: "alder"}
	var unread []string
	if mode == adapter.Net {
		unread = []string{">a"} // a case that cannot be read stays where it was
	}
	o.adapt(t, def, filepath.Join(t.TempDir(), "store.db"), func(l *adapter.Loop) error {
		b := &bench{store: l.Store.(*sink.Store)}
		committed := 0
		l.Committed = func(c []adapter.Change) { committed += len(c) }
		for i, step := range []struct {
			change    string
			alva, bo  []string
			committed int
		}{
			{"INSERT INTO rad VALUES (1, 'A1', 'a', '2026-09-01 09:00:00', 0, 'alva', 30), (1, 'A1', 'a', '2026-09-01 09:00:00', 0, 'bo', 40)", []string{">a"}, []string{">a"}, 1},
			{"INSERT INTO rad SELECT * FROM rad WHERE namn = 'bo'", []string{">a"}, []string{">a"}, 2}, // a row that comes twice
			{"DELETE FROM rad WHERE namn = 'bo'", []string{">a"}, nil, 3},
			{"INSERT INTO rad VALUES (1, 'A1', 'a', '2026-09-01 09:00:00', 0, 'bo', 'old')", unread, nil, 4}, // unreadable
			{"UPDATE rad SET alder = IF(namn = 'bo', 40, 'old')", unread, nil, 5},                            // the other one
			{"UPDATE rad SET alder = 40", []string{">a"}, []string{">a"}, 6},
			{"UPDATE rad SET status = 'b', id = 2", []string{">a", "a>b"}, []string{">a", "a>b"}, 7},
		} {
			o.exec(t, step.change)
			for range 2 {
				if err := l.Poll(context.Background()); err != nil {
					return err
				}
			}
			want(t, b.events(t, "alva"), step.alva...)
			want(t, b.events(t, "bo"), step.bo...)
			if committed > step.committed {
				t.Errorf("step %d: %d changes were committed, want at most %d", i, committed, step.committed)
			}
		}
		return nil
	})
}
