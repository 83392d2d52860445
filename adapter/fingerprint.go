package adapter

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// DefinitionChanged says that a source is no longer defined as it was when the
// store got its content, in a way that would make the same change look new.
type DefinitionChanged struct {
	Source string
	Fields []string // as they are called in the configuration
}

// Error names the fields and the ways out.
func (e *DefinitionChanged) Error() string {
	return fmt.Sprintf("source %s: %s changed since the store got its content, so changes that were published before would look new; "+
		"put the old value back, or begin with a new store file (store.path) and choose firstRun again", e.Source, strings.Join(e.Fields, ", "))
}

// fingerprinted are the fields of which fingerprint keeps a hash, in order.
var fingerprinted = []string{"mode", "events.row", "events.case", "events.status", "events.cursor"}

// fingerprint gives a hash of each field that decides what is the same row, the
// same case and the same status. The query's text is not among them: it may be
// laid out anew or get another column without any row changing its identity.
func (d *Definition) fingerprint() map[string]string {
	values := map[string]string{
		"mode":          string(d.Mode),
		"events.row":    strings.ToLower(d.Row),
		"events.case":   strings.ToLower(d.Case),
		"events.status": strings.ToLower(strings.Join(d.Status, "\x00")),
		"events.cursor": strings.ToLower(d.Cursor.Column) + "\x00" + string(d.Cursor.Kind),
	}
	for field, v := range values {
		sum := sha256.Sum256([]byte(v))
		values[field] = hex.EncodeToString(sum[:8])
	}
	return values
}

// compare tells what differs between the stored fingerprint and the present one.
func (d *Definition) compare(stored, now map[string]string) error {
	var fields []string
	for _, f := range fingerprinted {
		if stored[f] != now[f] {
			fields = append(fields, f)
		}
	}
	if len(fields) > 0 {
		return &DefinitionChanged{Source: d.Name, Fields: fields}
	}
	return nil
}
