package adapter

// Secret is a value that must never be printed: a password, a DSN, a key. However
// it is formatted or marshalled it gives ***; Reveal gives the value.
type Secret struct{ value string }

// NewSecret wraps a value.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal gives the value, for the one place that needs it.
func (s Secret) Reveal() string { return s.value }

// Set tells whether there is a value at all.
func (s Secret) Set() bool { return s.value != "" }

// String gives ***, or nothing if there is no value.
func (s Secret) String() string {
	if s.value == "" {
		return ""
	}
	return "***"
}

// GoString gives what String gives, for %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText gives what String gives, for JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
