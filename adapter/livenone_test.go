package adapter_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// onKeys is onLive over rows that a column nyckel identifies, without a cursor.
func onKeys(t *testing.T, column map[string]string, declared adapter.ColumnType, scenario func(t *testing.T, l *live)) {
	onLive(t, allKinds, adapter.History, func(t *testing.T, l *live) {
		hemlig := map[string]string{"postgres": "BOOLEAN", "mssql": "INT"}[l.kind]
		if hemlig == "" {
			hemlig = "TINYINT(1)"
		}
		l.exec(t, alva, "CREATE TABLE utan (nyckel "+column[l.kind]+", arende VARCHAR(20), status VARCHAR(20), tid "+timeColumn[l.kind]+", hemlig "+hemlig+")")
		l.def.Query = strings.Replace(l.def.Query, "SELECT id, arende, status, tid, hemlig FROM rad", "SELECT nyckel AS id, arende, status, tid, hemlig FROM utan", 1)
		l.def.Columns[0].Type, l.def.Cursor = declared, adapter.CursorRule{Kind: adapter.CursorNone}
		scenario(t, l)
	})
}

// keyed inserts a row of alva's case; every next one is a minute younger.
func (l *live) keyed(t *testing.T, key, status string, minute int) {
	t.Helper()
	hemlig := "0"
	if l.kind == "postgres" {
		hemlig = "false"
	}
	l.exec(t, fmt.Sprintf("INSERT INTO utan (nyckel, arende, status, tid, hemlig) VALUES (%s, 'A1', '%s', %s, %s)", key, status, stamp(time.Hour-time.Duration(minute)*time.Minute), hemlig))
}

// Rows without a cursor whose identity is no number are published each once, and one
// that has no identity is parked.
func TestPoint21_RowsWithoutACursor(t *testing.T) {
	text := map[string]string{"mysql": "VARCHAR(40)", "postgres": "VARCHAR(40)", "sqlite": "VARCHAR(40)", "mssql": "VARCHAR(40)"}
	ids := map[string]string{"mysql": "CHAR(36)", "postgres": "UUID", "sqlite": "TEXT", "mssql": "VARCHAR(40)"}
	for _, c := range []struct {
		name     string
		column   map[string]string
		declared adapter.ColumnType
		keys     []string
	}{
		{"text", text, adapter.String, []string{"'r-1'", "'r-2'", "'R-2'"}},
		{"uuid", ids, adapter.UUID, []string{"'7c9e6679-7425-40de-944b-e07fc1f90ae7'", "'11111111-7425-40de-944b-e07fc1f90ae7'", "'ffffffff-7425-40de-944b-e07fc1f90ae7'"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			onKeys(t, c.column, c.declared, func(t *testing.T, l *live) {
				for i, status := range []string{"a", "poison", "c"} {
					l.keyed(t, c.keys[i], status, i)
				}
				l.keyed(t, "NULL", "d", 3)
				for range 3 {
					l.poll(t, time.Minute)
				}
				l.open(t)
				l.poll(t, time.Minute)
				if got := l.statuses(t); got != "a c" {
					t.Errorf("published %q", got)
				}
				if got := (&bench{log: l.log}).outcomes(); got != "map[parked:2 published:2]" {
					t.Errorf("outcomes %s", got)
				}
			})
		})
	}
}

// A row whose identity is not of the declared type is parked, on whichever page it comes.
func TestPoint21_PoisonedIdentityWithoutACursor(t *testing.T) {
	text := map[string]string{"mysql": "VARCHAR(40)", "postgres": "VARCHAR(40)", "sqlite": "VARCHAR(40)", "mssql": "VARCHAR(40)"}
	for _, pageSize := range []int{2, 100} {
		onKeys(t, text, adapter.Int, func(t *testing.T, l *live) {
			l.def.Limits.PageSize = pageSize
			for i, key := range []string{"'1'", "'2'", "NULL", "'x'", "'5'", "'6'"} {
				l.keyed(t, key, string(rune('a'+i)), i)
			}
			for range 3 {
				l.poll(t, time.Minute)
			}
			if got := l.statuses(t); got != "a b e f" {
				t.Errorf("published %q", got)
			}
			if got := (&bench{log: l.log}).outcomes(); got != "map[parked:2 published:4]" {
				t.Errorf("outcomes %s", got)
			}
		})
	}
}
