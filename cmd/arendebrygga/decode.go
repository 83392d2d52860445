package main

import (
	"cmp"
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
func merge(t *tree, environ []string, flags map[string]any) rawConfig {
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

	raw, unused, err := decode(ko)
	if err != nil {
		// The decoder drops all of a source for one bad value in it. The bad values are
		// told about and taken out, so that the rest is checked too.
		t.addDecodeError("", err)
		for path := range t.broken {
			ko.Delete(strings.ReplaceAll(path, ".", pathDelim))
		}
		raw, unused, _ = decode(ko)
	}
	for _, name := range unused {
		t.addUnknown(decoderPath(name))
	}
	return raw
}

// decode gives the shape its values. unused are the names of the keys that the
// shape does not have: what the decoder's ErrorUnused would give as one error
// without places.
func decode(ko *koanf.Koanf) (raw rawConfig, unused []string, err error) {
	var meta mapstructure.Metadata
	err = ko.UnmarshalWithConf("", &raw, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		DecodeHook: shapeHook,
		MatchName:  func(key, field string) bool { return key == field },
		Metadata:   &meta,
	}})
	slices.Sort(meta.Unused)
	return raw, slices.Compact(meta.Unused), err
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
	switch e := err.(type) {
	case *mapstructure.DecodeError:
		t.addDecodeError(decoderPath(e.Name()), e.Unwrap())
	case *mistake:
		if e.At.File == "" {
			e.At = t.at(path)
		}
		t.breakOff(path, e.At, lastKey(path)+": "+e.Message, e.Hint)
	case interface{ Unwrap() []error }:
		for _, err := range e.Unwrap() {
			t.addDecodeError(path, err)
		}
	default:
		if inner := errors.Unwrap(err); inner != nil {
			t.addDecodeError(path, inner)
			return
		}
		t.breakOff(path, t.at(path), lastKey(path)+": "+err.Error(), "")
	}
}

// addUnknown reports a key that the shape does not have.
func (t *tree) addUnknown(path string) {
	key := path[strings.LastIndexByte(path, '.')+1:]
	t.broken[path] = true
	hint := adapter.Suggest(key, knownKeys(typeAt(parent(path))))
	if around, ok := sectionAround(parent(path), key); ok {
		hint = "indent it less: it is a key of " + cmp.Or(around, "the top level")
		t.broken[join(around, key)] = true // then it is not missing as well
	}
	if inside, ok := sectionInside(parent(path), key); ok {
		hint = "indent it more: it is a key of " + inside
		t.broken[join(join(parent(path), inside), key)] = true
	}
	if meant, ok := strings.CutPrefix(hint, "did you mean "); ok { // then that one is not missing as well
		t.broken[join(parent(path), strings.TrimSuffix(meant, "?"))] = true
	}
	t.add(t.at(path), "unknown key \""+key+"\"", hint)
}

// sectionAround finds the section around the one at path that has the key: one that
// is indented too far falls into its neighbour.
func sectionAround(path, key string) (string, bool) {
	for path != "" {
		path = parent(path)
		if t := typeAt(path); t.Kind() == reflect.Struct && slices.Contains(knownKeys(t), key) {
			return path, true
		}
	}
	return "", false
}

// sectionInside finds the section inside the one at path that has the key.
func sectionInside(path, key string) (string, bool) {
	outer := typeAt(path)
	if outer.Kind() != reflect.Struct {
		return "", false
	}
	for _, section := range knownKeys(outer) {
		if t := fieldType(outer, section); t.Kind() == reflect.Struct && !t.Implements(leafType) && !reflect.PointerTo(t).Implements(leafType) && slices.Contains(knownKeys(t), key) {
			return section, true
		}
	}
	return "", false
}
