package api

import (
	"io"
	"net/http"
	"strings"
)

const (
	maxBody   = 1 << 20  // bytes
	smallBody = 64 << 10 // bytes; a bigger one needs a slot while it is read
	bigBodies = 32
)

// slots limit how much of something there is at the same time, and so the memory
// that slow consumers can hold.
type slots chan struct{}

func (s slots) take() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s slots) giveBack() { <-s }

// checkContentType lets through JSON that is UTF-8 and not compressed.
func checkContentType(h http.Header) error {
	if values := h["Content-Type"]; len(values) == 1 && isJSON(values[0]) && len(h["Content-Encoding"]) == 0 {
		return nil
	}
	return &failure{status: http.StatusUnsupportedMediaType}
}

func isJSON(contentType string) bool {
	kind, parameters, _ := strings.Cut(contentType, ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "application/json") {
		return false
	}
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		if strings.EqualFold(name, "charset") && !strings.EqualFold(strings.Trim(value, `"`), "utf-8") {
			return false
		}
	}
	return true
}

// readBody reads the whole body into x.body.
func (s *service) readBody(x *exchange) error {
	if x.r.ContentLength > maxBody {
		return tooLarge()
	}
	big := false
	defer func() {
		if big {
			s.bodies.giveBack()
		}
	}()
	for b := x.body[:0]; ; {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := x.r.Body.Read(b[len(b):min(cap(b), maxBody+1)])
		b = b[:len(b)+n]
		x.body = b
		switch {
		case len(b) > maxBody:
			return tooLarge()
		case err == io.EOF:
			return nil
		case err != nil: // broken, or too slow: the connection is of no more use
			return &failure{status: http.StatusBadRequest, why: "meddelandet kunde inte läsas", header: hangUp}
		}
		if !big && len(b) > smallBody {
			if big = s.bodies.take(); !big {
				return busy(http.StatusServiceUnavailable)
			}
		}
	}
}

var hangUp = [2]string{"Connection", "close"}

func tooLarge() error {
	return &failure{status: http.StatusRequestEntityTooLarge, header: hangUp}
}
