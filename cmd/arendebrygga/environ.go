package main

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"arendebrygga/adapter"

	"github.com/knadh/koanf/providers/env/v2"
)

// envPrefix begins every variable that overrides a key.
const envPrefix = "ARENDEBRYGGA_"

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// environLookup looks up variables in an environment as [os.Environ] gives it.
func environLookup(environ []string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, e := range slices.Backward(environ) { // the last one holds, as in os/exec
			if k, v, ok := strings.Cut(e, "="); ok && k == name {
				return v, true
			}
		}
		return "", false
	}
}

// interpolate replaces ${NAME} by the variable's value, and $${ by ${.
func interpolate(text string, lookup func(string) (string, bool)) (string, *mistake) {
	var b strings.Builder
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			return b.String() + text, nil
		}
		if i > 0 && text[i-1] == '$' {
			b.WriteString(text[:i-1] + "${")
			text = text[i+2:]
			continue
		}
		name, rest, ok := strings.Cut(text[i+2:], "}")
		if !ok || !variableName.MatchString(name) {
			return "", &mistake{Message: "a ${ without a variable's name and } behind it", Hint: "`$${` stands for a `${` that is meant as text"}
		}
		value, ok := lookup(name)
		if !ok {
			return "", &mistake{Message: "environment variable " + name + " is not set", Hint: "set it before the start; `$${` stands for a `${` that is meant as text"}
		}
		b.WriteString(text[:i] + value)
		text = rest
	}
}

// overrides reads the ARENDEBRYGGA_ variables against the shape of the
// configuration and the names in the file.
type overrides struct {
	file     map[string]any
	problems adapter.Problems
}

// provider gives koanf the overrides.
func (o *overrides) provider(environ []string) *env.Env {
	o.misspelt(environ)
	return env.Provider(pathDelim, env.Opt{
		Prefix:      envPrefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(name, value string) (string, any) {
			at := adapter.Position{File: "environment variable " + name}
			path, problem := o.resolve(strings.TrimPrefix(name, envPrefix))
			if problem.Message != "" {
				problem.At = at
				o.problems = append(o.problems, problem)
				return "", nil
			}
			return strings.Join(path, pathDelim), scalar{Text: value, Raw: value, At: at, Env: true}
		},
	})
}

// misspelt warns of variables whose prefix is almost ours: nobody else would say that they
// have no effect.
func (o *overrides) misspelt(environ []string) {
	ours := strings.TrimSuffix(envPrefix, "_")
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		prefix, key, _ := strings.Cut(name, "_")
		if key == "" || prefix == ours || !strings.HasPrefix(adapter.Suggest(prefix, []string{ours}), "did you mean") {
			continue
		}
		o.problems = append(o.problems, adapter.Problem{
			At: adapter.Position{File: "environment variable " + name}, Warning: true,
			Message: "is not read", Hint: "did you mean " + envPrefix + key + "?",
		})
	}
}

// resolve turns STORE__PATH into the keys store and path.
func (o *overrides) resolve(name string) ([]string, adapter.Problem) {
	t, in := reflect.TypeFor[rawConfig](), any(o.file)
	var path []string
	for segment := range strings.SplitSeq(name, "__") {
		known := knownKeys(t)
		section, _ := in.(map[string]any)
		if t.Kind() == reflect.Map {
			known = slices.Sorted(maps.Keys(section))
		}
		i := slices.IndexFunc(known, func(k string) bool { return plainKey(k) == plainKey(segment) })
		if i < 0 {
			return nil, unknownVariable(path, segment, known, len(name) > len(segment))
		}
		path = append(path, known[i])
		t, in = fieldType(t, known[i]), section[known[i]]
	}
	if shortForm(t) || t.Kind() == reflect.Struct && reflect.PointerTo(t).Implements(leafType) {
		return path, adapter.Problem{}
	}
	return nil, adapter.Problem{
		Message: strings.Join(path, ".") + " is not a single value",
		Hint:    "name the value behind it, with two underscores between levels; items of a list can have ${NAME} in the file",
	}
}

// unknownVariable tells that a variable names no key. One without levels may
// belong to something else, such as the container's platform, and is only ignored.
func unknownVariable(path []string, segment string, known []string, levels bool) adapter.Problem {
	p := adapter.Problem{Message: fmt.Sprintf("names no key: %q is unknown", strings.Join(append(path, segment), "."))}
	p.Hint = adapter.Suggest(strings.ToLower(segment), known)
	if !levels && len(path) == 0 {
		p.Warning = true
		p.Message += "; it is ignored"
		p.Hint = "two underscores stand between levels, such as " + envPrefix + "STORE__PATH"
	}
	return p
}

// plainKey makes keys comparable with the names of variables, which have neither
// case nor hyphens.
func plainKey(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s))
}
