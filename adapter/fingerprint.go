package adapter

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// fingerprinted are the fields of which fingerprint keeps a hash, in order.
var fingerprinted = []string{"mode", "events.query", "events.columns", "events.row", "events.case", "events.created", "events.status", "events.cursor",
	"recipients.case", "recipients.recipient"}

// fingerprint gives a hash of each field that decides what is the same row, the
// same case, the same status and the same recipient, and what a row says. How the query
// is laid out does not count.
func (d *Definition) fingerprint() map[string]string {
	var columns []string
	for _, c := range d.Columns {
		columns = append(columns, c.Name+" "+string(c.Type))
	}
	values := map[string]string{
		"mode":           string(d.Mode),
		"events.query":   strings.Join(strings.Fields(d.Query), " "),
		"events.columns": strings.ToLower(strings.Join(columns, "\x00")),
		"events.row":     strings.ToLower(d.Row),
		"events.case":    strings.ToLower(d.Case),
		"events.created": strings.ToLower(d.Created),
		"events.status":  strings.ToLower(strings.Join(d.Status, "\x00")),
		"events.cursor":  strings.ToLower(d.Cursor.Column) + "\x00" + string(d.Cursor.Kind),

		"recipients.case":      strings.ToLower(d.Recipients.Case),
		"recipients.recipient": strings.ToLower(d.Recipients.Recipient),
	}
	for field, v := range values {
		sum := sha256.Sum256([]byte(v))
		values[field] = hex.EncodeToString(sum[:8])
	}
	return values
}

// compare tells what differs between the stored fingerprint and the present one:
// rows that were published before could look new or changed then. What no hash was kept
// of, as an earlier version of the program knew no such field, is taken as it is.
func (d *Definition) compare(stored, now map[string]string) *Halt {
	var fields []string
	for _, f := range fingerprinted {
		if was, kept := stored[f]; kept && was != now[f] {
			fields = append(fields, f)
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return newHalt("definition-changed", fmt.Sprintf("%s changed since the store got its content, so what was published before could look new; put the old value back, or %s",
		strings.Join(fields, ", "), waysOn(d.Name)))
}
