package main

import (
	"reflect"
	"slices"
	"strings"
)

// shortForm tells whether a section may be written as one value, which is then
// that of its first key.
func shortForm(t reflect.Type) bool {
	return t == reflect.TypeFor[rawTime]() || t == reflect.TypeFor[rawFirstRun]() || t == reflect.TypeFor[rawMissing]()
}

// knownTags lists the keys of a section as the decoder knows them, in order.
func knownTags(t reflect.Type) []string {
	var keys []string
	if t.Kind() == reflect.Struct {
		for i := range t.NumField() {
			if tag := t.Field(i).Tag.Get("koanf"); tag != "" {
				keys = append(keys, tag)
			}
		}
	}
	return keys
}

// knownKeys lists the keys of a section that can be written.
func knownKeys(t reflect.Type) []string {
	return slices.DeleteFunc(knownTags(t), func(k string) bool { return k == "=" })
}

// fieldType is the type behind a key of a section or a map.
func fieldType(t reflect.Type, key string) reflect.Type {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.Tag.Get("koanf") == key {
				t = f.Type
				break
			}
		}
	case reflect.Map, reflect.Slice:
		t = t.Elem()
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// typeAt is the type of the section at a path.
func typeAt(path string) reflect.Type {
	t := reflect.TypeFor[rawConfig]()
	if path == "" {
		return t
	}
	for key := range strings.SplitSeq(path, ".") {
		t = fieldType(t, key)
	}
	return t
}

// keysHint lists the keys of a section.
func keysHint(t reflect.Type) string {
	if keys := knownKeys(t); len(keys) > 0 {
		return "known keys here: " + strings.Join(keys, ", ")
	}
	return ""
}
