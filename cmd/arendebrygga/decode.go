package main

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"arendebrygga/adapter"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/v2"
)

// pathDelim stands between the keys of a path inside koanf; no key holds it.
const pathDelim = "\x1f"

// merge lays the environment and the flags over the file, and all over the
// defaults, and decodes the result into the shape of the configuration. Mistakes
// are added to the tree's.
func merge(t *tree, environ []string, flags map[string]any) (raw rawConfig) {
	o := &overrides{file: t.root}
	ko := koanf.New(pathDelim)
	for _, p := range []koanf.Provider{
		confmap.Provider(defaults(t.root), ""),
		confmap.Provider(t.root, ""),
		o.provider(environ),
		confmap.Provider(flagValues(flags), pathDelim),
	} {
		if err := ko.Load(p, nil); err != nil {
			t.add(adapter.Position{File: t.file}, err.Error(), "")
		}
	}
	t.problems = append(t.problems, o.problems...)

	// Metadata.Unused is ErrorUnused with a name for each key, so each gets its place.
	var meta mapstructure.Metadata
	err := ko.UnmarshalWithConf("", &raw, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		DecodeHook: shapeHook,
		MatchName:  func(key, field string) bool { return key == field },
		Metadata:   &meta,
	}})
	t.addDecodeError("", err)
	for _, name := range slices.Sorted(slices.Values(meta.Unused)) {
		t.addUnknown(decoderPath(name))
	}
	return raw
}

// shapeHook keeps a single value from being decoded as a section, and gives those
// sections that have a short form their key.
func shapeHook(from, to reflect.Value) (any, error) {
	v, isScalar := from.Interface().(scalar)
	target := to.Type()
	if target.Kind() == reflect.Pointer {
		return from.Interface(), nil // asked again for what it points to
	}
	if target.Implements(leafType) || reflect.PointerTo(target).Implements(leafType) {
		return from.Interface(), nil
	}
	switch {
	case isScalar && shortForm(target):
		return map[string]any{knownTags(target)[0]: v}, nil
	case target.Kind() == reflect.Slice && from.Kind() != reflect.Slice:
		return nil, &mistake{Message: "want a list, not " + shapeName(from.Interface()), Hint: "each item begins with a hyphen"}
	case (target.Kind() == reflect.Struct || target.Kind() == reflect.Map) && from.Kind() != reflect.Map:
		return nil, &mistake{Message: "want a section with keys, not " + shapeName(from.Interface()), Hint: keysHint(target)}
	}
	return from.Interface(), nil
}

// addDecodeError takes apart what the decoder gives: a tree of errors, of which
// each names the value it is about.
func (t *tree) addDecodeError(path string, err error) {
	if err == nil {
		return
	}
	if e, ok := err.(*mapstructure.DecodeError); ok {
		t.addDecodeError(decoderPath(e.Name()), e.Unwrap())
		return
	}
	if e, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range e.Unwrap() {
			t.addDecodeError(path, err)
		}
		return
	}
	m := &mistake{Message: err.Error()}
	errors.As(err, &m)
	if m.At.File == "" {
		m.At = t.at(path)
	}
	t.breakOff(path, m.At, lastKey(path)+": "+m.Message, m.Hint)
}

// addUnknown reports a key that the shape does not have.
func (t *tree) addUnknown(path string) {
	key := path[strings.LastIndexByte(path, '.')+1:]
	t.broken[path] = true
	if laterVersions[plainKey(key)] {
		t.add(t.at(path), key+" is not supported in this version", "leave it out; what it would do is not done")
		return
	}
	t.add(t.at(path), "unknown key \""+key+"\"", adapter.Suggest(key, knownKeys(typeAt(parent(path)))))
}
