package api

import (
	"io"
	"mime"
	"net/http"
	"strings"
)

const (
	maxBody   = 1 << 20  // bytes
	smallBody = 64 << 10 // bytes; a bigger one needs a slot while it is read
)

// checkContentType lets through JSON that is UTF-8 and not compressed.
func checkContentType(h http.Header) error {
	if values := h["Content-Type"]; len(values) == 1 && isJSON(values[0]) && len(h["Content-Encoding"]) == 0 {
		return nil
	}
	return &failure{status: http.StatusUnsupportedMediaType}
}

func isJSON(contentType string) bool {
	kind, parameters, err := mime.ParseMediaType(contentType)
	charset, given := parameters["charset"]
	return err == nil && kind == "application/json" && (!given || strings.EqualFold(charset, "utf-8"))
}

// readBody reads the whole body into x.body.
func (x *exchange) readBody() error {
	if x.r.ContentLength > maxBody {
		return tooLarge()
	}
	big := false
	defer func() {
		if big {
			x.caller.bodies.giveBack()
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
			if big = x.caller.bodies.take(); !big {
				return errBusy
			}
		}
	}
}

var hangUp = [2]string{"Connection", "close"}

func tooLarge() error {
	return &failure{status: http.StatusRequestEntityTooLarge, header: hangUp}
}
