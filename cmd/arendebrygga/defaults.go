package main

import (
	"maps"
	"slices"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sink/api"
)

// How far back each poll reads again, by the kind of cursor: as long as a
// transaction that writes changes may last, and for times an hour more, since the
// last hour of summer time comes twice.
const (
	defaultOverlapID   = 10 * time.Minute
	defaultOverlapTime = 75 * time.Minute
	defaultOverlapRow  = time.Minute      // of a rowversion: below the bound that the database gives nothing commits late
	leastOverlapTime   = 65 * time.Minute // the doubled hour and five minutes
)

// defaultPollNone is how often a source without a cursor is polled: each poll of it
// reads everything.
const defaultPollNone = 5 * time.Minute

// defaultMissing is how many complete sweeps in a row have to miss a row before it
// counts as deleted: one may fall into the minute in which a table is filled anew.
const defaultMissing = 3

// defaultStandardversion is the version of Mina ärenden that this program was
// written to.
const defaultStandardversion = "6.1"

// defaults are what holds where neither the file nor anything above it says
// otherwise. Some are per source, so the file's names are needed.
func defaults(root map[string]any) map[string]any {
	leaf := func(s string) scalar {
		return scalar{Text: s, Raw: s, At: adapter.Position{File: "default"}}
	}
	all := map[string]any{
		"timezone": leaf("Europe/Stockholm"),
		"store":    map[string]any{"path": leaf("arendebrygga.db"), "keep": leaf("90d")},
		"api": map[string]any{
			"listen": leaf("127.0.0.1:8080"), "bas": leaf(api.DefaultBas), "keyHeader": leaf(api.DefaultKeyHeader),
			"insecure": leaf("false"), "policy": leaf(string(api.Self)),
		},
		"log": map[string]any{"level": leaf("info"), "format": leaf("json")},
	}
	sources, _ := root["sources"].(map[string]any)
	each := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		if _, ok := sources[name].(map[string]any); !ok {
			continue
		}
		each[name] = map[string]any{
			"poll": leaf("15s"), "sweep": leaf("1h"), "maxHold": leaf("1h"),
			"events": map[string]any{"ifChanged": leaf(adapter.Replace), "delay": leaf("0s")},
			"limits": map[string]any{"pageSize": leaf("1000"), "queryTimeout": leaf("30s"), "maxConnections": leaf("1")},
		}
	}
	if len(each) > 0 {
		all["sources"] = each
	}
	return all
}
