package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"arendebrygga/adapter"
)

// flagNames are the flags that override a key, for messages.
var flagNames = map[string]string{"api.listen": "--listen", "store.path": "--store"}

// flagValues makes leaves of flags, which are named by the path of what they
// override.
func flagValues(flags map[string]any) map[string]any {
	out := make(map[string]any, len(flags))
	for _, path := range slices.Sorted(maps.Keys(flags)) {
		name, ok := flagNames[path]
		if !ok {
			name = path
		}
		value := fmt.Sprint(flags[path])
		out[strings.ReplaceAll(path, ".", pathDelim)] = scalar{Text: value, Raw: value, At: adapter.Position{File: "flag " + name}, Env: true}
	}
	return out
}
