package adapter_test

import (
	"fmt"
	"testing"

	"arendebrygga/adapter"
)

// A case whose recipients have changed has its rows read anew while a page is judged.
// What has happened to one of them since the page was read is not undone by the page, to
// happen once more at the next poll.
func TestThePageIsOlderThanItsRows(t *testing.T) {
	for _, kind := range []adapter.CursorKind{adapter.CursorID, adapter.CursorNone} {
		for _, status := range []string{"c", "secret"} {
			for _, mode := range bothModes {
				t.Run(fmt.Sprint(kind, status, mode), func(t *testing.T) {
					def := definition(mode)
					def.Cursor.Kind = kind
					b := newBench(t, def)
					b.party("A1", "alva")
					b.put(1, "A1", "a", day(9, 1))
					b.poll(t)
					b.party("A1", "alva", "bo")
					b.rows[0].status = "b"
					b.beforeRows = func() {
						b.rows[0].status, b.rows[0].hemlig, b.beforeRows = status, status == "secret", nil
					}
					b.log = nil
					b.poll(t)
					if b.beforeRows != nil {
						t.Fatal("no row was read anew")
					}
					for i := range b.log {
						if b.log[i].Ny == "b" {
							t.Errorf("b was committed after %s had been read", status)
						}
					}
					before := fmt.Sprint(b.events(t, "alva"))
					b.poll(t)
					if after := fmt.Sprint(b.events(t, "alva")); after != before {
						t.Errorf("was shown %s, then %s", before, after)
					}
				})
			}
		}
	}
}
