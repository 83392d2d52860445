package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
)

// form is how a route tells of errors; it never depends on what the consumer accepts.
type form uint8

const (
	profileForm form = iota // RFC 9457, application/problem+json
	relayForm               // {"message": "…"}, as the relay reads it
)

// failure is an answer other than 200.
type failure struct {
	status int
	why    string // in Swedish, for a 400
	header [2]string
}

func (f *failure) Error() string { return f.message() }

func (f *failure) message() string {
	if f.why == "" {
		return head(f.status)
	}
	return head(f.status) + ": " + f.why
}

func head(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "Bad request"
	case http.StatusUnauthorized:
		return "Unauthorized"
	case http.StatusForbidden:
		return "Forbidden"
	case http.StatusNotFound:
		return "Not found"
	case http.StatusMethodNotAllowed:
		return "Method not allowed"
	case http.StatusRequestEntityTooLarge:
		return "Content too large"
	case http.StatusUnsupportedMediaType:
		return "Unsupported media type"
	case http.StatusTooManyRequests:
		return "Too many requests"
	case http.StatusServiceUnavailable:
		return "Service unavailable"
	}
	return "Internal server error"
}

func badRequest(why string) error { return &failure{status: http.StatusBadRequest, why: why} }

func refuse(status int, header, value string) error {
	return &failure{status: status, header: [2]string{header, value}}
}

var comeAgain = [2]string{"Retry-After", "1"}

// errBusy tells a consumer that too much of its own is under way.
var errBusy error = &failure{status: http.StatusTooManyRequests, header: comeAgain}

// asFailure turns any error into an answer: one that was broken off or took too long
// may succeed later; what else isn't a failure is a 500 that tells nothing.
func asFailure(err error) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &failure{status: http.StatusServiceUnavailable, header: comeAgain}
	}
	return &failure{status: http.StatusInternalServerError}
}

// appendTo writes the failure as the form wants it.
func (f *failure) appendTo(b []byte, as form) []byte {
	if as == relayForm {
		b = append(b, `{"message":`...)
		return append(quote(b, f.message()), '}')
	}
	b = append(b, `{"type":"about:blank","title":`...)
	b = quote(b, head(f.status))
	b = append(b, `,"status":`...)
	b = strconv.AppendInt(b, int64(f.status), 10)
	b = append(b, `,"detail":`...)
	b = quote(b, f.message())
	b = append(b, `,"instance":"urn:uuid:`...)
	b = append(b, uuid.NewString()...)
	return append(b, `"}`...)
}

// quote appends s as a JSON string; what isn't UTF-8 in it is replaced.
func quote(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s) // the error tells of invalid UTF-8, which it has replaced
	return b
}
