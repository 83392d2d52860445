package main

import (
	"strconv"
	"strings"
)

// Paths name a value of the configuration: the keys from the top, with dots
// between them, and list items by their number from 0. Positions are looked up by
// them; a name with a dot in it costs at most the exact column of a message.

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func parent(path string) string {
	i := strings.LastIndexByte(path, '.')
	return path[:max(i, 0)]
}

// lastKey names a path in a message: its last key, as list items have none.
func lastKey(path string) string {
	for {
		key := path[strings.LastIndexByte(path, '.')+1:]
		if _, err := strconv.Atoi(key); err != nil || parent(path) == "" {
			return key
		}
		path = parent(path)
	}
}

// decoderPath makes a path of the name that mapstructure gives a value, such as
// api.consumers[0].name.
func decoderPath(name string) string {
	return strings.NewReplacer("[", ".", "]", "").Replace(name)
}
