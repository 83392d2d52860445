package api

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"strings"
)

// traceparent is a W3C Trace Context of version 00:
// 00-<trace id, 32 digits>-<parent id, 16>-<flags, 2>.
type traceparent string

const traceparentLength = 55

// traceID is what ties together the log lines of one call in several systems. One
// without a single letter was hardly drawn at random, and is masked.
func (t traceparent) traceID() string {
	id := string(t[3:35])
	if strings.ContainsAny(id, "abcdef") {
		return id
	}
	return mask(id)
}

// traceOf takes the request's trace context, or makes one if it brings none that is
// valid.
func traceOf(h http.Header) traceparent {
	if values := h["Traceparent"]; len(values) == 1 && validTraceparent(values[0]) {
		// A later version is read as the one we know (W3C, section 4.3).
		return traceparent("00" + values[0][2:traceparentLength])
	}
	var id [24]byte
	for i := 0; i < len(id); i += 8 {
		binary.BigEndian.PutUint64(id[i:], rand.Uint64()|1) // never all zeros
	}
	b := append(make([]byte, 0, traceparentLength), "00-"...)
	b = append(hex.AppendEncode(b, id[:16]), '-')
	b = append(hex.AppendEncode(b, id[16:]), "-00"...)
	return traceparent(b)
}

func validTraceparent(s string) bool {
	if len(s) < traceparentLength || s[2] != '-' || s[35] != '-' || s[52] != '-' {
		return false
	}
	if len(s) > traceparentLength && (s[:2] == "00" || s[traceparentLength] != '-') {
		return false
	}
	return s[:2] != "ff" && lowerHex(s[:2]) && lowerHex(s[53:55]) &&
		lowerHex(s[3:35]) && !zeros(s[3:35]) && lowerHex(s[36:52]) && !zeros(s[36:52])
}

func lowerHex(s string) bool {
	for i := range len(s) {
		if !digit(s[i]) && (s[i] < 'a' || s[i] > 'f') {
			return false
		}
	}
	return true
}

func zeros(s string) bool {
	for i := range len(s) {
		if s[i] != '0' {
			return false
		}
	}
	return true
}
