package main

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"arendebrygga/adapter"

	"github.com/go-viper/mapstructure/v2"
)

// leafType is what every single value of the configuration implements.
var leafType = reflect.TypeFor[mapstructure.Unmarshaler]()

// mistake is an error with a place; without one it is at the key of the value.
type mistake struct {
	At            adapter.Position
	Message, Hint string
}

func (m *mistake) Error() string { return m.Message }

// text is a leaf that is taken as it is.
type text struct{ scalar }

// set tells whether the leaf was given, if only as a default.
func (t text) set() bool { return t.At.File != "" }

// UnmarshalMapstructure takes a scalar.
func (t *text) UnmarshalMapstructure(input any) error {
	s, ok := input.(scalar)
	if !ok {
		return &mistake{Message: "want a single value, not " + shapeName(input)}
	}
	t.scalar = s
	return nil
}

// list is one leaf or several.
type list struct {
	Items []text
}

// UnmarshalMapstructure takes a scalar or a list of them.
func (l *list) UnmarshalMapstructure(input any) error {
	switch input := input.(type) {
	case scalar:
		parts := []string{input.Text}
		if input.Env {
			parts = strings.Split(input.Text, ",")
		}
		for _, p := range parts {
			item := input
			item.Text = strings.TrimSpace(p)
			l.Items = append(l.Items, text{item})
		}
	case []any:
		for _, v := range input {
			var t text
			if err := t.UnmarshalMapstructure(v); err != nil {
				return &mistake{Message: "want a list of single values; one of its items is " + shapeName(v)}
			}
			l.Items = append(l.Items, t)
		}
	default:
		return &mistake{Message: "want a list, not " + shapeName(input)}
	}
	return nil
}

// number is a whole number.
type number struct {
	text
	Value int
}

// UnmarshalMapstructure takes a scalar of digits.
func (n *number) UnmarshalMapstructure(input any) error {
	err := n.text.UnmarshalMapstructure(input)
	if err != nil {
		return err
	}
	if n.Value, err = strconv.Atoi(n.Text); err != nil {
		return &mistake{At: n.At, Message: fmt.Sprintf("%q is not a whole number", n.Raw)}
	}
	return nil
}

// boolean is true or false.
type boolean struct {
	text
	Value bool
}

// UnmarshalMapstructure takes true or false, and none of the other words that
// YAML has had for them.
func (b *boolean) UnmarshalMapstructure(input any) error {
	if err := b.text.UnmarshalMapstructure(input); err != nil {
		return err
	}
	if b.Text != "true" && b.Text != "false" {
		return &mistake{At: b.At, Message: fmt.Sprintf("want true or false, not %q", b.Raw)}
	}
	b.Value = b.Text == "true"
	return nil
}

// duration is a length of time.
type duration struct {
	text
	Value time.Duration
}

// UnmarshalMapstructure takes what Go's durations look like, and days.
func (d *duration) UnmarshalMapstructure(input any) error {
	err := d.text.UnmarshalMapstructure(input)
	if err != nil {
		return err
	}
	if d.Value, err = parseDuration(d.Text); err != nil {
		return &mistake{At: d.At, Message: fmt.Sprintf("%q is not a length of time", d.Raw), Hint: "such as 15s, 10m, 1h30m or 90d"}
	}
	return nil
}

// parseDuration reads 15s, 1h30m, 90d and 1d12h. A day is 24 hours.
func parseDuration(s string) (time.Duration, error) {
	days, rest, ok := strings.Cut(s, "d")
	if !ok {
		return time.ParseDuration(s)
	}
	n, err := strconv.ParseUint(days, 10, 16)
	if err != nil {
		return 0, err
	}
	d := time.Duration(n) * 24 * time.Hour
	if rest == "" {
		return d, nil
	}
	more, err := time.ParseDuration(rest)
	if err == nil && more < 0 {
		return 0, strconv.ErrSyntax
	}
	return d + more, err
}

// shapeName names what stands where something else was wanted.
func shapeName(v any) string {
	switch v.(type) {
	case map[string]any:
		return "a section with keys"
	case []any:
		return "a list"
	}
	return "a single value"
}
